"""The icons of the wheel: sixteen pixels square, drawn as text, one letter a pixel.

An app has the icon of its name. One that has none yet gets a plain tile, so that a new app is its own file and its
line in the registry, and its icon can follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from thinline_emulator.raster import Raster

__all__ = ["ICON_PIXELS", "icon"]

ICON_PIXELS = 16
_CLEAR = "."
_COLOURS: Mapping[str, tuple[int, int, int]] = {
    _CLEAR: (0, 0, 0), "k": (38, 48, 62), "w": (247, 247, 242), "s": (240, 200, 160), "a": (176, 186, 198),
    "A": (104, 118, 134), "b": (74, 144, 226), "B": (34, 88, 160), "r": (226, 74, 64), "R": (160, 38, 38),
    "y": (248, 190, 66), "o": (240, 140, 52), "g": (92, 190, 116), "G": (40, 128, 78), "p": (150, 104, 214),
    "t": (66, 190, 196), "n": (140, 92, 56),
}  # fmt: skip

_DRAWN: Mapping[str, str] = {
    "contacts": """
        ................
        .kkkkkkkkkkkkk..
        .kooooooooooook.
        kkoooossssoooork
        .kooossssssooorr
        kkooosnssnsoooyk
        .kooossssssoooyy
        kkoooossssoooobk
        .kooooossooooobb
        kkoobbbwwbbboogk
        .koobbbbbbbboogg
        kkobbbbbbbbbbook
        .kobbbbbbbbbboo.
        .kooooooooooook.
        .kkkkkkkkkkkkk..
        ................""",
    "calendar": """
        ................
        ...kk......kk...
        .rrkkrrrrrrkkrr.
        .rrkkrrrrrrkkrr.
        .rrrrrrrrrrrrrr.
        .wwwwwwwwwwwwww.
        .wwwwkkkwwkkwww.
        .wwwwwwkwwwkwww.
        .wwwwwkkwwwkwww.
        .wwwwwwkwwwkwww.
        .wwwwkkkwwkkkww.
        .wwwwwwwwwwwwww.
        .wawawawawawaww.
        .wwwwwwwwwwwwww.
        .aaaaaaaaaaaaaa.
        ................""",
    "tasks": """
        ................
        .....aaaaaa.....
        ..kkkaAAAAakkk..
        ..kwwwwwwwwwwk..
        ..kwwwwwwwwGwk..
        ..kwkkkkwwGGwk..
        ..kwwwwGwGGwwk..
        ..kwkkwGGGwwwk..
        ..kwwwwwGwwwwk..
        ..kwwwwwwwwwwk..
        ..kwkkkkwwrwrk..
        ..kwwwwwwwwrwk..
        ..kwkkkkwwrwrk..
        ..kwwwwwwwwwwk..
        ..kkkkkkkkkkkk..
        ................""",
    "notes": """
        ................
        ..............rr
        .yyyyyyyyyyyyrrr
        .yyyyyyyyyyykrr.
        .ynnnnnyyyykAk..
        .yyyyyyyyykAk...
        .ynnnnnnykAkyy..
        .yyyyyyykAkyyy..
        .ynnnnyyskynny..
        .yyyyyyksyyyyy..
        .ynnnnnyyynnny..
        .yyyyyyyyyyyyy..
        .ynnnnnnnyyyoo..
        .yyyyyyyyyyoo...
        .yyyyyyyyyyo....
        ................""",
    "mail": """
        ................
        ................
        kkkkkkkkkkkkkkkk
        kwwwwwwwwwwwwwwk
        kAwwwwwwwwwwwwAk
        kwAAwwwwwwwwAAwk
        kwwwAwwwwwwAwwwk
        kwwwwAAwwAAwwwwk
        kwwwwwwAAwwwwwwk
        kwwwwAwwwwAwwwwk
        kwwwAwwwwwwAwwwk
        kwwAwwwwwwwwAwwk
        kwAwwwwwwwwwwAwk
        kkkkkkkkkkkkkkkk
        ................
        ................""",
    "im": """
        ................
        .bbbbbbbbbbb....
        bbbbbbbbbbbbb...
        bbwwbbwwbbwwb...
        bbwwbbwwbbwwb...
        bbbbbbbbbbbbb...
        .bbbbbbbbbbb....
        ..bbbb..........
        .bbb..ggggggggg.
        .b...ggggggggggg
        .....gwwwwwwwwwg
        .....ggggggggggg
        .....gwwwwwwgggg
        ......ggggggggg.
        ..........ggg...
        ............g...""",
    "sms": """
        ..kkkkkkkkk.....
        .kAAAAAAAAAk....
        .kAkkkkkkkAk....
        .kAktttttkAkyyy.
        .kAktttttkyyyyyy
        .kAkttttyyykykyy
        .kAkttttyyyyyyyy
        .kAktttttyykkyyy
        .kAktttttkyyyyy.
        .kAkkkkkkkyyAk..
        .kAAAAAAAyAAk...
        .kAwAwAwAAAAk...
        .kAAAAAAAAAk....
        .kAwAwAwAAAk....
        .kAAAAAAAAAk....
        ..kkkkkkkkk.....""",
    "photos": """
        ................
        wwwwwwwwwwwwwwww
        wbbbbbbbbbbbbbbw
        wbbbbbbbbbyyybbw
        wbbbbbbbbyyyyybw
        wbbbbwbbbyyyyybw
        wbbbwwwbbbyyybbw
        wbbwwawabbbbbbbw
        wbbAaaAAbbbwbbbw
        wbAAAAAAAbwwabbw
        wAAAAAAAAAAAAabw
        wAAAAAAAAAAAAAAw
        wGGgGGGGGgGGGGGw
        wgGGGGgGGGGgGGGw
        wwwwwwwwwwwwwwww
        ................""",
    "pages": """
        .....BBBBBB.....
        ...BBbbgggbBB...
        ..BbbgggggggbB..
        .BbbggggggbbbbB.
        .BbbbggggbbbbgB.
        BbbbbbggbbbbgggB
        BbbbbbbgbbbbgggB
        BbbggbbbbbbggggB
        BbggggbbbbbbgggB
        BbgggggbbbbbbggB
        BbbggggbbbbbbbgB
        .BbgggbbbbbbbbB.
        .BbggbbbbbbwwbB.
        ..BgbbbbbwwwbB..
        ...BBbbwwwbBB...
        .....BBBBBB.....""",
    "settings": """
        ......AAAA......
        ..A...AAAA...A..
        .AAAaaAAAAaaAAA.
        ..AAAAAAAAAAAA..
        ...AAAaaaaAAA...
        ..aAAaaaaaaAAa..
        AAAAaaa..aaaAAAA
        AAAAaa....aaAAAA
        AAAAaa....aaAAAA
        AAAAaaa..aaaAAAA
        ..aAAaaaaaaAAa..
        ...AAAaaaaAAA...
        ..AAAAAAAAAAAA..
        .AAAaaAAAAaaAAA.
        ..A...AAAA...A..
        ......AAAA......""",
    "": """
        ................
        .pppppppppppppp.
        pppppppppppppppp
        ppppwwwwwwwwpppp
        ppppwwwwwwwwpppp
        ppppwwppppwwpppp
        ppppppppppwwpppp
        ppppppppwwwwpppp
        ppppppppwwpppppp
        ppppppppwwpppppp
        pppppppppppppppp
        ppppppppwwpppppp
        ppppppppwwpppppp
        pppppppppppppppp
        .pppppppppppppp.
        ................""",
}


@cache
def icon(name: str) -> Raster:
    """The icon of an app."""
    rows = _DRAWN.get(name, _DRAWN[""]).split()
    letters = list(_COLOURS)
    palette = bytes([channel for colour in _COLOURS.values() for channel in colour])
    pixels = bytes([letters.index(letter) for row in rows for letter in row])
    return Raster(ICON_PIXELS, ICON_PIXELS, palette, pixels, letters.index(_CLEAR))
