"""A page laid out: lines of so many cells, each a few pieces with a place, a style, and what they are part of.

Words wrap between cells, not letters: wide characters take two and may be parted from each other, marks stay with
their base. A block whose first strong character is written from right to left stands at the right edge; the order in
it stays logical, as everywhere on the screen. Deep quotes and lists look alike, so that some cells are left for text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple

from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import Block, Page, Run
from thinline_emulator.screen import Style, cells_of, width

__all__ = ["LaidOut", "Line", "Piece", "Spot", "go_on", "lay_out", "spots"]

_LEAST = 8  # cells that a text keeps, however deep it stands
_BARS = 4  # quotes shown as such
_LISTS = 4  # lists shown as such
_GAP = 2  # cells between the columns of a table
_COLUMN_LEAST = 4
_UNBOUNDED = 1 << 30
_CLOSING = frozenset("、。，．」』）】〉》！？：；・ー…")  # these begin no line, where a text has no spaces


class Piece(NamedTuple):
    """A stretch of a line; `x` counts cells; links, pictures and controls have the page's numbers, 0 is none."""

    x: int
    text: str
    style: Style
    link: int = 0
    image: int = 0
    control: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it is part of anything that can be come to."""
        return bool(self.link or self.image or self.control)


Line = tuple[Piece, ...]


class Spot(NamedTuple):
    """Where a link, a picture or a control begins: for a wheel that walks from one to the next."""

    line: int
    x: int
    link: int = 0
    image: int = 0
    control: int = 0

    def is_of(self, piece: Piece) -> bool:
        """Whether a piece is part of the same."""
        return (piece.link, piece.image, piece.control) == self[2:]


class _Look(NamedTuple):
    """What distinguishes one stretch of a line from the next."""

    style: Style
    link: int
    image: int
    control: int


class _Atom(NamedTuple):
    """One character as a reader takes it; of ASCII a whole word, or the spaces between two."""

    text: str
    cells: int
    look: _Look


_STRETCHES = re.compile("[^ ]+| +")


class LaidOut(NamedTuple):
    """The lines of a page, and where its last blocks begin: what comes behind them may go on with them."""

    lines: list[Line]
    block: int = 0  # the first of them
    line: int = 0  # where they begin
    above: Block | None = None  # what stands there


def lay_out(page: Page, columns: int) -> list[Line]:
    """The lines of a page for a screen of so many cells."""
    return go_on(page, columns).lines


def go_on(page: Page, columns: int, begun: LaidOut | None = None) -> LaidOut:
    """The same, in work for what is new where a beginning of the page was laid out for as many cells."""
    lines, first, line, above = begun or LaidOut([])
    lines, before = lines[:line], above
    for blocks in _grouped(page.blocks[first:]):
        block, line, before = blocks[0], len(lines), above
        if above is not None and not (_listed(above) and _listed(block)):
            lines.append(_bars(min(above.quotes, block.quotes), columns))
        lines += _table(blocks, columns) if block.kind == page_pb2.BLOCK_KIND_ROW else _block(block, columns)
        above = block
    return LaidOut(lines, _last(page.blocks), line, before)


def _last(blocks: Sequence[Block]) -> int:
    """Where what stands together at the end begins: a block with those that join it, the rows of a table."""
    at = _head(blocks, len(blocks) - 1)
    while at and (table := _table_of(blocks[at])) is not None:
        before = _head(blocks, at - 1)
        if _table_of(blocks[before]) != table:
            break
        at = before
    return at


def _head(blocks: Sequence[Block], at: int) -> int:
    """The block that a block joins; itself where it joins none."""
    while at > 0 and blocks[at].joins:
        at -= 1
    return max(0, at)


def spots(lines: Iterable[Line]) -> list[Spot]:
    """Where links, pictures and controls begin, from the top; one that goes over several lines is there once."""
    found: list[Spot] = []
    last: tuple[int, ...] = (0, 0, 0)
    for y, line in enumerate(lines):
        for piece in line:
            here = piece[3:]
            if piece.is_live and here != last:
                found.append(Spot(y, piece.x, *here))
            if piece.is_live or piece.style is not Style.DIM or piece.text.strip("│ "):  # no bar
                last = here
    return found


def _listed(block: Block) -> bool:
    return bool(block.level) and block.kind != page_pb2.BLOCK_KIND_HEADING


def _grouped(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Each block by itself, joined with those that go on with it, and the rows of a table together."""
    for table, group in groupby(_joined(blocks), _table_of):
        if table is None:
            yield from ([block] for block in group)
        else:
            yield list(group)


def _table_of(block: Block) -> int | None:
    return block.quotes if block.kind == page_pb2.BLOCK_KIND_ROW else None


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    whole: Block | None = None
    for block in blocks:
        if whole is not None and block.joins:
            whole.runs.extend(block.runs)
            continue
        if whole is not None:
            yield whole
        whole = Block()
        whole.CopyFrom(block)
    if whole is not None:
        yield whole


# Blocks


def _bars(quotes: int, columns: int) -> Line:
    """The mark of a quoted line."""
    bars = min(quotes, _BARS, max(0, columns - _LEAST - 1))
    return (Piece(0, "│" * bars + " ", Style.DIM),) if bars else ()


def _block(block: Block, columns: int) -> list[Line]:
    bars = _bars(block.quotes, columns)
    at = width(bars[0].text) if bars else 0
    if block.kind == page_pb2.BLOCK_KIND_RULE:
        return [(*bars, Piece(at, "─" * max(1, columns - at), Style.DIM))]
    marker = _marker(block)
    indent = 0 if not _listed(block) else 2 * (min(block.level, _LISTS) - 1) + max(2, len(marker))
    indent = min(indent, max(0, columns - at - _LEAST))
    atoms = _atoms(block.runs, bold=block.kind == page_pb2.BLOCK_KIND_HEADING)
    room = max(1, columns - at - indent)
    kept = block.kind == page_pb2.BLOCK_KIND_PREFORMATTED
    lines = []
    right = _right_to_left(atoms)
    for y, line in enumerate(_cut(atoms, room) if kept else _wrap(atoms, room)):
        start = at + indent + (room - _cells(line) if right else 0)
        marked = marker and y == 0 and indent >= len(marker)
        front = (Piece(at + indent - len(marker), marker, Style.NORMAL),) if marked else ()
        lines.append((*bars, *front, *_pieces(line, start)))
    return lines


def _marker(block: Block) -> str:
    marker = "".join(text for text, cells in cells_of(block.marker) if cells == 1)
    return f"{marker} " if marker else ""


def _look(run: Run, bold: bool) -> _Look:
    if run.link or run.control:
        style = Style.LINK
    elif run.image:
        style = Style.DIM
    else:
        style = Style.BOLD if bold or run.strong else Style.NORMAL
    return _Look(style, run.link, run.image, run.control)


def _atoms(runs: Iterable[Run], *, bold: bool = False) -> list[_Atom]:
    """The characters of runs; a line feed is one of no cells."""
    atoms: list[_Atom] = []
    for run in runs:
        look = _look(run, bold)
        for number, text in enumerate(run.text.split("\n")):
            if number:
                atoms.append(_Atom("\n", 0, look))
            for stretch in _STRETCHES.findall(text):
                if stretch.isascii() and stretch.isprintable():
                    atoms.append(_Atom(stretch, len(stretch), look))
                else:
                    atoms += [_Atom(character, cells, look) for character, cells in cells_of(stretch)]
    return atoms


def _singles(atoms: Iterable[_Atom]) -> Iterator[_Atom]:
    """With a cut allowed between all characters."""
    for atom in atoms:
        if atom.cells > 1 and atom.text.isascii():
            yield from (_Atom(letter, 1, atom.look) for letter in atom.text)
        else:
            yield atom


def _cells(line: Sequence[_Atom]) -> int:
    return sum([atom.cells for atom in line])


def _right_to_left(atoms: Iterable[_Atom]) -> bool:
    for atom in atoms:
        direction = unicodedata.bidirectional(atom.text[0])
        if direction in ("R", "AL"):
            return True
        if direction == "L" or any(map(str.isalpha, atom.text)):
            return False
    return False


def _pieces(line: Iterable[_Atom], x: int) -> Line:
    pieces = []
    for look, atoms in groupby(line, lambda atom: atom.look):
        found = list(atoms)
        pieces.append(Piece(x, "".join([atom.text for atom in found]), *look))
        x += _cells(found)
    return tuple(pieces)


# Lines


def _wrap(atoms: Sequence[_Atom], room: int) -> list[list[_Atom]]:
    """Lines filled with words; at least one line."""
    if _cells(atoms) <= room and not (atoms and _is_space(atoms[0])) and not any(atom.text == "\n" for atom in atoms):
        lines = [list(atoms)]
        _trim(lines[0])
        return lines
    lines = [[]]
    used = 0
    for word, breaks in _words(atoms):
        if breaks:
            lines.append([])
            used = 0
        cells = _cells(word)
        if word and _is_space(word[0]):
            if used and used + cells <= room:  # a space at a line's end stays there, unseen
                lines[-1] += word
                used += cells
            elif used:
                used = room
            continue
        if used and used + cells > room:
            _trim(lines[-1])
            lines.append([])
            used = 0
        pieces = _cut(word, room) if cells > room else [word]
        lines[-1] += pieces[0]
        lines += pieces[1:]
        used = used + cells if len(pieces) == 1 else _cells(lines[-1])
    for line in lines:
        _trim(line)
    return lines


def _trim(line: list[_Atom]) -> None:
    while line and _is_space(line[-1]):
        line.pop()


def _is_wide(atom: _Atom) -> bool:
    return atom.cells == 2 and not atom.text.isascii()


def _is_space(atom: _Atom) -> bool:
    return atom.text[0] == " "


def _words(atoms: Sequence[_Atom]) -> Iterator[tuple[list[_Atom], bool]]:
    """Runs of spaces, and what must stay together; with each, whether a new line begins before it."""
    word: list[_Atom] = []
    breaks = False
    for atom in atoms:
        if atom.text == "\n":
            yield word, breaks
            word, breaks = [], True
            continue
        if word and _parts(word[-1], atom):
            yield word, breaks
            word, breaks = [], False
        word.append(atom)
    yield word, breaks


def _parts(one: _Atom, other: _Atom) -> bool:
    """Whether a line may end between two characters."""
    if _is_space(one) != _is_space(other):
        return True
    return (_is_wide(one) or _is_wide(other)) and other.text not in _CLOSING


def _cut(atoms: Sequence[_Atom], room: int) -> list[list[_Atom]]:
    """Lines cut where they are full, and at line feeds; at least one line."""
    lines: list[list[_Atom]] = [[]]
    used = 0
    for atom in _singles(atoms):
        if atom.text == "\n" or (used and used + atom.cells > room):
            lines.append([])
            used = 0
        if atom.text != "\n":
            lines[-1].append(atom)
            used += atom.cells
    return lines


# Tables


def _table(rows: Sequence[Block], columns: int) -> list[Line]:
    bars = _bars(rows[0].quotes, columns)
    at = width(bars[0].text) if bars else 0
    table = [[_atoms(cell.runs) for cell in row.cells] for row in rows]
    widths = _column_widths(table, columns - at)
    if not widths:
        return [(*bars, *_pieces(line, at)) for row in table for line in _stacked(row, max(1, columns - at))]
    lines = []
    for row in table:
        wrapped = [_wrap(cell, room) for cell, room in zip(row, widths, strict=False)]
        for parts in zip_longest(*wrapped, fillvalue=[]):
            x = at
            line: list[Piece] = []
            for part, room in zip(parts, widths, strict=False):
                line += _pieces(part, x)
                x += room + _GAP
            lines.append((*bars, *line))
    return lines


def _stacked(row: Iterable[list[_Atom]], room: int) -> Iterator[list[_Atom]]:
    """The fields of a row one below the other, for want of room."""
    for cell in row:
        if cell:
            yield from _wrap(cell, room)


def _column_widths(table: Sequence[Sequence[list[_Atom]]], room: int) -> list[int]:
    """Cells for each column; nothing where there is no room for so many."""
    count = max(len(row) for row in table)
    wanted = [max((_widest(row[x]) for row in table if x < len(row)), default=0) for x in range(count)]
    spare = room - _GAP * (count - 1) - sum(wanted)
    while spare < 0:
        widest = max(range(count), key=lambda x: wanted[x])
        if wanted[widest] <= _COLUMN_LEAST:
            return []
        wanted[widest] -= 1
        spare += 1
    return wanted


def _widest(cell: Sequence[_Atom]) -> int:
    if not any(atom.text == "\n" for atom in cell):
        return _cells(cell)
    return max(_cells(line) for line in _cut(cell, _UNBOUNDED))
