"""What is told of a script at its end, and how it is read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from thinline_emulator.script import Script, ScriptBad, ScriptFailed, read_script
from thinline_tools.playing import EXIT_UNEXPECTED, Verdict, load_script, play_shown, play_unseen

DAY = Path("day.toml")
SCRIPT = read_script("[[step]]\nkey = 'ok'\n[[step]]\nshows = 'Bob'")
FAILED = ScriptFailed("line 3: another:", "|Eve|", "|Bob|")


class Actor:
    """A handset that plays as it was told to."""

    def __init__(self, error: ScriptFailed | None = None, *, slow: bool = False) -> None:
        self.error = error
        self.slow = slow
        self.played: list[tuple[Script, Any, float]] = []

    async def play(self, script: Script, beside: Any, key_s: float = 0.0) -> None:
        self.played.append((script, beside, key_s))
        if self.slow:
            await asyncio.Event().wait()
        if self.error:
            raise self.error


class Face:
    """An onlooker who leaves when he is told to, or at once."""

    def __init__(self, *, patient: bool = True) -> None:
        self.left = asyncio.Event()
        if not patient:
            self.left.set()

    async def run(self) -> None:
        await asyncio.sleep(0)
        await self.left.wait()

    def leave(self) -> None:
        self.left.set()


async def test_unseen_it_is_played_without_pauses() -> None:
    alice: Any = Actor()
    verdict = await play_unseen(DAY, SCRIPT, alice, {"desk": alice})
    assert alice.played == [(SCRIPT, {"desk": alice}, 0.0)]
    assert (verdict.code, verdict.told()) == (0, "day.toml: 2 steps, 1 screen as expected")
    verdict = await play_unseen(DAY, SCRIPT, Actor(FAILED), {})  # type: ignore[arg-type]
    assert verdict.code == EXIT_UNEXPECTED
    assert verdict.told() == "day.toml: line 3: another:\nexpected   seen\n|Bob|    ≠ |Eve|"


async def test_seen_it_is_played_at_a_pace_and_the_face_leaves_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_tools.playing._LAST_S", 0.0)
    alice: Any = Actor()
    verdict = await play_shown(DAY, SCRIPT, alice, {}, Face())
    assert verdict == Verdict(DAY, SCRIPT)
    assert alice.played[0][2] > 0
    verdict = await play_shown(DAY, SCRIPT, Actor(FAILED), {}, Face())  # type: ignore[arg-type]
    assert verdict.failed is FAILED


async def test_who_quits_stops_it() -> None:
    alice: Any = Actor(slow=True)
    verdict = await play_shown(DAY, SCRIPT, alice, {}, Face(patient=False))
    assert (verdict.code, verdict.told()) == (1, "day.toml: stopped before its end")


def test_a_file_is_read_or_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text("title = 'A day'\n[[step]]\nkey = 'ok'", "utf-8")
    assert load_script(path).title == "A day"
    path.write_text("[[step]]\nkey = 7")
    with pytest.raises(ScriptBad, match=r"day\.toml: line 2, step 1: key: a text"):
        load_script(path)
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(ScriptBad, match=r"not UTF-8.* at byte 9; save it"):
        load_script(path)
