"""Invitations and delivery reports in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.mime.special import bounces_of, tell_bounce, tell_invitation
from thinline_server.mime.values import Bounced

INVITATION = """\
BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:19700101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Dinner\\, at
  seven
DTSTART;TZID="Europe/Copenhagen":20261124T190000
DTEND:20261124T200000Z
LOCATION:Harbour 4\\nCopenhagen
ORGANIZER;CN="Alice: the cook":MAILTO:alice@example.org
END:VEVENT
BEGIN:VEVENT
SUMMARY:another
END:VEVENT
END:VCALENDAR
"""


def test_what_when_where_and_by_whom() -> None:
    assert tell_invitation(INVITATION) == [
        "Invitation: Dinner, at seven",
        "When: 2026-11-24 19:00 Europe/Copenhagen to 2026-11-24 20:00 UTC",
        "Where: Harbour 4 Copenhagen",
        "By: alice@example.org",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "METHOD:CANCEL\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261124\r\nEND:VEVENT",
            ["Cancelled: no title", "When: 2026-11-24"],
        ),
        ("BEGIN:VEVENT\nDTSTART:soon", ["Invitation: no title", "When: soon"]),
        ("BEGIN:VTODO", []),
        ("", []),
    ],
)
def test_what_is_missing_is_not_said(text: str, lines: list[str]) -> None:
    assert tell_invitation(text) == lines


STATUS = b"""\
Reporting-MTA: dns; mail.example.org

Original-Recipient: rfc822;bob@example.net
Final-Recipient: rfc822; bob@example.net
Action: Failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no
 such user

Original-Recipient: rfc822;carol@example.net
Action: delayed
"""


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_recipients_of_a_delivery_report(end: bytes) -> None:
    found = list(bounces_of(STATUS.replace(b"\n", end)))
    assert found == [
        Bounced("bob@example.net", "failed", "5.1.1", "smtp; 550 no such user"),
        Bounced("carol@example.net", "delayed", "", ""),
    ]
    assert [tell_bounce(one) for one in found] == [
        "bob@example.net: failed (5.1.1): smtp; 550 no such user",
        "carol@example.net: delayed",
    ]


@given(st.text(alphabet=INVITATION), st.binary())
def test_any_text_is_told_or_not(text: str, data: bytes) -> None:
    """Invariant T8."""
    assert all(isinstance(line, str) for line in tell_invitation("BEGIN:VEVENT\n" + text))
    assert all(one.recipient or tell_bounce(one) for one in bounces_of(data))
