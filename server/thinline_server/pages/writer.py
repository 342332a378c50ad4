"""A page being written: text comes in as it is met, blocks within bounds come out.

Whoever writes says where blocks begin, where lines break and how text looks; the writer drops what a page can not hold
(control characters, addresses that must not be followed, what is beyond the bounds) and says `cut` where text was left
out. Spaces run together unless a block is preformatted, and a block without text is not there. Each character is looked
at a fixed number of times, so that the work is linear in the text (T5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from thinline.items import put_varint
from thinline.limits import LIMITS
from thinline.pages import followable
from thinline.v1.page_pb2 import (
    BLOCK_KIND_PREFORMATTED,
    BLOCK_KIND_ROW,
    BLOCK_KIND_RULE,
    BLOCK_KIND_UNSPECIFIED,
    Block,
    BlockKind,
    Cell,
    Control,
    Form,
    Image,
    Page,
    Run,
)
from thinline_server.pages.stretches import SEAMS_BYTES, stretches

__all__ = ["PLAIN", "Frame", "Look", "PageWriter", "Pieces", "clean"]

_ADDRESS_CHARACTERS = 2_048
_TITLE_CHARACTERS = 256
_FIRST_LINE_CHARACTERS = 160
_OVERHEAD_BYTES = 24  # what a run or a block takes beside its text, at most
_WORTH_A_CUT_BYTES = 200
_TAB_CELLS = 8
_BLOCKS = LIMITS.page_blocks - 1_024  # what is left is for the seams of long ones
_BLOCKS_TAG = b"\x12"

# Controls, halves of surrogate pairs, line separators, what turns the reading direction, and what is never seen.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\u00ad\u034f\u200b\ufeff]"
)
_SPACES = re.compile("[ \t\r\n]+")


def clean(text: str) -> str:
    """Without what a page never holds (spec PAGE-1), but for tabs and line ends."""
    return _DROPPED.sub("", text)


class Look(NamedTuple):
    """How a stretch of text is shown; links, pictures and controls by number."""

    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: int = 0
    image: int = 0
    control: int = 0


class Frame(NamedTuple):
    """What a block is, and what it stands in."""

    kind: BlockKind.ValueType = BLOCK_KIND_UNSPECIFIED
    level: int = 0
    quotes: int = 0


class Pieces(NamedTuple):
    """A page's bytes in two: what is shown at once, and what follows; the second is empty where all is in the first."""

    text: bytes
    rest: bytes


PLAIN = Look()


class PageWriter:
    """One page, until `pieces` is asked for."""

    def __init__(self) -> None:
        self._title = ""
        self._blocks: list[Block] = []
        self._links: dict[str, int] = {}
        self._images: list[Image] = []
        self._forms: list[Form] = []
        self._controls: list[tuple[int, Control]] = []  # each with the number of the block that it stands in
        self._choices = 0
        self._frame = Frame()
        self._marker = ""
        self._runs: list[tuple[list[str], Look]] = []  # of the open block
        self._cells: list[Cell] | None = None  # of the open row
        self._space = False
        self._bytes = 0
        self._full = False  # nothing more comes in
        self._cut = False  # somebody else left something out

    # Text

    @property
    def told_title(self) -> str:
        """The page's title as it is; empty where it has none."""
        return self._title

    def title(self, text: str) -> None:
        """The first that is given counts."""
        self._title = self._title or _SPACES.sub(" ", clean(text)).strip()[:_TITLE_CHARACTERS]

    def text(self, text: str, look: Look = PLAIN) -> None:
        """Go on in the open block; outside of preformatted ones all white space is a space."""
        if self._frame.kind == BLOCK_KIND_PREFORMATTED:
            self.verbatim(text, look)
            return
        words = _SPACES.sub(" ", clean(text))
        middle = words.strip(" ")
        if not middle:
            self._space = self._space or bool(words)
            return
        if (self._space or words[0] == " ") and not self.at_line_start:
            self._put(" ", look if self._runs[-1][1] == look else PLAIN)
        self._put(middle, look)
        self._space = words[-1] == " "

    def verbatim(self, text: str, look: Look = PLAIN) -> None:
        """Go on with text of which the spaces count; a line feed in it breaks the line."""
        self._put(clean(text).replace("\r", "").expandtabs(_TAB_CELLS), look)

    @property
    def at_line_start(self) -> bool:
        """Whether the open line has no text yet."""
        return not self._runs or self._runs[-1][0][-1].endswith("\n")

    def soft_break(self) -> None:
        """What comes stands on a line of its own."""
        self._space = False
        if not self.at_line_start:
            self._put("\n", PLAIN)

    def hard_break(self) -> None:
        """A line ends; where it is empty, the paragraph does."""
        self._space = False
        if not self.at_line_start or self._frame.kind == BLOCK_KIND_PREFORMATTED:
            self._put("\n", PLAIN)
        elif self._cells is None:
            self.begin(self._frame)

    def _put(self, text: str, look: Look) -> None:
        goes_on = bool(self._runs) and self._runs[-1][1] == look
        around = 0 if goes_on else _OVERHEAD_BYTES if self._runs else 3 * _OVERHEAD_BYTES  # the run; its block and cell
        room = LIMITS.page_bytes - SEAMS_BYTES - self._bytes - around
        if len(data := text.encode()) > room and not self._full:
            text = data[: max(0, room)].decode(errors="ignore")
            self._cut = True
        if not text or not self._afford(len(text.encode()) + around):
            return
        if goes_on:
            self._runs[-1][0].append(text)
        else:
            self._runs.append(([text], look))

    def _afford(self, size_bytes: int) -> bool:
        """Whether there is room; once there was none, nothing more comes in."""
        if self._bytes + size_bytes > LIMITS.page_bytes - SEAMS_BYTES or len(self._blocks) >= _BLOCKS:
            self._full = True
        if not self._full:
            self._bytes += size_bytes
        return not self._full

    # Blocks

    def begin(self, frame: Frame, marker: str = "") -> None:
        """End the open block and open another; a marker waits for the first text of its list's item."""
        self.end()
        depth = LIMITS.page_depth
        self._frame = Frame(frame.kind, min(frame.level, depth), min(frame.quotes, depth))
        waiting = self._marker if frame.level else ""
        self._marker = _SPACES.sub(" ", clean(marker))[: LIMITS.page_marker] or waiting

    def end(self) -> None:
        """End the open block; one without text was none."""
        self._space = False
        runs, self._runs = _runs_of(self._runs, kept=self._frame.kind == BLOCK_KIND_PREFORMATTED), []
        if runs:
            kind, level, quotes = self._frame
            self._blocks.append(Block(kind=kind, level=level, quotes=quotes, marker=self._marker, runs=runs))
            self._marker = ""

    def rule(self, quotes: int = 0) -> None:
        """A line across."""
        self.end()
        if self._afford(_OVERHEAD_BYTES):
            self._blocks.append(Block(kind=BLOCK_KIND_RULE, quotes=min(quotes, LIMITS.page_depth)))

    def begin_row(self) -> None:
        """Open a row of a table, in which `end_cell` comes behind each field."""
        self.end()
        self._cells = []

    def end_cell(self) -> None:
        """End a field; beyond the bound fields run together."""
        self._space = False
        runs, self._runs = _runs_of(self._runs, kept=False), []
        if self._cells is None:
            return
        if len(self._cells) < LIMITS.page_cells:
            self._cells.append(Cell(runs=runs))
        elif runs:
            self._cells[-1].runs.extend([Run(text=" "), *runs])

    def end_row(self) -> None:
        """End a row; one without text was none."""
        self.end_cell()
        cells, self._cells = self._cells or [], None
        if any(cell.runs for cell in cells):
            while not cells[-1].runs:
                cells.pop()
            self._blocks.append(Block(kind=BLOCK_KIND_ROW, quotes=self._frame.quotes, cells=cells))

    # Tables

    def link(self, address: str) -> int:
        """The number of a link to there; 0 where it may not be followed, or has no room."""
        return self._links.get(address) or self._new_link(address)

    def _new_link(self, address: str) -> int:
        fits = len(address) <= _ADDRESS_CHARACTERS and len(self._links) < LIMITS.page_links
        if not fits or not followable(address) or not self._afford(len(address.encode()) + _OVERHEAD_BYTES):
            return 0
        self._links[address] = len(self._links) + 1
        return self._links[address]

    def image(self, address: str, width: int = 0, height: int = 0) -> int:
        """The number of a picture; 0 where there is no room for it."""
        fits = len(address) <= _ADDRESS_CHARACTERS and len(self._images) < LIMITS.page_links
        known = address if fits and followable(address, image=True) else ""
        if not fits or not self._afford(len(known.encode()) + _OVERHEAD_BYTES):
            return 0
        self._images.append(Image(address=known, width=width, height=height))
        return len(self._images)

    def form(self, *, post: bool) -> int:
        """The number of a form; 0 where there is no room for it (spec PAGE-8)."""
        if len(self._forms) >= LIMITS.page_controls or not self._afford(_OVERHEAD_BYTES):
            return 0
        self._forms.append(Form(post=post))
        return len(self._forms)

    def control(self, made: Control) -> int:
        """The number of a control; 0 where there is no room for it (spec PAGE-8)."""
        choices = self._choices + len(made.choices)
        if len(self._controls) >= LIMITS.page_controls or choices > LIMITS.page_choices:
            self._cut = True
            return 0
        if not self._afford(made.ByteSize() + _OVERHEAD_BYTES):
            return 0
        self._choices = choices
        self._controls.append((len(self._blocks), made))
        return len(self._controls)

    @property
    def links(self) -> tuple[str, ...]:
        """Addresses, by number."""
        return tuple(self._links)

    # The end

    def leave_out(self) -> None:
        """Say that there was more than what was written."""
        self._cut = True

    def first_line(self) -> str:
        """How the text begins, quotes and rules aside; empty where there is none."""
        self.end()
        for block in self._blocks:
            text = "".join(run.text for run in block.runs or [run for cell in block.cells for run in cell.runs])
            if not block.quotes and text.strip():
                return _SPACES.sub(" ", text[: 2 * _FIRST_LINE_CHARACTERS]).strip()[:_FIRST_LINE_CHARACTERS]
        return ""

    def without_addresses(self) -> Iterator[Page | Block]:
        """The page whose addresses stay behind: what is needed to draw a block comes before it (spec WEB-4, PAGE-8)."""
        self.end()
        head = Page(title=self._title, forms=self._forms)
        yield head
        size = head.ByteSize()
        controls = iter([*self._controls, (len(self._blocks) + 1, None)])
        block_of, control = next(controls)
        for number, block in enumerate([*self._blocks, None]):
            while control is not None and block_of <= number:
                yield Page(controls=[control])
                block_of, control = next(controls)
            for piece in stretches(block, size) if block is not None else ():
                yield piece
                size += piece.ByteSize()
        images = [Image(width=one.width, height=one.height) for one in self._images]
        yield Page(images=images, cut=self._cut or self._full)

    def pieces(self, first_bytes: int) -> Pieces:
        """The page: of its text what so many bytes hold, then the rest with the tables (spec PAGE-2)."""
        self.end()
        tables = Page(links=list(self._links), images=self._images, cut=self._cut or self._full).SerializeToString()
        records = [Page(title=self._title).SerializeToString(), *map(_record, self._blocks)]
        if sum(map(len, records)) + len(tables) <= first_bytes:
            return Pieces(b"".join(records) + tables, b"")
        at = taken = 0
        while at < len(records) and taken + len(records[at]) <= first_bytes:
            taken += len(records[at])
            at += 1
        front, back = b"".join(records[:at]), records[at:]
        if back and first_bytes - taken >= _WORTH_A_CUT_BYTES:
            head, tail = _split(self._blocks[at - 1], first_bytes - taken)
            front, back = front + head, [tail, *back[1:]]
        return Pieces(front, b"".join([*back, tables]))


def _record(block: Block) -> bytes:
    data = block.SerializeToString()
    return _BLOCKS_TAG + put_varint(len(data)) + data


def _split(block: Block, room: int) -> tuple[bytes, bytes]:
    """A block in two records, the first within the room; a row stays whole, behind."""
    head, tail = Block(), Block()
    head.CopyFrom(block)
    tail.CopyFrom(block)
    del head.runs[:], tail.runs[:]
    tail.marker, tail.joins = "", True
    room -= _OVERHEAD_BYTES
    for run in block.runs:
        kept = "" if tail.runs else _fitting(run.text, room - _OVERHEAD_BYTES)
        room -= len(kept.encode()) + _OVERHEAD_BYTES
        for half, text in ((head, kept), (tail, run.text[len(kept) :])):
            if text:
                half.runs.add().CopyFrom(run)
                half.runs[-1].text = text
    if not head.runs:
        return b"", _record(block)
    return _record(head), _record(tail)


def _fitting(text: str, room: int) -> str:
    """All of a text, or its beginning, up to a space where there is one."""
    if len(text.encode()) <= room:
        return text
    front = text.encode()[: max(0, room)].decode(errors="ignore")
    return front[: front.rfind(" ") + 1] or front


def _runs_of(texts: list[tuple[list[str], Look]], *, kept: bool) -> list[Run]:
    """The runs of a block, without white space at its ends; a preformatted one keeps that before its text."""
    joined = [("".join(parts), look) for parts, look in texts]
    while joined and not joined[-1][0].strip():
        joined.pop()
    while joined and not joined[0][0].strip() and not kept:
        del joined[0]
    if joined:
        joined[-1] = (joined[-1][0].rstrip(), joined[-1][1])
        joined[0] = (joined[0][0].lstrip("\n" if kept else None), joined[0][1])
    return [
        Run(
            text=text,
            strong=look.strong,
            emphasis=look.emphasis,
            code=look.code,
            link=look.link,
            image=look.image,
            control=look.control,
        )
        for text, look in joined
        if text
    ]
