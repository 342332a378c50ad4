"""What a subject of the store has at hand: the tables, the state folder, the blobs, the services, clock and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from thinline.history import Point, Seal
from thinline_server.blobs import BlobStore
from thinline_server.requests import Aside, Failed, Request
from thinline_server.services.base import Catalogue
from thinline_server.state import State
from thinline_server.store.floods import Floods
from thinline_server.store.tables import Account, Tables

__all__ = ["Context", "beside"]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a request may use.

    Attributes:
        now_ms: milliseconds since 1970, UTC.
        draw: so many random bytes.
        floods: how much one account hands to another.
    """

    tables: Tables
    state: State
    seal: Seal
    blobs: BlobStore
    services: Catalogue
    now_ms: Callable[[], int]
    draw: Callable[[int], bytes]
    floods: Floods = field(default_factory=Floods)

    def point(self, account: Account) -> Point:
        """Where the account's history stands."""
        return self.seal.point(account.account, account.position, account.chain)


def beside(work: Callable[[], Request]) -> Aside:
    """Work for a thread of its own, that touches only the blobs; an error there is the store's (D7)."""

    def guarded() -> Request:
        try:
            return work()
        except Exception as error:
            return Failed(error)

    return Aside(guarded)
