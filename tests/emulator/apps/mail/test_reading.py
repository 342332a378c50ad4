"""One mail: its head, its text as it arrives, its files, and the keys on them."""

from __future__ import annotations

import pytest

from golden import check_golden
from mailbench import MailBench
from mails import BOB, CAROL, came
from thinline.intents import Change
from thinline.reasons import Reason
from thinline.v1.line_pb2 import PartInfo
from thinline.v1.mail_pb2 import Attachment, Delivery, DeliveryState
from thinline_emulator.apps.mail.letters import DRAFTS, SENT, TRASH
from thinline_emulator.apps.mail.pages import Files, List, Menu, Read, Write
from thinline_emulator.asks import AskState, GetPart, Standing

LONG = tuple(f"Paragraph {number} of a long story." for number in range(1, 31))


def test_a_mail_is_read_as_its_text_comes() -> None:
    mail = came(
        1,
        "Dear Alice, shall we have tea at four, in the garden, if the weather holds?",
        rest="Bring the children. Bob",
        subject="Tea?",
        cc=[CAROL],
        to=[BOB],
        files={"garden.jpg": bytes(48_000)},
        more_recipients=17,
    )
    bench = MailBench(mail)
    bench.keys("ok")
    check_golden("mail-asked", bench.screen)
    bench.fetch(mail, rest=False)
    assert "if the weather holds?" in bench.screen
    assert "Bring the children" not in bench.screen
    bench.fetch(mail)
    check_golden("mail-read", bench.screen)


def test_how_far_a_mail_has_come_is_told_for_each_recipient() -> None:
    sent, failed = DeliveryState.DELIVERY_STATE_SENT, DeliveryState.DELIVERY_STATE_FAILED
    told = [
        Delivery(recipient="bob@example.org", state=sent, at_s=1_254_355_210),
        Delivery(recipient="carol@example.org", state=failed, reason="550 no such user here"),
        Delivery(recipient="dave@example.org", state=DeliveryState.DELIVERY_STATE_UNKNOWN),
    ]
    mail = came(1, subject="Tea?", sender=None, folder=SENT, to=[BOB, CAROL], deliveries=told)
    bench = MailBench(mail)
    bench.show(Read(mail.item, List(SENT)))
    check_golden("mail-deliveries", bench.screen)


def test_a_text_that_is_not_to_be_had_says_why_and_can_be_asked_for_again() -> None:
    mail = came(1, subject="Tea?", trouble="1,000 multiparts within each other")
    bench = MailBench(mail)
    bench.keys("ok")
    (wish,) = [one.wish for one in bench.memory.asks._open]
    bench.memory.unwant(wish)
    assert "[The text is not here; press to fetch it]" in bench.screen
    assert "1,000 multiparts within each other" in bench.screen
    bench.memory.answered(wish, Standing(AskState.REFUSED, reason=Reason.NO_SUCH_PART))
    assert "not to be had: NO_SUCH_PART" in bench.screen
    bench.memory.answers.clear()
    bench.keys("ok")
    assert bench.desk.asked(wish) is not None
    bench.keys("ok")
    assert isinstance(bench.page, Menu)


def test_a_long_text_is_turned_through() -> None:
    mail = came(1, *LONG, subject="A story")
    bench = MailBench(mail)
    bench.keys("ok")
    bench.fetch(mail)
    assert "Paragraph 1 of" in bench.screen
    bench.keys("wheel-down wheel-down wheel-down wheel-up")
    assert bench.page == Read(mail.item, List(item=mail.item), 2)
    bench.keys("space " * 9)
    assert "Paragraph 30 of" in bench.screen
    bench.keys("wheel-up " * 99 + "x")
    assert bench.page == Read(mail.item, List(item=mail.item), 0)


def test_left_and_right_go_to_the_mails_beside() -> None:
    one, two, draft = came(1, subject="Old"), came(2, subject="New"), came(3, subject="Draft", folder=DRAFTS)
    bench = MailBench(one, two, draft)
    bench.keys("ok right")
    assert bench.page.item == one.item  # type: ignore[union-attr]
    assert bench.shown(one.item)[1].seen
    bench.keys("right left left")
    assert bench.page.item == two.item  # type: ignore[union-attr]
    bench.show(Read(one.item, List(thread=bytes(7) + b"\x03")))
    bench.keys("right")
    assert isinstance(bench.page, Write), "of its conversation, which is a draft"


def test_a_mail_that_goes_while_it_is_read() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    bench.keys("ok delete")
    assert bench.page == List()
    assert bench.shown(mail.item)[1].folder == TRASH
    bench.show(Read(b"nothing here", List()))
    assert "This mail was deleted." in bench.screen
    bench.keys("ok")
    assert bench.page == List(item=b"nothing here")


def test_a_note_stands_below() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    bench.keys("ok")
    bench.memory.note = "The battery is low."
    assert "The battery is low." in bench.screen


# Files


def with_files() -> MailBench:
    files = {"cat.jpg": bytes(30_000), "notes.txt": b"one\r\ntwo\r\n" + b"line\n" * 40}
    mail = came(1, subject="Cat", files=files)
    bench = MailBench(mail)
    bench.keys("ok")
    bench.fetch(mail)
    bench.choose("Files")
    return bench


def test_files_are_fetched_and_shown() -> None:
    bench = with_files()
    check_golden("mail-files", bench.screen)
    bench.keys("ok")
    assert "asked for ..." in bench.screen
    bench.keys("ok")
    wishes = [one.wish for one in bench.memory.asks._open if isinstance(one.wish, GetPart)]
    assert [wish.name for wish in wishes if wish.name != "mail"] == ["a1"]
    mail = came(1, subject="Cat", files={"cat.jpg": bytes(30_000), "notes.txt": b"one\r\ntwo\r\n" + b"line\n" * 40})
    bench.fetch(mail, "a1")
    bench.keys("ok")
    assert "can not show it" in bench.screen
    bench.keys("back wheel-down")
    bench.fetch(mail, "a2")
    assert bench.screen.count("   here") == 2
    bench.keys("ok wheel-down")
    assert "two" in bench.screen
    assert "one" not in bench.screen
    bench.keys("wheel-down " * 99)
    page = bench.page
    assert isinstance(page, Files)
    assert page.top == 42 - 14 + 1
    bench.keys("back back")
    assert isinstance(bench.page, Read)


def test_a_file_without_a_part_stays_on_the_server() -> None:
    mail = came(1, subject="Many files", attachments=[Attachment(name="17.jpg", media_type="image/jpeg", size=4_711)])
    bench = MailBench(mail)
    bench.show(Files(Read(mail.item, List())))
    assert "17.jpg" in bench.screen
    assert "5 KB" in bench.screen
    assert "in the whole mail, on the server" in bench.screen
    bench.keys("ok wheel-up x")
    assert len(bench.memory.asks) == 0


@pytest.mark.parametrize("item", [b"nothing here", came(1, subject="Tea?").item])
def test_files_of_nothing(item: bytes) -> None:
    bench = MailBench(came(1, subject="Tea?"))
    read = Read(item, List())
    bench.show(Files(read))
    assert "This mail was deleted." in bench.screen or "It has no files." in bench.screen
    bench.keys("ok")
    assert bench.page == read


def test_a_part_on_its_way_says_how_much_of_it_came() -> None:
    bench = with_files()
    bench.keys("ok")
    (one,) = [one for one in bench.memory.asks._open if isinstance(one.wish, GetPart) and one.wish.name == "a1"]
    one.got += bytes(12_000)
    one.info = PartInfo(encoded_size=30_000)
    assert "12 KB of 30 KB came ..." in bench.screen


def test_reading_changes_nothing_but_the_mark() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    bench.keys("ok")
    (change,) = bench.made
    assert isinstance(change, Change)
    assert [field.number for field in change.edit.fields] == [9]
