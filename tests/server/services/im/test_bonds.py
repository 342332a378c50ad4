"""What comes of requests and marks in the other's account, whatever lies there: pure functions. IM-5, IM-7, IM-8."""

from __future__ import annotations

import hashlib
from itertools import product

import pytest

from thinline.errands import Errand, Handed, Parcel
from thinline.items import outside_id
from thinline.merge import Content
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.services.fields import with_fields
from thinline_server.services.im.bonds import (
    BUDDY,
    MESSAGE,
    SOURCE,
    buddy_id,
    hand_bond,
    hand_mark,
    hand_message,
)

NONE, ASKED, ASKS, FRIENDS = im_pb2.BOND_UNSPECIFIED, im_pb2.BOND_ASKED, im_pb2.BOND_ASKS, im_pb2.BOND_FRIENDS
BONDS = (NONE, ASKED, ASKS, FRIENDS)


def parcel(item: Buddy | Message, target: str = "bob", detail: bytes = b"") -> Parcel:
    errand = Errand(6, b"buddy of bob", target, detail)
    return Parcel("alice", "", errand, 0, Content(item.SerializeToString()), 1_000)


def handed(found: Handed | None) -> Handed:
    assert found is not None
    assert (found.name, found.source) == ("bob", SOURCE)
    return found


def met(mine: im_pb2.Bond.ValueType, theirs: im_pb2.Bond.ValueType) -> im_pb2.Bond.ValueType:
    """Bob's bond, after alice's was told."""
    there = Content(Buddy(address="alice", bond=mine, name="Al").SerializeToString())
    after = handed(hand_bond(parcel(Buddy(address="bob", bond=theirs)))).become(there)
    return Buddy.FromString((after or there).fields).bond


def test_how_things_stand_follows_from_how_they_stand_for_the_other() -> None:
    """Spec IM-7."""
    table = {(mine, theirs): met(mine, theirs) for mine, theirs in product(BONDS, BONDS)}
    assert [table[mine, ASKED] for mine in BONDS] == [ASKS, FRIENDS, ASKS, ASKS]
    assert [table[mine, FRIENDS] for mine in BONDS] == [ASKS, FRIENDS, ASKS, FRIENDS]
    assert [table[mine, NONE] for mine in BONDS] == [NONE] * 4
    assert [table[mine, ASKS] for mine in BONDS] == list(BONDS)


@pytest.mark.parametrize(("mine", "theirs"), list(product(BONDS, BONDS)))
def test_telling_twice_is_telling_once(mine: im_pb2.Bond.ValueType, theirs: im_pb2.Bond.ValueType) -> None:
    """X1: but for who was a friend and is asked: they ask from then on."""
    once = met(mine, theirs)
    assert met(once, theirs) == (ASKS if (mine, theirs) == (ASKED, ASKED) else once)


def test_a_request_to_somebody_new_brings_its_greeting() -> None:
    content = handed(hand_bond(parcel(Buddy(address="bob", bond=ASKED), detail=b"It's me"))).become(None)
    assert content is not None
    assert Buddy.FromString(content.fields) == Buddy(address="alice", bond=ASKS, greeting="It's me")
    assert handed(hand_bond(parcel(Buddy(address="bob")))).become(None) is None


def test_a_message_is_made_once_and_never_changed() -> None:
    """Spec IM-5."""
    told = handed(hand_message(parcel(Message(peer="bob", text="Tea?", out=True, at_ms=7))))
    fresh = told.become(None)
    assert fresh is not None
    assert Message.FromString(fresh.fields) == Message(peer="alice", text="Tea?", at_ms=1_000)
    assert told.become(Content(b"as it is")) == Content(b"as it is")
    assert (told.type, told.revives) == (MESSAGE, False)
    assert told.origin == hashlib.sha256(b"message\0alice\0buddy of bob").digest()


def test_a_mark_goes_forward_between_friends_only() -> None:
    """Spec IM-8."""
    become = handed(hand_mark(parcel(Buddy(address="bob", read_ms=500)))).become
    assert become(None) is None
    for bond, before, after in ((FRIENDS, 0, 500), (FRIENDS, 600, 600), (ASKS, 0, 0)):
        there = Content(Buddy(address="alice", bond=bond, their_read_ms=before).SerializeToString())
        told = become(there) or there
        assert Buddy.FromString(told.fields).their_read_ms == after


def test_who_is_elsewhere_is_no_account_here() -> None:
    elsewhere = "bob@far.test"
    assert hand_message(parcel(Message(), elsewhere)) is None
    assert hand_bond(parcel(Buddy(), elsewhere)) is None
    assert hand_mark(parcel(Buddy(), elsewhere)) is None


def test_the_item_of_a_buddy_follows_from_account_and_address() -> None:
    """Spec IM-3: and what is handed over goes to that very item."""
    told = handed(hand_bond(parcel(Buddy(bond=ASKED))))
    assert outside_id(b"account1", told.source, told.origin) == buddy_id(b"account1", "alice")
    assert len({buddy_id(account, name) for account in (b"account1", b"account2") for name in ("alice", "bob")}) == 4
    assert told.type == BUDDY


def test_fields_that_nobody_here_knows_stay() -> None:
    """Spec ITEM-3."""
    later = b"\xa2\x06\x05later"
    content = Content(Buddy(address="bob", read_ms=5).SerializeToString() + later)
    told = with_fields(content, Buddy(their_read_ms=9), "their_read_ms", "read_ms")
    assert told.fields.endswith(later)
    assert Buddy.FromString(told.fields).read_ms == 0
