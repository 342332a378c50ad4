"""What of a page is here, laid out: its body inflated as far as it came, its controls as they are filled in.

Drawing asks for the same again and again, so the newest are kept; nothing of it is state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from thinline.bodies import Body, read_body, read_body_begun
from thinline.errors import RemoteError
from thinline.pages import read_begun
from thinline.v1.page_pb2 import Page, Run
from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.pageview import cells_across
from thinline_emulator.apps.web.controls import KNOWN, shown_as
from thinline_emulator.apps.web.states import Opened, Visit
from thinline_emulator.layout import LaidOut, Line, Spot, go_on, spots

__all__ = ["Paper", "is_whole", "paper_of", "saved_body"]

_KEPT = 6


class Paper(NamedTuple):
    """A page laid out; `broken` says why there is no more of it, where its bytes are none."""

    page: Page
    lines: list[Line]
    spots: list[Spot]
    broken: str = ""


_Filled = tuple[tuple[int, tuple[str, ...]], ...]


def saved_body(visit: Visit, desk: Desk) -> bytes | None:
    """The bytes of a saved page, with its addresses where they are here too; None where it is not here."""
    shown = desk.item(visit.saved)
    blobs = {blob.name: blob for blob in shown.content.blobs} if shown is not None else {}
    body = desk.part(blobs["page"].hash) if "page" in blobs else None
    links = desk.part(blobs["links"].hash) if "links" in blobs else None
    return None if body is None else body + (links or b"")


def is_whole(opened: Opened) -> bool:
    """Whether all of it came."""
    return len(opened.body) >= opened.encoded_size


def paper_of(visit: Visit, desk: Desk, *, numbered: bool = False) -> Paper | None:
    """What of it is here; None where nothing is. With `numbered` each link begins with its number."""
    cells = cells_across(desk)
    if visit.saved:
        body = saved_body(visit, desk)
        return None if body is None else _laid(body, None, True, cells, visit.values, numbered)
    opened = visit.opened
    if opened is None:
        return None
    return _laid(opened.body, opened.travels, is_whole(opened), cells, visit.values, numbered)


@lru_cache(maxsize=_KEPT)
def _page(data: bytes, travels: Body | None, whole: bool) -> tuple[Page, str]:
    """Read it, all or what is here (spec WEB-6); of a saved one the bytes are as they are."""
    try:
        if travels is None:
            return read_begun(data), ""
        return (read_body if whole else read_body_begun)(travels, data), ""
    except RemoteError as error:
        return Page(), f"This page came broken: {error.detail}."


_newest: dict[tuple[Body | None, int, _Filled, bool], tuple[bytes, LaidOut]] = {}  # what was laid out last, at most one


@lru_cache(maxsize=_KEPT)
def _laid(data: bytes, travels: Body | None, whole: bool, cells: int, values: _Filled, numbered: bool) -> Paper:
    page, broken = _page(data, travels, whole)
    as_it_is = travels, cells, values, numbered
    before, begun = _newest.get(as_it_is, (data, None))
    laid = go_on(_told(page, dict(values), numbered), cells, begun if data.startswith(before) else None)
    _newest.clear()
    _newest[as_it_is] = data, laid
    return Paper(page, laid.lines, spots(laid.lines), broken)


def _told(page: Page, values: dict[int, tuple[str, ...]], numbered: bool) -> Page:
    """The page with its controls as they are filled in, and its links numbered."""
    if not (page.controls or numbered):
        return page
    told = Page()
    told.CopyFrom(page)
    for block in told.blocks:
        for runs in (block.runs, *[cell.runs for cell in block.cells]):
            shown = list(_shown(runs, page, values, numbered))
            del runs[:]
            runs.extend(shown)
    return told


def _shown(runs: Iterable[Run], page: Page, values: dict[int, tuple[str, ...]], numbered: bool) -> Iterator[Run]:
    """Runs as they look; a control that is not here, or of a kind of a later version, is its text (spec PAGE-7)."""
    last = 0
    for run in runs:
        control = page.controls[run.control - 1] if 0 < run.control <= len(page.controls) else None
        if control is not None and control.kind in KNOWN:
            yield Run(text=shown_as(control, values.get(run.control)), control=run.control)
        elif run.control:
            yield Run(text=run.text)
        elif numbered and run.link and run.link != last:
            yield Run(text=f"{run.link}:", link=run.link, image=run.image)
            yield run
        else:
            yield run
        last = run.link
