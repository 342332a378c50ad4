"""Scripts: keys, verbs, waits and what the screens should show, in a TOML file.

    title = "A tunnel"

    [[step]]
    handset = "alice"
    key = "jump ok menu 'Bob' ok"
    shows = ["Bob"]

    [[step]]
    verb = "tunnel 30s"
    until = "linked"
    within = "2m"

A script is played by a generator that yields how many seconds are to pass; whoever plays it lets them pass in virtual
time or in real time. A step does what it names in this order: key, verb, wait, until, then it looks. What is in
single quotes in `key` is typed. A step without `handset` is for the one of the step before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from thinline.errors import LocalError
from thinline_emulator.events import KeyPressed
from thinline_emulator.handset import Handset
from thinline_emulator.keys import keys_of
from thinline_emulator.verbs import Bench, do_verb, seconds

__all__ = [
    "CONDITIONS",
    "Script",
    "ScriptBad",
    "ScriptFailed",
    "Step",
    "condition",
    "play",
    "read_script",
    "read_steps",
    "shown",
]

_WITHIN_S = 60.0
_LOOK_S = 0.25


class ScriptBad(LocalError):
    """The file is not a script; the message says where."""


class ScriptFailed(LocalError):
    """A handset did not do what the script expects; the message shows the difference."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; empty fields are left out."""

    place: str
    handset: str = ""
    key: str = ""
    verb: str = ""
    answers: tuple[str, ...] = ()
    wait_s: float = 0.0
    until: str = ""
    within_s: float = _WITHIN_S
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    screen: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A title and its steps."""

    title: str
    steps: tuple[Step, ...]


CONDITIONS: Mapping[str, Callable[[Handset], bool]] = {
    "linked": lambda machine: machine.live,
    "offline": lambda machine: not machine.live,
    "settled": lambda machine: machine.settled,
    "on": lambda machine: machine.memory is not None,
    "off": lambda machine: machine.memory is None,
    "salvage": lambda machine: machine.memory is not None and machine.memory.cache.frozen,
}


def shown(bench: Bench) -> str:
    """The screen as text."""
    return bench.machine.look(bench.now).text()


def condition(text: str) -> Callable[[Bench], bool]:
    """What `until` waits for: a condition's name, or `shows` and a text.

    Raises:
        ScriptBad: it is neither.
    """
    if text.startswith("shows "):
        wanted = text.removeprefix("shows ")
        return lambda bench: wanted in shown(bench)
    if text not in CONDITIONS:
        raise ScriptBad(f"until is one of {', '.join(CONDITIONS)}, or shows TEXT, not {text!r}")
    holds = CONDITIONS[text]
    return lambda bench: holds(bench.machine)


# Reading


def read_script(text: str) -> Script:
    """Read a script.

    Raises:
        ScriptBad: it is not TOML, or a step says what no step can.
    """
    try:
        top = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScriptBad(f"not TOML: {error}") from error
    steps = top.pop("step", [])
    title = top.pop("title", "")
    if top or not isinstance(steps, list) or not isinstance(title, str):
        raise ScriptBad(f"a script has a title and [[step]]s, not {', '.join(top) or 'that'}")
    return Script(title, read_steps(steps))


def read_steps(steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a script; one without a handset is for the one before.

    Raises:
        ScriptBad: a step says what no step can.
    """
    read: list[Step] = []
    for number, step in enumerate(steps, 1):
        before = read[-1].handset if read else ""
        read.append(_read_step(f"step {number}", {"handset": before, **step}))
    return tuple(read)


def _read_step(place: str, said: dict[str, Any]) -> Step:
    fields: dict[str, Any] = {}
    for name, value in said.items():
        reader = _READERS.get(name)
        if reader is None:
            raise ScriptBad(f"{place}: a step has no {name!r}; it may have {', '.join(_READERS)}")
        try:
            key, fields_value = reader(name, value)
        except (LocalError, TypeError) as error:
            raise ScriptBad(f"{place}: {name}: {error}") from error
        fields[key] = fields_value
    return Step(place, **fields)


def _text(name: str, value: Any) -> tuple[str, Any]:
    if not isinstance(value, str):
        raise TypeError(f"a text, not {value!r}")
    if name == "key":
        keys_of(value)
    if name == "until":
        condition(value)
    return name, value


def _texts(name: str, value: Any) -> tuple[str, Any]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise TypeError(f"a text or a list of texts, not {value!r}")
    return name, tuple(values)


def _time(name: str, value: Any) -> tuple[str, Any]:
    return f"{name}_s", seconds(str(value))


_READERS: Mapping[str, Callable[[str, Any], tuple[str, Any]]] = {
    "handset": _text,
    "key": _text,
    "verb": _text,
    "answers": _texts,
    "wait": _time,
    "until": _text,
    "within": _time,
    "shows": _texts,
    "hides": _texts,
    "screen": _text,
}


# Playing


def play(script: Script, benches: Mapping[str, Bench]) -> Iterator[float]:
    """Play a script; yields seconds of the handsets' time that are to pass before it goes on.

    Raises:
        ScriptFailed: a handset does not show, answer or become what the script says.
        LocalError: a key or a verb could not be carried out.
    """
    for step in script.steps:
        name = step.handset or next(iter(benches))
        if name not in benches:
            raise ScriptFailed(f"{step.place}: there is no handset {name!r}")
        yield from _play_step(step, benches[name])


def _play_step(step: Step, bench: Bench) -> Iterator[float]:
    for key in keys_of(step.key):
        bench.do(KeyPressed(key))
    if step.verb:
        answer = do_verb(step.verb, bench)
        for text in step.answers:
            if text not in answer.text:
                raise ScriptFailed(f"{step.place}: {step.verb} should answer {text!r}, but said:\n{answer.text}")
    if step.wait_s:
        yield step.wait_s
    if step.until:
        yield from _wait_until(step, bench)
    _look(step, shown(bench))


def _wait_until(step: Step, bench: Bench) -> Iterator[float]:
    holds = condition(step.until)
    left_s = step.within_s
    while not holds(bench):
        if left_s <= 0:
            said = f"{step.place}: not {step.until!r} within {step.within_s:g} s; the screen:"
            raise ScriptFailed(f"{said}\n{shown(bench)}")
        yield min(_LOOK_S, left_s)
        left_s -= _LOOK_S


def _look(step: Step, text: str) -> None:
    for wanted in step.shows:
        if wanted not in text:
            raise ScriptFailed(f"{step.place}: the screen should show {wanted!r}:\n{text}")
    for unwanted in step.hides:
        if unwanted in text:
            raise ScriptFailed(f"{step.place}: the screen should not show {unwanted!r}:\n{text}")
    if step.screen and step.screen.strip("\n") != text:
        expected = step.screen.strip("\n").splitlines()
        lines = unified_diff(expected, text.splitlines(), "expected", "shown", lineterm="")
        raise ScriptFailed(f"{step.place}: the screen is another:\n" + "\n".join(lines))
