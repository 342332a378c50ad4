"""The web app's state: the way that somebody took through pages, and what stands in front of it.

A page's body is kept here as it travelled; going back and forward needs no network as long as it is. What it takes of
the memory is told with every step, and bounded: the pages furthest from the one that is read go first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from thinline.bodies import Body
from thinline_emulator.asks import Query
from thinline_emulator.layout import Spot
from thinline_emulator.raster import Raster

__all__ = [
    "About", "Choose", "Cookies", "Find", "Front", "Home", "Kept", "Leads", "Login", "Menu", "Meter", "Opened",
    "Picture", "Read", "Refused", "State", "Values", "Visit", "bounded", "held", "here", "noted", "put", "visited",
]  # fmt: skip

Values: TypeAlias = Mapping[int, tuple[str, ...]]  # of controls that somebody changed: what `Field.value` says of each
_SEEN_MOST = 40  # addresses that are offered again
_WAY_MOST = 32  # pages of the way


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that came.

    Attributes:
        page: what the server calls it; empty for a saved one.
        body: as much of it as is here, as it travels.
        encoded_size: bytes of the whole body as it travels.
        travels: how.
        view: of `thinline.v1.web_pb2.View`.
        fetched_bytes: what the server took from the site.
    """

    page: bytes
    address: str
    title: str
    body: bytes
    encoded_size: int
    travels: Body
    view: int = 0
    status: int = 200
    fetched_bytes: int = 0
    links: int = 0
    images: int = 0
    forms: int = 0
    needs_script: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no page, as the server says it; the realm and media type where the reason is about them."""

    reason: int
    sentence: str
    realm: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """What the radio carried and spent: at a second, or between two."""

    down_bytes: int = 0
    up_bytes: int = 0
    charge_mah: float = 0.0


NOTHING = Meter()


@dataclass(frozen=True, slots=True)
class Visit:
    """One page of a way.

    Attributes:
        ask: how it is asked for; None for a saved page.
        name: what is shown until its title is here.
        opened: it, once it came and as long as there is room.
        refused: why it did not come.
        saved: the item of a saved page that is read; or
        posting: the item of a form that was sent, with whose answer the ask is.
        top: the line on top.
        at: where the wheel is.
        values: what was filled in.
        pictures: that came, by number.
        whole: whether all of it is wanted, read or not.
        keep: whether it is to be saved once it is whole.
        since: where the radio stood when it was last asked for something; None while nothing is under way.
        spent: what it has cost so far.
    """

    ask: Query | None = None
    name: str = ""
    opened: Opened | None = None
    refused: Refused | None = None
    saved: bytes = b""
    posting: bytes = b""
    top: int = 0
    at: Spot | None = None
    values: tuple[tuple[int, tuple[str, ...]], ...] = ()
    pictures: tuple[tuple[int, Raster], ...] = ()
    whole: bool = False
    keep: bool = False
    since: Meter | None = None
    spent: Meter = NOTHING

    @property
    def filled(self) -> Values:
        """What was filled in, by control."""
        return dict(self.values)

    @property
    def size_bytes(self) -> int:
        """What it keeps."""
        body = len(self.opened.body) if self.opened is not None else 0
        return body + sum(raster.size_bytes for _, raster in self.pictures)


# What stands in front


@dataclass(frozen=True, slots=True)
class Home:
    """The address line and what it offers; row 0 is the line itself. It may lie over a page."""

    typed: str = ""
    at: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The page of the way that is read; digits are of a link's number being typed."""

    digits: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done with the page, or at home."""

    back: Home | Read
    at: int = 0


@dataclass(frozen=True, slots=True)
class Find:
    """What is being typed to be found in the page."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """The options of a control."""

    control: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class Login:
    """Who a site is told that this is; 0 is the line of the name, 1 that of the password."""

    user: str = ""
    password: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the page, by its number."""

    image: int


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a link leads."""

    link: int


@dataclass(frozen=True, slots=True)
class About:
    """What a page is and what it cost."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """Who keeps something on the server, and what it was last asked to forget: a host, or "" for all."""

    at: int = 0
    cleared: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file or a posting that is kept as an item."""

    item: bytes


Front: TypeAlias = Home | Read | Menu | Find | Choose | Login | Picture | Leads | About | Cookies | Kept


@dataclass(frozen=True, slots=True)
class State:
    """All of it.

    Attributes:
        visits: the way, oldest first.
        at: which of them is read.
        seen: titles and addresses of pages that came, the newest first.
        words: what was last looked for in a page.
    """

    front: Front = Home()
    visits: tuple[Visit, ...] = ()
    at: int = 0
    seen: tuple[tuple[str, str], ...] = ()
    words: str = ""


def here(state: State) -> Visit | None:
    """The page that is read."""
    return state.visits[state.at] if state.visits else None


def put(state: State, visit: Visit) -> State:
    """The page that is read, as it is now."""
    visits = (*state.visits[: state.at], visit, *state.visits[state.at + 1 :])
    return replace(state, visits=visits)


def visited(state: State, visit: Visit) -> State:
    """A new page behind the one that is read; what was ahead is another way."""
    way = (*state.visits[: state.at + 1], visit)[-_WAY_MOST:]
    return replace(state, front=Read(), visits=way, at=len(way) - 1)


def noted(state: State, title: str, address: str) -> State:
    """A page came: its address is offered from now on."""
    others = [one for one in state.seen if one[1] != address]
    return replace(state, seen=((title, address), *others)[:_SEEN_MOST])


def held(state: State) -> int:
    """Bytes that are kept."""
    return sum(visit.size_bytes for visit in state.visits)


def bounded(state: State, most_bytes: int) -> State:
    """Without the pages and pictures furthest from the one that is read, as far as there is no room for them."""
    visits, kept = list(state.visits), held(state)
    for at in sorted(range(len(visits)), key=lambda at: (-abs(at - state.at), at)):
        if kept <= most_bytes or at == state.at:
            break
        kept -= visits[at].size_bytes
        if visits[at].ask is not None:
            visits[at] = replace(visits[at], opened=None, pictures=(), whole=False)
    return replace(state, visits=tuple(visits))
