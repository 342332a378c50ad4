"""What can be done with a page or at home; the cookies; and a file or a form that is kept."""

from __future__ import annotations

from dataclasses import replace

from google.protobuf.message import DecodeError

from thinline.intents import Create
from thinline.reasons import name_of
from thinline.v1.web_pb2 import ClearCookies, Download, OpenPage, Pick, Posting, TransferState, View
from thinline.v1.web_pb2 import Cookies as CookiesMessage
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.grades import grade_text
from thinline_emulator.apps.mail.letters import size_text, when
from thinline_emulator.apps.pageview import draw_lines, styled
from thinline_emulator.apps.web.beside import found_next
from thinline_emulator.apps.web.costs import cost_text
from thinline_emulator.apps.web.fetching import CLEAR_COOKIES, COOKIES, going_on, leads_wish, opening, turned_to
from thinline_emulator.apps.web.going import again, in_view, turned_back
from thinline_emulator.apps.web.home import chosen
from thinline_emulator.apps.web.keeping import (
    deletion,
    file_wish,
    message_of,
    new_bookmark,
    new_download,
    transfer_text,
)
from thinline_emulator.apps.web.states import (
    About,
    Cookies,
    Find,
    Home,
    Kept,
    Leads,
    Menu,
    Read,
    State,
    Visit,
    here,
    put,
)
from thinline_emulator.asks import AskState, Query
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen, Style

__all__ = ["actions", "draw_cookies", "draw_kept", "draw_menu", "key_cookies", "key_kept", "key_menu"]

_ALL = "Forget all of them"


# The menu


def actions(state: State, front: Menu, desk: Desk) -> list[str]:
    """What it offers."""
    undo = [f"Undo ({desk.undoable})"] if desk.undoable else []
    if isinstance(front.back, Home):
        row = chosen(front.back, desk, state)
        told = ["Delete"] if row is not None and row.shown is not None else []
        return [*told, *undo, *(["Back to the page"] if state.visits else []), "Cookies"]
    visit = here(state)
    opened = visit.opened if visit is not None else None
    told = ["Go to ..."]
    told += ["Forward"] if state.at + 1 < len(state.visits) else []
    told += ["Load again"] if visit is not None and visit.ask is not None else []
    if visit is not None and (opened is not None or visit.saved):
        told += ["Find in the page", *(["Find again"] if state.words else [])]
    if opened is not None and visit is not None:
        told += ["Whole page" if opened.view == View.VIEW_READER else "Reader view", "Bookmark"]
        told += ["Being saved" if visit.keep else "Save the page"]
        if visit.at is not None and visit.at.link:
            told += ["Where does the link lead?", "Download what it leads to"]
    return [*told, "About this page", *undo, "Cookies"]


def draw_menu(state: State, front: Menu, desk: Desk) -> Screen:
    """One action a line."""
    told = actions(state, front, desk)
    canvas = begin_screen(desk, "Web", "wheel: turn   press: do it   BACK")
    draw_choices(canvas, told, min(front.at, len(told) - 1))
    return canvas.screen()


def key_menu(state: State, front: Menu, key: Key | Char, desk: Desk) -> Step:
    """Turn and press."""
    told = actions(state, front, desk)
    place = turned(front.at, key, len(told))
    if place is not None:
        return Step(replace(state, front=replace(front, at=place)))
    back = replace(state, front=front.back)
    if is_press(key):
        action = told[min(front.at, len(told) - 1)]
        return _at_home(back, front.back, action, desk) if isinstance(front.back, Home) else _do(back, action, desk)
    return Step(back) if key in (Key.BACK, Key.CANCEL, Key.MENU) else Step(state)


def _at_home(state: State, home: Home, action: str, desk: Desk) -> Step:
    row = chosen(home, desk, state)
    match action:
        case "Delete" if row is not None and row.shown is not None:
            return Step(state, make=(deletion(row.shown),))
        case "Back to the page":
            return Step(replace(state, front=Read()))
        case _:
            return _anywhere(state, action)


def _anywhere(state: State, action: str) -> Step:
    if action == "Cookies":
        return Step(replace(state, front=Cookies()), ask=(_cookies(Cookies()),))
    return Step(state, undo=action.startswith("Undo"))


def _do(state: State, action: str, desk: Desk) -> Step:
    visit = here(state)
    assert visit is not None
    match action:
        case "Go to ...":
            return Step(replace(state, front=Home(over=True)))
        case "Forward":
            return turned_back(state, 1, desk)
        case "Load again":
            return again(state, desk)
        case "Find in the page":
            return Step(replace(state, front=Find()))
        case "Find again":
            return found_next(state, desk)
        case "Reader view" | "Whole page":
            view = View.VIEW_READER if action == "Reader view" else View.VIEW_UNSPECIFIED
            return in_view(state, view, desk)
        case "About this page":
            return Step(replace(state, front=About()))
        case _:
            return _keep(state, visit, action, desk)


def _keep(state: State, visit: Visit, action: str, desk: Desk) -> Step:
    opened, link = visit.opened, visit.at.link if visit.at is not None else 0
    if opened is None:
        return _anywhere(state, action)
    match action:
        case "Bookmark":
            made: Create = new_bookmark(opened.title or opened.address, opened.address, desk)
            return Step(state, make=(made,), note="A bookmark was made.")
        case "Save the page":
            step = going_on(put(state, replace(visit, whole=True, keep=True)), desk)
            return replace(step, note="It is saved once all of it is here.")
        case "Where does the link lead?":
            return Step(replace(state, front=Leads(link)), ask=(leads_wish(opened, link),))
        case "Download what it leads to":
            command = new_download(Pick(page=opened.page, link=link), "A file", desk)
            return Step(state, make=(command,), note="The server fetches it; see at home.")
        case _:
            return _anywhere(state, action)


# Cookies


def _cookies(front: Cookies) -> Query:
    if front.cleared is None:
        return Query(COOKIES, b"")
    return Query(CLEAR_COOKIES, ClearCookies(host=front.cleared).SerializeToString())


def _hosts(front: Cookies, desk: Desk) -> list[tuple[str, str]] | None:
    """Hosts, and what they keep; None while it is not known."""
    standing = desk.asked(_cookies(front))
    if standing is None or standing.state is not AskState.CAME:
        return None
    try:
        told = CookiesMessage.FromString(standing.body)
    except DecodeError:
        return []
    names: dict[str, list[str]] = {}
    for cookie in told.cookies:
        until = when(cookie.until_s, desk)
        names.setdefault(cookie.host, []).append(f"{cookie.name} until {until}" if until else cookie.name)
    return [(host, ", ".join(some)) for host, some in sorted(names.items())]


def draw_cookies(_state: State, front: Cookies, desk: Desk) -> Screen:
    """A row for each host. What they keep stays on the server."""
    canvas = begin_screen(desk, "Cookies", "press: forget it   BACK")
    hosts = _hosts(front, desk)
    if hosts is None:
        standing = desk.asked(_cookies(front))
        refused = standing is not None and standing.state is AskState.REFUSED
        text = f"The server does not tell: {name_of(standing.reason)}" if refused and standing else "Asked for ..."
        draw_lines(canvas, styled(text, canvas.width - 2, Style.NORMAL), 0)
    elif not hosts:
        canvas.put(1, 2, "No site keeps anything for you.", Style.DIM)
    else:
        draw_choices(canvas, [*[f"{host}: {names}" for host, names in hosts], _ALL], min(front.at, len(hosts)))
    return canvas.screen()


def key_cookies(state: State, front: Cookies, key: Key | Char, desk: Desk) -> Step:
    """Turn, and have one host's forgotten, or all."""
    hosts = _hosts(front, desk) or []
    if key in (Key.BACK, Key.CANCEL, Key.LEFT):
        return Step(replace(state, front=Read() if state.visits else Home()), unask=(_cookies(front),))
    if not hosts:
        return Step(state)
    place = turned(front.at, key, len(hosts) + 1)
    if place is not None:
        return Step(replace(state, front=replace(front, at=place)))
    if not is_press(key):
        return Step(state)
    after = Cookies(0, hosts[front.at][0] if front.at < len(hosts) else "")
    return Step(replace(state, front=after), ask=(_cookies(after),), unask=(_cookies(front),))


# A file, a form


def draw_kept(_state: State, front: Kept, desk: Desk) -> Screen:
    """What it is and how far it has come."""
    shown = desk.item(front.item)
    message = message_of(shown) if shown is not None else None
    hint = "press: fetch it, read the answer   BACK"
    canvas = begin_screen(desk, "A file" if isinstance(message, Download) else "A form", hint)
    lines = []
    for text, style in _kept_text(front, desk):
        lines += styled(text, canvas.width - 2, style)
    draw_lines(canvas, lines, 0)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


def _kept_text(front: Kept, desk: Desk) -> list[tuple[str, Style]]:
    shown = desk.item(front.item)
    message = message_of(shown) if shown is not None else None
    if shown is None or not isinstance(message, Posting | Download):
        return [("It was deleted.", Style.NORMAL)]
    title = message.title if isinstance(message, Posting) else message.name
    told = [(title, Style.BOLD), (transfer_text(message), Style.NORMAL)]
    wish = file_wish(shown)
    if wish is not None and isinstance(message, Download):
        standing = desk.asked(wish)
        told.append((f"{message.media_type} {size_text(wish.size)}".strip(), Style.DIM))
        if desk.part(wish.hash) is not None:
            told.append(("It is here. The console's export brings it out.", Style.NORMAL))
        elif standing is not None:
            told.append((f"{size_text(standing.got_bytes)} of {size_text(wish.size)} came ...", Style.NORMAL))
        else:
            told.append((f"To have it here costs {cost_text(wish.size, desk)}. Press to fetch it.", Style.NORMAL))
    return [*told, (grade_text(shown), Style.DIM)]


def key_kept(state: State, front: Kept, key: Key | Char, desk: Desk) -> Step:
    """Fetch the file, read the answer to the form."""
    shown = desk.item(front.item)
    if key in (Key.BACK, Key.CANCEL, Key.LEFT) or shown is None:
        return Step(replace(state, front=Home()))
    if key is Key.DELETE:
        return Step(replace(state, front=Home()), make=(deletion(shown),))
    message, wish = message_of(shown), file_wish(shown)
    if not is_press(key):
        return Step(state)
    if isinstance(message, Posting) and message.state == TransferState.TRANSFER_STATE_SENT:
        ask = opening(OpenPage(posting=shown.item))
        return turned_to(state, Visit(ask, message.title), desk)
    if wish is not None and desk.part(wish.hash) is None and desk.asked(wish) is None:
        return Step(state, ask=(wish,), used=shown.item)
    return Step(state)
