"""Volatile memory: one budget for all that stands in it, and one list of what dies."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline.frames import KeepUntil, Refusal
from thinline.history import Point
from thinline.intents import Create
from thinline.items import Head, Revision
from thinline.link import Link, Role
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.states import State
from thinline_emulator.asks import Asks, Listing
from thinline_emulator.line import NEVER, Line, Phase
from thinline_emulator.memory import Volatile, only_here_text
from thinline_emulator.outbox import Entry, Outbox
from thinline_emulator.profiles import load_radio
from thinline_emulator.radio import Radio

POINT = Point(7, bytes(16))


def memory(budget_bytes: int = 1_000) -> Volatile:
    return Volatile(budget_bytes, Line(Radio(load_radio("gprs"), 1), 1), POINT)


def head(number: int, *, dead: bool = False) -> Head:
    return Head(bytes([number]) * 12, number, Revision(1, bytes(8)), 1, bytes(36), dead=dead)  # 100 bytes


def entry(item: bytes = b"x" * 12, size: int = 50) -> Entry:
    return Entry(Create(item, 1, Content(bytes(size))), {})


def test_a_memory_that_came_up_empty_knows_what_its_card_knows() -> None:
    """Spec HIST-11."""
    fresh = memory()
    assert fresh.seen.points == (POINT,)
    assert (len(fresh.cache), len(fresh.outbox), len(fresh.asks)) == (0, 0, 0)
    assert fresh.clock.read(0.0) is None
    assert fresh.line.phase is Phase.DOWN
    assert fresh.next_at(0.0) == NEVER
    assert fresh.only_here == 0


def test_new_work_drops_what_is_settled_and_is_refused_before_what_is_not() -> None:
    """Spec KEEP-4."""
    full = memory()
    for number in range(1, 11):
        full.cache.take(head(number))
    with pytest.raises(LocalError, match="memory is full"):
        full.make(entry())
    assert len(full.cache) == 10
    full.cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
    full.make(entry())
    assert len(full.cache) < 10
    assert not full.short


def test_coming_back_into_the_budget_by_what_is_settled_then_by_what_is_not() -> None:
    over = memory()
    assert not over.tidy()
    for number in range(1, 13):
        over.cache.take(head(number))
    over.cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(1, bytes(16)))
    assert over.tidy()
    assert len(over.cache) == 11
    assert over.may_shed
    over.shed()
    assert not over.tidy()
    over.cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
    for number in range(13, 20):
        over.cache.take(head(number))
    assert not over.tidy()


def test_in_a_salvage_everything_held_may_exist_only_here() -> None:
    held = memory()
    held.cache.take(head(1))
    held.cache.take(head(2, dead=True))
    held.make(entry())
    assert held.only_here == 1
    held.cache.frozen = True
    assert held.only_here == 2


def test_how_many_in_words() -> None:
    assert only_here_text(1) == "1 item exists only here"
    assert only_here_text(3) == "3 items exist only here"


def test_what_waits_for_its_time_is_told_while_the_line_is_live() -> None:
    waiting = memory()
    waiting.make(entry())
    waiting.outbox.retry_at = 50.0
    waiting.asks.put(Listing(1))
    assert waiting.next_at(10.0) == NEVER
    link = waiting.line.link = Link(Role.UP, 1)
    link.state = State.LIVE
    assert waiting.next_at(10.0) == 50.0
    list(waiting.asks.ready(0.0))
    waiting.asks.came(Refusal(Reason.BUSY, "", 20_000, ask=1), 10.0)
    assert waiting.next_at(10.0) == 30.0
    assert waiting.next_at(60.0) == NEVER
    waiting.shed_at = 20.0
    assert waiting.next_at(10.0) == 20.0
    waiting.outbox = Outbox()
    waiting.asks = Asks()
    assert waiting.next_at(10.0) == 20.0
