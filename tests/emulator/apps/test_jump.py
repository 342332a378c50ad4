"""The wheel of apps: how it looks with few and many, and how it turns."""

from __future__ import annotations

import pytest

from desks import DeskBench, Tile, bob
from golden import check_golden
from thinline_emulator.apps.base import App
from thinline_emulator.apps.contacts import Contacts
from thinline_emulator.apps.face import draw
from thinline_emulator.apps.jump import TURN_S, Jump, Wheel

APPS: tuple[App, ...] = (
    Contacts(),
    Tile("mail", "Mail"),
    Tile("im", "Messenger"),
    Tile("sms", "Text messages"),
    Tile("pages", "Web"),
    Tile("calendar", "Calendar"),
    Tile("tasks", "Tasks"),
    Tile("notes", "Notes"),
    Tile("photos", "Photos"),
    Tile("settings", "Settings of everything there is"),
)


def wheel(count: int, at: int = 0) -> DeskBench:
    bench = DeskBench(bob())
    bench.apps = APPS[:count]
    bench.open(Jump(), Wheel(at, at))
    return bench


def state(bench: DeskBench) -> Wheel:
    kept = bench.memory.screens["jump"]
    assert isinstance(kept, Wheel)
    return kept


@pytest.mark.parametrize("count", range(1, 11))
def test_it_looks_good_with_any_number_of_apps(count: int) -> None:
    check_golden(f"jump-{count}", wheel(count).screen)


@pytest.mark.parametrize("at", [3, 9])
def test_every_app_has_its_icon_and_a_long_name_gives_way(at: int) -> None:
    check_golden(f"jump-10-at-{at}", wheel(10, at).screen)


def test_it_turns_in_frames_that_follow_from_the_time_alone() -> None:
    bench = wheel(10, 3)
    bench.keys("wheel-down")
    frames = []
    for _ in range(3):
        frames.append(bench.screen)
        assert draw(bench.desk).moving
        bench.now += TURN_S / 5
    check_golden("jump-turning", "\n".join(frames))
    bench.now += TURN_S
    assert not draw(bench.desk).moving
    assert bench.screen == wheel(10, 4).screen.replace("00:01", bench.desk.time)


def test_the_app_under_the_thumb_is_chosen_at_once() -> None:
    """A key changes what is seen in the same moment, not with the next frame."""
    bench = wheel(5)
    bench.keys("wheel-down")
    assert state(bench).place(bench.now) > 0.5
    bench.keys("wheel-press")
    assert bench.memory.focus == ["jump", "mail"]


def test_it_comes_round_and_a_turn_on_the_way_goes_on_from_where_it_is() -> None:
    bench = wheel(2)
    bench.keys("down up wheel-up")
    assert state(bench).at == -1
    assert 0 < state(bench).came_from < 1
    bench.keys("left")
    bench.now += TURN_S
    assert bench.screen == wheel(2).screen.replace("00:01", bench.desk.time)
    bench.keys("right ok")
    assert state(bench) == Wheel(1, 1)


def test_a_letter_turns_to_an_app_by_the_shorter_way() -> None:
    bench = wheel(10)
    bench.keys("p")
    assert state(bench).at == -2
    bench.keys("M")
    assert state(bench).at == 1
    bench.keys("M")
    assert state(bench).at == 2
    bench.keys("x menu")
    assert state(bench).at == 2


def test_it_opens_and_goes_back() -> None:
    bench = wheel(2)
    bench.keys("wheel-press")
    assert bench.memory.focus == ["jump", "contacts"]
    bench.keys("jump")
    assert bench.memory.focus == ["jump"]
    bench.keys("wheel-down cancel")
    assert bench.memory.focus == []


def test_news_are_told_here_too() -> None:
    bench = wheel(1)
    bench.memory.note = "The server did not accept a change."
    assert "did not accept" in bench.screen
