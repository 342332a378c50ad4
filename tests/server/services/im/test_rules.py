"""Alice and bob talk, become friends, read, and part: by commands, over the real store. IM-3 to IM-8; X1, H6."""

from __future__ import annotations

import pytest

from powered import People, PoweredServer
from rosters import ACCEPT, ASK, END, Chatter
from thinline.errands import ErrandState
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, write_intent
from thinline.items import content_digest
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.outside import Due, End, Settle
from thinline_server.requests import Applied
from thinline_server.services.im.rules import BUDDY, ERRANDS, IM_OUT, MESSAGE, SEND_MESSAGE

TEA = b"message  tea"
NONE, ASKED, ASKS, FRIENDS = im_pb2.BOND_UNSPECIFIED, im_pb2.BOND_ASKED, im_pb2.BOND_ASKS, im_pb2.BOND_FRIENDS
DELIVERED, QUEUED, FAILED = (
    im_pb2.MESSAGE_STATE_DELIVERED,
    im_pb2.MESSAGE_STATE_QUEUED,
    im_pb2.MESSAGE_STATE_FAILED,
)


@pytest.fixture
def alice(server: PoweredServer, people: People) -> Chatter:
    return Chatter(server, people.alice)


@pytest.fixture
def bob(server: PoweredServer, people: People) -> Chatter:
    return Chatter(server, people.bob)


def befriend(alice: Chatter, bob: Chatter) -> None:
    alice.bond("bob", ASK)
    bob.bond("alice", ACCEPT)


# Messages


def test_what_alice_says_bob_has_and_both_have_it_at_the_same_time(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-4, IM-5, IM-6; D1: durable for both at the outcome."""
    alice.say("bob", "Tea?\nAt four.")
    alice.server.boot()
    now_ms = alice.server.now_ms
    assert bob.messages == [Message(peer="alice", text="Tea?\nAt four.", at_ms=now_ms)]
    assert alice.messages == [Message(peer="bob", text="Tea?\nAt four.", out=True, at_ms=now_ms, state=DELIVERED)]


def test_a_message_is_said_once_however_often_it_is_sent(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-4; X1: also by another handset that has the same item, and after its owner deleted it."""
    alice.say("bob", "Tea?", TEA)
    assert alice.say("bob", "Tea?", TEA).heads[0].item == TEA
    assert [one.text for one in bob.messages] == ["Tea?"]
    (head,) = bob.heads
    seen = content_digest(head.type, head.fields, (), dead=False)[:8]
    bob.server.one(bob.told.command(*write_intent(Delete(head.item, seen))))
    alice.say("bob", "Tea?", TEA)
    assert bob.messages == []


@pytest.mark.parametrize(
    ("peer", "text"), [("bob", ""), ("bob", " \n "), ("", "Tea?"), ("bob", "x" * 2_049), ("b\n", "x")]
)
def test_what_can_not_be_said(alice: Chatter, bob: Chatter, peer: str, text: str) -> None:
    """Spec IM-2, IM-4."""
    outcome = alice.say(peer, text)
    assert (outcome.verdict, outcome.reason) == (Verdict.VERDICT_REJECTED, Reason.INVALID)
    assert alice.heads == bob.heads == []


def test_a_body_of_another_shape_is_malformed(alice: Chatter) -> None:
    for body in (b"\xff", im_pb2.SendMessage(item=b"short", peer="bob", text="Tea?").SerializeToString()):
        answer = alice.server.one(alice.told.command(SEND_MESSAGE, body))
        assert isinstance(answer, Applied)
        assert answer.outcome.reason == Reason.MALFORMED


def test_what_was_not_sent_is_sent_again_by_its_writer(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-4, IM-6; OUT-6: and what was delivered is not."""
    alice.say("nobody", "Tea?", TEA)
    assert alice.messages[0].state == QUEUED
    (task,) = alice.server.one(Due((IM_OUT,), 9)).tasks  # type: ignore[union-attr]
    alice.server.one(Settle((End(task.errand, ErrandState.FAILED, "There is nobody of that name here."),)))
    (told,) = alice.messages
    assert (told.state, told.reason) == (FAILED, "There is nobody of that name here.")
    assert alice.say_again(TEA).verdict == Verdict.VERDICT_APPLIED
    (told,) = alice.messages
    assert (told.state, told.reason) == (QUEUED, "")
    assert len(alice.server.one(Due((IM_OUT,), 9)).tasks) == 1  # type: ignore[union-attr]
    alice.say("bob", "Tea?", b"another  tea")
    assert alice.say_again(b"another  tea").heads[0].revision.generation == 1
    assert alice.say_again(b"there is not").reason == Reason.NO_SUCH_ITEM
    assert len(bob.messages) == 1


def test_fields_of_a_later_version_stay(alice: Chatter) -> None:
    """Spec ITEM-3: where the server writes its own."""
    later = b"\xa2\x06\x05later"
    failed = Message(peer="nobody", text="x", out=True, state=FAILED).SerializeToString() + later
    alice.server.one(alice.told.command(*write_intent(Create(TEA, MESSAGE, Content(failed)))))
    alice.say_again(TEA)
    (head,) = alice.heads
    assert later in head.fields
    progress = ERRANDS[IM_OUT].progress
    assert progress(BUDDY, Content(head.fields), None) is None  # type: ignore[arg-type]


# People


def test_alice_asks_bob_and_he_accepts(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-7."""
    alice.bond("bob", ASK, name="Bob", greeting="It's me,\nalice")
    assert alice.buddy("bob") == Buddy(address="bob", name="Bob", bond=ASKED)
    assert bob.buddy("alice") == Buddy(address="alice", bond=ASKS, greeting="It's me, alice")
    bob.bond("alice", ACCEPT)
    assert bob.buddy("alice") == Buddy(address="alice", bond=FRIENDS)
    assert alice.buddy("bob") == Buddy(address="bob", name="Bob", bond=FRIENDS)


def test_who_asks_whom_is_asked_by_them_accepts(alice: Chatter, bob: Chatter) -> None:
    alice.bond("bob", ASK)
    bob.bond("alice", ASK)
    assert (alice.buddy("bob").bond, bob.buddy("alice").bond) == (FRIENDS, FRIENDS)
    alice.bond("bob", ASK)  # it is so
    before = alice.told.seen
    alice.bond("bob", ASK)
    assert alice.told.seen == before


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_either_ends_it_whenever_they_like(alice: Chatter, bob: Chatter, who: str) -> None:
    """Spec IM-7: refused, not asked any more, or friends no longer; asked anew it begins anew."""
    one, other = (alice, bob) if who == "alice" else (bob, alice)
    name, others = ("alice", "bob") if who == "alice" else ("bob", "alice")
    alice.bond("bob", ASK)
    one.bond(others, END)
    assert (alice.buddy("bob").bond, bob.buddy("alice").bond) == (NONE, NONE)
    befriend(alice, bob)
    assert other.buddy(name).bond == FRIENDS
    one.bond(others, END)
    assert (alice.buddy("bob").bond, bob.buddy("alice").bond) == (NONE, NONE)
    assert one.bond(others, ACCEPT).reason == Reason.INVALID
    assert one.bond(others, im_pb2.BOND_ACT_UNSPECIFIED).reason == Reason.INVALID
    one.bond(others, ASK)
    assert other.buddy(name).bond == ASKS


def test_a_buddy_s_item_is_the_same_on_every_handset_and_no_other(alice: Chatter, people: People, bob: Chatter) -> None:
    """Spec IM-3; H6: two handsets of alice's ask bob at once."""
    tablet = Chatter(alice.server, people.alice_too)
    alice.bond("bob", ASK)
    tablet.bond("bob", ASK)
    assert alice.buddies == bob.buddies == 1
    wrong = im_pb2.ChangeBond(item=bob.item("alice"), address="bob", act=ASK)
    assert alice.do(21, wrong).reason == Reason.INVALID
    assert alice.do(22, im_pb2.MarkRead(item=alice.item("bob"), address="", read_ms=1)).reason == Reason.INVALID


def test_a_deleted_buddy_who_asks_comes_anew(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-7."""
    alice.bond("bob", ASK)
    (head,) = bob.heads
    seen = content_digest(head.type, head.fields, (), dead=False)[:8]
    bob.server.one(bob.told.command(*write_intent(Delete(head.item, seen))))
    alice.bond("bob", END)
    alice.bond("bob", ASK)
    assert bob.buddy("alice") == Buddy(address="alice", bond=ASKS)
    (head,) = bob.heads
    seen = content_digest(head.type, head.fields, (), dead=False)[:8]
    bob.server.one(bob.told.command(*write_intent(Delete(head.item, seen))))
    bob.bond("alice", ASK, name="Alice")
    assert bob.buddy("alice").name == "Alice"


def test_names_and_groups_are_edited_as_fields_and_end_with_the_bond(alice: Chatter, bob: Chatter) -> None:
    befriend(alice, bob)
    before = alice.buddy("bob")
    after = Buddy(address="bob", bond=FRIENDS, name="Bob", groups=["friends", "trains"])
    edit = difference(Content(before.SerializeToString()), Content(after.SerializeToString()), TYPES[BUDDY].merges)
    alice.server.one(alice.told.command(*write_intent(Change(alice.item("bob"), edit))))
    assert alice.buddy("bob") == after
    alice.bond("bob", END)
    assert alice.buddy("bob") == Buddy(address="bob", name="Bob")


# Read marks


def test_what_bob_has_read_alice_sees_and_it_only_goes_forward(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-8; H6."""
    befriend(alice, bob)
    alice.say("bob", "Tea?")
    bob.read("alice", 2_000)
    assert bob.buddy("alice").read_ms == 2_000
    assert alice.buddy("bob").their_read_ms == 2_000
    before = alice.told.seen
    assert bob.read("alice", 1_000).verdict == Verdict.VERDICT_APPLIED
    bob.read("alice", 2_000)
    assert (bob.buddy("alice").read_ms, alice.buddy("bob").their_read_ms) == (2_000, 2_000)
    assert alice.told.seen == before


def test_strangers_and_who_is_discreet_tell_nobody_what_they_read(alice: Chatter, bob: Chatter) -> None:
    """Spec IM-8."""
    alice.say("bob", "Tea?")
    bob.read("alice", 1_000)
    assert bob.buddy("alice") == Buddy(address="alice", read_ms=1_000)
    assert alice.buddies == 0
    befriend(alice, bob)
    old = bob.buddy("alice")
    new = Buddy(address="alice", bond=FRIENDS, read_ms=1_000, discreet=True)
    edit = difference(Content(old.SerializeToString()), Content(new.SerializeToString()), TYPES[BUDDY].merges)
    bob.server.one(bob.told.command(*write_intent(Change(bob.item("alice"), edit))))
    bob.read("alice", 2_000)
    assert (bob.buddy("alice").read_ms, alice.buddy("bob").their_read_ms) == (2_000, 0)
    assert bob.server.one(Due(tuple(ERRANDS), 9)).tasks == ()  # type: ignore[union-attr]
