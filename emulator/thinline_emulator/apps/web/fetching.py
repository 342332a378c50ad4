"""What the web app asks the server, and what it makes of the answers: a page, its rest as it is read, pictures."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from google.protobuf.message import DecodeError

from thinline.bodies import Body, kept_bytes, read_body
from thinline.v1.web_pb2 import GetImage, GetLinks, KeepPage, OpenPage, PageKept, PageOpened, ReadPage
from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.pageview import rows_down
from thinline_emulator.apps.web.keeping import new_saved
from thinline_emulator.apps.web.papers import is_whole, paper_of
from thinline_emulator.apps.web.states import Meter, Opened, Refused, State, Visit, here, noted, put, visited
from thinline_emulator.asks import AskState, Query, Standing, Wish
from thinline_emulator.fetches import Fetch

__all__ = [
    "CLEAR_COOKIES", "COOKIES", "GET_IMAGE", "GET_LINKS", "KEEP_PAGE", "OPEN_PAGE", "came", "going_on", "got_bytes",
    "image_wish", "keep_wish", "leads_wish", "measure_wish", "opening", "piece", "rest", "turned_to",
]  # fmt: skip

OPEN_PAGE, READ_PAGE, GET_LINKS, GET_IMAGE, KEEP_PAGE, COOKIES, CLEAR_COOKIES = range(16, 23)
_READ_OFFSET, _IMAGE_OFFSET = 4, 6  # field numbers
_FIRST_BYTES = 3_072  # of the marked text: some screens, within a second of gprs
_PIECE_BYTES = 4_096  # of a body, as it travels, while it is read
_AHEAD_SCREENS = 2  # below the one that is read
_COLOURS = 256


def opening(wanted: OpenPage) -> Query:
    """The ask for a page."""
    told = OpenPage()
    told.CopyFrom(wanted)
    told.first_bytes = _FIRST_BYTES
    told.packed = True
    return Query(OPEN_PAGE, told.SerializeToString(deterministic=True))


def image_wish(opened: Opened, image: int, width: int, height: int) -> Fetch:
    """A picture of it, of so many pixels at most."""
    return Fetch(GET_IMAGE, _image(opened, image, width, height), _IMAGE_OFFSET, width, height, _COLOURS)


def measure_wish(opened: Opened, image: int, width: int, height: int) -> Query:
    """What that would cost."""
    return Query(GET_IMAGE, _image(opened, image, width, height, measure=True))


def _image(opened: Opened, image: int, width: int, height: int, *, measure: bool = False) -> bytes:
    told = GetImage(page=opened.page, image=image, width=width, height=height, measure=measure)
    told.colours = _COLOURS
    return told.SerializeToString(deterministic=True)


def leads_wish(opened: Opened, link: int) -> Query:
    """Where a link of it leads."""
    return Query(GET_LINKS, GetLinks(page=opened.page, numbers=[link]).SerializeToString())


def keep_wish(opened: Opened) -> Query:
    """Put it among the account's parts."""
    return Query(KEEP_PAGE, KeepPage(page=opened.page).SerializeToString())


def piece(page: bytes, here: int, size: int, *, whole: bool = False) -> Fetch:
    """The next stretch of a body of which so many bytes are here: what is about to be read, or all that is left."""
    length = size - here if whole else min(_PIECE_BYTES, size - here)
    told = ReadPage(page=page, start=here, length=length)
    return Fetch(READ_PAGE, told.SerializeToString(deterministic=True), _READ_OFFSET)


# Going


def turned_to(state: State, visit: Visit, desk: Desk) -> Step:
    """A new page of the way; what was still asked for the old one is not waited for."""
    old = here(state)
    unask = (old.ask,) if old is not None and old.ask is not None and old.opened is None else ()
    visit = replace(visit, since=_meter(desk))
    ask = (visit.ask,) if visit.ask is not None and not visit.posting else ()
    return Step(visited(state, visit), ask=ask, unask=unask)


def going_on(state: State, desk: Desk, *, fresh: Wish | None = None) -> Step:
    """The page that is read with what it needs: the ask again where it had to go, or more of it."""
    visit = here(state)
    if visit is None:
        return Step(state)
    ask = [fresh] if fresh is not None else []
    if visit.opened is None and visit.refused is None and visit.ask is not None and not visit.posting:
        ask += [visit.ask] if desk.asked(visit.ask) is None else []
    wanted: list[Wish] = [*rest(visit, desk), *_kept_by(visit)]
    ask += [wish for wish in wanted if desk.asked(wish) is None]
    if ask and visit.since is None:
        state = put(state, replace(visit, since=_meter(desk)))
    return Step(state, ask=tuple(ask))


def rest(visit: Visit, desk: Desk) -> tuple[Fetch, ...]:
    """The next of its body, where it is about to be read or all of it is wanted."""
    opened, paper = visit.opened, paper_of(visit, desk)
    if opened is None or paper is None or is_whole(opened) or paper.broken:
        return ()
    below = len(paper.lines) - visit.top - rows_down(desk)
    if visit.whole and desk.asked(_piece(opened)) is None:
        return (_piece(opened, whole=True),)
    return (_piece(opened),) if visit.whole or below < _AHEAD_SCREENS * rows_down(desk) else ()


def _piece(opened: Opened, *, whole: bool = False) -> Fetch:
    return piece(opened.page, len(opened.body), opened.encoded_size, whole=whole)


def got_bytes(visit: Visit, desk: Desk) -> int:
    """How much of its body is here, with what came of the stretch that is under way."""
    opened = visit.opened
    if opened is None:
        return 0
    standings = [desk.asked(_piece(opened, whole=whole)) for whole in (True, False)]
    return len(opened.body) + max([one.got_bytes for one in standings if one is not None], default=0)


def _kept_by(visit: Visit) -> tuple[Query, ...]:
    """The ask that has a page kept, once all of it is here: so it can be read in a tunnel."""
    opened = visit.opened
    return (keep_wish(opened),) if visit.keep and opened is not None and is_whole(opened) else ()


def _meter(desk: Desk) -> Meter:
    radio = desk.power.radio
    return Meter(radio.bytes_down, radio.bytes_up, desk.power.battery.spent_mah("radio", desk.now))


def _metered(visit: Visit, desk: Desk) -> Visit:
    """What the radio did since is its cost; it is under way no more."""
    now, since, spent = _meter(desk), visit.since, visit.spent
    if since is None:
        return visit
    told = Meter(
        spent.down_bytes + now.down_bytes - since.down_bytes,
        spent.up_bytes + now.up_bytes - since.up_bytes,
        spent.charge_mah + now.charge_mah - since.charge_mah,
    )
    return replace(visit, since=None, spent=told)


# What came


def came(state: State, wish: Wish, desk: Desk) -> Step | None:
    """An answer: the page that it is of is another, and more may be wanted of the one that is read."""
    standing = desk.asked(wish)
    if standing is None or not isinstance(wish, Query | Fetch):
        return None
    if isinstance(wish, Query) and wish.kind == KEEP_PAGE:
        return _saved(state, wish, standing, desk)
    visits = tuple([_after(visit, wish, standing, desk) for visit in state.visits])
    if visits == state.visits:
        return None
    before, state = here(state), replace(state, visits=visits)
    visit = here(state)
    if visit is not None and visit is not before and visit.opened is not None and wish == visit.ask:
        state = noted(state, visit.opened.title or visit.opened.address, visit.opened.address)
    step = going_on(state, desk)
    return replace(step, unask=(wish,))


def _saved(state: State, wish: Query, standing: Standing, desk: Desk) -> Step | None:
    """Its parts are on the server: now it is made an item, with what of it is here already."""
    visits = [visit for visit in state.visits if visit.keep and _kept_by(visit) == (wish,)]
    if not visits or standing.state is not AskState.CAME:
        return None
    try:
        told = PageKept.FromString(standing.body)
    except DecodeError:
        return None
    opened = visits[0].opened
    assert opened is not None
    body = kept_bytes(read_body(opened.travels, opened.body))
    parts = {told.body.hash: body} if sha256(body).digest() == told.body.hash else {}
    after = tuple([replace(visit, keep=False) if visit in visits else visit for visit in state.visits])
    command = new_saved(opened, told, desk)
    return Step(replace(state, visits=after), make=(command,), parts=parts, unask=(wish,), note="Saved.")


def _after(visit: Visit, wish: Query | Fetch, standing: Standing, desk: Desk) -> Visit:
    try:
        match wish:
            case Query() if wish == visit.ask and visit.opened is None:
                return _metered(_opened(visit, standing), desk)
            case Fetch(kind, body) if visit.opened is not None and standing.state is AskState.CAME:
                if kind == READ_PAGE and wish in (_piece(visit.opened), _piece(visit.opened, whole=True)):
                    opened = replace(visit.opened, body=visit.opened.body + standing.body)
                    return _metered(replace(visit, opened=opened), desk)
                if kind == GET_IMAGE and standing.raster is not None:
                    told = GetImage.FromString(body)
                    if told.page == visit.opened.page:
                        others = tuple([one for one in visit.pictures if one[0] != told.image])
                        picture = (told.image, standing.raster)
                        return _metered(replace(visit, pictures=(*others, picture)), desk)
    except DecodeError:
        pass
    return visit


def _opened(visit: Visit, standing: Standing) -> Visit:
    if standing.state is AskState.REFUSED:
        return replace(visit, refused=Refused(standing.reason, ""))
    told = PageOpened.FromString(standing.body)
    if not told.page:
        return replace(visit, refused=Refused(told.reason, told.sentence, told.realm, told.media_type))
    opened = Opened(
        told.page,
        told.address,
        told.title,
        told.first,
        told.encoded_size,
        Body(told.packed, told.dictionary, told.size),
        told.view,
        told.status,
        told.fetched_bytes,
        told.links,
        told.images,
        told.forms,
        told.needs_script,
        told.kept,
    )
    return replace(visit, opened=opened, refused=None)
