"""Conversations by number, joined with the contacts, and what is made of them. Spec SMS-3."""

from __future__ import annotations

from texting import BOB, CAROL, TextBench, text
from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Change, Create, Delete
from thinline.items import content_digest
from thinline.v1.sms_pb2 import SendText, Text
from thinline_emulator.apps.sms.people import again, deletions, read, thread, threads, written


def test_texts_of_one_number_are_one_conversation_however_it_is_written() -> None:
    bench = TextBench(text(1, "0045 20 30 40 50", "Tea?"), text(2, BOB, "Yes", out=True))
    (one,) = threads(bench.desk)
    assert (one.title, one.number, one.unread) == ("Bob Børgesen", BOB, 1)


def test_words_find_conversations_people_and_numbers() -> None:
    bench = TextBench(text(1, CAROL, "Tea at four?"))
    assert [one.title for one in threads(bench.desk, "four")] == [CAROL]
    assert [one.number for one in threads(bench.desk, "bør")] == [BOB, "+4586112233", "+4586112234"]
    assert [one.number for one in threads(bench.desk, "+45 99 88 77")] == ["+45998877"]
    assert [one.number for one in threads(bench.desk, CAROL)] == [CAROL], "once"
    assert threads(bench.desk, "nobody") == []


def test_a_text_is_written_and_sent_as_it_was_written() -> None:
    """SMS-3: the digest is that of the draft."""
    bench = TextBench()
    create, own = written(CAROL, "Tea? ☕", bench.desk)
    assert isinstance(create, Create)
    told = Text.FromString(create.content.fields)
    assert (told.number, told.text, told.out, told.state) == (CAROL, "Tea? ☕", True, 0)
    assert told.date_s > 0
    seen = content_digest(9, create.content.fields, (), dead=False)[:DELETE_SEEN_BYTES]
    assert SendText.FromString(own.body) == SendText(item=create.item, seen=seen)


def test_what_failed_or_may_have_been_sent_can_be_sent_again() -> None:
    """X7, OUT-6."""
    states = [text(state, CAROL, "Tea?", out=True, state=state) for state in range(1, 7)]
    assert [own.item[-1] for own in again(thread(CAROL, TextBench(*states).desk))] == [3, 6]


def test_what_came_is_marked_and_what_is_there_deleted() -> None:
    heads = [text(number, CAROL, "Tea?", out=number % 2 == 0) for number in range(1, 80)]
    one = thread(CAROL, TextBench(*heads).desk)
    assert all(isinstance(change, Change) for change in read(one))
    assert (len(read(one)), len(deletions(one))) == (32, 32), "the rest with the next"
    assert isinstance(deletions(one)[0], Delete)
    assert deletions(one)[0].item[-1] == 79
