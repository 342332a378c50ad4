"""Undo: what nobody heard of leaves no trace, and what was sent is answered by its opposite."""

from __future__ import annotations

import pytest

from desks import DeskBench, item_id
from thinline.errors import LocalError
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Change, Create, Delete, Intent, Own, Restore
from thinline.items import Blob, Head, Revision, content_digest
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator.cache import Grade
from thinline_emulator.memory import Volatile
from thinline_emulator.outbox import Entry, Kept
from thinline_emulator.overlay import Shown, lay_over

BOB = item_id(1)


def fields_of(name: str) -> bytes:
    return contacts_pb2.Contact(name=name).SerializeToString()


def held() -> Volatile:
    """A memory in which Bob is, and on the server."""
    return DeskBench(contacts_pb2.Contact(name="Bob")).memory


def bob(memory: Volatile) -> Shown | None:
    return lay_over(memory.cache, memory.outbox, BOB)


def name(memory: Volatile) -> str:
    shown = bob(memory)
    return contacts_pb2.Contact.FromString(shown.content.fields).name if shown else ""


def deleting(fields: bytes = fields_of("Bob")) -> Delete:
    return Delete(BOB, content_digest(1, fields, (), dead=False)[:8])


def renaming(new: str, old: str = "Bob") -> Change:
    return Change(BOB, difference(Content(fields_of(old)), Content(fields_of(new)), TYPES[1].merges))


def do(memory: Volatile, *intents: Intent) -> None:
    memory.do(*[Entry(intent, {}) for intent in intents])


def sent(memory: Volatile) -> None:
    """What waits is transmitted."""
    memory.outbox.ready(0.0)


def answered(memory: Volatile, number: int, verdict: int = Verdict.VERDICT_APPLIED, *, dead: bool = False) -> None:
    memory.outbox.answered(Outcome(number, verdict, Reason.EDITED, Point(number, b""), ()))
    if verdict == Verdict.VERDICT_APPLIED:
        memory.cache.take(Head(BOB, 10 + number, Revision(number, bytes(8)), 1, b"", dead=dead), own=True)


def intents(memory: Volatile) -> list[Intent]:
    return [entry.intent for entry in memory.outbox.entries()]


def test_what_was_not_transmitted_is_withdrawn_as_if_it_had_not_been_made() -> None:
    memory = held()
    before = memory.beside_bytes
    for intent in (deleting(), renaming("Robert"), Create(item_id(9), 1, Content(fields_of("Carol")))):
        do(memory, intent)
        assert len(memory.outbox) == 1
        memory.undo_last()
        assert (len(memory.outbox), name(memory), memory.beside_bytes) == (0, "Bob", before)
    assert memory.undo.what == ""
    with pytest.raises(LocalError, match="nothing to undo"):
        memory.undo_last()


def test_a_delete_that_was_sent_is_answered_by_a_restore_and_shown_at_once() -> None:
    """Spec CMD-25."""
    memory = held()
    do(memory, deleting())
    assert memory.undo.what == "deleted: Bob"
    sent(memory)
    memory.undo_last()
    assert intents(memory) == [deleting(), Restore(BOB, deleting().seen)]
    shown = bob(memory)
    assert shown is not None
    assert (name(memory), shown.grade) == ("Bob", Grade.LOCAL)
    answered(memory, 1, dead=True)
    assert name(memory) == "Bob"
    memory.cache.take(Head(BOB, 12, Revision(3, bytes(8)), 1, fields_of("Bob")))  # a window is faster than the outcome
    shown = bob(memory)
    assert shown is not None
    assert (name(memory), shown.grade) == ("Bob", Grade.LOCAL)
    memory.outbox.ready(0.0)
    memory.outbox.answered(Outcome(2, Verdict.VERDICT_APPLIED, 0, Point(12, b""), ()))
    assert name(memory) == "Bob"


def test_a_restored_conflict_copy_is_still_one_with_its_parts() -> None:
    memory = held()
    content = Content(fields_of("Bob"), (Blob("photo", bytes(32), 5),))
    memory.cache.take(Head(BOB, 5, Revision(1, bytes(8)), 1, content.fields, content.blobs, copy_of=item_id(2)))
    do(memory, Delete(BOB, content_digest(1, content.fields, content.blobs, dead=False)[:8]))
    sent(memory)
    answered(memory, 1, dead=True)
    memory.undo_last()
    shown = bob(memory)
    assert shown is not None
    assert (shown.content, shown.copy_of) == (content, item_id(2))


def test_a_delete_that_was_rejected_needs_no_undoing() -> None:
    memory = held()
    do(memory, deleting())
    sent(memory)
    answered(memory, 1, Verdict.VERDICT_REJECTED)
    memory.undo_last()
    assert len(memory.outbox) == 0
    assert name(memory) == "Bob"


def test_a_restore_that_was_rejected_is_shown_until_it_is_dismissed() -> None:
    """Spec CMD-22."""
    memory = held()
    do(memory, deleting())
    sent(memory)
    answered(memory, 1, dead=True)
    memory.undo_last()
    sent(memory)
    answered(memory, 2, Verdict.VERDICT_REJECTED)
    shown = bob(memory)
    assert shown is not None
    assert (name(memory), shown.rejected) == ("Bob", Reason.EDITED)
    memory.outbox.dismiss(BOB)
    assert bob(memory) is None


def test_a_change_that_was_sent_is_changed_back_in_its_own_fields_only() -> None:
    memory = held()
    do(memory, renaming("Robert"))
    sent(memory)
    do(
        memory,
        Change(BOB, difference(Content(b""), Content(contacts_pb2.Contact(notes="tall").SerializeToString()), {})),
    )
    sent(memory)
    memory.undo_last()
    memory.undo_last()
    back, again = intents(memory)[2:]
    assert isinstance(back, Change)
    assert isinstance(again, Change)
    assert [one.number for one in back.edit.fields] == [5]
    assert again == renaming("Bob", old="Robert")
    assert name(memory) == "Bob"


def test_an_earlier_step_is_not_withdrawn_under_a_later_one() -> None:
    memory = held()
    do(memory, renaming("Robert"))
    assert not memory.outbox.withdraw(renaming("Robert"))  # another command that says the same
    do(memory, renaming("Bobby", old="Robert"))
    first, second = intents(memory)
    assert not memory.outbox.withdraw(first)
    assert memory.outbox.withdraw(second)
    assert memory.outbox.withdraw(first)


def test_a_create_that_was_sent_is_deleted_and_a_restore_deleted_again() -> None:
    memory = DeskBench().memory
    do(memory, Create(BOB, 1, Content(fields_of("Bob"))))
    sent(memory)
    answered(memory, 1)
    memory.undo_last()
    assert intents(memory) == [deleting()]
    sent(memory)
    answered(memory, 2, dead=True)
    do_restore = Entry(Restore(BOB, deleting().seen), {}, Kept(1, Content(fields_of("Bob"))))
    memory.do(do_restore)
    assert (memory.undo.what, name(memory)) == ("restored: Bob", "Bob")
    sent(memory)
    memory.undo_last()
    assert intents(memory)[1:] == [deleting()]
    assert bob(memory) is None


def test_steps_are_undone_whole_newest_first_and_are_bounded() -> None:
    memory = held()
    do(memory, renaming("Robert"), Create(item_id(9), 1, Content(fields_of("Carol"))))
    assert memory.undo.what == "2 changes"
    memory.undo_last()
    assert (len(memory.outbox), name(memory)) == (0, "Bob")
    for number in range(12):
        do(memory, Create(item_id(20 + number), 1, Content(fields_of(f"Person {number}"))))
    for _ in range(8):
        memory.undo_last()
    assert (memory.undo.what, len(memory.outbox)) == ("", 4)


def test_what_undo_keeps_counts_as_memory_and_is_bounded() -> None:
    memory = held()
    large = Content(contacts_pb2.Contact(name="Bob", notes="x" * 3_900).SerializeToString())
    memory.cache.take(Head(BOB, 2, Revision(2, bytes(8)), 1, large.fields))
    rename = Change(BOB, difference(large, Content(large.fields + fields_of("Robert")), TYPES[1].merges))
    do(memory, *[rename] * 20)
    assert memory.undo.what == "20 changes"
    assert memory.undo.used_bytes > 65_536  # one step is remembered, however large
    do(memory, deleting())
    assert memory.undo.used_bytes < 8_192


def test_a_step_without_room_is_not_remembered() -> None:
    memory = held()
    with pytest.raises(LocalError, match="shorten it"):
        do(memory, Create(item_id(9), 1, Content(bytes(9_000))))
    assert memory.undo.what == ""


def test_what_a_service_s_own_kind_did_is_withdrawn_alone_or_not_at_all() -> None:
    """A mail that waits to be sent becomes a draft again; one that was sent stays sent."""
    memory = held()
    own = Own(BOB, 16, b"send it", renaming("Robert").edit)
    do(memory, renaming("Bobby"), own)
    assert name(memory) == "Robert"
    memory.undo_last()
    assert (name(memory), len(memory.outbox)) == ("Bobby", 1)
    do(memory, own)
    sent(memory)
    with pytest.raises(LocalError, match="on its way"):
        memory.undo_last()
    assert len(memory.outbox) == 2
    with pytest.raises(LocalError, match="nothing to undo"):
        memory.undo_last()
