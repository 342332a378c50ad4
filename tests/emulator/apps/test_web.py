"""The web app as a whole: what comes along, what it keeps, and that no page takes more than its share."""

from __future__ import annotations

from keepings import bookmark, saved
from thinline_emulator.apps.web import Browser
from thinline_emulator.apps.web.states import State, held
from thinline_emulator.asks import GetPart, Query
from webbench import LONG, WebBench


def test_it_opens_with_the_address_line() -> None:
    assert Browser().begin() == State()


def test_saved_pages_come_along_and_are_read_in_a_tunnel() -> None:
    bench = WebBench()
    bench.keep(bookmark(1, "Tea", "https://tea.example/"))
    head = saved(2, "Bread", "https://bread.example/", page=b"page", links=b"links")
    bench.keep(head)
    wishes = Browser().along(bench.desk)
    assert [wish.name for wish in wishes if isinstance(wish, GetPart)] == ["links", "page"]
    bench.memory.cache.keep_part(head.blobs[0].hash, b"links")
    bench.memory.want(wishes[1])
    assert Browser().along(bench.desk) == ()


def test_pages_take_their_share_of_the_memory_and_no_more() -> None:
    bench = WebBench()
    for number in range(3):
        bench.keys(f"'story{number}' enter")
        bench.opened(LONG)
        bench.choose("Find in the page")
        bench.keys("'nowhere' enter")
        while bench.more():
            pass
        bench.keys("menu ok")
        if not number:  # an eighth of the memory holds two and a half of them
            bench.memory.cache.budget_bytes = 20 * held(bench.state)
    assert [visit.opened is None for visit in bench.state.visits] == [True, False, False]
    assert bench.memory.held["pages"] == held(bench.state) <= bench.memory.cache.budget_bytes // 8


def test_what_is_not_its_own_changes_nothing() -> None:
    bench = WebBench()
    assert Browser().came(State(), Query(99, b""), bench.desk) is None
