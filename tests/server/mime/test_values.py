"""A mail as a value crosses from worker to server as it was; nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import LocalError
from thinline_server.mime.values import Attached, Bounced, Mailbox, ParsedMail, decode_mail, encode_mail

ALICE = Mailbox("Alice", "alice@example.org")
MAIL = ParsedMail(
    sender=ALICE,
    to=(Mailbox("", "bob@thinline.test"), ALICE),
    more_recipients=3,
    subject="Grüße 👍",
    date_ms=1_795_424_400_000,
    message_id="a@b",
    references=("c@d", "e@f"),
    text=b"\x00\xff",
    rest=b"",
    attachments=(Attached("a.png", "image/png", b"\x89PNG", "face@x", True), Attached("b", "x/y", b"")),
    calendar=b"BEGIN",
    bounces=(Bounced("x@y", "failed", "5.1.1", "no such user"),),
    trouble="none",
)


@pytest.mark.parametrize("mail", [ParsedMail(), MAIL])
def test_a_mail_arrives_as_it_was(mail: ParsedMail) -> None:
    assert decode_mail(encode_mail(mail)) == mail


@given(st.binary(max_size=100), st.integers(0, 400), st.binary(max_size=3))
def test_what_is_no_mail_is_an_error(data: bytes, at: int, planted: bytes) -> None:
    """Invariant T8: a worker that was taken over can say anything."""
    whole = encode_mail(MAIL)
    for lie in (data, whole[:at], whole[:at] + planted + whole[at:], whole[:4] + data):
        try:
            mail = decode_mail(lie)
        except LocalError:
            continue
        assert isinstance(mail, ParsedMail)
