"""What comes from outside: once, its parts before its rows, deleted once and for all. D7, D9, T2, X8."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import apsw
import pytest

from powered import CONTACTS, People, PoweredServer, Told, contact, refill
from thinline.intents import Delete
from thinline.items import content_digest, outside_id
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.outside import Incoming, Kept, Take, Taken
from thinline_server.requests import Aside, BlobRead, GetBlob, ListAccounts, Refused


def card(name: str, *parts: tuple[str, bytes]) -> Incoming:
    return Incoming(hashlib.sha256(name.encode()).digest(), 1, contact(name), parts)


def take(server: PoweredServer, whose: Told, *items: Incoming, source: str = "vcard") -> Taken:
    answer = server.one(Take(whose.account, source, items))
    assert isinstance(answer, Taken), answer
    return answer


def test_what_comes_is_an_item_with_its_parts(server: PoweredServer, people: People) -> None:
    """D9, T2; spec ITEM-14."""
    taken = take(server, people.alice, card("bob", ("vcard", b"BEGIN:VCARD"), ("photo", b"GIF")), card("carol"))
    assert (taken.account, taken.changed) == (people.alice.account, frozenset({CONTACTS}))
    assert [one.new for one in taken.items] == [True, True]
    heads = {head.item: head for head in refill(server, people.alice.account)}
    bob = heads[taken.items[0].item]
    assert bob.fields == contact("bob")
    assert [blob.name for blob in bob.blobs] == ["photo", "vcard"]
    read = server.one(GetBlob(people.alice.account, bob.item, "photo", bob.blobs[0].hash))
    assert read == BlobRead(1, b"GIF", 3)
    assert isinstance(server.one(GetBlob(people.bob.account, bob.item, "photo", bob.blobs[0].hash)), Refused)


def test_what_comes_twice_is_one_item_also_after_a_restart(server: PoweredServer, people: People) -> None:
    """X8; spec ITEM-12, ITEM-13."""
    first = take(server, people.alice, card("bob"), card("bob"))
    assert [one.new for one in first.items] == [True, False]
    server.boot()
    again = take(server, people.alice, card("bob"))
    assert (again.items[0].item, again.items[0].new, again.changed) == (first.items[0].item, False, frozenset())
    others = [take(server, people.bob, card("bob")), take(server, people.alice, card("bob"), source="else")]
    assert all(other.items[0].new for other in others)
    assert len({first.items[0].item, *(other.items[0].item for other in others)}) == 3
    assert outside_id(b"a", "bc", b"d") != outside_id(b"ab", "c", b"d")


def test_what_comes_again_to_an_older_copy_of_the_store_is_the_item_that_handsets_hold(
    server: PoweredServer, people: People
) -> None:
    """X8: an importer or a mail server brings again what the copy did not have."""
    copy = server.stop()
    server.boot()
    before = take(server, people.alice, card("bob", ("vcard", b"BEGIN:VCARD")))
    server.stop()
    server.restore(copy)
    again = take(server, people.alice, card("bob", ("vcard", b"BEGIN:VCARD")))
    assert (again.items, again.changed) == (before.items, before.changed)
    assert again.items[0].new


def test_what_was_deleted_stays_deleted(server: PoweredServer, people: People) -> None:
    """X8; spec ITEM-13."""
    item = take(server, people.alice, card("bob")).items[0].item
    seen = content_digest(1, contact("bob"), (), dead=False)[:8]
    server.do(people.alice, Delete(item, seen))
    took = take(server, people.alice, card("bob")).items[0]
    assert (took.item, took.new, took.dead) == (item, False, True)


@pytest.mark.parametrize(
    ("incoming", "reason"),
    [
        (Incoming(bytes(32), 1, b"\xff"), Reason.MALFORMED),
        (Incoming(bytes(32), 1, contact("b\0b")), Reason.INVALID),
        (Incoming(bytes(32), 99, contact("bob")), Reason.UNKNOWN_TYPE),
        (Incoming(bytes(32), 1, contact("bob", "x" * LIMITS.head_bytes)), Reason.TOO_LARGE),
        (Incoming(bytes(32), 1, contact("bob"), (("n" * 65, b""),)), Reason.TOO_LARGE),
        (Incoming(bytes(32), 1, contact("bob"), tuple((str(at), b"") for at in range(17))), Reason.TOO_LARGE),
    ],
)
def test_a_bad_one_harms_none_of_its_neighbours(
    server: PoweredServer, people: People, incoming: Incoming, reason: Reason
) -> None:
    bad, carol = take(server, people.alice, incoming, card("carol")).items
    assert (bad.reason, bad.new) == (reason, False)
    assert carol.new


def test_a_stranger_s_account_or_a_nameless_source_is_refused(server: PoweredServer, people: People) -> None:
    alice = people.alice.account
    for request in (Take(bytes(8), "vcard", ()), Take(alice, "", ()), Take(alice, "s" * 65, ())):
        answer = server.one(request)
        assert isinstance(answer, Refused)
        assert answer.reason is Reason.INVALID


def test_parts_are_put_on_the_disk_beside_the_store_and_the_row_comes_after_them(
    server: PoweredServer, people: People
) -> None:
    """D9; spec ITEM-14: nothing of it is there before its parts are, and only what is missing is written."""
    request = Take(people.alice.account, "vcard", (card("bob", ("vcard", b"BEGIN:VCARD")), card("carol")))
    (aside,) = server.store.serve([request])
    assert isinstance(aside, Aside)
    assert refill(server, people.alice.account) == []
    kept = aside.work()
    assert isinstance(kept, Kept)
    assert (len(kept.parts), refill(server, people.alice.account)) == (1, [])
    (taken,) = server.store.serve([kept])
    assert isinstance(taken, Taken)
    assert [one.new for one in taken.items] == [True, True]
    assert server.store.serve([request]) == [
        Taken(taken.account, tuple(replace(one, new=False) for one in taken.items), frozenset())
    ]


def test_a_disk_that_does_not_take_the_parts_is_a_failed_store(server: PoweredServer, people: People) -> None:
    """D7."""
    server.disk.fail_at(1, apsw.FullError)
    answer = server.one(Take(people.alice.account, "vcard", (card("bob", ("vcard", b"BEGIN:VCARD")),)))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.FULL
    assert server.one(ListAccounts()) == server.store.failed
