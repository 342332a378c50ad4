"""What a delivery report says of a mail of ours, and what it can not say. Spec MAIL-13."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from thinline.errands import ErrandState
from thinline_server.mime.reading import parse_mail
from thinline_server.outside import Report
from thinline_server.services.mail.bounces import reports_of
from thinline_server.services.mail.rules import MAIL_OUT

ITEM = bytes(range(12))
REPORT = b"""From: Mailer-Daemon@far.test
To: alice@thinline.test
Subject: Mail delivery failed
Message-ID: <report@far.test>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Nobody is nowhere.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; far.test

Final-Recipient: rfc822;nobody@far.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

Final-Recipient: rfc822;slow@far.test
Action: delayed
Status: 4.0.0
--b
Content-Type: %b

From: alice@thinline.test
Message-ID: <%b@thinline.test>
Subject: Tea?

--b--
"""


def reports(returned: bytes = b"message/rfc822", item: bytes = ITEM, raw: bytes = REPORT) -> tuple[Report, ...]:
    whole = (raw % (returned, item.hex().encode())).replace(b"\n", b"\r\n")
    return reports_of(whole, parse_mail(whole), "thinline.test")


@pytest.mark.parametrize("returned", [b"message/rfc822", b"text/rfc822-headers"])
def test_who_did_not_get_it_and_why(returned: bytes) -> None:
    why = "It came back: 5.1.1 smtp; 550 no such user"
    assert reports(returned) == (Report(MAIL_OUT, ITEM, "nobody@far.test", ErrandState.FAILED, why),)


@pytest.mark.parametrize("returned", [b"text/rfc822-headers", b"message/rfc822", b"message/global-headers"])
def test_what_comes_back_may_be_encoded(returned: bytes) -> None:
    """As what carries no eight bits does with a header that has some."""
    front, header = REPORT.replace(b"%b\n\nFrom", b"%b\nContent-Transfer-Encoding: base64\n\nFrom").split(
        b"\n\nFrom: a"
    )
    named = (b"From: a" + header.removesuffix(b"--b--\n")) % ITEM.hex().encode()
    whole = (front % returned + b"\n\n").replace(b"\n", b"\r\n") + encodebytes(named) + b"\r\n--b--\r\n"
    assert ITEM.hex().encode() not in whole
    (report,) = reports_of(whole, parse_mail(whole), "thinline.test")
    assert (report.item, report.target) == (ITEM, "nobody@far.test")


def test_a_long_field_may_begin_in_its_second_line() -> None:
    (report,) = reports(raw=REPORT.replace(b"Message-ID: <%b", b"Message-ID:\n <%b"))
    assert report.item == ITEM


def test_where_the_mail_is_not_in_it_the_header_may_say_which_it_was() -> None:
    """As exim does."""
    named = REPORT.replace(b"Message-ID: <%b@thinline.test>\n", b"X: %b\n")
    assert reports(raw=named) == ()
    told = b"References: <" + ITEM.hex().encode() + b"@thinline.test>\nMessage-ID: <report@"
    (report,) = reports(raw=named.replace(b"Message-ID: <report@", told))
    assert report.item == ITEM


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Action: failed", b"Action: delivered"),
        (b"@thinline.test>", b"@elsewhere.test>"),
        (b"<%b@", b"<no-id-%b@"),
        (b"message/delivery-status", b"text/plain"),
    ],
)
def test_what_says_nothing_of_ours(before: bytes, after: bytes) -> None:
    assert reports(raw=REPORT.replace(before, after)) == ()


def test_most_mails_say_nothing() -> None:
    raw = b"From: bob@far.test\r\nIn-Reply-To: <" + ITEM.hex().encode() + b"@thinline.test>\r\n\r\nGladly.\r\n"
    assert reports_of(raw, parse_mail(raw), "thinline.test") == ()
