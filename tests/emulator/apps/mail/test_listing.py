"""The list: its rows, what it asks for where memory ends or has holes, opening and deleting."""

from __future__ import annotations

from desks import item_id
from golden import check_golden
from mailbench import MailBench
from mails import BOB, CAROL, DAY_S, Came, came
from thinline.intents import Change, Delete
from thinline.v1.mail_pb2 import Address
from thinline_emulator.apps.mail.letters import COLLECTION, DRAFTS, TRASH
from thinline_emulator.apps.mail.listing import rows
from thinline_emulator.apps.mail.pages import Folders, List, Read, Search, Write
from thinline_emulator.asks import AskState, Find, Listing, Standing

NOW_S = 1_254_355_200  # when the bench's handset thinks it is, but for a minute


def several() -> tuple[Came, ...]:
    """One of each kind that a list shows."""
    sakura = Address(name="田中さくら", address="sakura@example.jp")
    return (
        came(1, subject="Tea?", first_line="At four, in the garden? Bring the children.", date_s=NOW_S + 10),
        came(2, subject="The photos of last weekend, all of them now", seen=True, flagged=True, date_s=NOW_S - DAY_S),
        came(3, subject="Invoice 4711", sender=CAROL, seen=True, answered=True, date_s=NOW_S - 300 * DAY_S),
        came(4, subject="日本語のメール", first_line="こんにちは", sender=sakura, date_s=NOW_S, trouble="bounds"),
        came(5, subject="Cat", seen=True, forwarded=True, files={"c.jpg": bytes(1_234_567)}, date_s=NOW_S - 2 * DAY_S),
    )  # fmt: skip


def test_the_list_says_who_what_when_and_how_large() -> None:
    check_golden("mail-list", MailBench(*several()).screen)


def test_an_empty_folder_says_so() -> None:
    bench = MailBench()
    assert "Nothing here." in bench.screen
    bench.keys("ok")
    assert bench.desk.asked(Listing(COLLECTION)) is not None, "there may be more than memory holds"
    assert "More is on its way" in bench.screen


def test_the_wheel_goes_from_end_to_end() -> None:
    mails = several()
    bench = MailBench(*mails)
    newest_first = [mails[place].item for place in (0, 3, 1, 4, 2)]
    for item in newest_first[1:]:
        bench.keys("wheel-down")
        assert bench.page.item == item  # type: ignore[union-attr]
    bench.keys("wheel-down")
    assert bench.page.item == newest_first[-1]  # type: ignore[union-attr]
    bench.keys("wheel-up " * 9)
    assert bench.page.item == newest_first[0]  # type: ignore[union-attr]


def test_near_the_end_of_what_is_here_more_is_asked_for_once() -> None:
    """Spec ASK-8."""
    bench = MailBench(*(came(number, subject=f"Mail {number}") for number in range(1, 41)))
    last = item_id(101)
    for _ in range(20):
        bench.keys("wheel-down")
    assert len(bench.memory.asks) == 0
    bench.keys("wheel-down " * 10)
    assert bench.desk.asked(Listing(COLLECTION, behind=last)) is not None
    assert len(bench.memory.asks) == 1
    bench.keys("wheel-down " * 10)
    assert "More is on its way" in bench.screen
    bench.memory.unwant(Listing(COLLECTION, behind=last))
    older = came(0, subject="The very first", date_s=5)
    bench.memory.cache.take(older.head)
    bench.memory.answered(Listing(COLLECTION, behind=last), Standing(AskState.CAME, items=(older.item,)))
    bench.keys("wheel-down")
    assert bench.page.item == older.item  # type: ignore[union-attr]
    assert bench.desk.asked(Listing(COLLECTION, behind=older.item)) is not None, "and on from there"
    bench.memory.unwant(Listing(COLLECTION, behind=older.item))
    bench.memory.answered(Listing(COLLECTION, behind=older.item), Standing(AskState.CAME))
    bench.keys("wheel-down wheel-up wheel-down")
    assert len(bench.memory.asks) == 0, "that was the end"


def test_where_memory_has_holes_what_stands_around_the_wheel_is_asked_for() -> None:
    mails = [came(number, subject=f"Mail {number}") for number in range(1, 101)]
    bench = MailBench(*mails)
    bench.memory.cache.holes.add(COLLECTION)
    bench.keys("wheel-down")
    first = Listing(COLLECTION)
    assert bench.desk.asked(first) is not None
    bench.memory.unwant(first)
    told = tuple(mail.item for mail in reversed(mails[40:]))
    bench.memory.answered(first, Standing(AskState.CAME, items=told, cursor=b"more"))
    bench.keys("wheel-down " * 30)
    assert len(bench.memory.asks) == 0
    bench.keys("wheel-down")
    block = Listing(COLLECTION, behind=mails[100 - 32].item)
    assert bench.desk.asked(block) is not None, "the next block, behind the last of this one"
    bench.keys("wheel-up")
    assert len(bench.memory.asks) == 1
    here = bench.page.item  # type: ignore[union-attr]
    bench.memory.cache._heads[COLLECTION].pop(told[3])
    bench.keys("wheel-up wheel-up")
    assert bench.page.item == here, "what was told has gone again: nobody knows what stands above"  # type: ignore[union-attr]
    assert bench.desk.asked(Listing(COLLECTION, before=here)) is not None


def test_opening_marks_as_read_and_asks_for_the_text() -> None:
    mail = came(1, subject="Tea?", rest="More of it.")
    bench = MailBench(mail)
    bench.keys("ok")
    assert bench.page == Read(mail.item, List(item=mail.item))
    (read,) = bench.made
    assert isinstance(read, Change)
    assert bench.shown(mail.item)[1].seen
    assert len(bench.memory.asks) == 2
    bench.keys("back ok")
    assert len(bench.made) == 1, "once"


def test_a_draft_is_gone_on_with() -> None:
    draft = came(1, subject="Dear", folder=DRAFTS, to=[BOB])
    bench = MailBench(draft)
    bench.show(List(DRAFTS))
    bench.keys("ok")
    assert isinstance(bench.page, Write)


def test_delete_goes_to_the_trash_and_from_there_for_good() -> None:
    """The wheel stays where it was; undo brings it back."""
    one, two = came(1, subject="Old"), came(2, subject="New")
    bench = MailBench(one, two)
    bench.keys("delete")
    assert bench.page == List(item=one.item)
    assert bench.shown(two.item)[1].folder == TRASH
    bench.show(List(TRASH))
    bench.keys("delete")
    assert isinstance(bench.made[-1], Delete)
    assert bench.desk.item(two.item) is None
    bench.choose("Undo (deleted: New)")
    assert bench.shown(two.item)[1].folder == TRASH
    bench.keys("delete delete")
    assert bench.screen.count("Nothing here.") == 1


def test_the_last_of_a_list_leaves_the_wheel_at_the_one_before() -> None:
    one, two = came(1, subject="Old"), came(2, subject="New")
    bench = MailBench(one, two)
    bench.keys("wheel-down delete")
    assert bench.page.item == two.item  # type: ignore[union-attr]


def test_ways_out() -> None:
    bench = MailBench(came(1, subject="Tea?"))
    bench.keys("left")
    assert bench.page == Folders()
    bench.keys("back back")
    assert bench.memory.focus == []
    bench = MailBench(came(1, subject="Tea?"))
    bench.show(List(thread=b"holidays"))
    assert "Conversation" in bench.screen
    bench.keys("x back")
    assert bench.page == List()


def test_a_note_is_shown() -> None:
    bench = MailBench(came(1, subject="Tea?"))
    bench.memory.note = "The server is busy."
    assert "The server is busy." in bench.screen


# Searching


def found(bench: MailBench, words: str, *mails: Came, cursor: bytes = b"", behind: bytes = b"") -> None:
    """The server's answer: heads that are in memory from then on."""
    for mail in mails:
        bench.memory.cache.take(mail.head)
    wish = Find(COLLECTION, words, behind)
    bench.memory.unwant(wish)
    items = tuple(mail.item for mail in mails)
    bench.memory.answered(wish, Standing(AskState.CAME, items=items, cursor=cursor))


def test_a_search_shows_what_the_server_found_in_its_order() -> None:
    tea, cake, old = came(1, subject="Tea?"), came(2, subject="Cake"), came(3, subject="Tea 1999", folder="old")
    bench = MailBench(tea, cake)
    bench.choose("Search")
    bench.keys("'teaa' delete")
    check_golden("mail-search", bench.screen)
    bench.keys("ok")
    assert bench.desk.asked(Find(COLLECTION, "tea")) is not None
    assert "More is on its way" in bench.screen
    found(bench, "tea", tea, old, cursor=b"on")
    assert [shown.item for shown in rows(bench.page, bench.desk)] == [tea.item, old.item]  # type: ignore[arg-type]
    assert "Found (2/2)" in bench.screen
    bench.keys("wheel-down")
    assert bench.desk.asked(Find(COLLECTION, "tea", b"on")) is not None, "it looked through a part only"
    assert "More is on its way" in bench.screen
    oldest = came(4, subject="Tea 1998")
    found(bench, "tea", oldest, behind=b"on")
    bench.keys("wheel-down wheel-down")
    assert bench.page.item == oldest.item  # type: ignore[union-attr]
    assert len(bench.memory.asks) == 0
    bench.keys("ok back back")
    assert bench.page == List(item=oldest.item)


def test_what_was_found_and_went_can_be_searched_again() -> None:
    bench = MailBench()
    bench.show(List(words="tea"))
    assert "Nothing here." in bench.screen
    bench.keys("ok")
    found(bench, "tea")
    bench.keys("wheel-down")
    assert len(bench.memory.asks) == 0
    bench.memory.answers.clear()
    bench.keys("wheel-down")
    assert bench.desk.asked(Find(COLLECTION, "tea")) is not None


def test_a_search_that_was_not_meant() -> None:
    bench = MailBench()
    bench.show(Search())
    bench.keys("ok left back")
    assert bench.memory.screens["mail"] == List()
