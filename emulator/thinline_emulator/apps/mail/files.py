"""A mail's files, fetched when they are opened: text, and pictures as the server makes them for this screen."""

from __future__ import annotations

from dataclasses import replace

from thinline.items import Blob
from thinline.v1.mail_pb2 import Attachment
from thinline.v1.page_pb2 import BlockKind
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import is_press, turned
from thinline_emulator.apps.mail.letters import mail_of, size_text, standing_text
from thinline_emulator.apps.mail.pages import Files
from thinline_emulator.apps.pageview import cells_across, draw_lines, plain, rows_down, scrolling, within
from thinline_emulator.asks import GetPart
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line, lay_out
from thinline_emulator.overlay import Shown
from thinline_emulator.pictures import GetPicture
from thinline_emulator.screen import Canvas, Screen, Style, fitting

__all__ = ["draw_files", "key_files"]

_FROM_TOP = 1
_PICTURE_SHARE = 2  # a picture has so many times fewer pixels across than the screen: it comes in seconds


def _files(shown: Shown) -> list[tuple[Attachment, Blob | None]]:
    parts = {blob.name: blob for blob in shown.content.blobs}
    return [(file, parts.get(file.part)) for file in mail_of(shown).attachments]


def _wish(item: bytes, file: Attachment, blob: Blob, desk: Desk) -> GetPart | GetPicture:
    if not file.media_type.startswith("image/"):
        return GetPart(item, blob.name, blob.hash, blob.size)
    profile = desk.power.profile
    width, height = profile.pixels_wide // _PICTURE_SHARE, profile.pixels_high // _PICTURE_SHARE
    return GetPicture(item, blob.name, blob.hash, width, height)


def _is_here(wish: GetPart | GetPicture, desk: Desk) -> bool:
    if isinstance(wish, GetPicture):
        return desk.picture(wish) is not None
    return desk.part(wish.hash) is not None


def _standing(item: bytes, file: Attachment, blob: Blob | None, desk: Desk) -> str:
    if blob is None:
        return "in the whole mail, on the server"
    wish = _wish(item, file, blob, desk)
    return "here" if _is_here(wish, desk) else standing_text(desk.asked(wish))


# Drawing


def draw_files(state: Files, desk: Desk) -> Screen:
    """The list of a mail's files, or one of them."""
    shown = desk.item(state.read.item)
    canvas = begin_screen(desk, "Files", "press: fetch, open   BACK")
    files = _files(shown) if shown is not None else []
    if shown is None or not files:
        canvas.line(3, " This mail was deleted." if shown is None else " It has no files.")
        return canvas.screen()
    at = state.at % len(files)
    if state.top is None or not _draw_open(canvas, state, shown.item, files[at], desk):
        _draw_list(canvas, at, shown.item, files, desk)
    return canvas.screen()


def _draw_list(canvas: Canvas, at: int, item: bytes, files: list[tuple[Attachment, Blob | None]], desk: Desk) -> None:
    room = (canvas.height - 2) // 2
    first = max(0, min(at - room // 2, len(files) - room))
    for place, (file, blob) in enumerate(files[first : first + room]):
        y = _FROM_TOP + 2 * place
        chosen = Style.INVERSE if first + place == at else Style.NORMAL
        size = blob.size if blob is not None else file.size
        canvas.line(y, f" {file.name or file.media_type}", f"{size_text(size)} ", chosen)
        canvas.line(y + 1, f"   {_standing(item, file, blob, desk)}", style=Style.DIM)


def _draw_open(canvas: Canvas, state: Files, item: bytes, chosen: tuple[Attachment, Blob | None], desk: Desk) -> bool:
    """The file itself; whether it is here."""
    file, blob = chosen
    wish = _wish(item, file, blob, desk) if blob is not None else None
    if isinstance(wish, GetPicture):
        raster = desk.picture(wish)
        if raster is None:
            return False
        wide, high = fitting(raster, canvas.width, canvas.height - 2)
        canvas.picture((canvas.width - wide) // 2, _FROM_TOP, wide, high, raster)
        return True
    data = desk.part(wish.hash) if wish is not None else None
    if data is None:
        return False
    draw_lines(canvas, _lines(file, data, canvas.width - 2), state.top or 0)
    return True


def _lines(file: Attachment, data: bytes, cells: int) -> list[Line]:
    """A file as text, where it is one."""
    if not file.media_type.startswith("text/"):
        return lay_out(plain("This handset can not show it. The console's export brings it out."), cells)
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return lay_out(plain(text, BlockKind.BLOCK_KIND_PREFORMATTED), cells)


# Keys


def key_files(state: Files, key: Key | Char, desk: Desk) -> Step:
    """Turn to a file, fetch it, open it, turn through it."""
    shown = desk.item(state.read.item)
    files = _files(shown) if shown is not None else []
    if key in (Key.BACK, Key.CANCEL, Key.LEFT):
        return Step(state.read if state.top is None else replace(state, top=None))
    if shown is None or not files:
        return Step(state.read)
    file, blob = files[state.at % len(files)]
    by, at = scrolling(key, desk), turned(state.at, key, len(files))
    if by and state.top is not None:
        return Step(replace(state, top=_within(state.top + by, file, blob, desk)))
    if at is not None:
        return Step(replace(state, at=at))
    if not (is_press(key) or key is Key.RIGHT) or blob is None:
        return Step(state)
    wish = _wish(shown.item, file, blob, desk)
    if _is_here(wish, desk):
        return Step(replace(state, top=0), used=shown.item)
    return Step(state, ask=(wish,) if desk.asked(wish) is None else ())


def _within(top: int, file: Attachment, blob: Blob | None, desk: Desk) -> int:
    """A line of an open file that leaves a screen full below it."""
    data = desk.part(blob.hash) if blob is not None else None
    count = len(_lines(file, data, cells_across(desk))) if data is not None else 0
    return within(top, count, rows_down(desk))
