"""Sending a text, how far it has come, and what it is to another number of the server: as pure decisions."""

from __future__ import annotations

import pytest

from thinline.commands import Changes, Decision, Rejection, Touches, View, grow, revise
from thinline.errands import Errand, ErrandState, Parcel, Progress
from thinline.errors import RemoteError
from thinline.items import NO_REVISION, Head, content_digest
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.services.sms import Texts
from thinline_server.services.sms.rules import ERRANDS, RULES, SEND_TEXT, SMS_IN, SMS_OUT, TEXT_TYPE

ITEM = b"text     tea"
CAROL = "+441200000001"
LATER = b"\xfa\x07\x03new"  # a field of a later version
QUEUED = DeliveryState.DELIVERY_STATE_QUEUED


def head(text: Text, item_type: int = TEXT_TYPE) -> Head:
    return Head(ITEM, 0, NO_REVISION, item_type, text.SerializeToString(deterministic=True) + LATER)


def draft(**fields: object) -> Text:
    told: dict[str, object] = {"number": "+44 1200 000001", "text": "Tea?", "out": True, "date_s": 7}
    return Text(**(told | fields))  # type: ignore[arg-type]


def decide(one: Head | None, digest: bytes = b"", *, dead: bool = False) -> Decision:
    version = grow(None, one) if one else None
    if version and dead:
        version = revise(version, version.content, dead=True)
    seen = digest or (content_digest(one.type, one.fields, one.blobs, dead=False)[:8] if one else b"")
    view = View({ITEM: version} if version else {}, (), b"handset1", 1, 1, TYPES, Texts().check)
    return RULES[SEND_TEXT].decide(SendText(item=ITEM, seen=seen).SerializeToString(), view)


def test_a_draft_is_sent_as_it_was_seen() -> None:
    """SMS-3."""
    decision = decide(head(draft(flash=True)))
    assert isinstance(decision, Changes)
    (errand,) = decision.errands
    assert (errand.kind, errand.item, errand.target) == (SMS_OUT, ITEM, CAROL)
    assert Text.FromString(errand.detail) == Text(text="Tea?", flash=True)
    (version,) = decision.heads
    assert version.head.fields.endswith(LATER), "what a later version wrote is kept byte for byte"
    assert Text.FromString(version.head.fields).state == QUEUED
    assert decide(head(draft()), b"not seen") == Rejection(Reason.EDITED)


@pytest.mark.parametrize("state", DeliveryState.values())
def test_what_is_on_its_way_or_there_is_done(state: DeliveryState.ValueType) -> None:
    """SMS-3, CMD-13, OUT-6: again only what failed or may have been sent."""
    decision = decide(head(draft(state=state, reason="why")))
    again = DeliveryState.Name(state).rpartition("_")[2] in ("UNSPECIFIED", "UNKNOWN", "FAILED")
    assert isinstance(decision, Changes)
    assert bool(decision.errands) == again
    if again:
        assert Text.FromString(decision.heads[0].head.fields).reason == ""
    else:
        assert decision == Changes((), told=(ITEM,))


@pytest.mark.parametrize(
    "fields",
    [{"number": "bob"}, {"number": ""}, {"text": ""}, {"out": False}, {"text": "a" * 1_531}, {"text": "ж" * 671}],
)
def test_what_can_not_be_sent_is_refused(fields: dict[str, object]) -> None:
    """SMS-3: a number, and one to ten messages."""
    assert decide(head(draft(**fields))) == Rejection(Reason.INVALID)
    assert isinstance(decide(head(draft(text="a" * 1_530))), Changes)


def test_what_is_not_there_or_no_text_is_refused() -> None:
    assert decide(None) == decide(head(draft()), dead=True) == Rejection(Reason.NO_SUCH_ITEM)
    contact = Head(ITEM, 0, NO_REVISION, 1, Contact(name="Bob").SerializeToString())
    assert decide(contact) == Rejection(Reason.INVALID)


@pytest.mark.parametrize("body", [b"\xff", b"", SendText(item=b"short").SerializeToString()])
def test_a_body_that_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(RemoteError) as caught:
        RULES[SEND_TEXT].touches(body)
    assert caught.value.reason is Reason.MALFORMED
    assert RULES[SEND_TEXT].touches(SendText(item=ITEM).SerializeToString()) == Touches((ITEM,))


@pytest.mark.parametrize("state", ErrandState)
def test_a_text_shows_its_errand(state: ErrandState) -> None:
    """SMS-6, OUT-9."""
    content = Content(head(draft()).fields)
    shown = ERRANDS[SMS_OUT].progress(TEXT_TYPE, content, Progress(CAROL, state, "no\r\nsuch", 7_900))
    assert shown is not None
    text = Text.FromString(shown.fields)
    assert (DeliveryState.Name(text.state), text.reason, text.at_s) == (f"DELIVERY_STATE_{state.name}", "no such", 7)
    assert (text.text, shown.fields.endswith(LATER)) == ("Tea?", True)
    assert ERRANDS[SMS_OUT].progress(TEXT_TYPE, shown, Progress(CAROL, state, "no\r\nsuch", 7_900)) is None
    assert ERRANDS[SMS_OUT].progress(1, content, Progress(CAROL, state, "", 0)) is None


def test_a_text_is_another_number_s_from_its_sender() -> None:
    """SMS-5, OUT-14."""
    hand = ERRANDS[SMS_OUT].hand
    assert hand is not None
    errand = Errand(SMS_OUT, ITEM, "+15551000002", Text(text="Tea?", flash=True).SerializeToString())
    handed = hand(Parcel("alice", "+1 555 100 0001", errand, TEXT_TYPE, Content(), 7_900))
    assert handed is not None
    assert (handed.source, handed.type, handed.number, handed.name) == ("sms", TEXT_TYPE, "+15551000002", "")
    came = handed.become(None)
    assert came is not None
    assert Text.FromString(came.fields) == Text(number="+15551000001", text="Tea?", flash=True, date_s=7)
    assert Texts().check(TEXT_TYPE, came) is None
    assert handed.become(came) is None, "it is there"
    assert hand(Parcel("alice", "", errand, TEXT_TYPE, Content(), 0)) is None, "who has no number texts nobody"


def test_what_comes_in_may_be_taken_in_twice() -> None:
    assert ERRANDS[SMS_IN].repeatable
    assert not ERRANDS[SMS_OUT].repeatable
