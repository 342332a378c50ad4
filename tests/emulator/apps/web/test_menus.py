"""What can be done, the cookies, and a file or a form that is kept."""

from __future__ import annotations

from hashlib import sha256

from golden import check_golden
from keepings import DOWNLOAD, FILE, POSTING, bookmark, download, posting
from thinline.intents import Create, Delete, Own
from thinline.reasons import Reason
from thinline.v1.web_pb2 import Bookmark, ClearCookies, Cookie, FetchFile, Pick
from thinline.v1.web_pb2 import Cookies as CookiesMessage
from thinline_emulator.apps.web.fetching import CLEAR_COOKIES, COOKIES
from thinline_emulator.apps.web.states import Cookies, Home, Kept, Menu, Read
from thinline_emulator.asks import AskState, Query, Standing
from webbench import GARDEN, LONG, WebBench

LIST = Query(COOKIES, b"")
TOLD = CookiesMessage(
    cookies=[
        Cookie(host="tea.example", name="basket", until_s=1_254_455_200),
        Cookie(host="bread.example", name="session"),
        Cookie(host="tea.example", name="session"),
    ]
).SerializeToString()


def at_garden() -> WebBench:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(GARDEN)
    return bench


def test_the_menu_offers_what_there_is_to_do() -> None:
    bench = at_garden()
    bench.keys("wheel-down menu")
    check_golden("web-menu", bench.screen)
    bench.keys("x back")
    assert bench.front() == Read()
    bench.choose("Go to ...")
    assert bench.front() == Home(over=True)
    bench.keys("'a' back")
    assert bench.front() == Home(over=True)
    bench.keys("back")
    assert bench.front() == Read()
    bench.keys("back")
    bench.choose("Back to the page")
    assert bench.front() == Read()


def test_a_bookmark_is_an_item() -> None:
    bench = at_garden()
    bench.choose("Bookmark")
    (made,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(made, Create)
    assert Bookmark.FromString(made.content.fields).address == "https://tea.example/"
    bench.choose("Undo (new: The garden)")
    assert not bench.desk.items(9)


def test_load_again_asks_for_the_page_and_not_for_a_copy() -> None:
    bench = at_garden()
    bench.choose("Load again")
    assert bench.wanted().fresh
    assert len(bench.state.visits) == 1


def test_forward_and_download() -> None:
    bench = at_garden()
    bench.keys("1 ok")
    bench.opened(LONG)
    bench.keys("back")
    bench.choose("Forward")
    assert "Paragraph 1:" in bench.screen
    bench.keys("back wheel-down")
    bench.choose("Download what it leads to")
    (own,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(own, Own)
    assert FetchFile.FromString(own.body).pick == Pick(page=bytes([1]) * 16, link=1)


def test_cookies_are_listed_and_cleared() -> None:
    bench = at_garden()
    bench.choose("Cookies")
    assert "Asked for ..." in bench.screen
    bench.answered(LIST, Standing(AskState.CAME, body=TOLD))
    check_golden("web-cookies", bench.screen)
    bench.keys("x wheel-down ok")
    clear = Query(CLEAR_COOKIES, ClearCookies(host="tea.example").SerializeToString())
    assert bench.asked == [clear]
    left = CookiesMessage(cookies=[Cookie(host="bread.example", name="session")]).SerializeToString()
    bench.answered(clear, Standing(AskState.CAME, body=left))
    assert "tea.example" not in bench.screen
    bench.keys("wheel-down ok")
    clear_all = Query(CLEAR_COOKIES, b"")
    assert bench.asked == [clear_all]
    bench.answered(clear_all, Standing(AskState.CAME))
    assert "No site keeps anything for you." in bench.screen
    bench.keys("ok back")
    assert bench.front() == Read()


def test_cookies_that_are_not_told() -> None:
    bench = WebBench()
    bench.choose("Cookies")
    bench.answered(LIST, Standing(AskState.REFUSED, reason=Reason.UNKNOWN_KIND))
    assert "The server does not tell: UNKNOWN_KIND" in bench.screen
    bench.answered(LIST, Standing(AskState.CAME, body=b"\xff"))
    assert bench.front() == Cookies()
    assert "No site keeps" in bench.screen
    bench.keys("back")
    assert bench.front() == Home()


def test_a_file_is_fetched_when_it_is_asked_for() -> None:
    bench = WebBench()
    bench.keep(download(3, "leaves.pdf"))
    bench.keys("wheel-down ok")
    check_golden("web-file", bench.screen)
    bench.keys("x ok ok")
    (wish,) = bench.asked
    assert "of 3 KB came ..." in bench.screen
    bench.memory.asks.drop(wish)
    bench.memory.cache.keep_part(sha256(FILE).digest(), FILE)
    assert "It is here. The console's export brings it out." in bench.told
    bench.keys("ok delete")
    (made,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(made, Delete)
    assert made.item == DOWNLOAD


def test_a_form_s_answer_is_read_from_home_too() -> None:
    bench = WebBench()
    bench.keep(posting(4, "Order tea"))
    bench.keys("wheel-down ok")
    check_golden("web-posting", bench.screen)
    bench.keys("ok")
    assert bench.wanted().posting == POSTING
    bench.memory.screens["pages"] = bench.state.__class__(Kept(b"nothing"))
    assert "It was deleted." in bench.screen
    bench.keys("ok")
    assert bench.front() == Home()


def test_a_row_s_menu_deletes_it() -> None:
    bench = WebBench()
    bench.keep(bookmark(1, "Tea for two", "https://tea.example/two"))
    bench.keys("wheel-down menu")
    assert bench.front() == Menu(Home(at=1))
    bench.keys("ok")
    assert "Tea for two" not in bench.screen
