r"""Pictures in pixels, for terminals that have them: sixel (DEC's, of 1983) and kitty's protocol.

Both leave their pictures lying until something takes them away, so a `Gallery` remembers what hangs where. Sixels go
when the cells under them are written; the cells under a picture carry its name as a style, so that the face writes
them again as soon as it is another picture or none. Kitty's have numbers and are taken down by them.

Sources: "VT330/VT340 Programmer Reference Manual", volume 2, chapter 14; "Terminal graphics protocol", kitty's manual.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from itertools import groupby
from zlib import compress

from thinline_emulator.raster import Raster
from thinline_emulator.screen import Placed

__all__ = ["Gallery", "Graphics", "kitty", "sixel", "stretched"]

_KITTY_FIRST = 7_300  # numbers of ours begin here, so that another program's are left alone
_KITTY_PIECE = 4_096
_BAND = 6  # rows of pixels in one row of sixels


class Graphics(Enum):
    """What kind of pictures a terminal takes."""

    SIXEL = "sixel"
    KITTY = "kitty"


class Gallery:
    """The pictures in one terminal.

    Args:
        graphics: how they are told.
        cell: asked for a cell's width and height in pixels whenever something is drawn.
    """

    def __init__(self, graphics: Graphics, cell: Callable[[], tuple[int, int]]) -> None:
        self._graphics = graphics
        self._cell = cell
        self._hung: list[Placed] = []

    def hang(self, pictures: Sequence[Placed], written: Sequence[tuple[int, int, int]] = ()) -> str:
        """What to send so that just these are seen.

        Args:
            pictures: placed in the terminal's cells.
            written: stretches of cells that were written since the last time: row, first and end.
        """
        before, self._hung = self._hung, list(pictures)
        said = []
        for number, placed in enumerate(pictures):
            if number >= len(before) or before[number] != placed or any(_under(placed, *one) for one in written):
                said.append(f"\x1b[{placed.y + 1};{placed.x + 1}H{self._drawn(number, placed)}")
        if self._graphics is Graphics.KITTY:
            said += [_taken_down(number) for number in range(len(pictures), len(before))]
        return f"\x1b7{''.join(said)}\x1b8" if said else ""

    def _drawn(self, number: int, placed: Placed) -> str:
        wide, high = self._cell()
        pixels = (placed.wide * wide, placed.high * high)
        if self._graphics is Graphics.SIXEL:
            return sixel(stretched(placed.raster, *pixels))
        larger = pixels[0] // placed.raster.width
        raster = placed.raster
        if larger > 1:  # sharp squares, where the terminal would blur them
            raster = stretched(raster, raster.width * larger, raster.height * larger)
        return kitty(raster, _KITTY_FIRST + number, placed.wide, placed.high)


def _under(placed: Placed, row: int, first: int, end: int) -> bool:
    return placed.y <= row < placed.y + placed.high and first < placed.x + placed.wide and end > placed.x


def stretched(raster: Raster, width: int, height: int) -> Raster:
    """It in another size; each pixel is that of the nearest place."""
    columns = [x * raster.width // width for x in range(width)]
    lines = []
    for y in range(raster.height):
        row = raster.pixels[y * raster.width : (y + 1) * raster.width]
        lines.append(bytes([row[x] for x in columns]))
    pixels = b"".join([lines[y * raster.height // height] for y in range(height)])
    return Raster(width, height, raster.palette, pixels, raster.clear)


@lru_cache(maxsize=16)
def sixel(raster: Raster) -> str:
    """A raster as sixels; where it is clear nothing is drawn, and the cell is seen."""
    said = [f'\x1bP0;1;0q"1;1;{raster.width};{raster.height}']
    for index in sorted({*raster.pixels} - {raster.clear}):
        shares = [round(channel * 100 / 255) for channel in raster.palette[3 * index : 3 * index + 3]]
        said.append(f"#{index};2;{shares[0]};{shares[1]};{shares[2]}")
    rows = [raster.pixels[at : at + raster.width] for at in range(0, len(raster.pixels), raster.width)]
    bands = [rows[at : at + _BAND] for at in range(0, len(rows), _BAND)]
    return "".join(said) + "-".join(["$".join(_band(band, raster.clear)) for band in bands]) + "\x1b\\"


def _band(rows: Sequence[bytes], clear: int) -> Iterator[str]:
    """Six rows at once, one colour after another: a sixel has a bit for each row."""
    strokes: dict[int, list[list[int]]] = {}  # by colour: column, length, bits
    x = 0
    for column, same in groupby(zip(*rows, strict=True)):
        length = len(list(same))
        bits: dict[int, int] = {}
        for bit, index in enumerate(column):
            bits[index] = bits.get(index, 0) | 1 << bit
        bits.pop(clear, None)
        for index, drawn in bits.items():
            lines = strokes.setdefault(index, [])
            if lines and lines[-1][0] + lines[-1][1] == x and lines[-1][2] == drawn:
                lines[-1][1] += length
            else:
                lines.append([x, length, drawn])
        x += length
    for index, lines in strokes.items():
        at, said = 0, [f"#{index}"]
        for x, length, drawn in lines:
            said.append(_run(0, x - at) + _run(drawn, length))
            at = x + length
        yield "".join(said)


def _run(bits: int, count: int) -> str:
    letter = chr(63 + bits)
    return f"!{count}{letter}" if count > 3 else letter * count


@lru_cache(maxsize=16)
def kitty(raster: Raster, number: int, wide: int, high: int) -> str:
    """A raster in kitty's way, under a number, stretched by the terminal over so many cells."""
    colours = [
        (*(raster.colour(index) or (0, 0, 0)), 0 if index == raster.clear else 255)
        for index in range(256)
        if 3 * index < len(raster.palette)
    ]
    quads = [bytes(colour) for colour in colours]
    data = b64encode(compress(b"".join([quads[index] for index in raster.pixels]))).decode("ascii")
    pieces = [data[at : at + _KITTY_PIECE] for at in range(0, len(data), _KITTY_PIECE)]
    head = f"a=T,q=2,f=32,o=z,s={raster.width},v={raster.height},i={number},p=1,c={wide},r={high},C=1,"
    return "".join(
        [
            f"\x1b_G{head if not at else ''}m={int(at + 1 < len(pieces))};{piece}\x1b\\"
            for at, piece in enumerate(pieces)
        ]
    )


def _taken_down(number: int) -> str:
    return f"\x1b_Ga=d,d=I,q=2,i={_KITTY_FIRST + number}\x1b\\"
