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
single quotes in `key` is typed. A step without `handset` is for the one of the step before. `until = "screen"` waits
for the step's own screen, and a cell that is `▒` there may show anything. docs/scripts.md says all of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thinline.errors import LocalError
from thinline_emulator.events import KeyPressed
from thinline_emulator.expect import matches, side_by_side
from thinline_emulator.handset import Handset
from thinline_emulator.keys import keys_of
from thinline_emulator.toml_lines import lines_of
from thinline_emulator.verbs import Bench, do_verb, seconds, verb_of

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
_SCREEN = "screen"
_FORM = "docs/scripts.md says what a script looks like"


class ScriptBad(LocalError):
    """The file is not a script; the message says where."""


class ScriptFailed(LocalError):
    """A handset did not do what the script expects; the message shows the difference.

    Attributes:
        said: what was expected, without the picture.
        expected: the whole screen that should have been there; empty where the script tells only a part.
        seen: the screen that was there.
    """

    def __init__(self, said: str, seen: str = "", expected: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.seen = seen
        self.expected = expected

    def __str__(self) -> str:
        """With the picture."""
        return self.told()

    def told(self, columns: int = 0) -> str:
        """With the picture, in so many columns; 0 for as wide as it likes to be."""
        if self.expected:
            return f"{self.said}\n{side_by_side(self.expected, self.seen, columns)}"
        return f"{self.said}\n{self.seen}".rstrip("\n")


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
        raise ScriptBad(f"until is one of {', '.join(CONDITIONS)}, screen, or shows TEXT, not {text!r}")
    holds = CONDITIONS[text]
    return lambda bench: holds(bench.machine)


# Reading


def read_script(text: str) -> Script:
    """Read a script.

    Raises:
        ScriptBad: it is not TOML, or a step says what no step can; the message says in which line.
    """
    try:
        top = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScriptBad(f"not TOML: {error}; {_FORM}") from error
    steps = top.pop("step", [])
    title = top.pop("title", "")
    tables = isinstance(steps, list) and all(isinstance(step, dict) for step in steps)
    if top or not tables or not isinstance(title, str):
        raise ScriptBad(f"a script has a title and [[step]]s, not {', '.join(top) or 'that'}; {_FORM}")
    return Script(title, read_steps(steps, lines_of(text, "step")))


def read_steps(
    steps: Sequence[Mapping[str, Any]], lines: Mapping[tuple[int, str], int] | None = None
) -> tuple[Step, ...]:
    """The steps of a script; one without a handset is for the one before.

    Args:
        steps: each with what it does, by name.
        lines: where they stand, see `lines_of`; for what is told when something is wrong.

    Raises:
        ScriptBad: a step says what no step can.
    """
    read: list[Step] = []
    for number, step in enumerate(steps, 1):
        places = {name: _place(number, name, lines or {}) for name in ("", "until", *step)}
        before = read[-1].handset if read else ""
        read.append(_read_step(places, {"handset": before, **step}))
    return tuple(read)


def _place(number: int, name: str, lines: Mapping[tuple[int, str], int]) -> str:
    line = lines.get((number, name)) or lines.get((number, ""))
    return f"line {line}, step {number}" if line else f"step {number}"


def _read_step(places: Mapping[str, str], said: dict[str, Any]) -> Step:
    fields: dict[str, Any] = {}
    for name, value in said.items():
        reader = _READERS.get(name)
        if reader is None:
            raise ScriptBad(f"{places[name]}: a step has no {name!r}; it may have {', '.join(_READERS)}")
        try:
            key, fields_value = reader(name, value)
        except (LocalError, TypeError) as error:
            raise ScriptBad(f"{places.get(name, places[''])}: {name}: {error}") from error
        fields[key] = fields_value
    if fields.get("until") == _SCREEN and not fields.get("screen"):
        raise ScriptBad(f"{places['until']}: until: the step has no screen to wait for; write it below it, as screen")
    return Step(places[""], **fields)


def _text(name: str, value: Any) -> tuple[str, Any]:
    if not isinstance(value, str):
        raise TypeError(f"a text, not {value!r}")
    if name == "key":
        keys_of(value)
    if name == "verb" and value:
        verb_of(value)
    if name == "until" and value != _SCREEN:
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


def play(script: Script, benches: Mapping[str, Bench], key_s: float = 0.0) -> Iterator[float]:
    """Play a script; yields seconds of the handsets' time that are to pass before it goes on.

    Args:
        script: what is to be done.
        benches: the handsets, by the names that the script gives them; the first one is for steps that give none.
        key_s: how long to wait after each key, for somebody who looks on.

    Raises:
        ScriptFailed: a handset does not show, answer or become what the script says.
    """
    for step in script.steps:
        name = step.handset or next(iter(benches))
        if name not in benches:
            raise ScriptFailed(f"{step.place}: there is no handset {name!r}")
        yield from _play_step(step, benches[name], key_s)


def _play_step(step: Step, bench: Bench, key_s: float) -> Iterator[float]:
    try:
        for key in keys_of(step.key):
            bench.do(KeyPressed(key))
            if key_s:
                yield key_s
        answer = do_verb(step.verb, bench).text if step.verb else ""
    except LocalError as error:
        raise ScriptFailed(f"{step.place}: {error}; the screen:", shown(bench)) from error
    for text in step.answers:
        if text not in answer:
            raise ScriptFailed(f"{step.place}: {step.verb} should answer {text!r}, but said:\n{answer}")
    if step.wait_s:
        yield step.wait_s
    if step.until:
        yield from _wait_until(step, bench)
    _look(step, shown(bench))


def _wait_until(step: Step, bench: Bench) -> Iterator[float]:
    holds = _as_expected(step) if step.until == _SCREEN else condition(step.until)
    left_s = step.within_s
    while not holds(bench):
        if left_s <= 0:
            expected = step.screen if step.until == _SCREEN else ""
            said = f"{step.place}: not {step.until!r} within {step.within_s:g} s; the screen:"
            raise ScriptFailed(said, shown(bench), expected)
        yield min(_LOOK_S, left_s)
        left_s -= _LOOK_S


def _as_expected(step: Step) -> Callable[[Bench], bool]:
    return lambda bench: matches(step.screen, shown(bench))


def _look(step: Step, text: str) -> None:
    for wanted in step.shows:
        if wanted not in text:
            raise ScriptFailed(f"{step.place}: the screen should show {wanted!r}:", text)
    for unwanted in step.hides:
        if unwanted in text:
            raise ScriptFailed(f"{step.place}: the screen should not show {unwanted!r}:", text)
    if step.screen and not matches(step.screen, text):
        raise ScriptFailed(f"{step.place}: the screen is another:", text, step.screen)
