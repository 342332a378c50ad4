"""A page being read: turned by the wheel from link to link, by number too, its forms filled in where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from thinline.reasons import Reason, name_of
from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import Control, Page
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import is_press
from thinline_emulator.apps.mail.letters import size_text
from thinline_emulator.apps.pageview import FROM_TOP, draw_lines, rows_down, scrolling, styled, within
from thinline_emulator.apps.web.beside import stands_in
from thinline_emulator.apps.web.controls import TEXTS, reset, toggled, typed, value_of
from thinline_emulator.apps.web.fetching import going_on, got_bytes
from thinline_emulator.apps.web.going import followed, pressed_refusal, submitted, turned_back
from thinline_emulator.apps.web.keeping import posting_text
from thinline_emulator.apps.web.papers import Paper, is_whole, paper_of
from thinline_emulator.apps.web.states import Choose, Menu, Picture, Read, State, Values, Visit, here, put
from thinline_emulator.asks import AskState
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Spot
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["draw_read", "key_read", "spot_of"]

_DIGITS_MOST = 4
_BUTTONS = (page_pb2.CONTROL_KIND_BUTTON, page_pb2.CONTROL_KIND_RESET)
_PRESS: Mapping[int, str] = {
    Reason.UNAUTHORIZED: "press: say who you are",
    Reason.NO_PAGE: "press: download it",
}


def spot_of(paper: Paper, visit: Visit) -> Spot | None:
    """Where the wheel is, in the page as it is laid out now."""
    at = visit.at
    if at is None:
        return None
    same = [spot for spot in paper.spots if spot[2:] == at[2:]]
    return min(same, key=lambda spot: abs(spot.line - at.line), default=None)


# Drawing


def draw_read(state: State, front: Read, desk: Desk) -> Screen:
    """Draw it from the line on top, as far as it is here; or why it is not."""
    visit = here(state)
    assert visit is not None
    paper = paper_of(visit, desk, numbered=bool(front.digits))
    title = visit.opened.title if visit.opened is not None else visit.name
    canvas = begin_screen(desk, title or visit.name, "")
    if paper is None or paper.broken:
        told = paper.broken if paper is not None else _absent(visit, desk)
        draw_lines(canvas, styled(told, canvas.width - 2, Style.NORMAL), 0)
        canvas.line(canvas.height - 1, _press(visit, desk), style=Style.DIM)
    else:
        spot = spot_of(paper, visit)
        draw_lines(canvas, paper.lines, visit.top)
        top = within(visit.top, len(paper.lines), rows_down(desk))
        _mark(canvas, paper, spot, top)
        if visit.top < len(paper.lines) and stands_in(paper, state.words, visit.top):
            canvas.put(0, visit.top - top + FROM_TOP, "▸", Style.BOLD)
        canvas.line(canvas.height - 1, _hint(paper, spot), _progress(visit, desk), Style.DIM)
    said = desk.memory.note or (f"Link number: {front.digits}_" if front.digits else _warning(visit, desk))
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD)
    return canvas.screen()


def _mark(canvas: Canvas, paper: Paper, spot: Spot | None, top: int) -> None:
    """What the wheel is at, over as many lines as it has."""
    if spot is None:
        return
    for y, line in enumerate(paper.lines[spot.line :], spot.line - top + FROM_TOP):
        pieces = [piece for piece in line if spot.is_of(piece)]
        if not pieces or y >= canvas.height - 1:
            return
        for piece in pieces if y >= FROM_TOP else ():
            canvas.put(1 + piece.x, y, piece.text, Style.INVERSE)


def _absent(visit: Visit, desk: Desk) -> str:
    if visit.saved:
        return "This page is kept on the server, and is not here yet."
    refused = visit.refused
    if refused is not None:
        realm = f"\n\n{refused.realm}" if refused.realm else ""
        media = f"\n\n{refused.media_type}" if refused.media_type else ""
        return f"{visit.name}\n\n{refused.sentence or name_of(refused.reason)}{realm}{media}"
    standing = desk.asked(visit.ask) if visit.ask is not None else None
    if visit.posting and standing is None:
        return f"{visit.name}\n\n{posting_text(visit.posting, desk)}"
    if standing is None:
        return f"{visit.name}\n\nThis page had to make room for others. Press to ask for it again."
    linked = standing.state is AskState.ASKED or desk.link == "linked"
    told = "Asking for it ..." if linked else f"It is asked for when there is a link ({desk.link})."
    return f"{visit.name}\n\n{told}"


def _press(visit: Visit, desk: Desk) -> str:
    if visit.refused is not None:
        return f"{_PRESS.get(visit.refused.reason, 'press: ask again')}   MENU   BACK"
    if visit.ask is not None and desk.asked(visit.ask) is not None:
        return "MENU   BACK"
    return f"press: {'the answer' if visit.posting else 'ask again'}   MENU   BACK"


def _hint(paper: Paper, spot: Spot | None) -> str:
    if spot is None:
        return "wheel: links  space: on  MENU"
    if spot.link:
        return f"press: open link {spot.link}   MENU"
    if spot.image:
        return "press: see the picture   MENU"
    control = _control(paper.page, spot.control)
    if control is None:
        return "MENU"
    return f"{_doing(control)}   MENU"


def _doing(control: Control) -> str:
    what = control.label.strip()
    if control.kind in TEXTS:
        return f"type: {what}" if what else "type"
    if control.kind in _BUTTONS:
        return f"press: {what or 'Send'}"
    return f"press: {what}" if what else "press: change it"


def _progress(visit: Visit, desk: Desk) -> str:
    """How much of it is here."""
    opened = visit.opened
    if opened is None or visit.saved:
        return ""
    if is_whole(opened):
        return size_text(opened.encoded_size)
    return f"{size_text(got_bytes(visit, desk))} of {size_text(opened.encoded_size)}"


def _warning(visit: Visit, desk: Desk) -> str:
    """What should be known before it is read."""
    if visit.opened is not None and visit.opened.needs_script and not visit.top:
        return "Its programs, which show more, do not run."
    return ""


def _control(page: Page, number: int) -> Control | None:
    return page.controls[number - 1] if 0 < number <= len(page.controls) else None


# Keys


def key_read(state: State, front: Read, key: Key | Char, desk: Desk) -> Step:
    """Turn, type, press; go back and forward."""
    visit = here(state)
    assert visit is not None
    paper = paper_of(visit, desk)
    if key is Key.MENU:
        return Step(replace(state, front=Menu(Read())))
    if front.digits or (isinstance(key, Char) and key.text.isdecimal() and not _text_at(paper, visit)):
        return _numbered(state, front, key, desk)
    match key:
        case Key.BACK | Key.CANCEL | Key.LEFT:
            return turned_back(state, -1, desk)
        case Key.RIGHT:
            return turned_back(state, 1, desk)
    if paper is None or paper.broken:
        return pressed_refusal(state, visit, desk) if is_press(key) else Step(state)
    control = _text_at(paper, visit)
    if control is not None and (isinstance(key, Char) or key in (Key.DELETE, Key.ENTER)):
        return _typed(state, visit, paper, control, key, desk)
    if key in (Key.WHEEL_DOWN, Key.WHEEL_UP):
        return _walked(state, visit, paper, 1 if key is Key.WHEEL_DOWN else -1, desk)
    by = scrolling(key, desk)
    if by:
        top = within(visit.top + by, len(paper.lines), rows_down(desk))
        return going_on(put(state, replace(visit, top=top, at=None)), desk)
    return _pressed(state, visit, paper, desk) if is_press(key) else Step(state)


def _numbered(state: State, front: Read, key: Key | Char, desk: Desk) -> Step:
    """A link by its number."""
    match key:
        case Char(text) if text.isdecimal():
            return Step(replace(state, front=Read((front.digits + text)[:_DIGITS_MOST])))
        case Key.DELETE:
            return Step(replace(state, front=Read(front.digits[:-1])))
        case Key.OK | Key.ENTER | Key.WHEEL_PRESS:
            return followed(replace(state, front=Read()), int(front.digits), desk)
        case _:
            return Step(replace(state, front=Read()))


def _walked(state: State, visit: Visit, paper: Paper, by: int, desk: Desk) -> Step:
    """To the next thing in sight; where there is none the page turns by a line."""
    rows = rows_down(desk)
    top = within(visit.top, len(paper.lines), rows)
    for moved in (top, within(top + by, len(paper.lines), rows)):
        found = _beside(paper, spot_of(paper, visit), by, range(moved, moved + rows))
        if found is not None:
            return going_on(put(state, replace(visit, top=moved, at=found)), desk)
    spot = spot_of(paper, visit)
    seen = spot is not None and moved <= spot.line < moved + rows
    return going_on(put(state, replace(visit, top=moved, at=spot if seen else None)), desk)


def _beside(paper: Paper, spot: Spot | None, by: int, seen: range) -> Spot | None:
    """The next of what is in sight, in the wheel's direction."""
    in_sight = [one for one in paper.spots if one.line in seen]
    if spot is None:
        in_sight = in_sight if by > 0 else in_sight[::-1]
        return in_sight[0] if in_sight else None
    further = [one for one in in_sight if (one[:2] > spot[:2] if by > 0 else one[:2] < spot[:2])]
    return (further[0] if by > 0 else further[-1]) if further else None


def _text_at(paper: Paper | None, visit: Visit) -> Control | None:
    """The line of text that the wheel is at."""
    spot = spot_of(paper, visit) if paper is not None else None
    control = _control(paper.page, spot.control) if paper is not None and spot is not None else None
    return control if control is not None and control.kind in TEXTS and not control.fixed else None


def _typed(state: State, visit: Visit, paper: Paper, control: Control, key: Key | Char, desk: Desk) -> Step:
    assert visit.at is not None
    number = visit.at.control
    (said,) = value_of(paper.page, number, visit.filled)
    match key:
        case Char(text):
            said = typed(control, said, text)
        case Key.ENTER if control.kind != page_pb2.CONTROL_KIND_AREA:
            return _walked(state, visit, paper, 1, desk)
        case Key.ENTER:
            said = typed(control, said, "\n")
        case _:
            said = said[:-1]
    return Step(put(state, _filled(visit, {**visit.filled, number: (said,)})))


def _filled(visit: Visit, values: Values) -> Visit:
    return replace(visit, values=tuple(sorted(values.items())))


def _pressed(state: State, visit: Visit, paper: Paper, desk: Desk) -> Step:
    spot = spot_of(paper, visit)
    if spot is None:
        return Step(state)
    if spot.link:
        return followed(state, spot.link, desk)
    if spot.image:
        return Step(replace(state, front=Picture(spot.image)))
    control = _control(paper.page, spot.control)
    if control is None or control.fixed:
        return Step(state)
    match control.kind:
        case page_pb2.CONTROL_KIND_BOX | page_pb2.CONTROL_KIND_RADIO:
            return Step(put(state, _filled(visit, toggled(paper.page, spot.control, visit.filled))))
        case page_pb2.CONTROL_KIND_CHOICE:
            said = value_of(paper.page, spot.control, visit.filled)
            return Step(replace(state, front=Choose(spot.control, int(said[0]) - 1 if said else 0)))
        case page_pb2.CONTROL_KIND_RESET:
            return Step(put(state, _filled(visit, reset(paper.page, control.form, visit.filled))))
        case page_pb2.CONTROL_KIND_BUTTON:
            return submitted(state, visit, paper.page, spot.control, desk)
        case page_pb2.CONTROL_KIND_FILE:
            return Step(state, note="Files can not be sent from a handset.")
        case _:
            return _walked(state, visit, paper, 1, desk)
