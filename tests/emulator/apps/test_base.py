"""The desk: what an app sees, in the words that stand on the screen."""

from __future__ import annotations

from desks import DeskBench, bob, item_id
from thinline.frames import KeepUntil, Outcome, Verdict
from thinline.history import Point
from thinline.intents import Delete
from thinline.reasons import Reason
from thinline_emulator.apps.base import begin_screen
from thinline_emulator.line import Call, Cut
from thinline_emulator.outbox import Entry


def test_a_desk_shows_the_items_as_they_are_laid_over() -> None:
    bench = DeskBench(bob())
    (shown,) = bench.desk.items(1)
    assert bench.desk.item(item_id(1)) == shown
    assert bench.desk.item(item_id(2)) is None


def test_the_time_is_known_once_a_server_told_it() -> None:
    assert (DeskBench().desk.time, DeskBench().desk.date) == ("00:01", "Thu 01 Oct 2009")
    bench = DeskBench(welcome=False)
    assert (bench.desk.time, bench.desk.date) == ("--:--", "")


def test_signal_and_battery() -> None:
    bench = DeskBench()
    assert (bench.desk.bars, bench.desk.signal, bench.desk.battery) == (4, "gprs ▂▄▆█", "100%")
    bench.power.charge(True, bench.now)
    bench.power.tunnel(10.0, bench.now)
    assert (bench.desk.bars, bench.desk.signal, bench.desk.battery) == (0, "gprs ····", "+100%")
    bench.power.switch_radio(False, bench.now)
    assert (bench.desk.bars, bench.desk.signal) == (0, "off")


def test_the_link_in_a_few_words() -> None:
    bench = DeskBench()
    assert bench.desk.link == "offline"
    bench.memory.line.handle(Call(), bench.now)
    assert bench.desk.link == "connecting"
    bench.link()
    assert bench.desk.link == "linked"
    bench.memory.filling.add(1)
    assert bench.desk.link == "filling"
    bench.memory.cache.frozen = True
    assert bench.desk.link == "SALVAGE"  # spec SALV-6
    bench.memory.line.handle(Cut("dropped", retry=True), bench.now)
    assert bench.desk.link in ("retry 0s", "retry 1s")
    bench.power.tunnel(10.0, bench.now)
    assert bench.desk.link == "no signal"
    bench.power.switch_radio(False, bench.now)
    assert bench.desk.link == "radio off"
    bench.enrolled = False
    assert bench.desk.link == "not enrolled"


def test_warnings_say_what_the_owner_should_know() -> None:
    """Spec KEEP-1, SALV-6, SALV-7."""
    bench = DeskBench(bob())
    assert bench.desk.warnings == ["This server keeps no copies"]
    bench.memory.make(Entry(Delete(item_id(1), b""), {}))
    bench.memory.shed_at = 70.0
    assert bench.desk.warnings[:2] == ["1 item exists only here", "Memory is full: items not in a copy will go"]
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.EDITED, Point(1, b""), ()))
    assert "1 not accepted by the server" in bench.desk.warnings
    bench.careful()
    assert bench.desk.warnings[0] == "The server is recovering: do not reset."
    bench.memory.cache.frozen = True
    assert bench.desk.warnings[0] == "SALVAGE: the server lost data."
    bench.memory.cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, None)
    quiet = DeskBench(welcome=False)
    assert quiet.desk.warnings == []


def test_every_screen_begins_with_the_status_bar() -> None:
    text = begin_screen(DeskBench().desk, "Title", "a hint").screen().text().splitlines()
    assert text[1] == "|00:01  Title              gprs ▂▄▆█ offline 100%|"
    assert text[-2].startswith("|a hint ")
