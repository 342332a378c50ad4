"""A script on a handset, with somebody who looks on or without: what it does, and what is told of it at the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from thinline_emulator import Handset
from thinline_emulator.script import Script, ScriptBad, ScriptFailed, read_script

__all__ = ["EXIT_UNEXPECTED", "Onlooker", "Verdict", "load_script", "play_shown", "play_unseen"]

EXIT_UNEXPECTED = 3  # something was not as the script expects

_KEY_S = 0.08  # between two keys, where somebody looks on
_LAST_S = 1.0  # how long its end stays to be seen


class Onlooker(Protocol):
    """A face: it shows the handset until somebody quits, or it is told to leave."""

    async def run(self) -> None:
        """Show it."""
        ...

    def leave(self) -> None:
        """End `run`."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a script ended.

    Attributes:
        path: its file.
        script: what it says.
        failed: where something was not as it says.
        stopped: whether somebody quit before its end.
    """

    path: Path
    script: Script
    failed: ScriptFailed | None = None
    stopped: bool = False

    @property
    def code(self) -> int:
        """For the shell."""
        if self.failed is not None:
            return EXIT_UNEXPECTED
        return int(self.stopped)

    def told(self, columns: int = 0) -> str:
        """The same for a person, in a terminal of so many columns."""
        if self.failed is not None:
            return f"{self.path}: {self.failed.told(columns)}"
        if self.stopped:
            return f"{self.path}: stopped before its end"
        steps = self.script.steps
        screens = sum(bool(step.screen or step.shows or step.hides) for step in steps)
        return f"{self.path}: {_count(len(steps), 'step')}, {_count(screens, 'screen')} as expected"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def load_script(path: Path) -> Script:
    """Read a script's file.

    Raises:
        ScriptBad: it is none; the message says where and what to write instead.
        OSError: it cannot be read.
    """
    try:
        return read_script(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise ScriptBad(f"{path}: not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8") from None
    except ScriptBad as error:
        raise ScriptBad(f"{path}: {error}") from None


async def play_unseen(path: Path, script: Script, handset: Handset, beside: dict[str, Handset]) -> Verdict:
    """Play it as fast as the handset's time passes."""
    try:
        await handset.play(script, beside)
    except ScriptFailed as error:
        return Verdict(path, script, error)
    return Verdict(path, script)


async def play_shown(
    path: Path, script: Script, handset: Handset, beside: dict[str, Handset], face: Onlooker
) -> Verdict:
    """Play it at a pace that can be followed; whoever quits the face stops it."""
    verdict = Verdict(path, script, stopped=True)

    async def perform() -> None:
        nonlocal verdict
        try:
            await handset.play(script, beside, _KEY_S)
            verdict = Verdict(path, script)
        except ScriptFailed as error:
            verdict = Verdict(path, script, error)
        await asyncio.sleep(_LAST_S)
        face.leave()

    async with asyncio.TaskGroup() as tasks:
        performing = tasks.create_task(perform())
        await face.run()
        performing.cancel()
    return verdict
