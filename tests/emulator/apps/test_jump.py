"""The wheel of apps."""

from __future__ import annotations

from desks import DeskBench
from golden import check_golden


def test_it_turns_and_opens_and_goes_back() -> None:
    bench = DeskBench()
    bench.keys("jump")
    check_golden("jump", bench.screen)
    bench.keys("wheel-down")
    assert bench.memory.screens["jump"] == 1
    bench.keys("down")
    assert bench.memory.screens["jump"] == 0
    bench.keys("wheel-up up a")
    assert bench.memory.screens["jump"] == 0
    bench.keys("wheel-press")
    assert bench.memory.focus == ["jump", "contacts"]
    bench.keys("jump")
    assert bench.memory.focus == ["jump"]
    bench.keys("cancel")
    assert bench.memory.focus == []
