"""The idle screen, as somebody saw it and agreed."""

from __future__ import annotations

import pytest

from desks import DeskBench, bob, item_id
from golden import check_golden
from thinline.intents import Delete
from thinline_emulator.outbox import Entry


def test_nothing_to_say_but_that_no_copies_are_kept() -> None:
    check_golden("idle", DeskBench(bob()).screen)


def test_a_cold_start_knows_nothing() -> None:
    check_golden("idle-cold", DeskBench(welcome=False).screen)


def test_a_salvage_with_work_that_exists_only_here() -> None:
    """Spec SALV-6."""
    bench = DeskBench(bob())
    bench.memory.make(Entry(Delete(item_id(1), b""), {}))
    bench.memory.cache.frozen = True
    bench.memory.note = "This server lost data that is still here. Keep the power on; do not reset."
    check_golden("idle-salvage", bench.screen)


@pytest.mark.parametrize("key", ["jump", "ok", "wheel-press", "menu", "enter"])
def test_keys_that_open_the_wheel(key: str) -> None:
    bench = DeskBench()
    bench.keys(key)
    assert bench.memory.focus == ["jump"]


def test_other_keys_do_nothing() -> None:
    bench = DeskBench()
    bench.keys("back a wheel-up")
    assert bench.memory.focus == []
