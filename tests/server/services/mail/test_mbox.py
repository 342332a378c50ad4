"""Mailbox files: what is written is read byte for byte, and a file never takes more memory than a mail."""

from __future__ import annotations

import mailbox
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.testing.mails import mails
from thinline_server.services.mail.mbox import Piece, cut_mailbox, is_mail, is_mailbox, mailbox_entry

MOST = 100_000
LINES = st.sampled_from(
    [b"Subject: a", b"", b"From ", b">From bob", b">>From ", b"From bob 10:00:00 2009", b"\r", b" ", b"x" * 70_000]
)


def cut(data: bytes) -> list[Piece]:
    return list(cut_mailbox(BytesIO(data), MOST))


@given(st.lists(st.tuples(st.lists(LINES), st.sampled_from([b"\n", b"\r\n"])), min_size=1, max_size=4))
def test_what_is_written_is_read_byte_for_byte(drawn: list[tuple[list[bytes], bytes]]) -> None:
    raws = [b"A: b" + end + b"".join(line + end for line in lines) for lines, end in drawn]
    raws = [raw for raw in raws if len(raw) <= MOST]
    data = b"".join(mailbox_entry(raw, "bob@far.test", 1_254_355_200) for raw in raws)
    assert [piece.data for piece in cut(data)] == raws


def test_other_programs_read_what_is_written(tmp_path: Path) -> None:
    samples = [raw for sample in mails(3, 60) if (raw := sample.raw).endswith(b"\n")]
    path = tmp_path / "box"
    path.write_bytes(b"".join(mailbox_entry(raw, "bob@far.test", 1_254_355_200) for raw in samples))
    assert [piece.data for piece in cut(path.read_bytes())] == samples
    box = mailbox.mbox(path)
    assert len(box) == len(samples) > 40
    assert next(iter(box)).get_from() == "bob@far.test Thu Oct  1 00:00:00 2009"
    box.close()


def test_a_sender_who_can_not_stand_there_is_nobody() -> None:
    assert mailbox_entry(b"A: b\n", "two words", 0).startswith(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n")
    assert mailbox_entry(b"A: b", "", 0).endswith(b"\nA: b\n\n")


def test_what_is_no_mail_is_refused_with_its_place() -> None:
    mark = b"From bob@far.test Mon Oct  5 10:00:00 2009\n"
    fine = b"Subject: one\n\nFrom here on it is a sentence.\nFrom me, too.\n"
    large = b"Subject: two\n\n" + b"x" * (MOST + 1) + b"\n"
    told = cut(mark + fine + b"\n" + mark + b"no header at all\n\n" + mark + large + b"\n" + mark + fine)
    assert [(piece.number, piece.line, piece.refused) for piece in told] == [
        (1, 1, ""),
        (2, 7, "it does not begin with a line of a header, as a mail does"),
        (3, 10, f"it has {len(large)} bytes; a mail has at most {MOST}"),
        (4, 15, ""),
    ]
    assert [piece.data for piece in told] == [fine, b"", b"", fine]


def test_an_empty_file_has_no_mails() -> None:
    assert cut(b"") == []


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"Subject: x", (True, False)),
        (b"X-A\t: b", (True, False)),
        (b"From bob", (False, True)),
        (b"\xff\xd8", (False, False)),
        (b"BEGIN:VCARD", (True, False)),
        (b"", (False, False)),
    ],
)
def test_how_a_file_begins_tells_what_it_is(start: bytes, told: tuple[bool, bool]) -> None:
    assert (is_mail(start), is_mailbox(start)) == told
