"""Volatile memory: one budget for all that stands in it, and one list of what dies."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline.frames import Answer, KeepUntil, Refusal
from thinline.history import Point
from thinline.intents import Create
from thinline.items import Blob, Head, Revision
from thinline.link import Link, Role
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.states import State
from thinline.v1 import line_pb2
from thinline_emulator.asks import Asks, AskState, GetPart, Listing, PutPart, Query, Standing
from thinline_emulator.line import NEVER, Line, Phase
from thinline_emulator.memory import Volatile, only_here_text
from thinline_emulator.outbox import Entry, Outbox
from thinline_emulator.pictures import GetPicture
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


def test_new_work_of_several_commands_is_taken_whole_or_not_at_all() -> None:
    full = memory(400)
    with pytest.raises(LocalError, match="memory is full"):
        full.make(entry(), entry(b"y" * 12, size=400))
    with pytest.raises(LocalError, match="shorten it"):
        full.make(entry(), entry(b"y" * 12, size=9_000))
    assert len(full.outbox) == 0
    full.make(entry(), entry(b"y" * 12))
    assert len(full.outbox) == 2


def live_link(one: Volatile) -> None:
    link = one.line.link = Link(Role.UP, 1)
    link.state = State.LIVE
    one.line.phase = Phase.OPEN


def test_a_wish_waits_for_its_link_is_asked_and_is_answered() -> None:
    """Spec ASK-4."""
    one, wish = memory(), Query(16, b"?")
    assert one.standing(wish) is None
    one.want(wish)
    assert one.standing(wish) == Standing(AskState.WAITING)
    live_link(one)
    list(one.asks.ready(0.0))
    assert one.standing(wish) == Standing(AskState.ASKED)
    one.line.link = None
    assert one.standing(wish) == Standing(AskState.WAITING)
    live_link(one)
    one.asks.linked()
    assert [ask.number for ask in one.asks.ready(0.0)] == [1]
    one.asks.came(Answer(1, b"!"), 0.0)
    one.answered(wish, Standing(AskState.CAME, body=b"!"))
    assert one.standing(wish) == Standing(AskState.CAME, body=b"!")
    one.want(wish)
    assert one.standing(wish) == Standing(AskState.WAITING)
    one.unwant(wish)
    assert one.standing(wish) is None
    assert len(one.asks) == 0


def test_answers_have_a_bound_in_number_and_in_bytes_and_count_as_memory() -> None:
    one = memory(1_000_000)
    for number in range(40):
        one.answered(Query(16, bytes([number])), Standing(AskState.CAME))
    assert len(one.answers) == 32
    assert one.standing(Query(16, bytes([39]))) is not None
    assert one.standing(Query(16, bytes([7]))) is None
    one.answered(Query(16, b"long"), Standing(AskState.CAME, body=bytes(65_000)))
    assert len(one.answers) <= 5
    assert 65_000 <= one.beside_bytes <= 65_536 + 4
    one.unwant(Query(16, b"long"))
    assert one.beside_bytes < 1_000


def test_no_more_is_asked_at_once_than_memory_keeps_account_of() -> None:
    one = memory()
    for number in range(64):
        one.want(Query(16, bytes([number])))
    with pytest.raises(LocalError, match="wait for an answer"):
        one.want(Query(16, b"more"))


def test_a_part_that_would_empty_the_memory_is_not_asked_for() -> None:
    one = memory(1_000)
    wish = GetPart(b"x" * 12, "photo", bytes(32), 501)
    one.want(wish)
    assert one.standing(wish) == Standing(AskState.REFUSED, reason=Reason.TOO_LARGE)
    picture = GetPicture(b"x" * 12, "photo", bytes(32), 30, 20, 16)
    one.want(picture)
    assert one.standing(picture) == Standing(AskState.REFUSED, reason=Reason.TOO_LARGE)
    assert len(one.asks) == 0


def test_how_much_of_an_items_parts_is_up() -> None:
    one = memory(100_000)
    parts = {bytes([number]) * 32: bytes(1_000) for number in (1, 2)}
    blobs = tuple(Blob(f"part {number}", one, 1_000) for number, one in enumerate(parts))
    one.make(Entry(Create(b"x" * 12, 1, Content(b"", blobs)), parts))
    assert one.going_up(b"y" * 12) is None
    assert one.going_up(b"x" * 12) == (0, 2_000)
    one.outbox.part_up(blobs[0].hash)
    assert one.going_up(b"x" * 12) == (1_000, 2_000)
    one.asks.put(PutPart(blobs[1].hash, parts[blobs[1].hash]))
    list(one.asks.ready(0.0))
    one.asks.came(Answer(1, line_pb2.PutReady(offset=300).SerializeToString(), more=True), 0.0)
    assert one.going_up(b"x" * 12) == (1_300, 2_000)
