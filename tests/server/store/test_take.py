"""What comes from outside: once, durable before it is told, deleted once and for all. D6, D9, T2."""

from __future__ import annotations

import hashlib

import pytest

from powered import CONTACTS, People, PoweredServer, contact, refill
from thinline.intents import Delete
from thinline.items import content_digest
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.requests import BlobRead, GetBlob, Incoming, Refused, Take, Taken
from thinline_server.store.take import outside_id


def card(name: str, *parts: tuple[str, bytes]) -> Incoming:
    return Incoming(hashlib.sha256(name.encode()).digest(), 1, contact(name), parts)


def take(server: PoweredServer, *items: Incoming, name: str = "alice", source: str = "vcard") -> Taken:
    answer = server.one(Take(name, source, items))
    assert isinstance(answer, Taken), answer
    return answer


def test_what_comes_is_an_item_with_its_parts(server: PoweredServer, people: People) -> None:
    taken = take(server, card("bob", ("vcard", b"BEGIN:VCARD"), ("photo", b"GIF")), card("carol"))
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
    """The id is of account, source and raw content."""
    first = take(server, card("bob"), card("bob"))
    assert [one.new for one in first.items] == [True, False]
    server.boot()
    again = take(server, card("bob"))
    assert (again.items[0].item, again.items[0].new, again.changed) == (first.items[0].item, False, frozenset())
    others = [take(server, card("bob"), name="bob"), take(server, card("bob"), source="else")]
    assert all(other.items[0].new for other in others)
    assert len({first.items[0].item, *(other.items[0].item for other in others)}) == 3
    assert outside_id(b"a", "bc", b"d") != outside_id(b"ab", "c", b"d")


def test_what_was_deleted_stays_deleted(server: PoweredServer, people: People) -> None:
    item = take(server, card("bob")).items[0].item
    seen = content_digest(1, contact("bob"), (), dead=False)[:8]
    server.do(people.alice, Delete(item, seen))
    took = take(server, card("bob")).items[0]
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
    bad, carol = take(server, incoming, card("carol")).items
    assert (bad.reason, bad.new) == (reason, False)
    assert carol.new


def test_a_stranger_s_account_or_a_nameless_source_is_refused(server: PoweredServer, people: People) -> None:
    for request in (Take("nobody", "vcard", ()), Take("alice", "", ()), Take("alice", "s" * 65, ())):
        answer = server.one(request)
        assert isinstance(answer, Refused)
        assert answer.reason is Reason.INVALID
