"""A mail's bytes to its value: whole, in trouble, and whatever the bytes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outline import outline
from thinline.errors import LocalError
from thinline.pages import read_page
from thinline_server.mime import reading
from thinline_server.mime.bounds import MimeBounds
from thinline_server.mime.reading import mail_headers_job, mail_job, parse_mail
from thinline_server.mime.values import Mailbox, decode_mail

HEADER = b"""\
From: Alice <alice@example.org>
To: bob@thinline.test, carol@example.org
Cc: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
Reply-To: list@example.org
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <1@example.org>
In-Reply-To: <0@example.org>
References: <a@example.org> <0@example.org>
""".replace(b"\n", b"\r\n")


def test_all_that_a_mail_says() -> None:
    mail = parse_mail(HEADER + b"\r\nHello Bob,\r\nsoon!\r\n")
    assert mail.sender == Mailbox("Alice", "alice@example.org")
    assert [one.address for one in mail.to] == ["bob@thinline.test", "carol@example.org"]
    assert (mail.cc, mail.reply_to) == ((Mailbox("Jürgen", "j@example.org"),), (Mailbox("", "list@example.org"),))
    assert (mail.subject, mail.date_ms, mail.message_id) == ("Grüße", 1_795_424_400_000, "1@example.org")
    assert (mail.in_reply_to, mail.references) == ("0@example.org", ("a@example.org", "0@example.org"))
    assert outline(read_page(mail.text + mail.rest)) == ["Hello Bob,\nsoon!"]
    assert (mail.first_line, mail.trouble) == ("Hello Bob, soon!", "")


def test_a_mail_that_is_not_understood_has_its_headers_and_the_reason() -> None:
    mail = parse_mail(HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 2_000)
    assert (mail.subject, mail.sender, mail.text) == ("Grüße", Mailbox("Alice", "alice@example.org"), b"")
    assert mail.trouble == "it has more than 1,000 parts"


def test_the_sender_is_who_wrote_it_else_who_sent_it() -> None:
    assert parse_mail(b"Sender: a@b.c\n\n").sender == Mailbox("", "a@b.c")
    assert parse_mail(b"From: nobody\n\n").sender is None


def test_the_jobs_answer_in_bytes() -> None:
    assert decode_mail(mail_job(HEADER + b"\r\nhi")) == parse_mail(HEADER + b"\r\nhi")
    assert decode_mail(mail_headers_job(HEADER + b"\r\nhi")).subject == "Grüße"


def test_a_mail_larger_than_any_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MIME_BOUNDS", MimeBounds(mail_bytes=10))
    with pytest.raises(LocalError, match="a mail of 11 bytes; at most 10"):
        parse_mail(bytes(11))


PIECES = st.sampled_from(
    [
        b"Content-Type: text/html\r\n\r\n<b>x<table>", b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n",
        b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: x",
        b"Content-Type: multipart/related; start=x; boundary=b\r\n\r\n", b"Content-Disposition: attachment\r\n",
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n",
        b"Content-Type: multipart/signed; boundary=c\r\n\r\n",
        b"Content-Type: multipart/encrypted; boundary=b\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: application/pkcs7-mime\r\n\r\n", b"--b\r\n", b"--c\r\n", b"--b--\r\n", b"\r\n", b"\0", b"\r",
        b"From: x@y.z\r\n", b"=?q?", b"Subject: \xff\r\n",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=25).map(b"".join))
def test_any_bytes_give_a_mail(data: bytes) -> None:
    """Invariant T8."""
    mail = parse_mail(data)
    read_page(mail.text + mail.rest)
    assert decode_mail(mail_job(data)) == mail
