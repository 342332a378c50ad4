"""What can be done with a conversation. B1."""

from __future__ import annotations

from texting import BOB, CAROL, TextBench, text
from thinline_emulator.apps.sms.menus import actions
from thinline_emulator.apps.sms.pages import Menu, Talk, Threads

FAILED = text(1, CAROL, "Tea?", out=True, state=6, reason="the number does not exist")


def test_what_is_not_possible_is_not_offered() -> None:
    bench = TextBench(text(1, BOB, "Tea?"))
    assert actions(Threads(), bench.desk) == ["Mark as read", "Delete the conversation", "New text"]
    assert actions(Talk(CAROL), bench.desk) == ["New text"]
    assert actions(Threads(), TextBench().desk) == ["New text"]


def test_what_was_not_sent_is_sent_again_from_the_menu_only() -> None:
    """X7."""
    bench = TextBench(FAILED)
    bench.show(Talk(CAROL))
    bench.choose("Send again")
    assert bench.kinds == ["send"]
    assert "exists only here" in bench.screen


def test_a_conversation_is_read_or_deleted_and_that_is_undone() -> None:
    bench = TextBench(text(1, BOB, "Tea?"), text(2, BOB, "Tea!"))
    bench.choose("Mark as read")
    assert bench.kinds == ["change", "change"]
    bench.show(Talk(BOB))
    bench.choose("Delete the conversation")
    assert bench.kinds[2:] == ["delete", "delete"]
    assert bench.page == Threads()
    assert "No texts" in bench.screen


def test_a_new_text_begins_with_whom() -> None:
    bench = TextBench()
    bench.show(Menu(Talk(BOB)))
    bench.choose("New text") if not isinstance(bench.page, Menu) else bench.keys("ok")
    assert bench.page == Threads()
    assert "Type a name or a number" in bench.screen
