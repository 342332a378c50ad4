"""A page being read: as it comes, by the wheel, by number, back and forward, its forms filled in."""

from __future__ import annotations

from golden import check_golden
from thinline.intents import Own
from thinline.reasons import Reason
from thinline.v1.page_pb2 import Block, Page, Run
from thinline.v1.web_pb2 import OpenPage, Pick
from thinline_emulator.apps.web.papers import paper_of
from thinline_emulator.apps.web.reading import spot_of
from thinline_emulator.apps.web.states import Choose, Home, Login, Menu, Picture, Read
from thinline_emulator.asks import AskState, Standing
from webbench import GARDEN, LONG, ORDER, WebBench


def at_garden() -> WebBench:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(GARDEN)
    return bench


def at_order() -> WebBench:
    bench = WebBench()
    bench.keys("'order' enter")
    bench.opened(ORDER)
    return bench


def test_a_page_comes_and_says_how_large_it_is() -> None:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    check_golden("web-asking", bench.screen)
    bench.opened(LONG)
    check_golden("web-begun", bench.screen)


def test_without_a_link_it_waits() -> None:
    bench = WebBench()
    bench.memory.line.link = None
    bench.keys("'tea.example' enter")
    assert "It is asked for when there is a link" in bench.screen


def test_the_wheel_goes_from_link_to_link_and_to_pictures() -> None:
    bench = at_garden()
    bench.keys("wheel-down")
    check_golden("web-link", bench.screen)
    bench.keys("wheel-down wheel-down")
    assert bench.visit.at is not None
    assert bench.visit.at.image == 1
    bench.keys("wheel-down wheel-up wheel-up")
    assert bench.visit.at.link == 1
    bench.keys("ok")
    assert bench.wanted().pick == Pick(page=bytes([1]) * 16, link=1), "its address stays on the server"


def test_a_picture_lies_over_the_page() -> None:
    bench = at_garden()
    bench.keys("wheel-up")
    assert bench.visit.at is not None
    assert bench.visit.at.image == 1, "from below the last comes first"
    bench.keys("ok")
    assert bench.front() == Picture(1)


def test_links_go_by_number() -> None:
    bench = at_garden()
    bench.keys("1")
    check_golden("web-numbers", bench.screen)
    bench.keys("delete 2 ok")
    assert bench.wanted().pick.link == 2
    bench.keys("back 7 ok")
    assert "link 7" not in bench.visit.name
    bench.keys("7 x")
    assert bench.front() == Read()
    bench.keys("9")
    take_note = bench.desk
    assert take_note.memory.note == ""
    bench.keys("ok")
    assert "There is no link 9 here." in bench.screen


def test_a_long_page_is_turned_and_its_rest_comes_as_it_is_read() -> None:
    bench = WebBench()
    bench.keys("'story' enter")
    bench.opened(LONG)
    before = len(bench.visit.opened.body) if bench.visit.opened else 0
    while not bench.more():
        bench.keys("space")
    assert bench.visit.opened is not None
    assert len(bench.visit.opened.body) > before
    bench.keys("wheel-down wheel-down wheel-up")
    assert bench.visit.at is not None
    bench.keys("down")
    assert bench.visit.at is None
    bench.keys("space " * 120)
    while bench.more():
        bench.keys("space " * 120)
    assert "Paragraph 399" in bench.screen
    bench.keys("wheel-down " * 30)
    assert bench.visit.at is not None
    assert bench.visit.at.link == 399


def test_back_and_forward_ask_nobody() -> None:
    bench = at_garden()
    bench.keys("1 ok")
    bench.opened(LONG)
    asked = list(bench.asked)
    bench.keys("space back")
    assert "Tea is at" in bench.screen
    bench.keys("right")
    assert "Paragraph" in bench.screen
    assert bench.visit.top == 13
    bench.keys("right left left")
    assert bench.front() == Home()
    bench.keys("right")
    assert "Tea is at" in bench.screen
    assert bench.asked == asked


def test_a_form_is_filled_in_where_it_stands() -> None:
    """Spec PAGE-7: a file says why it can not be."""
    bench = at_order()
    check_golden("web-form", bench.screen)
    bench.keys("wheel-down 'Bob' delete 'b' enter ok wheel-down wheel-down ok wheel-down ok")
    assert bench.front() == Choose(5, 1), "at what is chosen"
    bench.keys("wheel-down ok")
    bench.keys("wheel-down 'hi' enter 'you'")
    check_golden("web-form-filled", bench.screen)
    assert bench.visit.filled == {1: ("Bob",), 2: (), 3: (), 4: ("",), 5: ("3",), 6: ("hi\nyou",)}
    bench.keys("wheel-down ok")
    assert "Files can not be sent from a handset." in bench.screen
    bench.to(8)
    bench.keys("ok")
    (own,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(own, Own)
    assert "on its way to the server" in bench.screen


def test_reset_brings_back_what_was_there_at_first() -> None:
    bench = at_order()
    bench.keys("wheel-down 'Bob' ok")
    assert bench.visit.at is not None
    assert bench.visit.at.control == 2, "a press on a text goes on"
    bench.to(9)
    assert bench.visit.filled == {1: ("Bob",)}
    bench.keys("ok")
    assert bench.visit.filled == {}


def test_a_refusal_says_what_helps() -> None:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.refused(reason=Reason.UNAUTHORIZED, sentence="The site wants a name and a password.", realm="The kitchen")
    check_golden("web-unauthorized", bench.screen)
    bench.keys("x ok")
    assert bench.front() == Login()
    bench.keys("back menu")
    assert isinstance(bench.state.front, Menu)
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.refused(reason=999, sentence="Something new.")
    assert "Something new." in bench.screen
    bench.keys("ok")
    assert bench.wanted().fresh
    (wish,) = bench.asked
    bench.answered(wish, Standing(AskState.REFUSED, reason=Reason.UNKNOWN_KIND))
    assert "UNKNOWN_KIND" in bench.screen


def test_a_page_that_came_broken_says_so() -> None:
    """Spec WEB-6."""
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(GARDEN, size=7)
    assert "This page came broken: another size than told." in bench.screen


def test_what_its_programs_would_show_is_warned_of() -> None:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(GARDEN, needs_script=True)
    assert "Its programs, which show more, do not run." in bench.screen


def test_a_page_that_had_to_go_is_asked_for_again() -> None:
    bench = at_garden()
    state = bench.state
    gone = bench.visit.__class__(bench.visit.ask, "tea.example")
    bench.memory.screens["pages"] = state.__class__(Read(), (gone,))
    assert "had to make room" in bench.screen
    bench.keys("ok")
    assert bench.wanted() == OpenPage(address="tea.example", first_bytes=3_072, packed=True)


def test_the_spot_follows_its_link_where_lines_move() -> None:
    bench = at_order()
    bench.to(8)
    paper = paper_of(bench.visit, bench.desk)
    assert paper is not None
    spot = spot_of(paper, bench.visit)
    assert spot is not None
    assert spot.control == 8
    page = Page(blocks=[Block(runs=[Run(text="alone")])])
    bench.keys("menu back")
    bench.choose("Load again")
    bench.opened(page)
    assert bench.visit.at is None
