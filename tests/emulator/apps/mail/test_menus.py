"""What can be done with a mail from the menu, the folders, and moving between them."""

from __future__ import annotations

from golden import check_golden
from mailbench import MailBench
from mails import BOB, CAROL, came
from thinline.intents import Own
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Delivery, DeliveryState
from thinline_emulator.apps.mail.letters import ARCHIVE, DRAFTS, SENT, TRASH
from thinline_emulator.apps.mail.menus import SEND_AGAIN, actions
from thinline_emulator.apps.mail.pages import Folders, List, Menu, Move, Read, Write


def test_the_menu_offers_what_can_be_done() -> None:
    bench = MailBench(came(1, subject="Tea?", cc=[CAROL], files={"cat.jpg": b""}))
    bench.keys("menu")
    check_golden("mail-menu", bench.screen)
    bench.keys("wheel-up")
    assert bench.page == Menu(List(), 11)
    bench.keys("x back")
    assert bench.memory.screens["mail"] == List()


def test_a_menu_over_nothing() -> None:
    bench = MailBench()
    assert actions(List(), bench.desk) == ["New mail", "Search", "Folders"]
    bench.choose("New mail")
    assert bench.page == Write(back=List())
    bench.show(List())
    bench.choose("Folders")
    assert bench.memory.screens["mail"] == Folders()


def test_what_went_while_the_menu_was_open() -> None:
    bench = MailBench(came(1, subject="Tea?"))
    gone = Read(b"nothing here", List())
    bench.show(Menu(gone, 2))
    bench.keys("ok")
    assert bench.page == Folders()


def test_marks_are_put_on_and_taken_off() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail)
    for action, field, value in (
        ("Flag", "flagged", True),
        ("Take the flag off", "flagged", False),
        ("Mark as read", "seen", True),
        ("Mark as unread", "seen", False),
    ):
        bench.choose(action)
        assert getattr(bench.shown(mail.item)[1], field) is value
    bench.choose("Undo (changed: Tea?)")
    assert bench.shown(mail.item)[1].seen


def test_a_conversation_over_all_folders() -> None:
    thread = b"holidays"
    one, two = came(1, subject="Sun", thread=thread), came(2, subject="Re: Sun", thread=thread, folder=SENT)
    bench = MailBench(one, two, came(3, subject="Rain"))
    bench.keys("wheel-down")
    bench.choose("Conversation")
    assert (bench.screen.count("Sun"), bench.screen.count("Rain")) == (2, 0)
    page = bench.page
    assert isinstance(page, List)
    assert "Conversation" not in actions(page, bench.desk)


def test_a_mail_is_moved_to_a_folder_or_to_a_new_one() -> None:
    mail = came(1, subject="Tea?")
    bench = MailBench(mail, came(2, subject="Cake", folder="recipes"))
    bench.choose("Move")
    check_golden("mail-move", bench.screen)
    bench.keys("wheel-down ok")
    assert bench.shown(mail.item)[1].folder == ARCHIVE
    bench.show(Read(mail.item, List(ARCHIVE)))
    bench.choose("Move")
    bench.keys("'teas' delete ok")
    assert bench.shown(mail.item)[1].folder == "tea"
    assert bench.page == List(ARCHIVE)
    bench.show(Move(mail.item, List()))
    bench.keys("left back")
    assert bench.page == List()
    bench.show(Move(b"nothing here", List()))
    bench.keys("ok")
    assert isinstance(bench.page, Move)


def test_folders_say_what_is_new() -> None:
    bench = MailBench(came(1, subject="Tea?"), came(2, subject="Cake", folder="recipes", seen=True))
    bench.keys("left")
    check_golden("mail-folders", bench.screen)
    bench.keys("wheel-up ok")
    assert bench.page == List("recipes")
    bench.keys("left x back")
    assert bench.page == List()


def test_what_failed_or_may_have_been_sent_is_sent_again_at_its_owner_s_word() -> None:
    """Spec OUT-6."""
    told = [
        Delivery(recipient="bob@example.org", state=DeliveryState.DELIVERY_STATE_SENT),
        Delivery(recipient="carol@example.org", state=DeliveryState.DELIVERY_STATE_UNKNOWN),
        Delivery(recipient="dave@example.org", state=DeliveryState.DELIVERY_STATE_FAILED, reason="550 no"),
    ]
    mail = came(1, subject="Tea?", sender=None, folder=SENT, to=[BOB, CAROL], deliveries=told)
    bench = MailBench(mail)
    bench.show(List(SENT))
    bench.choose("Send again")
    (again,) = bench.made
    assert isinstance(again, Own)
    assert again.kind == SEND_AGAIN
    body = mail_pb2.SendAgain.FromString(again.body)
    assert (body.item, list(body.recipients)) == (mail.item, ["carol@example.org", "dave@example.org"])
    queued = DeliveryState.DELIVERY_STATE_QUEUED
    shown = bench.shown(mail.item)[1].deliveries
    assert [(one.state == queued, one.reason) for one in shown] == [(False, ""), (True, ""), (True, "")]
    assert "Send again" not in actions(List(SENT), bench.desk)


def test_delete_says_when_it_is_for_good() -> None:
    mail = came(1, subject="Tea?", folder=TRASH)
    bench = MailBench(mail, came(2, subject="Dear", folder=DRAFTS))
    bench.show(Read(mail.item, List(TRASH)))
    bench.choose("Delete for good")
    assert bench.desk.item(mail.item) is None
    assert isinstance(bench.page, List)
    bench.show(List(DRAFTS))
    assert "Delete for good" in actions(List(DRAFTS), bench.desk)
    bench.choose("Go on writing")
    assert isinstance(bench.page, Write)
