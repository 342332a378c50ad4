"""The caches of accounts and handsets never say what the file does not, whatever was rolled back."""

from __future__ import annotations

import pytest

from thinline.history import Author, Row, advance
from thinline.items import NO_REVISION, Revision
from thinline_server.store import tables as subject
from thinline_server.store.database import STORE_SCHEMA, open_database
from thinline_server.store.tables import Account, Handset, Tables

ORIGIN = b"sixteen bytes!!!"
ITEM = b"twelve bytes"


@pytest.fixture
def tables() -> Tables:
    fresh = Tables(open_database(":memory:", STORE_SCHEMA, 0))
    fresh.add_account(Account(b"alice\0\0\0", "alice", "", 3, ORIGIN, False, 0, ORIGIN))
    fresh.add_handset(Handset(b"handset1", b"alice\0\0\0", b"k" * 32, 1, 0, False, None))
    return fresh


def alice(tables: Tables) -> Account:
    account = tables.account(b"alice\0\0\0")
    assert account is not None
    return account


def test_rows_are_chained_as_stored(tables: Tables) -> None:
    """H1."""
    author = Author(b"handset1", 1, 1, 0)
    assert tables.append(alice(tables), ITEM, Revision(1, b"8 bytes!"), author) == 1
    row = Row(1, 3, ITEM, Revision(1, b"8 bytes!"), author.encode()).encode()
    assert tables.rows("SELECT row, chain, author FROM rows") == [(row, advance(ORIGIN, row), author.encode())]
    tables.append(alice(tables), ITEM, NO_REVISION, None)
    assert tables.rows("SELECT position, author FROM rows WHERE position = 2") == [(2, None)]
    assert tables.chain(alice(tables), 0) == ORIGIN
    assert tables.chain(alice(tables), 1) == advance(ORIGIN, row)
    assert tables.chain(alice(tables), 3) is None


def test_a_change_of_a_command_is_written_once(tables: Tables) -> None:
    """X1: whatever went wrong above."""
    author = Author(b"handset1", 1, 1, 0)
    tables.append(alice(tables), ITEM, NO_REVISION, author)
    tables.append(alice(tables), ITEM, NO_REVISION, author)
    with pytest.raises(Exception, match="UNIQUE"):
        tables.row("SELECT 1", ())


def test_after_a_rollback_the_file_is_asked(tables: Tables) -> None:
    handset = tables.handset(b"handset1")
    assert handset is not None
    tables.execute("BEGIN", ())
    tables.append(alice(tables), ITEM, NO_REVISION, None)
    tables.set_epoch(alice(tables), 4, careful=True)
    tables.judged(handset, 5, (bytes(16), 1, 0, 1, b""))
    tables.execute("ROLLBACK", ())
    assert alice(tables).position == 1
    tables.forget()
    assert (alice(tables).position, alice(tables).chain) == (0, ORIGIN)
    assert (alice(tables).epoch, alice(tables).careful) == (3, False)
    again = tables.handset(b"handset1")
    assert again is not None
    assert again.done == 0


def test_caches_are_bounded(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_CACHED", 2)
    for number in range(5):
        name = f"user{number}"
        tables.execute("INSERT INTO accounts VALUES (?, ?, NULL, 1, ?, 0)", (name.encode(), name, ORIGIN))
        tables.execute(
            "INSERT INTO handsets VALUES (?, ?, ?, 0, 0, 0, NULL)", (name.encode(), name.encode(), b"k" * 32)
        )
    for number in range(5):
        assert tables.account_named(f"user{number}") is not None
        assert tables.handset(f"user{number}".encode()) is not None
        assert len(tables._accounts) <= 2
        assert len(tables._handsets) <= 2


def test_strangers_are_nobody(tables: Tables) -> None:
    assert tables.account(b"mallory\0") is None
    assert tables.account_named("mallory") is None
    assert tables.handset(b"mallory\0") is None
    assert tables.version(b"alice\0\0\0", ITEM) is None
