"""Notes of services: one value a name and account, gone with nobody else's, and a store from before there were any."""

from __future__ import annotations

from pathlib import Path

from powered import People, PoweredServer
from thinline.reasons import Reason
from thinline_server.outside import ReadNote, WriteNote
from thinline_server.requests import Refused
from thinline_server.store.database import STORE_SCHEMA
from thinline_server.store.notes import NOTE_BYTES

STORES = Path(__file__).resolve().parents[2] / "fixtures" / "stores"


def test_the_last_value_holds_over_a_power_cut(server: PoweredServer, people: People) -> None:
    """D1."""
    alice, bob = people.alice.account, people.bob.account
    assert server.one(ReadNote(alice, "web.cookies")) == b""
    assert server.one(WriteNote(alice, "web.cookies", b"tea")) == b"tea"
    assert server.one(WriteNote(alice, "web.cookies", b"coffee")) == b"coffee"
    assert server.one(WriteNote(bob, "web.cookies", b"milk")) == b"milk"
    server.restore(server.stop())
    assert server.one(ReadNote(alice, "web.cookies")) == b"coffee"
    assert server.one(ReadNote(alice, "other")) == b""
    assert server.one(ReadNote(bob, "web.cookies")) == b"milk"


def test_the_store_by_itself_tells_no_note(server: PoweredServer, people: People) -> None:
    """T9: and one that is moved to another account is none there."""
    alice, bob = people.alice.account, people.bob.account
    server.one(WriteNote(alice, "web.cookies", b"a cookie of alice"))
    ((lies,),) = server.store._tables.rows("SELECT value FROM notes")
    assert b"cookie" not in bytes(lies)
    server.store._connection.execute("INSERT INTO notes VALUES (?, 'web.cookies', ?)", (bob, lies))
    assert server.one(ReadNote(bob, "web.cookies")) == b""
    assert server.one(ReadNote(alice, "web.cookies")) == b"a cookie of alice"


def test_a_note_of_before_there_were_seals_is_read(server: PoweredServer, people: People) -> None:
    """U2: and sealed when it is written the next time."""
    alice = people.alice.account
    server.store._connection.execute("INSERT INTO notes VALUES (?, 'web.cookies', ?)", (alice, b"tea"))
    assert server.one(ReadNote(alice, "web.cookies")) == b"tea"
    server.one(WriteNote(alice, "web.cookies", b"tea"))
    assert server.store._tables.rows("SELECT value FROM notes") != [(b"tea",)]
    assert server.one(ReadNote(alice, "web.cookies")) == b"tea"


def test_what_is_not_noted(server: PoweredServer, people: People) -> None:
    refused = server.one(WriteNote(b"nobody..", "web.cookies", b"tea"))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INVALID
    refused = server.one(WriteNote(people.alice.account, "web.cookies", bytes(NOTE_BYTES + 1)))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_LARGE


def test_a_store_of_the_second_version_goes_on(server: PoweredServer) -> None:
    """U2: `0002.sqlite` was written by the version before notes, with alice, bob, and an errand that waits."""
    server.stop()
    server.restore((STORES / "0002.sqlite").read_bytes())
    tables = server.store._tables
    assert server.store._connection.pragma("user_version") == len(STORE_SCHEMA)
    assert tables.rows("SELECT state FROM errands") == [(1,)]
    alice = tables.account_named("alice")
    assert alice is not None
    assert server.one(WriteNote(alice.account, "web.cookies", b"tea")) == b"tea"
    assert server.one(ReadNote(alice.account, "web.cookies")) == b"tea"
