"""A thousand mails in the usual shapes: text, header, files and marks are what their templates say (must hold 2)."""

from __future__ import annotations

import hashlib

import pytest

from outline import words
from thinline.pages import read_page
from thinline.testing.mails import mail
from thinline_server.mime.reading import parse_mail

CHECKED, ALL = 200, 1_000


@pytest.mark.parametrize(
    "number", [*range(CHECKED), *(pytest.param(one, marks=pytest.mark.soak) for one in range(CHECKED, ALL))]
)
def test_a_mail_says_what_its_template_says(number: int) -> None:
    sample = mail(1, number)
    read = parse_mail(sample.raw)
    assert read.trouble == ""
    assert read.sender is not None
    assert (read.sender.name, read.sender.address) == sample.sender
    assert [(one.name, one.address) for one in read.to] == list(sample.to)
    assert [(one.name, one.address) for one in read.cc] == list(sample.cc)
    assert (read.subject, read.date_ms, read.message_id) == (sample.subject, sample.date_ms, sample.message_id)
    assert read.in_reply_to == sample.in_reply_to
    page = read_page(read.text + read.rest)
    assert words(page) == list(sample.words)
    assert list(page.links) == list(sample.links)
    told = [(one.name, one.media_type, len(one.data), hashlib.sha256(one.data).digest()) for one in read.attachments]
    assert told == [(one.name, one.media_type, one.size_bytes, one.sha256) for one in sample.files]
    assert (read.signed, tuple(one.recipient for one in read.bounces)) == (sample.signed, sample.bounced)
    assert bool(read.calendar) is sample.invites
