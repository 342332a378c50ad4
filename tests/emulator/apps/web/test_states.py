"""The way through pages: a new page cuts off what was ahead, and memory bounds how much of it is kept."""

from __future__ import annotations

from thinline.bodies import Body
from thinline_emulator.apps.web.states import (
    Home,
    Opened,
    Read,
    State,
    Visit,
    bounded,
    held,
    here,
    noted,
    put,
    visited,
)
from thinline_emulator.asks import Query
from thinline_emulator.raster import Raster

FACE = Raster(2, 2, bytes(6), bytes(4), -1)


def visit(name: str, size: int = 100) -> Visit:
    return Visit(
        Query(16, name.encode()),
        name,
        Opened(bytes(16), name, name, bytes(size), size, Body(packed=True, dictionary=0, size=size)),
    )


def way(*names: str) -> State:
    state = State()
    for name in names:
        state = visited(state, visit(name))
    return state


def test_a_new_page_cuts_off_what_was_ahead() -> None:
    state = State(Home(), way("a", "b", "c").visits, 0)
    state = visited(state, visit("d"))
    assert [one.name for one in state.visits] == ["a", "d"]
    assert (state.at, state.front) == (1, Read())
    assert here(State()) is None
    assert here(put(state, visit("e"))) == visit("e")


def test_the_way_and_what_was_seen_are_bounded() -> None:
    state = way(*[str(number) for number in range(50)])
    assert len(state.visits) == 32
    assert state.visits[state.at].name == "49"
    for number in range(50):
        state = noted(state, f"Page {number}", f"https://{number}.example/")
    state = noted(state, "Again", "https://40.example/")
    assert state.seen[:2] == (("Again", "https://40.example/"), ("Page 49", "https://49.example/"))
    assert len(state.seen) == 40


def test_the_furthest_pages_make_room_and_the_one_that_is_read_stays() -> None:
    state = way("a", "b", "c", "d")
    assert held(state) == 400
    assert bounded(state, 400) == state
    assert [one.opened is None for one in bounded(state, 250).visits] == [True, True, False, False]
    assert [one.opened is None for one in bounded(state, 0).visits] == [True, True, True, False]
    assert [one.opened is None for one in bounded(State(Read(), state.visits, 0), 150).visits] == [
        False, True, True, True,
    ]  # fmt: skip


def test_pictures_count() -> None:
    one = Visit(pictures=((1, FACE),))
    assert one.size_bytes == FACE.size_bytes
    assert held(State(Read(), (one,))) == FACE.size_bytes
