"""The outbox: numbers, order, refusals and copies, with commands that say only their name."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline.frames import Command, Outcome, Refusal, Verdict
from thinline.history import Point
from thinline.intents import Change, Create, Delete
from thinline.items import Blob, Head, Revision
from thinline.limits import LIMITS
from thinline.merge import BlobChange, Content, Edit, FieldChange
from thinline.reasons import Reason
from thinline_emulator.outbox import Entry, Outbox

A, B, COPY = b"a" * 12, b"b" * 12, b"c" * 12
FACE = Blob("face", b"f" * 32, 4)
DATA = b"face"


def create(item: bytes, *blobs: Blob) -> Entry:
    return Entry(Create(item, 1, Content(b"", blobs)), {FACE.hash: DATA} if blobs else {})


def change(item: bytes, blob: Blob | None = None) -> Entry:
    blobs = (BlobChange("face", blob),) if blob else ()
    return Entry(Change(item, Edit((FieldChange(1, b"\x0a\x00"),), blobs)), {})


def outbox(*entries: Entry) -> Outbox:
    made = Outbox()
    for entry in entries:
        made.make(entry)
    return made


def numbers(commands: list[Command]) -> list[tuple[int, int]]:
    """(number, after) of each."""
    return [(command.number, command.after) for command in commands]


def outcome(number: int, verdict: int = Verdict.VERDICT_APPLIED, *heads: Head) -> Outcome:
    return Outcome(number, verdict, Reason.EDITED if verdict == Verdict.VERDICT_REJECTED else 0, Point(9, b""), heads)


def refuse(box: Outbox, number: int, reason: Reason, retry_after_ms: int = 0, now: float = 0.0) -> None:
    box.refused(Refusal(reason, "", retry_after_ms, command=number), now, {FACE.hash: DATA}.get)


def test_numbers_are_given_when_first_sent_each_after_the_one_before() -> None:
    """Spec CMD-16."""
    box = outbox(create(A), change(A), create(B))
    assert numbers(box.ready(0.0)) == [(1, 0), (2, 1), (3, 2)]
    assert box.ready(0.0) == []
    assert box.confirmed == 0
    assert box.answered(outcome(1)) is not None
    assert box.answered(outcome(1)) is None  # a repeat
    assert box.confirmed == 1
    box.make(create(COPY))
    assert numbers(box.ready(0.0)) == [(4, 3)]
    for number in (2, 3, 4):
        box.answered(outcome(number))
    assert (len(box), box.confirmed, box.used_bytes) == (0, 4, 0)


def test_after_a_welcome_all_are_sent_again_in_order_and_count_it() -> None:
    """S4, spec CMD-21."""
    box = outbox(create(A), create(B))
    box.ready(0.0)
    box.answered(outcome(1))
    box.welcomed(done=1, salvage=False)
    (again,) = box.ready(0.0)
    assert (again.number, again.after, again.transmission) == (2, 0, 2)


def test_a_number_that_this_life_already_used_is_never_given_again() -> None:
    box = outbox(create(A))
    box.welcomed(done=7, salvage=False)
    assert numbers(box.ready(0.0)) == [(8, 0)]


def test_no_more_are_under_way_than_the_server_takes() -> None:
    box = outbox(*[create(bytes([at]) * 12) for at in range(LIMITS.commands_open + 1)])
    assert len(box.ready(0.0)) == LIMITS.commands_open
    box.answered(outcome(1))
    assert numbers(box.ready(0.0)) == [(LIMITS.commands_open + 1, LIMITS.commands_open)]


def test_what_waits_for_a_part_holds_up_its_own_item_only() -> None:
    box = outbox(create(A, FACE), change(A), create(B))
    assert box.part_wanted == FACE.hash
    assert box.part(FACE.hash) == DATA
    assert box.part(b"other") is None
    assert [command.kind for command in box.ready(0.0)] == [1]
    assert [entry.item for entry in box.entries()] == [B, A, A]
    box.part_up(FACE.hash)
    assert box.part_wanted is None
    assert numbers(box.ready(0.0)) == [(2, 1), (3, 2)]


def test_a_gap_sends_again_from_the_oldest_but_nothing_twice() -> None:
    box = outbox(create(A), create(B), create(COPY))
    box.ready(0.0)
    refuse(box, 2, Reason.GAP)
    assert numbers(box.ready(0.0)) == [(1, 0), (2, 1)]
    refuse(box, 3, Reason.GAP)  # of the first transmission; 1 and 2 went again since
    assert numbers(box.ready(0.0)) == [(3, 2)]


@pytest.mark.parametrize(("told_ms", "waits_s"), [(40_000, 40.0), (0, 5.0)])
def test_busy_waits_as_told_and_nothing_overtakes(told_ms: int, waits_s: float) -> None:
    box = outbox(create(A), create(B))
    box.ready(0.0)
    refuse(box, 1, Reason.BUSY, told_ms, now=100.0)
    refuse(box, 2, Reason.GAP, now=100.0)
    box.make(create(COPY))
    assert box.ready(100.0 + waits_s - 0.1) == []
    again = box.ready(100.0 + waits_s)
    assert numbers(again) == [(1, 0), (2, 1), (3, 2)]
    assert [command.transmission for command in again] == [1, 1, 1]  # nothing was stored: counted anew


def test_a_final_refusal_rejects_and_blocks_nobody() -> None:
    box = outbox(create(A), create(B))
    box.ready(0.0)
    refuse(box, 1, Reason.TOO_LARGE)
    refuse(box, 1, Reason.TOO_LARGE)  # unknown by now
    assert [(one.intent.item, one.reason) for one in box.rejected] == [(A, Reason.TOO_LARGE)]
    assert box.items == {A, B}
    box.dismiss(B)
    box.dismiss(A)
    assert box.items == {B}
    assert box.rejected == []
    box.answered(outcome(2))
    assert box.used_bytes == 0


def test_a_rejection_is_kept_and_occupies_its_number() -> None:
    box = outbox(create(A), create(B))
    box.ready(0.0)
    box.answered(outcome(1, Verdict.VERDICT_REJECTED))
    assert [one.reason for one in box.rejected] == [Reason.EDITED]
    assert box.confirmed == 1
    assert box.used_bytes > 0


def test_a_salvage_holds_everything() -> None:
    """Spec SALV-4."""
    box = outbox(create(A))
    box.ready(0.0)
    refuse(box, 1, Reason.SALVAGE_FIRST)
    box.make(create(B))
    assert box.ready(0.0) == []
    box.welcomed(done=0, salvage=True)
    assert box.ready(0.0) == []
    box.welcomed(done=0, salvage=False)
    assert numbers(box.ready(0.0)) == [(1, 0), (2, 1)]


def test_a_part_that_the_server_lost_goes_up_again_before_its_command() -> None:
    box = outbox(change(A, FACE), create(B))
    box.ready(0.0)
    refuse(box, 1, Reason.BLOB_MISSING)
    refuse(box, 2, Reason.GAP)
    assert box.part_wanted == FACE.hash
    assert box.ready(0.0) == []  # 2 would be a gap
    box.part_up(FACE.hash)
    assert numbers(box.ready(0.0)) == [(1, 0), (2, 1)]


def test_a_part_that_nobody_has_any_more_rejects_its_command() -> None:
    box = outbox(change(A, Blob("face", b"x" * 32, 1)))
    box.ready(0.0)
    refuse(box, 1, Reason.BLOB_MISSING)
    assert [one.reason for one in box.rejected] == [Reason.BLOB_MISSING]


def test_later_edits_follow_the_copy_that_an_earlier_one_went_into() -> None:
    box = outbox(change(A), change(A), Entry(Delete(B, b""), {}))
    box.ready(0.0)
    revision = Revision(1, bytes(8))
    box.answered(outcome(1, Verdict.VERDICT_COPIED, Head(A, 8, revision, 1), Head(COPY, 9, revision, 1, copy_of=A)))
    assert [entry.intent.item for entry in box.of(COPY)] == [A]
    assert box.of(A) == []
    assert box.items == {COPY, B}
    assert box.pinned == {A, COPY, B}
    box.answered(outcome(2, Verdict.VERDICT_COPIED))  # a copy told nowhere
    assert box.items == {B}


def test_what_no_frame_holds_is_refused_when_it_is_made() -> None:
    box = Outbox()
    with pytest.raises(LocalError, match="too much"):
        box.make(Entry(Create(A, 1, Content(bytes(LIMITS.up_frame_bytes))), {}))
    assert len(box) == 0
