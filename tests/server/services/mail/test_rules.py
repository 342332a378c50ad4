"""Sending a draft, sending again, and how far it has come: as pure decisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.commands import Changes, Decision, Rejection, Touches, View, grow, revise
from thinline.errands import Errand, ErrandState, Progress
from thinline.errors import RemoteError
from thinline.items import NO_REVISION, Blob, Head, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import mail_pb2
from thinline.v1.contacts_pb2 import Contact
from thinline.v1.mail_pb2 import Address, Delivery, DeliveryState, Mail
from thinline_server.services.mail import Mailbox
from thinline_server.services.mail.rules import ERRANDS, MAIL_IN, MAIL_OUT, RULES, SEND_AGAIN, SUBMIT, is_address

ITEM = b"mail  tea   "
BOB, CAROL = Address(name="Bob", address="bob@example.org"), Address(address="carol@example.org")
BODY = Blob("body", bytes(32), 5)
LATER = b"\xfa\x07\x03new"  # a field of a later version
QUEUED, SENT = DeliveryState.DELIVERY_STATE_QUEUED, DeliveryState.DELIVERY_STATE_SENT
UNKNOWN, FAILED = DeliveryState.DELIVERY_STATE_UNKNOWN, DeliveryState.DELIVERY_STATE_FAILED


def head(mail: Mail, more: bytes = b"") -> Head:
    return Head(ITEM, 0, NO_REVISION, 2, mail.SerializeToString(deterministic=True) + more, (BODY,))


def view(one: Head | None, *, dead: bool = False) -> View:
    version = grow(None, one) if one else None
    if version and dead:
        version = revise(version, version.content, dead=True)
    items = {ITEM: version} if version else {}
    return View(items, (), b"handset1", 1, 1, TYPES, Mailbox().check)


def seen(one: Head) -> bytes:
    return content_digest(one.type, one.fields, one.blobs, dead=False)[:8]


def submit(digest: bytes = b"") -> bytes:
    return mail_pb2.Submit(item=ITEM, seen=digest).SerializeToString()


def decide(one: Head | None, *, dead: bool = False) -> Decision:
    return RULES[SUBMIT].decide(submit(seen(one) if one else b""), view(one, dead=dead))


def mail_in(decision: Decision) -> Mail:
    assert isinstance(decision, Changes)
    (version,) = decision.heads
    return Mail.FromString(version.head.fields)


def draft(**fields: object) -> Mail:
    told: dict[str, object] = {"folder": "drafts", "subject": "Tea?", "to": [BOB]}
    return Mail(**(told | fields))  # type: ignore[arg-type]


def test_a_draft_is_submitted_to_each_of_its_recipients_once() -> None:
    """MAIL-3."""
    bob_again = Address(address=BOB.address)
    one = head(draft(cc=[CAROL, bob_again], bcc=[Address(address="dave@example.org")], seen=True), LATER)
    decision = decide(one)
    mail = mail_in(decision)
    assert (mail.folder, mail.subject, mail.seen) == ("sent", "Tea?", True)
    to = ["bob@example.org", "carol@example.org", "dave@example.org"]
    assert [(one.recipient, one.state) for one in mail.deliveries] == [(address, QUEUED) for address in to]
    assert isinstance(decision, Changes)
    assert decision.errands == tuple(Errand(MAIL_OUT, ITEM, address) for address in to)
    assert decision.heads[0].head.fields.endswith(LATER), "what a later version wrote is kept byte for byte"
    assert decision.heads[0].head.blobs == (BODY,)


def test_what_is_submitted_already_is_done() -> None:
    """MAIL-3, CMD-13: also when the command comes again after a restart that forgot its outcome."""
    once = mail_in(decide(head(draft())))
    assert RULES[SUBMIT].decide(submit(b"whatever"), view(head(once))) == Changes((), told=(ITEM,))


def test_what_was_edited_meanwhile_is_not_sent() -> None:
    """MAIL-3."""
    assert RULES[SUBMIT].decide(submit(b"not seen"), view(head(draft()))) == Rejection(Reason.EDITED)


@pytest.mark.parametrize(
    "to",
    [
        [],
        [Address(name="Bob")],
        [Address(address="bob")],
        [Address(address="@example.org")],
        [Address(address="bob@")],
        [Address(address="bob @example.org")],
        [Address(address="<bob@example.org>")],
        [Address(address="a@example.org,b@example.org")],
        [Address(address=f"{number}@example.org") for number in range(33)],
    ],
)
def test_what_can_not_be_addressed_is_refused(to: list[Address]) -> None:
    """MAIL-4."""
    assert decide(head(draft(to=to))) == Rejection(Reason.INVALID)
    assert len(mail_in(decide(head(draft(to=[Address(address=f"{number}@e.org") for number in range(32)])))).to) == 32


@given(st.text(max_size=30))
def test_an_address_can_stand_in_a_line(text: str) -> None:
    """MAIL-4."""
    if is_address(text):
        assert text.isprintable()
        assert not set(text) & set(' \r\n"<>,;:\\')


def test_what_is_not_there_or_no_mail_is_refused() -> None:
    assert decide(None) == Rejection(Reason.NO_SUCH_ITEM)
    assert decide(head(draft()), dead=True) == Rejection(Reason.NO_SUCH_ITEM)
    contact = Head(ITEM, 0, NO_REVISION, 1, Contact(name="Bob").SerializeToString())
    assert decide(contact) == Rejection(Reason.INVALID)
    again = mail_pb2.SendAgain(item=ITEM).SerializeToString()
    assert RULES[SEND_AGAIN].decide(again, view(None)) == Rejection(Reason.NO_SUCH_ITEM)


def test_what_would_be_too_large_is_refused() -> None:
    many = [Address(name="n" * 90, address=f"{number}@{'long' * 8}.org") for number in range(28)]
    one = head(draft(to=many))
    assert len(one.fields) < LIMITS.head_bytes
    assert decide(one) == Rejection(Reason.TOO_LARGE)
    assert decide(head(draft(thread=b"short"))) == Rejection(Reason.INVALID)


@pytest.mark.parametrize("kind", [SUBMIT, SEND_AGAIN])
@pytest.mark.parametrize("body", [b"\xff", b"", mail_pb2.Submit(item=b"short").SerializeToString()])
def test_a_body_that_is_none_is_malformed(kind: int, body: bytes) -> None:
    for part in (RULES[kind].touches, lambda body: RULES[kind].decide(body, view(None))):
        with pytest.raises(RemoteError) as caught:
            part(body)
        assert caught.value.reason is Reason.MALFORMED


def test_a_command_names_what_must_be_loaded() -> None:
    assert RULES[SUBMIT].touches(submit()) == Touches((ITEM,))
    again = mail_pb2.SendAgain(item=ITEM, recipients=["bob@example.org"]).SerializeToString()
    assert RULES[SEND_AGAIN].touches(again) == Touches((ITEM,))


def test_what_failed_or_may_have_been_sent_is_queued_again() -> None:
    """MAIL-5, OUT-6."""
    told = [
        Delivery(recipient="bob@example.org", state=SENT, at_s=5),
        Delivery(recipient="carol@example.org", state=UNKNOWN, reason="cut off", at_s=5),
        Delivery(recipient="dave@example.org", state=FAILED, reason="550 no", at_s=5),
    ]
    one = head(draft(folder="sent", deliveries=told))
    to = ["bob@example.org", "carol@example.org", "erin@example.org"]
    body = mail_pb2.SendAgain(item=ITEM, recipients=to).SerializeToString()
    decision = RULES[SEND_AGAIN].decide(body, view(one))
    assert isinstance(decision, Changes)
    assert decision.errands == (Errand(MAIL_OUT, ITEM, "carol@example.org"),)
    deliveries = list(mail_in(decision).deliveries)
    assert deliveries == [told[0], Delivery(recipient="carol@example.org", state=QUEUED), told[2]]
    done = RULES[SEND_AGAIN].decide(body, view(head(mail_in(decision))))
    assert done == Changes((), told=(ITEM,))


# Progress


def shown(content: Content, state: ErrandState, reason: str = "", target: str = BOB.address) -> Content | None:
    return ERRANDS[MAIL_OUT].progress(2, content, Progress(target, state, reason, 7_900))


@pytest.mark.parametrize("state", ErrandState)
def test_a_delivery_shows_its_errand(state: ErrandState) -> None:
    """MAIL-6, OUT-9."""
    (version,) = decide(head(draft(cc=[CAROL]), LATER)).heads  # type: ignore[union-attr]
    content = shown(version.content, state, "450 try\r\nlater")
    assert content is not None
    bob, carol = Mail.FromString(content.fields).deliveries
    assert DeliveryState.Name(bob.state) == f"DELIVERY_STATE_{state.name}"
    assert (bob.reason, bob.at_s, carol.state) == ("450 try later", 7, QUEUED)
    assert content.fields.endswith(LATER)
    assert content.blobs == (BODY,)
    assert shown(content, state, "450 try\r\nlater") is None, "that it shows already"


def test_what_has_no_delivery_shows_nothing() -> None:
    content = head(draft())
    assert shown(Content(content.fields), ErrandState.SENT) is None
    assert ERRANDS[MAIL_OUT].progress(1, Content(), Progress("", ErrandState.SENT, "", 0)) is None


def test_reasons_never_make_a_head_too_large() -> None:
    """ITEM-9."""
    many = [Address(address=f"{number:032}@example.org") for number in range(32)]
    content = head(draft(to=many, bcc=[Address(name="n" * 80, address=one.address) for one in many[:4]]))
    (version,) = decide(content).heads  # type: ignore[union-attr]
    told = version.content
    for one in many:
        told = shown(told, ErrandState.FAILED, "5" * 999, one.address) or told
        assert len(told.fields) <= LIMITS.head_bytes
    states = {one.state for one in Mail.FromString(told.fields).deliveries}
    assert states == {FAILED}, "the states are all there"


def test_what_comes_in_may_be_taken_in_twice() -> None:
    assert ERRANDS[MAIL_IN].repeatable
    assert not ERRANDS[MAIL_OUT].repeatable
