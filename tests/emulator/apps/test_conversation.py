"""A conversation on the screen: whose side, in which order, how far the wheel turns back."""

from __future__ import annotations

import pytest

from golden import check_golden
from thinline_emulator.apps.conversation import Said, draw_conversation, turned_back, typed_on
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas

AT_MS = 1_700_000_000_000
DAY_MS = 86_400_000
TALK = [
    Said("Tea?", mine=False, at_ms=AT_MS - DAY_MS),
    Said("At four, in the garden? Bring the children,\nand the cat.", mine=True, at_ms=AT_MS, note="read"),
    Said("מחר בארבע?", mine=False, at_ms=AT_MS + 60_000),
    Said("👩‍🚀 " * 12, mine=True, at_ms=AT_MS + 120_000, sign="⇡", note="exists only here"),
    Said("Z\x1b[31m\u202e" + "\u0363" * 40, mine=False, at_ms=2**63),
]


def drawn(told: list[Said], typed: str = "", up: int = 0, beneath: str = "") -> list[str]:
    canvas = Canvas()
    draw_conversation(canvas, told, typed, up, beneath)
    return [row.strip("|") for row in canvas.screen().text().splitlines()[1:-1]]


def test_a_conversation() -> None:
    canvas = Canvas()
    draw_conversation(canvas, TALK, "With pleas\nure", 0, "Bob is typing ...")
    check_golden("conversation", canvas.screen().text())


def test_the_newest_is_in_sight_and_the_wheel_turns_back_to_the_first() -> None:
    told = [Said(f"line {number}", mine=bool(number % 2), at_ms=AT_MS) for number in range(40)]
    assert "line 39" in drawn(told)[-4]
    assert not any("line 20 " in row for row in drawn(told))
    up = 0
    for _ in range(100):
        up = turned_back(up, Key.WHEEL_UP, told, 48, 16) or 0
    assert any("line 0" in row for row in drawn(told, up=up))
    assert turned_back(up, Key.WHEEL_UP, told, 48, 16) == up
    assert turned_back(up, Key.DOWN, told, 48, 16) == up - 1
    assert turned_back(0, Key.WHEEL_DOWN, told, 48, 16) == 0
    assert turned_back(0, Key.UP, [], 48, 16) == 0
    assert turned_back(0, Key.OK, told, 48, 16) is None


def test_a_day_is_told_once_and_nothing_is_said_of_a_time_that_nobody_knows() -> None:
    rows = drawn([Said("a", mine=False, at_ms=AT_MS), Said("b", mine=True, at_ms=AT_MS), Said("c", mine=True, at_ms=0)])
    assert sum("Nov" in row for row in rows) == 1
    assert rows[-4].split() == ["c"]


def test_thousands_are_drawn_as_the_newest_of_them() -> None:
    told = [Said(f"line {number}", mine=False, at_ms=AT_MS) for number in range(5_000)]
    assert "line 4999" in drawn(told)[-4]
    assert "line 4800" in "\n".join(drawn(told, up=10_000))


@pytest.mark.parametrize(
    ("typed", "key", "after"),
    [
        ("Te", Char("a"), "Tea"),
        ("Tea", Key.DELETE, "Te"),
        ("", Key.DELETE, ""),
        ("x" * 9, Char("é"), "x" * 9),
        ("x" * 8, Char("é"), "x" * 8 + "é"),
        ("Tea", Key.OK, None),
    ],
)
def test_a_line_is_typed_within_its_bytes(typed: str, key: Key | Char, after: str | None) -> None:
    assert typed_on(typed, key, 10) == after
