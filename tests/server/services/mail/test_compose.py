"""A mail of ours as bytes: the same each time, read back by the standard library as what was meant. T8."""

from __future__ import annotations

import email
import hashlib
from email.message import EmailMessage, Message
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.merge import Content
from thinline.v1.mail_pb2 import Address, Letter, Mail
from thinline_server.services.mail.compose import Outgoing, Unwritable, compose, message_id, thread_of

ITEM = bytes(range(12))
BOB = Address(name="Børgesen, Bob", address="bob@example.org")
CAROL, DAVE = Address(address="carol@example.org"), Address(name="Dave", address="dave@example.org")
RAW = (
    b"From: bob@example.org\r\nMessage-ID:\r\n <tea@example.org>\r\nReferences: <one@example.org>\r\n"
    b"\t<two@example.org>\r\nSubject: Tea?\r\n\r\nAt four.\r\n"
)


def letter(raw: bytes) -> bytes:
    return Letter(text=b"", raw=raw).SerializeToString()


def outgoing(parts: dict[str, bytes] | None = None, **fields: object) -> Outgoing:
    told: dict[str, object] = {"subject": "Tea?", "to": [BOB], "date_s": 1_700_000_000}
    mail = Mail(**(told | fields))  # type: ignore[arg-type]
    for name in sorted(parts or {}):
        if name.startswith("a"):
            mail.attachments.add(name=f"{name} cæt.jpg", media_type="image/jpeg", part=name)
    return Outgoing("alice", "thinline.test", ITEM, Content(mail.SerializeToString()), parts or {})


def read(told: Outgoing) -> EmailMessage:
    raw = compose(told)
    assert raw == compose(told), "the same at each attempt"
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = email.message_from_bytes(raw, policy=default)
    defects = [one.defects for one in message.walk()]
    assert not any(defects), defects
    return message


def test_a_plain_mail() -> None:
    """MAIL-7."""
    message = read(outgoing({"body": b"At four.\nBring the children."}, cc=[CAROL], bcc=[DAVE]))
    assert message["From"] == "alice@thinline.test"
    assert message["To"].addresses[0].display_name == BOB.name
    assert (message["Cc"], message["Subject"]) == ("carol@example.org", "Tea?")
    assert message["Date"].datetime.timestamp() == 1_700_000_000
    assert message["Message-ID"] == f"<{ITEM.hex()}@thinline.test>" == message_id(ITEM, "thinline.test")
    assert message.get_content() == "At four.\r\nBring the children."
    assert message["MIME-Version"] == "1.0"
    assert "dave" not in message.as_string()
    assert "Bcc" not in message


def test_nobody_in_sight() -> None:
    message = read(outgoing(to=[], bcc=[DAVE], date_s=0))
    assert message["To"] == "undisclosed-recipients:;"
    assert message["Date"] is None
    assert message.get_content() == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300))
def test_any_subject_comes_back(subject: str) -> None:
    message = email.message_from_bytes(compose(outgoing(subject=subject)), policy=default)
    assert "".join(str(message["Subject"]).split()) == "".join(subject.split())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_comes_back(text: str) -> None:
    message = email.message_from_bytes(compose(outgoing({"body": text.encode()})), policy=default)
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def test_files_come_back_by_name_type_and_digest() -> None:
    """MAIL-7."""
    cat = bytes(range(256)) * 20
    message = read(outgoing({"body": "Hællo".encode(), "a1": cat, "a2": b""}))
    text, first, second = cast("list[EmailMessage]", list(message.iter_parts()))
    assert text.get_content().strip() == "Hællo"
    assert (first.get_filename(), first.get_content_type()) == ("a1 cæt.jpg", "image/jpeg")
    assert hashlib.sha256(first.get_content()).digest() == hashlib.sha256(cat).digest()
    assert second.get_content() == b""


@pytest.mark.parametrize("media_type", ["", "image", "multipart/mixed", "message/rfc822", "image/gif; x=y", "a/b\r\nc"])
def test_a_strange_type_is_some_bytes(media_type: str) -> None:
    mail = Mail(subject="Cat", to=[BOB])
    mail.attachments.add(media_type=media_type, part="a1")
    message = read(Outgoing("alice", "thinline.test", ITEM, Content(mail.SerializeToString()), {"a1": b"cat"}))
    _, file = cast("list[EmailMessage]", list(message.iter_parts()))
    assert (file.get_content_type(), file.get_filename(), file.get_content()) == (
        "application/octet-stream",
        "file",
        b"cat",
    )


# Forwards and answers


def forwarded(raw: bytes) -> Message:
    _, part = list(read(outgoing({"body": b"See below", "forward": letter(raw)})).iter_parts())
    return part


@pytest.mark.parametrize("raw", [RAW, RAW.replace(b"four", "fünf".encode()), RAW.replace(b"\r\n", b"\n")])
def test_a_forward_carries_the_mail_as_it_came(raw: bytes) -> None:
    """MAIL-7."""
    part = forwarded(raw)
    assert part.get_content_type() == "message/rfc822"
    whole = compose(outgoing({"forward": letter(raw)}))
    assert raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") in whole


@pytest.mark.parametrize("raw", [RAW + b"x" * 999, RAW + b"\0", RAW + b"a\rb", RAW + b"\r\r\n"])
def test_what_a_relay_could_not_carry_goes_as_a_file(raw: bytes) -> None:
    part = cast("EmailMessage", forwarded(raw))
    assert (part.get_filename(), part.get_content()) == ("forwarded.eml", raw)


def test_a_boundary_is_nowhere_in_what_it_bounds() -> None:
    first = hashlib.sha256(b"boundary" + ITEM).hexdigest()[:32]
    part = forwarded(RAW + b"--" + first.encode() + b"--\r\nmore\r\n")
    assert part.get_content_type() == "message/rfc822"
    assert b"more" in part.as_bytes()


def test_an_answer_names_what_it_answers() -> None:
    """MAIL-7."""
    message = read(outgoing({"body": b"Gladly.", "reply": letter(RAW)}))
    assert message["In-Reply-To"] == "<tea@example.org>"
    assert message["References"] == "<one@example.org> <two@example.org> <tea@example.org>"
    assert message.get_content_type() == "text/plain", "nothing of it goes along"


def test_an_answer_to_what_was_written_here_names_that() -> None:
    """Spec MAIL-12; the part of a mail that came says more."""
    message = read(outgoing({"body": b"And cake."}, answers=bytes(12)))
    assert message["In-Reply-To"] == message["References"] == f"<{'00' * 12}@thinline.test>"
    message = read(outgoing({"reply": letter(RAW)}, answers=bytes(12)))
    assert message["In-Reply-To"] == "<tea@example.org>"


@pytest.mark.parametrize("raw", [b"", b"Subject: no id\r\n\r\n<x@y.org>", b"Message-ID: none\r\n\r\n", b"\xff" * 99])
def test_an_answer_to_what_tells_no_id(raw: bytes) -> None:
    message = read(outgoing({"reply": letter(raw)}))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_a_long_conversation_is_cut_in_its_middle() -> None:
    ids = " ".join(f"<{number}@example.org>" for number in range(99))
    raw = f"References: {ids}\r\nMessage-ID: <last@example.org>\r\n\r\n".encode()
    told = str(read(outgoing({"reply": letter(raw)}))["References"]).split()
    assert (len(told), told[0], told[-1]) == (21, "<0@example.org>", "<last@example.org>")


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({}, {"subject": "Tea?\r\nBcc: everybody@example.org"}),
        ({}, {"to": [Address(name="Bob\r\nBcc: everybody@example.org", address="bob@example.org")]}),
        ({}, {"to": [Address(address="bob@example.org\r\nBcc: everybody@example.org")]}),
        ({"forward": b"\xff\xff"}, {}),
        ({"reply": b"\xff\xff"}, {}),
    ],
)
def test_what_can_not_be_written_is_not(parts: dict[str, bytes], fields: dict[str, object]) -> None:
    """Must hold 3: no line end gets into a header."""
    with pytest.raises(Unwritable, match="can not be written"):
        compose(outgoing(parts, **fields))


def test_a_file_that_is_not_there_is_not_left_out_silently() -> None:
    mail = Mail(subject="Cat", to=[BOB])
    mail.attachments.add(name="cat.jpg", part="a1")
    with pytest.raises(Unwritable, match="its part 'a1' is not there"):
        compose(Outgoing("alice", "thinline.test", ITEM, Content(mail.SerializeToString()), {}))


def test_an_address_in_another_script() -> None:
    raw = compose(outgoing(to=[Address(name="Sakura", address="さくら@example.jp")]))
    assert "さくら@example.jp".encode() in raw


# Conversations


def test_a_conversation_is_that_of_the_first_id() -> None:
    """MAIL-8."""
    digest = hashlib.sha256(b"<one@example.org>").digest()[:8]
    assert thread_of(RAW) == digest
    assert thread_of(b"In-Reply-To: <one@example.org>\nMessage-ID: <new@example.org>\n\n") == digest
    assert thread_of(b"message-id: <one@example.org>\n\nReferences: <other@example.org>") == digest
    assert thread_of(b"Subject: no id\n\n") == b""


def test_a_conversation_that_began_here_is_its_item_s() -> None:
    """MAIL-8: so that a handset can tell it before the server has seen the mail."""
    raw = compose(outgoing())
    assert thread_of(raw) == ITEM[:8]
    answer = f"References: {message_id(ITEM, 'thinline.test')} <two@example.org>\r\n\r\n".encode()
    assert thread_of(answer) == ITEM[:8]


@given(st.binary(max_size=200))
def test_any_head_has_a_conversation_or_none(head: bytes) -> None:
    assert len(thread_of(head)) in (0, 8)
