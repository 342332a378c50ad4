"""A recorder: what is done to a handset, and the screens that were looked at, become a script that can be played again.

Keys that follow each other quickly are one step. A screen is written down when it stood still, nothing was under way,
and only then the next thing was done: somebody has seen it. Where nothing came to rest, the pause itself is written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from thinline_emulator import events
from thinline_emulator.events import OwnerInput
from thinline_emulator.expect import veiled
from thinline_emulator.handset import Handset
from thinline_emulator.keys import Char, Key, words_of
from thinline_emulator.verbs import Bench

__all__ = ["REST_S", "Recorder", "deed_of", "resting", "watch"]

REST_S = 0.5  # of the world's time: a screen that stood so long was seen, and keys so far apart are two steps
_PAUSE_S = 0.05  # a shorter one is not worth writing down
_LOOK_S = 0.1
_WITHIN_S = 20.0  # a third of what a step waits for by itself
_HEAD = '# Recorded by "thinline handset --record"; docs/scripts.md says what stands here.\n'


def deed_of(event: OwnerInput | events.HandsetInput) -> Key | Char | str:
    """A key, or the verb that does the same; empty for what a script does not do, such as telling a code."""
    match event:
        case events.KeyPressed(key):
            return key
        case events.SetBattery(percent):
            return f"battery {_number(percent)}"
        case events.PullBattery():
            return "battery pull"
        case events.Charge(on):
            return f"charge {'on' if on else 'off'}"
        case events.SwitchRadio(on):
            return f"radio {'on' if on else 'off'}"
        case events.SetRadio(profile):
            return f"radio {profile.name}"
        case events.Tunnel(duration_s):
            return f"tunnel {_number(duration_s)}s"
        case events.DropLink():
            return "link drop"
        case events.Reset(hard):
            return "reset hard" if hard else "reset"
        case _:
            return ""


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def resting(machine: Handset) -> bool:
    """Whether nothing is under way that would change its screen: all is settled, or there is no signal or no power."""
    memory = machine.memory
    if memory is None or not machine.power.radio.attached:
        return True
    return machine.settled and not len(memory.asks)


@dataclass(slots=True)
class _Step:
    """What was done, and what came of it.

    Attributes:
        at_s: when, by the handset's time; of the last of several keys.
        real_s: the same by the world's.
        screen: what was seen then; empty where nothing came to rest.
        wait_s: the pause after it, by the handset's time, where there was no such screen.
        took_s: from the deed to the screen.
    """

    at_s: float
    real_s: float
    keys: list[Key | Char] = field(default_factory=list)
    verb: str = ""
    screen: str = ""
    wait_s: float = 0.0
    took_s: float = 0.0


class Recorder:
    """One recording.

    Args:
        name: of the handset, in the script.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: list[_Step] = []
        self._screen = ""
        self._still = False
        self._since = self._looked = (0.0, 0.0)  # the handset's time and the world's: since it is the same; the newest

    def looked(self, screen: str, now: float, real_s: float, *, still: bool) -> None:
        """This is on the screen now, and whether anything is under way."""
        self._looked = (now, real_s)
        if not self._steps:
            self._steps.append(_Step(now, real_s))
        if (screen, still) != (self._screen, self._still):
            self._screen, self._still, self._since = screen, still, (now, real_s)

    def did(self, deed: Key | Char | str, now: float, real_s: float) -> None:
        """That was done; the screen before it is what was seen last."""
        if not deed:
            return
        self._rest(now, real_s)
        last = self._steps[-1] if self._steps else None
        if isinstance(deed, str):
            self._steps.append(_Step(now, real_s, verb=deed))
        elif last is None or last.verb or last.screen or not last.keys or real_s - last.real_s >= REST_S:
            self._steps.append(_Step(now, real_s, [deed]))
        else:
            last.keys.append(deed)
            last.at_s, last.real_s, last.wait_s = now, real_s, 0.0

    def done(self) -> str:
        """The script, with what was on the screen at its end."""
        self._rest(*self._looked)
        steps = [step for step in self._steps if step.keys or step.verb or step.screen]
        return _HEAD + "".join(f"\n{line}" for line in self._lines(steps)) + "\n"

    def _rest(self, now: float, real_s: float) -> None:
        """The step that was under way is over: with a screen that somebody saw, or with a pause."""
        if not self._steps:
            return
        step, (since_s, since_real_s) = self._steps[-1], self._since
        if self._still and real_s - max(since_real_s, step.real_s) >= REST_S:
            step.screen, step.took_s = self._screen, max(0.0, since_s - step.at_s)
        elif now - step.at_s >= _PAUSE_S:
            step.wait_s = now - step.at_s

    def _lines(self, steps: list[_Step]) -> Iterator[str]:
        for number, step in enumerate(steps):
            yield from ("", "[[step]]") if number else ("[[step]]", f"handset = {_quoted(self._name)}")
            if step.keys:
                yield f"key = {_quoted(words_of(step.keys))}"
            if step.verb:
                yield f"verb = {_quoted(step.verb)}"
            if step.screen:
                yield 'until = "screen"'
                if step.took_s > _WITHIN_S:
                    yield f'within = "{_number(3 * step.took_s)}s"'
                yield f"screen = {_block(step.screen)}"
            elif step.wait_s:
                yield f'wait = "{_number(step.wait_s)}s"'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _block(text: str) -> str:
    """A text of several lines as TOML, as it is wherever that can be."""
    if "'''" not in text:
        return f"'''\n{text}\n'''"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}\n"""'


async def watch(recorder: Recorder, bench: Bench) -> None:
    """Look at a handset until this is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        machine, now = bench.machine, bench.now
        recorder.looked(veiled(machine, now), now, loop.time(), still=resting(machine))
        await asyncio.sleep(_LOOK_S)
