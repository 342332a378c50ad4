"""A mail in few cells: whose, when, how large; its text as far as it is here."""

from __future__ import annotations

import pytest

from mailbench import MailBench
from mails import BOB, CAROL, DAY_S, came
from thinline.merge import Edit
from thinline.v1.mail_pb2 import Delivery, DeliveryState, Mail
from thinline_emulator.apps.mail.letters import (
    correspondent,
    deliveries,
    edited,
    flags,
    folder_title,
    folders_of,
    is_new,
    mails,
    missing,
    newest,
    own_words,
    size_text,
    text_page,
    text_standing,
    text_wishes,
    when,
)
from thinline_emulator.asks import AskState


def test_the_latest_comes_first_and_equal_ones_by_id() -> None:
    """Spec MAIL-1."""
    one, two, three = came(1, subject="one"), came(2, subject="two", date_s=1), came(3, subject="three", date_s=1)
    bench = MailBench(three, one, two)
    assert [shown.item for shown in mails(bench.desk)] == [one.item, two.item, three.item]
    assert [shown.item for shown in newest(bench.desk, 2)] == [one.item, two.item]


def test_a_folder_and_a_conversation_are_parts_of_all() -> None:
    thread = b"holidays"
    one = came(1, subject="Sun", thread=thread)
    two = came(2, subject="Re: Sun", thread=thread, folder="family", seen=True)
    bench = MailBench(one, two, came(3, subject="Rain"))
    assert [shown.item for shown in mails(bench.desk, "family")] == [two.item]
    assert [shown.item for shown in mails(bench.desk, "", thread)] == [two.item, one.item]
    assert [is_new(shown) for shown in mails(bench.desk, "", thread)] == [False, True]
    told = folders_of(bench.desk)
    assert told[0] == ("", 2, 2)
    assert told[-1] == ("family", 1, 0)
    titles = [folder_title(name) for name, _, _ in told]
    assert titles == ["Inbox", "Drafts", "Sent", "Archive", "Junk", "Trash", "family"]


@pytest.mark.parametrize(
    ("told", "cells"),
    [
        ({"sender": BOB}, "• "),
        ({"sender": BOB, "seen": True}, "  "),
        ({"sender": BOB, "seen": True, "answered": True, "flagged": True}, "<*"),
        ({"sender": BOB, "seen": True, "forwarded": True, "trouble": "too deep"}, ">!"),
        ({"to": [BOB]}, "  "),
    ],
)
def test_flags_take_two_cells(told: dict[str, object], cells: str) -> None:
    assert flags(Mail(**told)) == cells  # type: ignore[arg-type]


def test_files_are_flagged_too() -> None:
    mail = Mail(sender=BOB, seen=True)
    mail.attachments.add(name="cat.jpg")
    assert flags(mail) == " +"


def test_who_it_is_with() -> None:
    assert correspondent(Mail(sender=BOB)) == "Bob Børgesen"
    assert correspondent(Mail(to=[BOB], bcc=[CAROL])) == "to Bob Børgesen, Carol"
    assert correspondent(Mail()) == "to nobody yet"


def test_when_is_told_as_near_as_it_is() -> None:
    bench = MailBench()
    now_ms = bench.memory.clock.read(bench.now)
    assert now_ms is not None
    now_s = now_ms // 1000  # a minute into the first of October 2009
    told = [when(now_s - ago, bench.desk) for ago in (30, DAY_S, 300 * DAY_S)]
    assert told == ["00:00", "30 Sep", "Dec 2008"]
    assert (when(0, bench.desk), when(2**60, bench.desk)) == ("", "?")
    bench.memory.clock.__init__()  # type: ignore[misc]
    assert when(now_s, bench.desk) == "Oct 2009"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1_499, "1 KB"), (29_700, "30 KB"), (10_400_000, "10.4 MB")]
)
def test_sizes_as_people_say_them(size: int, text: str) -> None:
    assert size_text(size) == text


def test_deliveries_in_words() -> None:
    bench = MailBench()
    sent = Delivery(recipient="bob@example.org", state=DeliveryState.DELIVERY_STATE_SENT, at_s=1_254_355_210)
    lost = Delivery(recipient="c@example.org", state=DeliveryState.DELIVERY_STATE_FAILED, reason="550 no such user")
    assert list(deliveries(Mail(deliveries=[sent, lost]), bench.desk)) == [
        "bob@example.org: sent 00:00",
        "c@example.org: not sent (550 no such user)",
    ]


def test_the_text_is_asked_for_in_two_stretches_and_joined() -> None:
    """Spec PART-8, PAGE-2."""
    mail = came(1, "The beginning.", rest="The end.", subject="Long")
    bench = MailBench(mail)
    shown, told = bench.shown(mail.item)
    first, second = text_wishes(shown)
    assert (first.start, first.length, second.start) == (0, told.text_bytes, told.text_bytes)
    assert first.hash == second.hash == mail.head.blobs[0].hash
    assert [wish.length for wish in missing(shown, bench.desk)] == [told.text_bytes, told.rest_bytes]
    bench.memory.want(first)
    assert missing(shown, bench.desk) == [second]
    standing = text_standing(shown, bench.desk)
    assert standing is not None
    assert standing.state is AskState.WAITING
    bench.fetch(mail, rest=False)
    assert [run.text for block in text_page(shown, bench.desk).blocks for run in block.runs] == ["The beginning."]
    bench.fetch(mail)
    assert len(text_page(shown, bench.desk).blocks) == 2
    assert missing(shown, bench.desk) == []
    assert text_standing(shown, bench.desk) is None


def test_a_mail_without_text_wants_none() -> None:
    mail = came(1, subject="Empty")
    bench = MailBench(mail)
    shown, _ = bench.shown(mail.item)
    assert own_words(shown, bench.desk) == ""


def test_an_edit_sets_what_is_different_only() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    shown, _ = bench.shown(mail.item)
    change = edited(shown, seen=True, folder="")
    assert change is not None
    assert [field.number for field in change.edit.fields] == [9]
    assert edited(shown, seen=False) is None
    assert change.edit != Edit()
