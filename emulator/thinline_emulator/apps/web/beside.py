"""What lies over a page for a moment: finding in it, options, a login, a picture, where a link leads, its cost."""

from __future__ import annotations

from dataclasses import replace

from google.protobuf.message import DecodeError

from thinline.pages import link_of
from thinline.reasons import name_of
from thinline.search import haystack, needles
from thinline.v1.page_pb2 import Control, Page
from thinline.v1.web_pb2 import Links, View
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.mail.letters import size_text
from thinline_emulator.apps.pageview import draw_lines, styled
from thinline_emulator.apps.web.controls import value_of
from thinline_emulator.apps.web.costs import cost_text, spent_text
from thinline_emulator.apps.web.fetching import going_on, image_wish, leads_wish, measure_wish
from thinline_emulator.apps.web.going import followed, logged_in
from thinline_emulator.apps.web.papers import Paper, is_whole, paper_of
from thinline_emulator.apps.web.states import (
    About,
    Choose,
    Find,
    Leads,
    Login,
    Picture,
    Read,
    State,
    Visit,
    here,
    put,
)
from thinline_emulator.asks import AskState, Query
from thinline_emulator.fetches import Fetch
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line
from thinline_emulator.pictures import cost_bytes
from thinline_emulator.screen import Screen, Style, clip_start, fitting

__all__ = [
    "draw_about", "draw_choose", "draw_find", "draw_leads", "draw_login", "draw_picture", "found_next", "key_about",
    "key_choose", "key_find", "key_leads", "key_login", "key_picture", "line_with", "stands_in",
]  # fmt: skip

_WORDS_MOST = 60
_LOGIN_MOST = 128
_PICTURE_SHARE = 2  # a picture has so many times fewer pixels across than the screen: it comes in seconds
_BACK = (Key.BACK, Key.CANCEL, Key.LEFT)


def _page(state: State, desk: Desk) -> tuple[Visit, Page]:
    visit = here(state)
    assert visit is not None
    paper = paper_of(visit, desk)
    return visit, paper.page if paper is not None else Page()


def _read(state: State) -> State:
    return replace(state, front=Read())


def _tell(desk: Desk, title: str, hint: str, text: str) -> Screen:
    canvas = begin_screen(desk, title, hint)
    draw_lines(canvas, styled(text, canvas.width - 2, Style.NORMAL), 0)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


# Finding


def draw_find(state: State, front: Find, desk: Desk) -> Screen:
    """The page, and below it what is typed."""
    visit = here(state)
    paper = paper_of(visit, desk) if visit is not None else None
    canvas = begin_screen(desk, "Find", "ENTER: find   BACK")
    if visit is not None and paper is not None:
        draw_lines(canvas, paper.lines, visit.top)
    canvas.line(canvas.height - 2, f" Find: {clip_start(front.words, canvas.width - 10)}_", style=Style.BOLD)
    return canvas.screen()


def key_find(state: State, front: Find, key: Key | Char, desk: Desk) -> Step:
    """Type, and find."""
    match key:
        case Char(text):
            return Step(replace(state, front=Find((front.words + text)[:_WORDS_MOST])))
        case Key.DELETE:
            return Step(replace(state, front=Find(front.words[:-1])))
        case Key.ENTER | Key.OK | Key.WHEEL_PRESS if front.words.strip():
            return found_next(replace(_read(state), words=front.words), desk, begin=0)
        case _ if key in _BACK:
            return Step(_read(state))
        case _:
            return Step(state)


def found_next(state: State, desk: Desk, begin: int = 1) -> Step:
    """To the next line in which the words stand; where none from here on has them, more of the page comes."""
    visit = here(state)
    paper = paper_of(visit, desk) if visit is not None else None
    if visit is None or paper is None:
        return Step(state)
    line = line_with(paper, state.words, visit.top + begin)
    if line is not None:
        return going_on(put(state, replace(visit, top=line, at=None)), desk)
    if visit.opened is not None and not is_whole(visit.opened) and not visit.saved:
        step = going_on(put(state, replace(visit, whole=True)), desk)
        return replace(step, note="Not in what is here. The rest is asked for.")
    return Step(state, note="It is nowhere from here on.")


def line_with(paper: Paper, words: str, begin: int) -> int | None:
    """The first line from there on in which the words begin; they may end in the next."""
    return next((at for at in range(begin, len(paper.lines)) if stands_in(paper, words, at)), None)


def stands_in(paper: Paper, words: str, at: int) -> bool:
    """Whether the words begin in a line."""
    wanted = "".join(needles(words))
    text, after = ("".join([piece.text for piece in line]) for line in [*paper.lines[at : at + 2], ()][:2])
    return bool(wanted) and wanted in haystack(f"{text} {after}") and wanted not in haystack(after)


# Options of a control


def _control(page: Page, number: int) -> Control:
    return page.controls[number - 1] if 0 < number <= len(page.controls) else Control()


def draw_choose(state: State, front: Choose, desk: Desk) -> Screen:
    """Its options, what is chosen marked."""
    visit, page = _page(state, desk)
    control = _control(page, front.control)
    canvas = begin_screen(desk, control.label.strip() or "Choose", "press: choose   BACK")
    said = value_of(page, front.control, visit.filled) if control.choices else ()
    told = [f"[{'x' if str(number) in said else ' '}] {one.text}" for number, one in enumerate(control.choices, 1)]
    draw_choices(canvas, told, min(front.at, len(told) - 1))
    return canvas.screen()


def key_choose(state: State, front: Choose, key: Key | Char, desk: Desk) -> Step:
    """Turn and choose: one, or as many as it takes."""
    visit, page = _page(state, desk)
    control = _control(page, front.control)
    place = turned(front.at, key, len(control.choices)) if control.choices else None
    if place is not None:
        return Step(replace(state, front=replace(front, at=place)))
    if key in _BACK or not control.choices:
        return Step(_read(state))
    if not is_press(key):
        return Step(state)
    number, said = str(front.at + 1), set(value_of(page, front.control, visit.filled))
    chosen = (said ^ {number}) if control.several else {number}
    values = {**visit.filled, front.control: tuple(sorted(chosen, key=int))}
    state = put(state, replace(visit, values=tuple(sorted(values.items()))))
    return Step(state if control.several else _read(state))


# Who one is


def draw_login(state: State, front: Login, desk: Desk) -> Screen:
    """Two lines."""
    visit, _ = _page(state, desk)
    canvas = begin_screen(desk, "Who are you?", "ENTER: on   BACK")
    realm = visit.refused.realm if visit.refused is not None else ""
    canvas.put(1, 2, realm or visit.name, Style.DIM)
    for line, (label, text) in enumerate((("Name", front.user), ("Password", "•" * len(front.password)))):
        told = clip_start(f"{text}{'_' if line == front.line else ''}", canvas.width - 12)
        canvas.put(1, 4 + line, label, Style.DIM)
        canvas.put(11, 4 + line, told, Style.BOLD if line == front.line else Style.NORMAL)
    canvas.put(1, 7, "The server sends it to this site only.", Style.DIM)
    return canvas.screen()


def key_login(state: State, front: Login, key: Key | Char, desk: Desk) -> Step:
    """Type both, and go."""
    match key:
        case Char(text):
            said = ((front.password if front.line else front.user) + text)[:_LOGIN_MOST]
            return _named(state, front, said)
        case Key.DELETE:
            return _named(state, front, (front.password if front.line else front.user)[:-1])
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(state, front=replace(front, line=0)))
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(replace(state, front=replace(front, line=1)))
        case Key.ENTER | Key.OK | Key.WHEEL_PRESS if front.line == 0:
            return Step(replace(state, front=replace(front, line=1)))
        case Key.ENTER | Key.OK | Key.WHEEL_PRESS:
            return logged_in(state, front, desk)
        case _:
            return Step(_read(state)) if key in _BACK else Step(state)


def _named(state: State, front: Login, said: str) -> Step:
    after = replace(front, password=said) if front.line else replace(front, user=said)
    return Step(replace(state, front=after))


# A picture


def _wishes(visit: Visit, image: int, desk: Desk) -> tuple[Query, Fetch] | None:
    """What asks for its cost, and what asks for it; None for a saved page, whose pictures are not kept."""
    if visit.opened is None:
        return None
    profile = desk.power.profile
    wide, high = profile.pixels_wide // _PICTURE_SHARE, profile.pixels_high // _PICTURE_SHARE
    return measure_wish(visit.opened, image, wide, high), image_wish(visit.opened, image, wide, high)


def draw_picture(state: State, front: Picture, desk: Desk) -> Screen:
    """It, or what it would cost, or how it stands."""
    visit, page = _page(state, desk)
    raster = dict(visit.pictures).get(front.image)
    if raster is not None:
        canvas = begin_screen(desk, f"Picture {front.image}", "BACK")
        wide, high = fitting(raster, canvas.width, canvas.height - 2)
        canvas.picture((canvas.width - wide) // 2, 1, wide, high, raster)
        return canvas.screen()
    told = [_caption(page, front.image)]
    wishes = _wishes(visit, front.image, desk)
    if wishes is None:
        told.append("Pictures of a saved page are not kept. Open its address to see them.")
        return _tell(desk, f"Picture {front.image}", "BACK", "\n\n".join(told))
    told.append(_standing(wishes, desk))
    return _tell(desk, f"Picture {front.image}", "press: what it costs, then it   BACK", "\n\n".join(told))


def _caption(page: Page, image: int) -> str:
    runs = [run for block in page.blocks for some in (block.runs, *[cell.runs for cell in block.cells]) for run in some]
    words = "".join([run.text for run in runs if run.image == image])
    told = page.images[image - 1] if 0 < image <= len(page.images) else None
    size = f" ({told.width} x {told.height})" if told is not None and told.width and told.height else ""
    return f"{words}{size}"


def _standing(wishes: tuple[Query, Fetch], desk: Desk) -> str:
    cost, got = (desk.asked(wish) for wish in wishes)
    for standing in (got, cost):
        if standing is not None and standing.state is AskState.REFUSED:
            return f"It is not to be had: {name_of(standing.reason)}"
    if got is not None:
        return f"{size_text(got.got_bytes)} of {size_text(got.of_bytes)} came ..." if got.of_bytes else "Asked for ..."
    if cost is None:
        return "Press to ask what it would cost."
    if cost.state is not AskState.CAME:
        return f"What would it cost? ({desk.link})"
    return f"It would cost {cost_text(cost_bytes(cost.body), desk)}. Press to see it."


def key_picture(state: State, front: Picture, key: Key | Char, desk: Desk) -> Step:
    """First its cost, then it."""
    visit, _ = _page(state, desk)
    wishes = _wishes(visit, front.image, desk)
    if key in _BACK:
        return Step(_read(state))
    if not is_press(key) or wishes is None or front.image in dict(visit.pictures):
        return Step(state)
    cost, got = (desk.asked(wish) for wish in wishes)
    if cost is None or cost.state is AskState.REFUSED:
        return Step(state, ask=(wishes[0],))
    asks = cost.state is AskState.CAME and (got is None or got.state is AskState.REFUSED)
    return going_on(state, desk, fresh=wishes[1]) if asks else Step(state)


# Where a link leads


def draw_leads(state: State, front: Leads, desk: Desk) -> Screen:
    """Its address, which is on the server until somebody asks."""
    visit, page = _page(state, desk)
    address = leads_to(visit, page, front.link, desk)
    standing = desk.asked(leads_wish(visit.opened, front.link)) if visit.opened is not None else None
    if address is None:
        refused = standing is not None and standing.state is AskState.REFUSED
        address = f"The server does not tell: {name_of(standing.reason)}" if refused and standing else "Asked for ..."
    return _tell(desk, f"Link {front.link}", "press: open it   BACK", address or "It leads nowhere.")


def leads_to(visit: Visit, page: Page, link: int, desk: Desk) -> str | None:
    """A link's address; None where it did not come yet."""
    if visit.opened is None:
        return link_of(page, link)
    standing = desk.asked(leads_wish(visit.opened, link))
    if standing is None or standing.state is not AskState.CAME:
        return None
    try:
        return next(iter(Links.FromString(standing.body).addresses), "")
    except DecodeError:
        return ""


def key_leads(state: State, front: Leads, key: Key | Char, desk: Desk) -> Step:
    """Back, or there."""
    if is_press(key):
        return followed(_read(state), front.link, desk)
    return Step(_read(state)) if key in _BACK else Step(state)


# What it is and what it cost


def draw_about(state: State, _front: About, desk: Desk) -> Screen:
    """Its address, its size, and what it has cost and would cost."""
    visit, page = _page(state, desk)
    canvas = begin_screen(desk, "About this page", "BACK")
    lines: list[Line] = []
    for text, style in _about(visit, page, desk):
        lines += styled(text, canvas.width - 2, style)
    draw_lines(canvas, lines, 0)
    return canvas.screen()


def _about(visit: Visit, page: Page, desk: Desk) -> list[tuple[str, Style]]:
    opened = visit.opened
    if opened is None:
        title = page.title or visit.name
        return [
            (title, Style.BOLD),
            ("Saved: it is read from this memory." if visit.saved else "It is not here.", Style.DIM),
        ]
    told = [(opened.title or visit.name, Style.BOLD), (opened.address, Style.NORMAL)]
    left = opened.encoded_size - len(opened.body)
    facts = [
        f"Here: {size_text(len(opened.body))} of {size_text(opened.encoded_size)}",
        f"  for {size_text(opened.travels.size)} of page, {size_text(opened.fetched_bytes)} on the web",
        f"The rest: {cost_text(left, desk)}" if left else f"All of it: {cost_text(opened.encoded_size, desk)}",
    ]
    spent = visit.spent
    if spent.down_bytes:
        moved = f"{size_text(spent.down_bytes)} down, {size_text(spent.up_bytes)} up"
        facts.append(f"Spent so far: {moved}, {spent_text(spent.charge_mah, desk)}")
    facts.append(f"{opened.links} links, {opened.images} pictures, {opened.forms} forms")
    facts += ["Reader view: its main text only"] if opened.view == View.VIEW_READER else []
    facts += ["The server's copy, of earlier"] if opened.kept else []
    facts += ["It shows more where its programs run"] if opened.needs_script else []
    return [*told, *[(fact, Style.DIM) for fact in facts]]


def key_about(state: State, _front: About, key: Key | Char, _desk: Desk) -> Step:
    """Any key goes back."""
    return Step(_read(state))
