"""What lies over a page: finding, options, a login, a picture with its cost, where a link leads, what all cost."""

from __future__ import annotations

from golden import check_golden
from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline.v1.page_pb2 import Page
from thinline.v1.web_pb2 import Links, View
from thinline_emulator.apps.web.beside import found_next, line_with
from thinline_emulator.apps.web.fetching import image_wish, leads_wish, measure_wish
from thinline_emulator.apps.web.papers import paper_of
from thinline_emulator.apps.web.states import About, Choose, Find, Leads, Login, Picture, Read, State, Visit, put
from thinline_emulator.asks import AskState, Query, Standing
from thinline_emulator.fetches import Fetch
from thinline_emulator.raster import Raster
from webbench import GARDEN, LONG, ORDER, WebBench

FACE = Raster(2, 2, bytes([0, 0, 0, 255, 255, 255]), bytes([0, 1, 1, 0]), -1)


def at(page: Page) -> WebBench:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(page)
    return bench


def test_words_are_found_from_the_line_on_top_on() -> None:
    bench = at(LONG)
    bench.choose("Find in the page")
    bench.keys("'Leaveses' delete delete space")
    assert bench.front() == Find("Leaves ")
    check_golden("web-find", bench.screen)
    bench.keys("back")
    bench.choose("Find in the page")
    bench.keys("'x' enter")
    assert "The rest is asked for." in bench.screen


def test_found_words_come_to_the_top_and_again_goes_on() -> None:
    bench = at(LONG)
    bench.choose("Find in the page")
    bench.keys("'paragraph 7' enter")
    assert "Paragraph 7:" in bench.screen.splitlines()[2]
    assert "▸" in bench.screen
    bench.choose("Find again")
    assert "The rest is asked for." in bench.screen
    bench.choose("Find in the page")
    bench.keys("'leaves' enter")
    bench.choose("Find again")
    assert "▸Paragraph 8:" in bench.screen


def test_what_is_not_here_yet_is_asked_for() -> None:
    bench = at(LONG)
    bench.choose("Find in the page")
    bench.keys("'paragraph 398' enter")
    assert "The rest is asked for." in bench.screen
    while bench.more():
        pass
    bench.choose("Find again")
    assert "Paragraph 398:" in bench.screen
    bench.choose("Find again")
    assert "It is nowhere from here on." in bench.screen
    paper = paper_of(bench.visit, bench.desk)
    assert paper is not None
    assert line_with(paper, "counted them Paragraph", 0) is None, "a line and the next, not three"
    assert line_with(paper, "Alice counted them", 0) == 0
    assert line_with(paper, "...", 0) is None
    assert found_next(State(), bench.desk).note == ""


def test_options_are_chosen_one_or_several() -> None:
    bench = at(ORDER)
    bench.to(5)
    bench.keys("ok")
    check_golden("web-choose", bench.screen)
    bench.keys("x wheel-down ok")
    assert bench.visit.filled == {5: ("3",)}
    assert bench.front() == Read()
    page = Page()
    page.CopyFrom(ORDER)
    page.controls[4].several = True
    bench = at(page)
    bench.to(5)
    bench.keys("ok ok wheel-down ok wheel-down ok")
    assert bench.visit.filled == {5: ("1", "3")}
    assert bench.front() == Choose(5, 0)
    bench.keys("back")
    bench.memory.screens["pages"] = put(bench.state, bench.visit).__class__(Choose(77), bench.state.visits)
    bench.keys("ok")
    assert bench.front() == Read()


def test_a_login_is_typed_in_two_lines() -> None:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.refused(reason=Reason.UNAUTHORIZED, sentence="", realm="The kitchen")
    bench.keys("ok 'alicee' delete wheel-down 'tea'")
    check_golden("web-login", bench.screen)
    bench.keys("delete 'a' up down menu")
    assert bench.front() == Login("alice", "tea", 1)
    bench.keys("back")
    assert bench.front() == Read()


def measured(size: int) -> bytes:
    return line_pb2.PictureInfo(width=60, height=40, colours=16, encoded_size=size).SerializeToString()


def at_picture() -> tuple[WebBench, Query, Fetch]:
    bench = at(GARDEN)
    bench.keys("wheel-up ok")
    opened = bench.visit.opened
    assert opened is not None
    return bench, measure_wish(opened, 1, 120, 80), image_wish(opened, 1, 120, 80)


def test_a_picture_says_what_it_costs_before_it_comes() -> None:
    bench, measure, image = at_picture()
    assert "Press to ask what it would cost." in bench.screen
    bench.keys("ok x")
    assert bench.asked == [measure]
    assert "What would it cost?" in bench.screen
    bench.answered(measure, Standing(AskState.CAME, body=measured(4_200)))
    check_golden("web-picture-cost", bench.screen)
    bench.keys("ok ok")
    assert bench.asked == [image]
    assert "Asked for ..." in bench.screen
    bench.answered(image, Standing(AskState.CAME, raster=FACE))
    check_golden("web-picture", bench.screen)
    bench.keys("ok")
    assert bench.asked == []
    bench.keys("back")
    assert bench.front() == Read()


def test_a_picture_that_is_not_to_be_had() -> None:
    bench, measure, _ = at_picture()
    bench.keys("ok")
    bench.answered(measure, Standing(AskState.REFUSED, reason=Reason.NO_PICTURE))
    assert "It is not to be had: NO_PICTURE" in bench.screen
    bench.keys("ok")
    assert bench.asked == [measure]
    bench.memory.screens["pages"] = State(Picture(1), (Visit(saved=b"none"),))
    assert "Pictures of a saved page are not kept." in bench.screen
    bench.keys("ok")
    assert bench.front() == Picture(1)


def test_where_a_link_leads() -> None:
    bench = at(GARDEN)
    bench.keys("wheel-down")
    bench.choose("Where does the link lead?")
    assert bench.front() == Leads(1)
    assert "Asked for ..." in bench.screen
    opened = bench.visit.opened
    assert opened is not None
    wish = leads_wish(opened, 1)
    bench.answered(
        wish, Standing(AskState.CAME, body=Links(addresses=["https://tea.example/four"]).SerializeToString())
    )
    check_golden("web-leads", bench.screen)
    bench.answered(wish, Standing(AskState.CAME, body=b"\xff"))
    assert "It leads nowhere." in bench.screen
    bench.answered(wish, Standing(AskState.REFUSED, reason=Reason.NO_SUCH_PAGE))
    assert "The server does not tell: NO_SUCH_PAGE" in bench.screen
    bench.keys("x ok")
    assert bench.wanted().pick.link == 1
    bench.keys("back")
    bench.memory.screens["pages"] = State(Leads(1), (Visit(saved=b"none"),))
    assert "It leads nowhere." in bench.screen
    bench.keys("back")
    assert bench.front() == Read()


def test_what_a_page_is_and_cost() -> None:
    bench = WebBench()
    bench.keys("'story' enter")
    bench.power.radio.receive(3_000, bench.now)
    bench.now += 2
    bench.opened(LONG, links=399, needs_script=True, kept=True, view=View.VIEW_READER)
    bench.choose("About this page")
    check_golden("web-about", bench.screen)
    bench.keys("ok")
    assert bench.front() == Read()
    while bench.more():
        pass
    bench.memory.screens["pages"] = State(About(), (Visit(saved=b"none", name="Tea"),))
    assert "Saved: it is read from this memory." in bench.screen
    bench.memory.screens["pages"] = State(About(), (Visit(name="Tea"),))
    assert "It is not here." in bench.screen
