"""A change is told to the account's other links by what the store answers, not by who still listens (H6)."""

from __future__ import annotations

from line_client import Submit
from pier import Pier, Served
from thinline import frames
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.v1 import contacts_pb2
from thinline_server.requests import Apply


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
