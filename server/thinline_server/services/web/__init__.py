"""The web: pages are asked for, what is to stay of them is kept as items. The newest comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from google.protobuf.message import DecodeError

from thinline.commands import Rule
from thinline.errands import ErrandKind
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES, ItemType
from thinline.v1.web_pb2 import Bookmark, Download, Posting, SavedPage
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.services.text import is_line
from thinline_server.services.web.rules import ERRANDS, RULES

__all__ = ["Web"]

_LINE_CHARACTERS = 256  # of a title, a name, a reason
_ADDRESS_CHARACTERS = 2_048
_MEDIA_CHARACTERS = 128
_LABEL_CHARACTERS = 64
_LABELS = 64
_LATEST_S = 2**40 - 1  # the key counts down from here
_DATE_BYTES = 5

_Kept: TypeAlias = Bookmark | SavedPage | Posting | Download
_MESSAGES = (Bookmark, SavedPage, Posting, Download)


@lru_cache(maxsize=64)  # a content is checked, placed and searched one after the other
def _parse(item_type: int, fields: bytes) -> _Kept | None:
    try:
        read = TYPES[item_type].message.FromString(fields)  # refuses what is not UTF-8
    except DecodeError:
        return None
    assert isinstance(read, _Kept)
    return read


def _lines(kept: _Kept) -> Iterable[tuple[str, int]]:
    match kept:
        case Bookmark() | SavedPage():
            yield kept.title, _LINE_CHARACTERS
            yield kept.address, _ADDRESS_CHARACTERS
        case Posting():
            yield kept.title, _LINE_CHARACTERS
            yield kept.reason, _LINE_CHARACTERS
        case Download():
            yield kept.name, _LINE_CHARACTERS
            yield kept.reason, _LINE_CHARACTERS
            yield kept.media_type, _MEDIA_CHARACTERS
    if isinstance(kept, Bookmark):
        yield from ((label, _LABEL_CHARACTERS) for label in kept.labels)


class Web:
    """The service."""

    name = "web"
    types: Mapping[int, ItemType] = {number: one for number, one in TYPES.items() if one.message in _MESSAGES}
    rules: Mapping[int, Rule] = RULES
    asks: frozenset[int] = frozenset(range(16, 23))
    errands: Mapping[int, ErrandKind] = ERRANDS

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """One, which answers what is asked, sends forms and fetches files."""
        # What only a server needs is loaded by one.
        from thinline_server.services.web.browsing import Browsing

        return [Browsing(outside)]

    def key(self, item_type: int, fields: bytes) -> bytes:
        """By date, the newest first; what has none comes last (spec WEB-1)."""
        kept = _parse(item_type, fields)
        at_s = min(kept.at_s, _LATEST_S) if kept is not None else 0
        return (_LATEST_S - at_s).to_bytes(_DATE_BYTES, "big")

    def check(self, item_type: int, content: Content) -> Reason | None:
        """INVALID for what is no such item or breaks a bound (spec WEB-2)."""
        kept = _parse(item_type, content.fields)
        if kept is None or (isinstance(kept, Bookmark) and len(kept.labels) > _LABELS):
            return Reason.INVALID
        return None if all(is_line(text, most) for text, most in _lines(kept)) else Reason.INVALID

    def search_text(self, item_type: int, fields: bytes) -> str:
        """Titles, names, addresses and labels."""
        kept = _parse(item_type, fields)
        match kept:
            case Bookmark(title=title, address=address):
                return "\n".join((title, address, *kept.labels))
            case SavedPage(title=title, address=address):
                return f"{title}\n{address}"
            case Posting(title=title):
                return title
            case Download(name=name):
                return name
            case None:
                return ""
