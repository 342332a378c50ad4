"""Pictures in pixels: what is sent decodes to the same picture, and what is taken away is gone."""

from __future__ import annotations

import re
from base64 import b64decode
from zlib import decompress

from thinline_emulator.raster import Colour, Raster
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.graphics import Gallery, Graphics, kitty, sixel, stretched

BLACK, WHITE, RED, CLEAR = range(4)
PALETTE = bytes([0, 0, 0, 255, 255, 255, 255, 0, 0, 9, 9, 9])
# Nine wide and eight high: runs, a second band, and each colour.
PICTURE = Raster(9, 8, PALETTE, bytes([(x * y + x // 5) % 4 for y in range(8) for x in range(9)]), CLEAR)


def colours(raster: Raster) -> list[list[Colour | None]]:
    shown = [raster.colour(index) for index in raster.pixels]
    return [shown[at : at + raster.width] for at in range(0, len(shown), raster.width)]


def read_sixel(data: str) -> list[list[Colour | None]]:
    """What a terminal would make of it."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', data)
    assert found is not None
    wide, high = int(found[1]), int(found[2])
    shown: list[list[Colour | None]] = [[None] * wide for _ in range(high)]
    palette: dict[int, Colour] = {}
    x = y = colour = 0
    for number, red, green, blue, count, letter, move in re.findall(
        r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|(?:!(\d+))?([?-~])|([$-])", found[3]
    ):
        if number:
            colour = int(number)
            if red:
                palette[colour] = (int(red) * 255 // 100, int(green) * 255 // 100, int(blue) * 255 // 100)
        elif move:
            x, y = 0, y + (6 if move == "-" else 0)
        else:
            end = x + int(count or 1)
            for bit in range(6):
                if (ord(letter) - 63) >> bit & 1:
                    shown[y + bit][x:end] = [palette[colour]] * (end - x)
            x = end
    return shown


def read_kitty(data: str) -> tuple[dict[str, str], bytes]:
    """The keys of the first piece, and all pixels."""
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", data)
    assert [dict(told.split("=") for told in keys.split(","))["m"] for keys, _ in pieces] == [
        *["1"] * (len(pieces) - 1),
        "0",
    ]
    keys = dict(told.split("=") for told in pieces[0][0].split(","))
    return keys, decompress(b64decode("".join(piece for _, piece in pieces)))


def test_sixels_are_the_picture_and_leave_the_cells_where_it_is_clear() -> None:
    assert read_sixel(sixel(PICTURE)) == colours(PICTURE)


def test_kitty_gets_the_pixels_and_how_clear_they_are() -> None:
    keys, pixels = read_kitty(kitty(PICTURE, 7, 3, 2))
    assert keys.items() >= {"s": "9", "v": "8", "i": "7", "c": "3", "r": "2", "f": "32", "q": "2"}.items()
    expected = [(*(PICTURE.colour(index) or (0, 0, 0)), 0 if index == CLEAR else 255) for index in PICTURE.pixels]
    assert pixels == b"".join(map(bytes, expected))


def test_a_large_picture_goes_in_pieces() -> None:
    noise = bytes([(x * x * 7919 + x * 31) >> 3 & 3 for x in range(30_000)])
    large = Raster(200, 150, PALETTE, noise)
    _, pixels = read_kitty(kitty(large, 7, 3, 2))
    assert len(pixels) == 4 * len(noise)


def test_stretching_keeps_squares_square() -> None:
    small = Raster(2, 1, PALETTE, bytes([RED, WHITE]))
    assert stretched(small, 4, 2).pixels == bytes([RED, RED, WHITE, WHITE] * 2)
    assert stretched(stretched(small, 4, 2), 2, 1) == small


def gallery(graphics: Graphics) -> Gallery:
    return Gallery(graphics, lambda: (3, 4))


def test_a_picture_is_hung_once_at_its_cell_in_its_size() -> None:
    sixels = gallery(Graphics.SIXEL)
    placed = Placed(4, 2, 6, 2, PICTURE)
    told = sixels.hang((placed,))
    assert told.startswith("\x1b7\x1b[3;5H\x1bP")
    assert told.endswith("\x1b\\\x1b8")
    assert read_sixel(told[len("\x1b7\x1b[3;5H") : -2]) == colours(stretched(PICTURE, 18, 8))
    assert sixels.hang((placed,)) == ""
    assert sixels.hang((placed,), [(1, 0, 80), (2, 0, 4), (3, 10, 12), (4, 4, 9)]) == ""  # all beside it
    assert sixels.hang((placed,), [(3, 9, 10)]) == told
    assert sixels.hang(()) == ""  # its cells are written anew, and so it is gone


def test_small_pixels_are_enlarged_before_kitty_blurs_them() -> None:
    told = gallery(Graphics.KITTY).hang((Placed(0, 0, 9, 4, PICTURE),))
    keys, _ = read_kitty(told)
    assert (keys["s"], keys["v"], keys["c"], keys["r"]) == ("27", "24", "9", "4")
    keys, _ = read_kitty(gallery(Graphics.KITTY).hang((Placed(0, 0, 2, 1, PICTURE),)))
    assert (keys["s"], keys["v"]) == ("9", "8")


def test_what_hangs_no_more_is_taken_down_by_its_number() -> None:
    kittys = gallery(Graphics.KITTY)
    first, second = Placed(0, 0, 2, 1, PICTURE), Placed(3, 0, 2, 1, PICTURE)
    assert kittys.hang((first, second)).count("a=T") == 2
    told = kittys.hang((second,))  # moved up: the first number shows it, the second is free
    assert told.count("a=T") == 1
    assert "a=d,d=I,q=2,i=7301" in told
    assert "a=d,d=I,q=2,i=7300" in kittys.hang(())
