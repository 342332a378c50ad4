"""The idle screen: its notes and its keys."""

from __future__ import annotations

import pytest

from desks import DeskBench, bob


def noted(note: str) -> list[str]:
    bench = DeskBench(bob())
    bench.memory.note = note
    return [row.strip("| ") for row in bench.screen.splitlines()[-4:-2]]


@pytest.mark.parametrize(
    ("note", "rows"),
    [
        ("", ["", ""]),
        ("short", ["", "short"]),
        (
            "This is a note with more words than one row can hold",
            ["This is a note with more words than one row", "can hold"],
        ),
        ("x" * 60, ["", "x" * 46 + "…"]),
    ],
)
def test_a_note_takes_a_second_row_where_it_needs_one(note: str, rows: list[str]) -> None:
    """How the screen looks in every state is held by test_states."""
    assert noted(note) == rows


@pytest.mark.parametrize("key", ["jump", "ok", "wheel-press", "menu", "enter"])
def test_keys_that_open_the_wheel(key: str) -> None:
    bench = DeskBench()
    bench.keys(key)
    assert bench.memory.focus == ["jump"]


def test_other_keys_do_nothing() -> None:
    bench = DeskBench()
    bench.keys("back a wheel-up")
    assert bench.memory.focus == []
