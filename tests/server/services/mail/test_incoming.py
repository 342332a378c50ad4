"""What came becomes an item: lean, bounded whatever was written, and nothing of it lost. T5, T8."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.v1.mail_pb2 import Address, Attachment, Letter, Mail
from thinline.v1.page_pb2 import Block, Page, Run
from thinline_server.mime.values import Attached, Mailbox, ParsedMail
from thinline_server.outside import Incoming
from thinline_server.services.mail import Mailbox as Service
from thinline_server.services.mail.incoming import Arrival, incoming, origin_of

RAW = b"Message-ID: <tea@example.org>\r\nSubject: Tea?\r\n\r\nAt four.\r\n"
NOW_S = 1_700_000_000
BOB, ALICE, CAROL = (Mailbox(name.capitalize(), f"{name}@example.org") for name in ("bob", "alice", "carol"))
CAME = Arrival(NOW_S, ("alice@example.org",))
TEXT = Page(blocks=[Block(runs=[Run(text="At four.")])]).SerializeToString()


def mail_in(told: Incoming) -> Mail:
    content = Content(told.fields)
    assert Service().check(told.type, content) is None
    assert len(told.fields) <= LIMITS.head_bytes
    assert len(told.parts) <= LIMITS.blobs_per_item
    return Mail.FromString(told.fields)


def test_a_mail_comes_in_with_its_letter() -> None:
    """MAIL-9."""
    parsed = ParsedMail(BOB, (ALICE,), (CAROL,), subject="Tea?", text=TEXT, rest=TEXT * 9, first_line="At four.")
    told = incoming(RAW, parsed, CAME)
    mail = mail_in(told)
    assert (mail.subject, mail.first_line, mail.folder, mail.seen) == ("Tea?", "At four.", "", False)
    assert mail.sender == Address(name="Bob", address="bob@example.org")
    assert (list(mail.to), [one.address for one in mail.cc]) == ([], ["carol@example.org"]), "not the account itself"
    ((name, letter),) = told.parts
    assert (name, Letter.FromString(letter)) == ("mail", Letter(text=TEXT, rest=TEXT * 9, raw=RAW))
    front, rest = letter[: mail.text_bytes], letter[mail.text_bytes : mail.text_bytes + mail.rest_bytes]
    assert Letter.FromString(front) == Letter(text=TEXT)
    assert Letter.FromString(rest) == Letter(rest=TEXT * 9)
    assert told.origin == origin_of(RAW) == hashlib.sha256(RAW).digest()
    assert mail.thread == hashlib.sha256(b"<tea@example.org>").digest()[:8]


def test_a_mail_that_could_not_be_understood_is_kept_and_says_why() -> None:
    told = incoming(b"\xff" * 40, ParsedMail(trouble="it has more than 1,000 parts"), CAME)
    mail = mail_in(told)
    assert mail.trouble == "it has more than 1,000 parts"
    assert mail.HasField("sender"), "it came, whoever wrote it"
    assert Letter.FromString(told.parts[0][1]).raw == b"\xff" * 40
    assert mail.thread == origin_of(b"\xff" * 40)[:8]
    assert mail_in(incoming(RAW, ParsedMail(encrypted="OpenPGP"), CAME)).trouble == "it is encrypted (OpenPGP)"


@pytest.mark.parametrize(
    ("told_s", "stands_s"),
    [
        (NOW_S, NOW_S),
        (NOW_S - 86_400, NOW_S - 86_400),
        (NOW_S - 86_401, NOW_S),
        (NOW_S + 1, NOW_S),
        (0, NOW_S),
        (-5, NOW_S),
    ],
)
def test_a_mail_stands_at_its_own_date_where_that_can_be(told_s: int, stands_s: int) -> None:
    """MAIL-10."""
    assert mail_in(incoming(RAW, ParsedMail(date_ms=told_s * 1_000), CAME)).date_s == stands_s


def test_a_mailbox_keeps_its_dates() -> None:
    """MAIL-10."""
    imported = Arrival(NOW_S, imported=True)
    assert mail_in(incoming(RAW, ParsedMail(date_ms=5_000), imported)).date_s == 5
    assert mail_in(incoming(RAW, ParsedMail(date_ms=0), imported)).date_s == NOW_S


def test_answers_go_where_they_are_wanted() -> None:
    assert mail_in(incoming(RAW, ParsedMail(BOB, reply_to=(CAROL,)), CAME)).reply_to.address == "carol@example.org"
    assert not mail_in(incoming(RAW, ParsedMail(BOB, reply_to=(BOB,)), CAME)).HasField("reply_to")


def test_of_20_000_recipients_some_are_told_and_the_others_counted() -> None:
    """Must hold 3."""
    crowd = tuple(Mailbox("", f"{number}@example.org") for number in range(256))
    mail = mail_in(incoming(RAW, ParsedMail(BOB, crowd, (ALICE, CAROL, CAROL), more_recipients=19_744), CAME))
    assert len(mail.to) == 32
    assert len(mail.to) + len(mail.cc) + mail.more_recipients == 20_001, "alice is not told, carol once"


def test_files_have_parts_as_far_as_there_may_be() -> None:
    files = [Attached(f"{number}.jpg", "image/jpeg", bytes([number]), inline=number < 5) for number in range(99)]
    told = incoming(RAW, ParsedMail(attachments=tuple(files)), CAME)
    mail = mail_in(told)
    assert len(told.parts) == LIMITS.blobs_per_item
    assert mail.attachments[0] == Attachment(name="5.jpg", media_type="image/jpeg", part="a1")
    assert dict(told.parts)["a1"] == b"\x05"
    without = [file for file in mail.attachments if not file.part]
    assert without
    assert all(file.size == 1 for file in without)


def test_what_does_not_fit_a_head_is_left_to_the_letter() -> None:
    files = tuple(Attached("n" * 300, "x/" + "y" * 200, b"file") for _ in range(10))
    told = incoming(RAW, ParsedMail(attachments=files), CAME)
    mail = mail_in(told)
    assert 0 < len(mail.attachments) < 10
    assert len(told.parts) == 1 + len(mail.attachments), "no part that nobody names"


def test_a_letter_beyond_the_bound_of_a_part_loses_what_was_made_of_it() -> None:
    raw = RAW + bytes(LIMITS.blob_bytes - len(RAW) - 1_000)
    told = incoming(raw, ParsedMail(text=TEXT, rest=bytes(2_000)), CAME)
    mail = mail_in(told)
    assert mail.rest_bytes == 0
    assert Letter.FromString(told.parts[0][1]).raw == raw


TEXTS = st.text(max_size=2_000)
PEOPLE = st.builds(Mailbox, TEXTS, TEXTS)
FILES = st.builds(Attached, TEXTS, TEXTS, st.binary(max_size=9))


@given(
    st.builds(
        ParsedMail,
        PEOPLE,
        st.lists(PEOPLE, max_size=40).map(tuple),
        st.lists(PEOPLE, max_size=9).map(tuple),
        st.lists(PEOPLE, max_size=2).map(tuple),
        subject=TEXTS,
        first_line=TEXTS,
        trouble=TEXTS,
        date_ms=st.integers(-(2**60), 2**60),
        attachments=st.lists(FILES, max_size=30).map(tuple),
    )
)
def test_whatever_was_written_is_an_item(parsed: ParsedMail) -> None:
    """T5, ITEM-9, MAIL-2: texts of strangers never break a head's bounds."""
    told = incoming(RAW, parsed, CAME)
    mail = mail_in(told)
    named = {file.part for file in mail.attachments if file.part}
    assert named == {name for name, _ in told.parts} - {"mail"}
