"""The autopsy names what was lost (B2): never transmitted is lost, transmitted is unknown, the rest the server has."""

from __future__ import annotations

from desks import DeskBench, bob, item_id
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Create, Delete
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_emulator.autopsy import examine
from thinline_emulator.events import MemoryLost
from thinline_emulator.outbox import Entry
from town import fields_of


def test_what_was_lost_is_named() -> None:
    memory = DeskBench(bob()).memory
    memory.make(Entry(Create(item_id(7), 1, Content(fields_of("Rejected"))), {}))
    memory.make(Entry(Delete(item_id(1), b""), {}))
    memory.outbox.ready(0.0)
    memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    memory.make(Entry(Create(item_id(8), 1, Content(fields_of("Carol"))), {}))
    autopsy = examine(MemoryLost(memory, "the battery is empty"))
    assert autopsy.lost == ("new: Rejected", "new: Carol")
    assert autopsy.unknown == ("deleted: Bob Børgesen",)
    assert autopsy.text().splitlines() == [
        "the battery is empty: memory is gone.",
        "lost for good: new: Rejected",
        "lost for good: new: Carol",
        "unknown until the refill: deleted: Bob Børgesen",
        "1 item was held; the server has it.",
    ]
    assert autopsy.data()["held"] == 1


def test_in_a_salvage_the_server_may_lack_what_was_held() -> None:
    memory = DeskBench(bob()).memory
    memory.cache.frozen = True
    assert (
        "1 item was held; the server had lost history and may lack it." in examine(MemoryLost(memory, "pulled")).text()
    )
