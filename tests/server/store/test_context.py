"""The one thing that the context makes itself: the point where an account stands."""

from __future__ import annotations

from powered import PoweredServer
from thinline_server.store.tables import Account


def test_a_point_is_of_the_newest_row(server: PoweredServer) -> None:
    context = server.store._context
    account = Account(b"account1", "alice", "", 1, b"origin", False, 7, b"sixteen bytes!!!")
    point = context.point(account)
    assert point.position == 7
    assert point.proof[:8] == b"sixteen "
    assert context.seal.genuine(b"account1", point)
    assert not context.seal.genuine(b"account2", point)
