"""The address line, and what it offers as one types."""

from __future__ import annotations

from golden import check_golden
from keepings import BOOKMARK, DOWNLOAD, POSTING, SAVED, bookmark, download, posting, saved
from thinline.intents import Delete
from thinline_emulator.apps.web.home import chosen, rows
from thinline_emulator.apps.web.states import Home, Kept, Menu, Read
from webbench import GARDEN, WebBench


def furnished() -> WebBench:
    bench = WebBench()
    bench.keep(bookmark(1, "Tea for two", "https://tea.example/two"))
    bench.keep(saved(2, "Bread", "https://bread.example/"))
    bench.keep(download(3, "leaves.pdf"))
    bench.keep(posting(4, "Order tea"))
    return bench


def test_what_is_kept_stands_below_the_line() -> None:
    bench = furnished()
    check_golden("web-home", bench.screen)
    assert [row.sign for row in rows(Home(), bench.desk, bench.state)] == ["★", "▣", "↓", "»"]


def test_typing_leaves_what_it_may_mean() -> None:
    bench = furnished()
    bench.keys("'tea'")
    check_golden("web-typed", bench.screen)
    assert [row.title for row in rows(Home("tea"), bench.desk, bench.state)] == ["Tea for two", "Order tea"]
    bench.keys("wheel-down right")
    assert bench.front() == Home("https://tea.example/two")
    bench.keys("enter")
    assert bench.wanted().address == "https://tea.example/two"


def test_pages_that_were_seen_are_offered_once() -> None:
    bench = furnished()
    bench.keys("'the garden' ok")
    bench.opened(GARDEN)
    bench.keys("back")
    assert [row.title for row in rows(Home(), bench.desk, bench.state)][-1] == "The garden"
    bench.keep(bookmark(5, "Mine", "https://tea.example/"))
    assert "The garden" not in [row.title for row in rows(Home(), bench.desk, bench.state)]


def test_a_row_is_opened_as_what_it_is() -> None:
    bench = furnished()
    bench.keys("wheel-down ok")
    assert bench.wanted().address == "https://tea.example/two"
    bench.keys("back wheel-down wheel-down ok")
    assert bench.visit.saved == SAVED
    bench.keys("back back wheel-down wheel-down wheel-down ok")
    assert bench.front() == Kept(DOWNLOAD)
    bench.keys("back wheel-up wheel-down wheel-down wheel-down wheel-down wheel-down ok")
    assert bench.front() == Kept(POSTING)


def test_a_bookmark_is_deleted_and_the_menu_brings_it_back() -> None:
    bench = furnished()
    bench.keys("wheel-down delete")
    (made,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(made, Delete)
    assert made.item == BOOKMARK
    assert "Tea for two" not in bench.screen
    bench.choose("Undo (deleted: Tea for two)")
    assert "Tea for two" in bench.screen


def test_keys_of_the_line() -> None:
    bench = WebBench()
    bench.keys("space 'ab' delete")
    assert bench.front() == Home("a")
    bench.keys("send right ok")
    assert bench.wanted().address == "a"
    bench.keys("back")
    bench.keys("enter")
    assert bench.front() == Home(), "an empty line goes nowhere"
    assert chosen(Home(at=3), bench.desk, bench.state) is None
    bench.keys("right")
    assert bench.front() == Read()
    bench.keys("back menu")
    assert bench.front() == Menu(Home())
    bench.keys("back 'a' back")
    assert bench.front() == Home()
    bench.keys("back")
    assert bench.memory.focus == []


def test_nothing_is_here_yet() -> None:
    bench = WebBench()
    bench.memory.line.link = None
    assert "Nothing is here yet (" in bench.screen
