"""Hellos: who is greeted, and how the history stands to what was seen. H1, H2, H3, H8, H10, H14, T2, X5."""

from __future__ import annotations

from dataclasses import replace

import pytest

from powered import CONTACTS, People, PoweredServer, Told, contact
from thinline.frames import Disposition, KeepUntil
from thinline.history import Point, Seen
from thinline.identity import Certificate
from thinline.intents import Create
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.windows import Cursor
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    EnrolHandset,
    Greet,
    Greeting,
    Identify,
    Known,
    ListAccounts,
    NewCode,
    ReadWindow,
    Refused,
    Revoke,
    WindowRead,
)

SALVAGE = Disposition.DISPOSITION_SALVAGE


def make(server: PoweredServer, handset: Told, name: str) -> None:
    server.do(handset, Create(name.encode().ljust(12), 1, Content(contact(name))))


def greeting(server: PoweredServer, handset: Told, cursor: bytes = b"") -> Greeting:
    told = server.one(handset.hello(cursor=cursor))
    assert isinstance(told, Greeting), told
    return told


def account(server: PoweredServer, name: str) -> AccountInfo:
    listed = server.one(ListAccounts(name))
    assert isinstance(listed, tuple)
    return listed[0]


def test_a_handset_is_known_by_its_id(server: PoweredServer, people: People) -> None:
    alice = people.alice
    assert server.one(Identify(alice.handset)) == Known(alice.account, alice.handset, bytes(32), False)
    assert server.one(Identify(b"mallory\0")) is None


def test_the_first_line_that_fits(server: PoweredServer, people: People) -> None:
    """H3, SYNC-2."""
    alice = people.alice
    assert greeting(server, alice).disposition == Disposition.DISPOSITION_REFILL
    make(server, alice, "carol")
    old = Cursor(2, 2).encode()
    assert greeting(server, alice, old).disposition == Disposition.DISPOSITION_DELTA
    new = Cursor(alice.seen.points[-1].position, alice.seen.points[-1].position).encode()
    told = greeting(server, alice, new)
    assert told.disposition == Disposition.DISPOSITION_RESUME
    assert (told.epoch, told.keep_until, told.safe) == (1, KeepUntil.KEEP_UNTIL_DURABLE, None)
    assert (told.done, told.careful) == (1, False)
    assert told.point == alice.seen.newest


def test_an_older_copy_of_the_store_is_found_out_by_what_was_seen(server: PoweredServer, people: People) -> None:
    """H2, H3, H10: and the epoch is raised once for all of the account's handsets."""
    alice, alice_too, bob = people.alice, people.alice_too, people.bob
    make(server, alice, "carol")
    copy = server.stop()
    server.boot()
    make(server, alice, "dave")  # all that alice has of the lost part is this outcome
    server.stop()
    server.disk.replace("/state.db", None)  # no mark helps: the handset's word is enough
    server.restore(copy)
    assert not account(server, "alice").careful
    told = greeting(server, alice)
    assert (told.disposition, told.epoch, told.careful) == (SALVAGE, 2, True)
    assert greeting(server, alice).epoch == 2
    told = greeting(server, alice_too)  # it saw nothing of the lost part
    assert (told.disposition, told.epoch, told.careful) == (Disposition.DISPOSITION_REFILL, 2, True)
    assert not greeting(server, bob).careful


def test_an_older_copy_that_has_taken_new_writes_cannot_pass(server: PoweredServer, people: People) -> None:
    """H1, H3: the position is reached again, by other rows."""
    alice, alice_too = people.alice, people.alice_too
    copy = server.stop()
    server.boot()
    make(server, alice, "carol")
    server.stop()
    server.restore(copy)
    server.one(alice_too.hello())
    make(server, alice_too, "dave")
    make(server, alice_too, "erin")
    assert account(server, "alice").position > alice.seen.points[-1].position
    assert greeting(server, alice).disposition == SALVAGE
    assert greeting(server, alice_too).disposition == Disposition.DISPOSITION_REFILL


def test_the_mark_finds_an_older_copy_before_anybody_says_hello(server: PoweredServer, people: People) -> None:
    """H2, H10: an account that did not move is left alone."""
    copy = server.stop()
    server.boot()
    make(server, people.alice, "carol")
    server.stop()
    server.restore(copy)
    assert (account(server, "alice").epoch, account(server, "alice").careful) == (2, True)
    assert (account(server, "bob").epoch, account(server, "bob").careful) == (1, False)
    assert server.store._state.lost(people.alice.account)[0].position == 3
    make(server, people.bob, "carol")  # rows go on under the epochs that were raised
    server.stop()
    server.boot()
    assert account(server, "alice").epoch == 2, "one loss, one epoch"
    server.stop()
    server.restore(copy)
    assert account(server, "alice").epoch == 3


def test_in_the_middle_of_a_newest_first_window_salvage_is_declared(server: PoweredServer, people: People) -> None:
    """H3: cursors prove nothing, the point of the window does."""
    alice, alice_too = people.alice, people.alice_too
    copy = server.stop()
    server.boot()
    for name in ("carol", "dave", "erin"):
        make(server, alice_too, name)
    read = server.one(ReadWindow(alice.account, CONTACTS, b"", 1, 100_000))
    assert isinstance(read, WindowRead)
    assert not read.current
    alice.seen = alice.seen.told(read.window.point)
    server.stop()
    server.restore(copy)
    assert greeting(server, alice, read.window.cursor).disposition == SALVAGE


def test_a_server_that_lost_its_store_takes_everybody_back(server: PoweredServer, people: People) -> None:
    """H8, ID-8: by the certificate alone, under an epoch above every one ever issued."""
    alice = people.alice
    make(server, alice, "carol")
    server.stop()
    server.restore(None)
    assert server.one(Identify(alice.handset)) is None
    assert server.one(alice.hello()) == Refused(Reason.UNKNOWN_HANDSET)
    certificate = Certificate(alice.account, alice.handset, b"k" * 32, Point(1, bytes(16)), "alice")
    told = server.one(replace(alice.hello(), certificate=certificate))
    assert isinstance(told, Greeting)
    assert (told.disposition, told.epoch, told.done, told.careful) == (SALVAGE, 2, 0, True)
    assert (account(server, "alice").account, account(server, "alice").position) == (alice.account, 1)
    assert server.one(Identify(alice.handset)) == Known(alice.account, alice.handset, b"k" * 32, False)
    stranger = server.one(replace(people.bob.hello(), account=alice.account, certificate=certificate))
    assert stranger == Refused(Reason.UNKNOWN_HANDSET)


def test_a_name_that_was_given_again_does_not_turn_the_last_copy_away(server: PoweredServer, people: People) -> None:
    """H8."""
    alice = people.alice
    server.stop()
    server.restore(None)
    server.one(AddAccount("alice"))
    certificate = Certificate(alice.account, alice.handset, b"k" * 32, Point(1, bytes(16)), "alice")
    assert isinstance(server.one(replace(alice.hello(), certificate=certificate)), Greeting)
    assert account(server, f"alice-{alice.account.hex()}").account == alice.account


def test_a_point_that_this_server_never_told_proves_nothing(server: PoweredServer, people: People) -> None:
    """HIST-5: that link is in salvage, the account is not."""
    alice = replace(people.alice, seen=Seen(Point(99, b"sixteen bytes!!!")))
    told = greeting(server, alice)
    assert (told.disposition, told.epoch, told.careful) == (SALVAGE, 1, False)


def test_an_older_life_is_refused_and_a_newer_forgets_the_older(server: PoweredServer, people: People) -> None:
    """X5, CMD-11."""
    alice = people.alice
    make(server, alice, "carol")
    newer = replace(alice.hello().hello, life=2)
    told = server.one(Greet(alice.account, newer))
    assert isinstance(told, Greeting)
    assert told.done == 0
    assert server.one(alice.hello()) == Refused(Reason.OLD_LIFE)
    assert server.store._tables.rows("SELECT number FROM outcomes") == []


@pytest.mark.parametrize("loses_store", [False, True])
def test_a_revocation_outlives_the_store(server: PoweredServer, people: People, loses_store: bool) -> None:
    """H14, T3."""
    alice = people.alice
    copy = server.stop()
    server.boot()
    server.one(Revoke(alice.handset))
    assert server.one(alice.hello()) == Refused(Reason.REVOKED)
    server.stop()
    server.restore(None if loses_store else copy)
    certificate = Certificate(alice.account, alice.handset, b"k" * 32, Point(1, bytes(16)), "alice")
    assert server.one(replace(alice.hello(), certificate=certificate)) == Refused(Reason.REVOKED)
    known = server.one(Identify(alice.handset))
    assert known is None or (isinstance(known, Known) and known.revoked)


def test_the_store_remembers_a_revocation_that_the_state_folder_lost(server: PoweredServer, people: People) -> None:
    """H14, the other way round."""
    server.one(Revoke(people.alice.handset))
    server.stop()
    server.disk.replace("/state.db", None)
    server.boot()
    assert server.one(people.alice.hello()) == Refused(Reason.REVOKED)


def test_a_spent_code_stays_spent_in_an_older_copy(server: PoweredServer, people: People) -> None:
    """H14."""
    code = server.one(NewCode("alice"))
    assert isinstance(code, str)
    copy = server.stop()
    server.boot()
    server.one(EnrolHandset(code, b"c" * 32))
    server.stop()
    server.restore(copy)
    assert server.one(EnrolHandset(code, b"m" * 32)) == Refused(Reason.BAD_CODE)


def test_what_is_confirmed_in_the_hello_is_forgotten(server: PoweredServer, people: People) -> None:
    """X5, CMD-15."""
    make(server, people.alice, "carol")
    make(server, people.alice, "dave")
    assert server.store._tables.rows("SELECT number FROM outcomes") == [(1,), (2,)]
    told = greeting(server, replace(people.alice, confirmed=1))
    assert told.done == 2
    assert server.store._tables.rows("SELECT number FROM outcomes") == [(2,)]
