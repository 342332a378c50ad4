"""A version enters a history: its row, its head with the position, its place in the order."""

from __future__ import annotations

from powered import CONTACTS, People, PoweredServer, contact
from thinline.commands import grow
from thinline.history import Author
from thinline.items import NO_REVISION, Head
from thinline_server.store.writing import write


def test_a_version_gets_the_next_position_of_its_history(server: PoweredServer, people: People) -> None:
    context = server.store._context
    account = context.tables.account(people.alice.account)
    assert account is not None
    before = account.position
    version = grow(None, Head(b"contact  bob", 0, NO_REVISION, 1, contact("bob")))
    server.store._begin()
    head, collection = write(context, account, version, Author(people.alice.handset, 1, 1))
    again, _ = write(context, account, grow(version, head), None)
    server.store._commit()
    assert (head.position, again.position, collection) == (before + 1, before + 2, CONTACTS)
    stored = context.tables.version(account.account, b"contact  bob")
    assert stored is not None
    assert (stored.head.position, stored.head.revision) == (again.position, again.revision)
