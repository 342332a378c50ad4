"""One mail: its head, its text as it arrives, its files, and the keys on them."""

from __future__ import annotations

from golden import check_golden
from mailbench import MailBench
from mails import BOB, CAROL, came
from thinline.intents import Change
from thinline.reasons import Reason
from thinline.v1.mail_pb2 import Delivery, DeliveryState
from thinline_emulator.apps.mail.letters import DRAFTS, SENT, TRASH
from thinline_emulator.apps.mail.pages import List, Menu, Read, Write
from thinline_emulator.asks import AskState, Standing

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


def test_reading_changes_nothing_but_the_mark() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    bench.keys("ok")
    (change,) = bench.made
    assert isinstance(change, Change)
    assert [field.number for field in change.edit.fields] == [9]
