"""From page to page: an address, a link, a form, back and forward, again, and what a refusal asks for."""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile, takewhile

from thinline.limits import LIMITS
from thinline.pages import link_of
from thinline.reasons import Reason
from thinline.v1.page_pb2 import Page
from thinline.v1.web_pb2 import OpenPage, Pick, Posting, TransferState, View
from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.web.controls import fields_of, missing
from thinline_emulator.apps.web.fetching import going_on, opening, turned_to
from thinline_emulator.apps.web.keeping import message_of, new_download, new_posting, parts_of
from thinline_emulator.apps.web.papers import paper_of
from thinline_emulator.apps.web.states import Home, Login, Read, State, Visit, here, put
from thinline_emulator.asks import AskState
from thinline_emulator.overlay import Shown

__all__ = [
    "again", "followed", "gone_to", "in_view", "logged_in", "pressed_refusal", "read_saved", "submitted", "turned_back",
]  # fmt: skip


def gone_to(state: State, address: str, desk: Desk) -> Step:
    """An address, as it was typed."""
    address = address.strip()
    if not address:
        return Step(state)
    return turned_to(state, Visit(opening(OpenPage(address=address)), address), desk)


def followed(state: State, link: int, desk: Desk) -> Step:
    """A link of the page that is read: its address stays on the server, but for a saved page's."""
    visit = here(state)
    paper = paper_of(visit, desk) if visit is not None else None
    if visit is None or paper is None:
        return Step(state)
    name = _name(paper.page, link)
    if not name:
        return Step(state, note=f"There is no link {link} here.")
    if visit.opened is not None:
        wanted = OpenPage(pick=Pick(page=visit.opened.page, link=link))
        return turned_to(state, Visit(opening(wanted), name), desk)
    address = link_of(paper.page, link)
    if not address:
        return Step(state, note="Where it leads is not here: open the page's address.")
    return turned_to(state, Visit(opening(OpenPage(address=address)), name), desk)


def _name(page: Page, link: int) -> str:
    """A link's words, where it stands first."""
    holders = [holder for block in page.blocks for holder in (block.runs, *[cell.runs for cell in block.cells])]
    first = next((holder for holder in holders if any(run.link == link for run in holder)), ())
    told = takewhile(lambda run: run.link == link, dropwhile(lambda run: run.link != link, first))
    return "".join([run.text for run in told]).strip()


def read_saved(state: State, shown: Shown, title: str, desk: Desk) -> Step:
    """A saved page; what is not here of it is asked for."""
    step = turned_to(state, Visit(name=title, saved=shown.item), desk)
    ask = tuple([wish for wish in parts_of(shown) if desk.part(wish.hash) is None and desk.asked(wish) is None])
    return replace(step, ask=ask, used=shown.item)


def turned_back(state: State, by: int, desk: Desk) -> Step:
    """To the page before or behind; before the first is home."""
    at = state.at + by
    if at < 0:
        return Step(replace(state, front=Home()))
    if at >= len(state.visits):
        return Step(state)
    return going_on(replace(state, front=Read(), at=at), desk)


def again(state: State, desk: Desk, **changes: object) -> Step:
    """The page that is read, asked for anew, not from the server's copy: or with something else in the ask."""
    visit = here(state)
    if visit is None or visit.ask is None:
        return Step(state)
    wanted = OpenPage.FromString(visit.ask.body)
    wanted.fresh = True
    for name, value in changes.items():
        setattr(wanted, name, value)
    fresh = Visit(opening(wanted), visit.name, posting=visit.posting)
    return going_on(put(replace(state, front=Read()), fresh), desk, fresh=fresh.ask)


def in_view(state: State, view: View.ValueType, desk: Desk) -> Step:
    """The page that is read in another view; the server has it already."""
    visit = here(state)
    if visit is None or visit.opened is None:
        return Step(state)
    wanted = OpenPage(page=visit.opened.page, view=view)
    return turned_to(state, Visit(opening(wanted), visit.opened.title or visit.name), desk)


def logged_in(state: State, login: Login, desk: Desk) -> Step:
    """The same page, with a name and a password for its site."""
    return again(state, desk, user=login.user, password=login.password)


def pressed_refusal(state: State, visit: Visit, desk: Desk) -> Step:
    """What helps where there is no page."""
    reason = visit.refused.reason if visit.refused is not None else 0
    if reason == Reason.UNAUTHORIZED:
        return Step(replace(state, front=Login()))
    if reason == Reason.NO_PAGE and visit.ask is not None:
        return downloaded(state, visit, desk)
    if visit.posting:
        return _answer_of(state, visit, desk)
    if visit.saved:
        shown = desk.item(visit.saved)
        return Step(state, ask=tuple(parts_of(shown)) if shown is not None else ())
    if reason:
        return again(state, desk)
    return going_on(state, desk)


def downloaded(state: State, visit: Visit, desk: Desk) -> Step:
    """What is no page is fetched as a file, and kept."""
    assert visit.ask is not None
    wanted = OpenPage.FromString(visit.ask.body)
    target = wanted.pick if wanted.HasField("pick") else wanted.address
    return Step(state, make=(new_download(target, visit.name, desk),), note="The server fetches it; see at home.")


def _answer_of(state: State, visit: Visit, desk: Desk) -> Step:
    """The page with which a site answered a form, once it did."""
    shown = desk.item(visit.posting)
    message = message_of(shown) if shown is not None else None
    if not isinstance(message, Posting) or message.state != TransferState.TRANSFER_STATE_SENT:
        return Step(state)
    standing = desk.asked(visit.ask) if visit.ask is not None else None
    asked = standing is not None and standing.state is not AskState.REFUSED
    return Step(state) if asked else going_on(put(state, replace(visit, refused=None)), desk, fresh=visit.ask)


def submitted(state: State, visit: Visit, page: Page, button: int, desk: Desk) -> Step:
    """A form is sent: by GET it is a page like any other, by POST a command."""
    form = page.controls[button - 1].form
    if visit.opened is None or not 0 < form <= len(page.forms):
        return Step(state, note="This form can not be sent: open the page's address.")
    empty = missing(page, form, visit.filled)
    if empty:
        return Step(state, note=f"Fill in first: {page.controls[empty - 1].label.strip() or 'what it asks for'}")
    fields = fields_of(page, form, visit.filled, button)
    if sum(len(field.SerializeToString()) for field in fields) > LIMITS.form_bytes:
        return Step(state, note="This is more than a form may send; shorten it.")
    name = visit.opened.title or visit.name
    if page.forms[form - 1].post:
        command = new_posting(visit.opened, form, fields, desk)
        ask = opening(OpenPage(posting=command.item))
        return replace(turned_to(state, Visit(ask, name, posting=command.item), desk), make=(command,))
    wanted = OpenPage(pick=Pick(page=visit.opened.page, form=form, fields=fields))
    return turned_to(state, Visit(opening(wanted), name), desk)
