"""What a group writes is gathered: written once, in time for whoever reads, and gone with a rollback."""

from __future__ import annotations

import pytest

from thinline.commands import Version
from thinline.items import Head, Revision
from thinline_server.store.database import STORE_SCHEMA, open_database
from thinline_server.store.pending import Listing, Pending

ALICE, PHONE, ITEM = b"alice\0\0\0", b"handset1", b"twelve bytes"


@pytest.fixture
def pending() -> Pending:
    connection = open_database(":memory:", STORE_SCHEMA, 0)
    connection.execute("INSERT INTO accounts VALUES (?, 'alice', NULL, 1, ?, 0)", (ALICE, bytes(16)))
    connection.execute("INSERT INTO handsets VALUES (?, ?, ?, 1, 0, 0, NULL)", (PHONE, ALICE, bytes(32)))
    return Pending(connection)


def said(fields: bytes, generation: int) -> Version:
    ancestors = (bytes(8),) * (generation - 1)
    return Version(Head(ITEM, generation, Revision(generation, bytes(8)), 1, fields, ancestors=ancestors), b"")


def rows(pending: Pending, sql: str) -> list[tuple[object, ...]]:
    return pending._connection.execute(sql).fetchall()


def test_a_burst_of_edits_is_one_row(pending: Pending) -> None:
    for generation in range(1, 9):
        pending.versions[ALICE, ITEM] = said(b"edit %d" % generation, generation), Listing(1, b"bob")
        pending.rows.append((ALICE, generation, b"row", bytes(16), None))
        pending.outcomes.append((PHONE, generation, bytes(8), 1, 0, generation, ITEM))
        pending.done[PHONE] = generation
    assert pending
    pending.write()
    assert not pending
    assert rows(pending, "SELECT position, fields, key FROM items") == [(8, b"edit 8", b"bob")]
    assert rows(pending, "SELECT count(*), max(position) FROM rows") == [(8, 8)]
    assert rows(pending, "SELECT count(*) FROM outcomes") == [(8,)]
    assert rows(pending, "SELECT done FROM handsets") == [(8,)]


def test_an_edit_that_moves_the_item_in_its_list_moves_it(pending: Pending) -> None:
    for generation, key in ((1, b"bob"), (2, b"bob"), (3, b"rob")):
        pending.versions[ALICE, ITEM] = said(b"edit %d" % generation, generation), Listing(1, key)
        pending.write()
        assert rows(pending, "SELECT position, fields, key FROM items") == [(generation, b"edit %d" % generation, key)]


def test_outcomes_that_the_handset_has_go(pending: Pending) -> None:
    """X5: the number done stays."""
    pending.outcomes += [(PHONE, number, bytes(8), 1, 0, 0, b"") for number in (1, 2, 3)]
    pending.done[PHONE] = 3
    pending.pruned[PHONE] = 2
    pending.write()
    assert rows(pending, "SELECT number FROM outcomes") == [(3,)]
    assert rows(pending, "SELECT done FROM handsets") == [(3,)]


def test_what_was_dropped_is_never_written(pending: Pending) -> None:
    pending.rows.append((ALICE, 1, b"row", bytes(16), None))
    pending.outcomes.append((PHONE, 1, bytes(8), 1, 0, 0, b""))
    pending.versions[ALICE, ITEM] = said(b"x", 1), Listing(1, b"")
    pending.done[PHONE] = pending.pruned[PHONE] = 1
    pending.drop()
    assert not pending
    pending.write()
    assert rows(pending, "SELECT (SELECT count(*) FROM rows), (SELECT count(*) FROM items)") == [(0, 0)]
    assert rows(pending, "SELECT done FROM handsets") == [(0,)]
