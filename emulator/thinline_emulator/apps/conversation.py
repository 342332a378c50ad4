"""A conversation on the screen, whatever carries it: what they said on the left, what the owner said on the right.

The newest stands above the line that is being typed; the wheel turns back to what was said before. An app gives what
was said in the order of the time, and beside each what should be known of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from thinline_emulator.apps.pageview import styled
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line
from thinline_emulator.screen import Canvas, Style, clip, clip_start, width

__all__ = ["Said", "draw_conversation", "turned_back", "typed_on"]

_TOP = 1
_BESIDE = 3  # rows below: what is going on, the line that is typed, the hint
_TIME_CELLS = 7  # on the right: the time and a sign
_SHORTER = 6  # cells that a text leaves on the other side
_MOST_SHOWN = 200  # of the newest; nobody turns a wheel further


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said.

    Attributes:
        mine: by the owner.
        at_ms: since 1970; 0 where nobody knows.
        sign: a cell beside the time: that it exists only here, that it was not sent.
        note: below it, in words: that it was read.
    """

    text: str
    mine: bool
    at_ms: int
    sign: str = ""
    note: str = ""


def draw_conversation(canvas: Canvas, told: Sequence[Said], typed: str, up: int, beneath: str = "") -> None:
    """From the row below the bar down to the one above the hint.

    Args:
        canvas: with its bar and its hint.
        told: what was said, the oldest first.
        typed: what is being typed.
        up: lines that the wheel was turned back.
        beneath: what is going on: that somebody types, or why nothing goes out.
    """
    room = canvas.height - _TOP - _BESIDE
    rows = _rows(told[-_MOST_SHOWN:], canvas.width, room + max(0, up))
    first = max(0, len(rows) - room - max(0, up))
    for y, row in enumerate(rows[first : first + room], _TOP + max(0, room - len(rows))):
        for x, text, style in row:
            canvas.put(x, y, text, style)
    canvas.line(canvas.height - 3, f" {beneath}", style=Style.DIM)
    shown = typed.replace("\n", "↵")
    canvas.put(0, canvas.height - 2, clip_start(f"> {shown}_", canvas.width), Style.BOLD)


def turned_back(up: int, key: Key | Char, told: Sequence[Said], canvas_width: int, canvas_height: int) -> int | None:
    """How far back the wheel is after a key; None for a key of another kind."""
    match key:
        case Key.WHEEL_UP | Key.UP:
            room = canvas_height - _TOP - _BESIDE
            rows = _rows(told[-_MOST_SHOWN:], canvas_width, room + up + 1)
            return max(0, min(up + 1, len(rows) - room))
        case Key.WHEEL_DOWN | Key.DOWN:
            return max(0, up - 1)
        case _:
            return None


def typed_on(typed: str, key: Key | Char, most_bytes: int) -> str | None:
    """The line after a key, within so many bytes; None for a key that types nothing."""
    match key:
        case Char(text):
            longer = typed + text
            return longer if len(longer.encode()) <= most_bytes else typed
        case Key.DELETE:
            return typed[:-1]
        case _:
            return None


_Row = list[tuple[int, str, Style]]


def _rows(told: Sequence[Said], cells: int, most: int) -> list[_Row]:
    """The last so many: what is not in sight is not laid out."""
    blocks: list[list[_Row]] = []
    count = 0
    for number in range(len(told) - 1, -1, -1):
        at = _at(told[number].at_ms)
        block = _bubble(told[number], at, cells)
        day = _day(at)
        if day and day != next((one for said in told[:number][::-1] if (one := _day(_at(said.at_ms)))), ""):
            block.insert(0, [((cells - width(day)) // 2, day, Style.DIM)])
        blocks.append(block)
        count += len(block)
        if count >= most:
            break
    rows = [row for block in reversed(blocks) for row in block]
    return rows[max(0, len(rows) - most) :]


def _day(at: datetime | None) -> str:
    return at.strftime("%a %d %b") if at is not None else ""


def _bubble(said: Said, at: datetime | None, cells: int) -> list[_Row]:
    room = cells - _TIME_CELLS - _SHORTER - 2
    lines = styled(said.text, room, Style.INVERSE if said.mine else Style.NORMAL) or [()]
    widest = max(map(_across, lines))
    left = cells - _TIME_CELLS - widest - 1 if said.mine else 1
    rows: list[_Row] = []
    for line in lines:
        row: _Row = [(left - 1, " " * (widest + 2), Style.INVERSE)] if said.mine else []
        rows.append(row + [(left + piece.x, piece.text, piece.style) for piece in line])
    stamp = at.strftime("%H:%M") if at is not None else ""
    rows[0].append((cells - _TIME_CELLS + 1, f"{stamp:<5}{said.sign}", Style.DIM))
    if said.note:
        note = clip(said.note, cells - _TIME_CELLS)
        rows.append([(cells - _TIME_CELLS - width(note), note, Style.DIM)])
    return rows


def _across(line: Line) -> int:
    return max((piece.x + width(piece.text) for piece in line), default=0)


def _at(at_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(at_ms / 1_000, UTC) if at_ms else None
    except (OverflowError, ValueError, OSError):
        return None
