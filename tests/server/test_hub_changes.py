"""A change is told to the account's other links by what the store answers, not by who still listens (H6)."""

from __future__ import annotations

from examples import all_outside
from line_client import Submit
from pier import Pier, Served
from thinline import frames
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_server.requests import Apply, Take

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
