"""Pages that were opened, for some time: what their readers ask for next, and what never leaves the server.

In memory only, bounded by number and bytes, the least recently used first, each account within its own share. A page
of another account is as none at all (T2).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from thinline.bodies import Body
from thinline_server.pages.order import Made

__all__ = ["PAGE_BYTES", "Cache", "Held"]

PAGE_BYTES = 16  # of a page's name
_ACCOUNT_PAGES = 64
_ACCOUNT_BYTES = 16 * 1024 * 1024
_ALL_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A page as it was opened.

    Attributes:
        page: its name, 16 random bytes.
        address: where it was in the end.
        asked: the address that it was opened by.
        status: of HTTP.
        media_type, charset: as its site said.
        reader: whether it is the reader view.
        body: how its body travels.
        document: as it came.
        fetched_bytes: that came from the site for it.
        made: the page and what it left.
        at_ms: when, since 1970.
        posting: the item whose answer it is, if it is one.
    """

    page: bytes
    address: str
    asked: str
    status: int
    media_type: str
    charset: str
    reader: bool
    body: Body
    document: bytes = field(repr=False)
    fetched_bytes: int
    made: Made = field(repr=False)
    at_ms: int
    posting: bytes = b""

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory, about."""
        left = sum(map(len, self.made.links)) + sum(map(len, self.made.images))
        return len(self.document) + len(self.made.body) + left


class Cache:
    """All accounts' pages."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[bytes, bytes], Held] = OrderedDict()
        self._bytes = 0

    def put(self, account: bytes, held: Held) -> None:
        """Keep a page, and let go of what there is no room for."""
        self._pages[account, held.page] = held
        self._bytes += held.size_bytes
        mine = [key for key in self._pages if key[0] == account]
        taken = sum(self._pages[key].size_bytes for key in mine)
        for key in mine[:-1]:
            if len(mine) <= _ACCOUNT_PAGES and taken <= _ACCOUNT_BYTES:
                break
            taken -= self._pages[key].size_bytes
            mine.remove(key)
            self._drop(key)
        while self._bytes > _ALL_BYTES and len(self._pages) > 1:
            self._drop(next(iter(self._pages)))

    def get(self, account: bytes, page: bytes) -> Held | None:
        """A page by its name."""
        held = self._pages.get((account, page))
        if held is not None:
            self._pages.move_to_end((account, page))
        return held

    def opened(self, account: bytes, asked: str, since_ms: int) -> Held | None:
        """The newest page that was opened by an address, or came from it, not before a time."""
        for (owner, _), held in reversed(self._pages.items()):
            if owner == account and asked in (held.asked, held.address) and held.at_ms >= since_ms and not held.posting:
                return held
        return None

    def answered(self, account: bytes, posting: bytes) -> Held | None:
        """The page with which a site answered a posting."""
        found = (held for (owner, _), held in self._pages.items() if owner == account and held.posting == posting)
        return next(found, None)

    def outdate(self, account: bytes) -> None:
        """Something was sent: what was opened before it is not what a site would say now; it stays under its name."""
        for key, held in self._pages.items():
            if key[0] == account:
                object.__setattr__(held, "at_ms", 0)

    def _drop(self, key: tuple[bytes, bytes]) -> None:
        self._bytes -= self._pages.pop(key).size_bytes
