"""A change is told to the account's other links by what the store answers, not by who still listens (H6)."""

from __future__ import annotations

from examples import all_outside
from letters import LETTER, WORD, incoming, post, shown
from line_client import Submit
from pier import Pier, Served
from thinline import frames
from thinline.errands import ErrandState
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_server.hub import GATEWAY_KEY, Announce
from thinline_server.outside import Due, End, Settle, Spool, Take
from thinline_server.requests import Apply

FOLLOWS = sorted({one.collection for one in TYPES.values()})


def test_the_change_of_a_link_that_died_reaches_the_other_handset() -> None:
    """Found by the campaign: the server applied the command, and nobody told alice's other handset."""
    served = Served()
    pier = Pier(served)
    phone = pier.client("phone", "alice")
    desk = pier.client("desk", "alice")
    served.hold.add(Apply)
    fields = contacts_pb2.Contact(name="Bob").SerializeToString()
    pier.feed(phone, Submit(*write_intent(Create(b"item of bob!", 1, Content(fields)))))
    assert served.held == 1
    pier.cut(phone)
    pier.release()
    told = [head.fields for window in pier.said(desk, frames.Window) for head in window.heads]
    assert told == [fields]


def test_a_link_that_is_answered_in_a_group_still_hears_what_another_did_before_it() -> None:
    """Spec SYNC-14, H6: its own outcome moves the cursor on only where nothing else lies before it."""
    served = Served()
    pier = Pier(served)
    phone = pier.client("phone", "alice")
    desk = pier.client("desk", "alice")
    served.hold.add(Apply)
    for client, name in ((desk, "Bob"), (phone, "Carol"), (phone, "Dave"), (desk, "Eve")):
        fields = contacts_pb2.Contact(name=name).SerializeToString()
        pier.feed(client, Submit(*write_intent(Create(name.ljust(12).encode(), 1, Content(fields)))))
    assert served.held == 4
    packets = len(pier.heard["phone"])
    pier.release()
    assert set(phone.heads) == set(desk.heads) == {name.ljust(12).encode() for name in ("Bob", "Carol", "Dave", "Eve")}
    outcomes = [frame for frame in pier.heard["phone"][packets:] if isinstance(frame, frames.Outcome)]
    assert [one.cursor for one in outcomes] == [b"", b""], "Bob's contact was not sent yet"


def test_what_comes_from_outside_reaches_every_linked_handset_of_the_account() -> None:
    """Spec SYNC-16, ITEM-14: without their asking, once it is stored, and nobody else's."""
    pier = Pier()
    phone, desk = pier.client("phone", "alice", follows=FOLLOWS), pier.client("desk", "alice", follows=FOLLOWS)
    stranger = pier.client("stranger", "bob", follows=FOLLOWS)
    for one in all_outside().values():
        taken = pier.operate(Take(phone.sim.account, one.source, (one.item,)))
        (took,) = taken.items
        for client in (phone, desk):
            assert client.heads[took.item].fields == one.item.fields
        before = len(pier.said(phone, frames.Window))
        assert not pier.operate(Take(phone.sim.account, one.source, (one.item,))).items[0].new
        assert len(pier.said(phone, frames.Window)) == before, "what was here is told to nobody"
    assert stranger.heads == {}


def test_what_an_errand_shows_reaches_the_handset_that_is_linked() -> None:
    """Spec OUT-9, SYNC-16: and the gateways hear of errands, once they are safe."""
    served = Served()
    pier = Pier(served)
    phone = pier.client("phone", "alice")
    bob = pier.client("bob")
    item = b"item of bob!"
    pier.feed(
        phone, Submit(*write_intent(Create(item, 1, Content(contacts_pb2.Contact(name="Bob").SerializeToString()))))
    )
    assert served.queued == []
    pier.feed(phone, Submit(*post(item, "bob@far.test")))
    assert served.queued == [{WORD}]
    (task,) = pier.operate(Due((WORD,), 1)).tasks
    pier.operate(Settle((End(task.errand, ErrandState.SENT),)))
    assert shown(phone.heads[item].fields) == {"bob@far.test": "SENT"}
    assert bob.heads == {}


def test_what_comes_in_is_told_and_what_is_handed_over_has_work() -> None:
    served = Served()
    pier = Pier(served)
    phone = pier.client("phone", "alice")
    spooled = pier.operate(Spool(phone.sim.account, LETTER, (b"Dear alice",)))
    again = pier.operate(Spool(phone.sim.account, LETTER, (b"Dear alice",)))
    assert served.queued == [{LETTER}, {LETTER}]
    letter = End(spooled.errand, ErrandState.DELIVERED, source="letters", items=(incoming(b"Dear alice"),))
    pier.operate(Settle((letter,)))
    assert len(phone.heads) == 1
    handed = End(again.errand, ErrandState.DELIVERED, spool=Spool(phone.sim.account, LETTER, (b"Dear bob",)))
    pier.operate(Settle((handed,)))
    assert served.queued == [{LETTER}] * 3


def test_trouble_of_a_gateway_is_told_to_who_follows_its_collection() -> None:
    """Spec SOFT-2: at once, to each who comes while it lasts, and when it is over."""
    pier = Pier()
    phone = pier.client("phone", "alice", follows=FOLLOWS)
    other = pier.client("other", "bob", follows=[1])
    pier.serve(Announce(5, b"no relay", 600))
    assert pier.said(phone, frames.Soft) == [frames.Soft(GATEWAY_KEY + 5, b"no relay", 600)]
    late = pier.client("late", "carol", follows=FOLLOWS)
    assert [soft.value for soft in pier.said(late, frames.Soft)] == [b"no relay"]
    pier.serve(Announce(5, b"", 600))
    assert [soft.value for soft in pier.said(phone, frames.Soft)] == [b"no relay", b""]
    pier.serve(Announce(5, b"no relay", 600))
    pier.now += 601
    assert pier.said(pier.client("later", "dave", follows=FOLLOWS), frames.Soft) == []
    assert pier.said(other, frames.Soft) == []


def test_what_is_handed_over_reaches_bob_s_handset_at_once() -> None:
    """Spec OUT-13, SYNC-16: also when the link of the sender died meanwhile."""
    served = Served()
    pier = Pier(served)
    alice, bob, carol = pier.client("alice"), pier.client("bob"), pier.client("carol")
    item = b"item of bob!"
    fields = contacts_pb2.Contact(name="Bob").SerializeToString()
    pier.feed(alice, Submit(*write_intent(Create(item, 1, Content(fields)))))
    pier.feed(alice, Submit(*post(item, "1.bob@here")))
    assert [contacts_pb2.Contact.FromString(head.fields).name for head in bob.heads.values()] == ["1.bob@here"]
    served.hold.add(Apply)
    pier.feed(alice, Submit(*post(item, "2.bob@here")))
    pier.cut(alice)
    pier.release()
    assert len(bob.heads) == 2
    assert carol.heads == {}
    assert served.queued == [], "nothing is left to be done"
