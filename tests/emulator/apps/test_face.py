"""The face: the app in front draws and takes the keys."""

from __future__ import annotations

from desks import DeskBench, bob, item_id
from thinline_emulator.apps.base import Step
from thinline_emulator.apps.face import draw, press, take
from thinline_emulator.keys import Key


def test_home_is_in_front_until_something_is_opened() -> None:
    bench = DeskBench(bob())
    assert "JUMP: apps" in draw(bench.desk).text()
    take(bench.memory, press(Key.JUMP, bench.desk))
    assert "Jump" in bench.screen
    take(bench.memory, Step(0, open="contacts"))
    assert "Contacts (1)" in bench.screen


def test_the_jump_key_leads_to_the_wheel_and_keeps_the_app_as_it_is() -> None:
    bench = DeskBench(bob())
    bench.keys("jump ok wheel-down ok")
    state = bench.memory.screens["contacts"]
    bench.keys("jump")
    assert bench.memory.focus == ["jump"]
    bench.keys("ok")
    assert bench.memory.focus == ["jump", "contacts"]
    assert bench.memory.screens["contacts"] == state


def test_opening_what_is_open_goes_back_to_it() -> None:
    bench = DeskBench()
    bench.memory.focus[:] = ["jump", "contacts", "calendar"]
    bench.memory.focus[-1] = "contacts"
    take(bench.memory, Step(0, open="jump"))
    assert bench.memory.focus == ["jump"]
    take(bench.memory, Step(0, close=True))
    take(bench.memory, Step(None, close=True))
    assert bench.memory.focus == []


def test_a_step_marks_what_was_looked_at_and_what_may_be_forgotten() -> None:
    bench = DeskBench(bob())
    take(bench.memory, Step(None, used=item_id(1), dismiss=item_id(1)))
    assert bench.memory.outbox.rejected == []
