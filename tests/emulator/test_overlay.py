"""What is shown is the cache with the outbox laid over it, each item with the grade that is true (B1)."""

from __future__ import annotations

from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Change, Create, Delete, Own
from thinline.items import Head, Revision
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline_emulator.cache import Cache, Grade
from thinline_emulator.outbox import Entry, Outbox
from thinline_emulator.overlay import Shelf, Shown, lay_over
from town import fields_of

A, B = b"a" * 12, b"b" * 12
REVISION = Revision(1, bytes(8))


def head(item: bytes, name: str, position: int = 1, *, dead: bool = False, type: int = 1) -> Head:
    return Head(item, position, REVISION, type, fields_of(name), dead=dead)


def edit(item: bytes, before: str, after: str) -> Entry:
    return Entry(Change(item, difference(Content(fields_of(before)), Content(fields_of(after)), TYPES[1].merges)), {})


def test_an_item_without_commands_is_as_the_server_said() -> None:
    cache, outbox = Cache(10_000), Outbox()
    cache.take(head(A, "Bob"))
    cache.told_safe(2, Point(5, bytes(16)))
    (shown,) = Shelf().items(cache, outbox, 1)
    assert (shown.content.fields, shown.grade, shown.collection) == (fields_of("Bob"), Grade.SAFE, 1)
    cache.take(head(A, "", 2, dead=True))
    assert Shelf().items(cache, outbox, 1) == []
    assert lay_over(cache, outbox, A) is None


def test_a_shelf_makes_an_item_anew_when_its_head_or_its_grade_is_another() -> None:
    cache, outbox, shelf = Cache(10_000), Outbox(), Shelf()
    cache.take(head(A, "Bob", 1))
    cache.take(head(B, "Carol", 2))
    bob, carol = shelf.items(cache, outbox, 1)
    assert all(one is other for one, other in zip(shelf.items(cache, outbox, 1), (bob, carol), strict=True))
    cache.told_safe(2, Point(1, bytes(16)))
    cache.take(head(B, "Carol B", 3))
    bob, carol = shelf.items(cache, outbox, 1)
    assert (bob.grade, carol.content.fields) == (Grade.SAFE, fields_of("Carol B"))
    outbox.make(edit(A, "Bob", "Rob"))
    cache.take(head(B, "", 4, dead=True))
    (rob,) = shelf.items(cache, outbox, 1)
    assert (rob.item, rob.content.fields, rob.grade) == (A, fields_of("Rob"), Grade.LOCAL)


def test_edits_show_at_once_as_local_one_upon_the_other() -> None:
    """B1."""
    cache, outbox = Cache(10_000), Outbox()
    cache.take(head(A, "Bob"))
    outbox.make(edit(A, "Bob", "Rob"))
    outbox.make(edit(A, "Rob", "Robert"))
    outbox.make(Entry(Create(B, 1, Content(fields_of("Carol"))), {}))
    assert {shown.item: shown.content.fields for shown in Shelf().items(cache, outbox, 1)} == {
        A: fields_of("Robert"),
        B: fields_of("Carol"),
    }
    assert {shown.grade for shown in Shelf().items(cache, outbox, 1)} == {Grade.LOCAL}
    assert Shelf().items(cache, outbox, 2) == []


def test_edits_follow_what_lies_below_them() -> None:
    """What was laid over once is laid over anew when the server says something else."""
    cache, outbox = Cache(10_000), Outbox()
    cache.take(head(A, "Bob"))
    outbox.make(edit(A, "Bob", "Rob"))
    once = lay_over(cache, outbox, A)
    assert lay_over(cache, outbox, A) is once, "it is not made twice"
    cache.take(Head(A, 2, REVISION, 1, fields_of("Bob", "0170")))
    shown = lay_over(cache, outbox, A)
    assert shown is not None
    assert shown.content.fields == fields_of("Rob", "0170")


def test_an_item_of_an_unknown_type_is_shown_with_its_edits_nowhere() -> None:
    cache, outbox = Cache(10_000), Outbox()
    cache.take(head(A, "Bob", type=77), 2)
    outbox.make(edit(A, "Bob", "Rob"))
    shown = lay_over(cache, outbox, A)
    assert shown is not None
    assert shown.collection == 0
    assert shown.content.fields == fields_of("Rob")


def test_a_service_s_own_command_shows_what_it_will_do() -> None:
    cache, outbox = Cache(10_000), Outbox()
    cache.take(Head(A, 1, Revision(1, bytes(8)), 1, fields_of("Bob")))
    edit = difference(Content(fields_of("Bob")), Content(fields_of("Robert")), TYPES[1].merges)
    outbox.make(Entry(Own(A, 16, b"rename him", edit), {}))
    shown = lay_over(cache, outbox, A)
    assert shown is not None
    assert (shown.content.fields, shown.grade) == (fields_of("Robert"), Grade.LOCAL)


def test_a_deletion_hides_and_an_edit_of_what_is_gone_shows_nothing() -> None:
    cache, outbox = Cache(10_000), Outbox()
    cache.take(head(A, "Bob"))
    outbox.make(Entry(Delete(A, b""), {}))
    outbox.make(edit(A, "Bob", "Rob"))
    assert lay_over(cache, outbox, A) is None
    assert Shelf().items(cache, outbox, 1) == []


def test_a_window_may_be_faster_than_the_outcome() -> None:
    cache, outbox = Cache(10_000), Outbox()
    outbox.make(Entry(Create(A, 1, Content(fields_of("Bob"))), {}))
    cache.take(head(A, "Bobby", 2))
    shown = lay_over(cache, outbox, A)
    assert shown is not None
    assert (shown.content.fields, shown.grade) == (fields_of("Bobby"), Grade.LOCAL)


def test_what_was_rejected_is_shown_with_its_reason_until_it_is_dismissed() -> None:
    cache, outbox = Cache(10_000), Outbox()
    outbox.make(Entry(Create(A, 1, Content(fields_of("Bob"))), {}))
    cache.take(head(B, "Carol"))
    outbox.make(edit(B, "Carol", "Karol"))
    outbox.ready(0.0)
    for number in (1, 2):
        outbox.answered(Outcome(number, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    bob, carol = lay_over(cache, outbox, A), lay_over(cache, outbox, B)
    assert bob is not None
    assert carol is not None
    assert (bob.content.fields, bob.grade, bob.rejected) == (fields_of("Bob"), Grade.LOCAL, Reason.INVALID)
    assert (carol.content.fields, carol.rejected) == (fields_of("Carol"), Reason.INVALID)
    outbox.dismiss(A)
    assert lay_over(cache, outbox, A) is None


def test_what_an_app_arranges_of_them_is_made_once_as_long_as_they_are_the_same() -> None:
    cache, outbox, shelf, made = Cache(10_000), Outbox(), Shelf(), list[int]()

    def count(name: str = "count") -> int:
        def arrange(items: list[Shown]) -> int:
            made.append(len(items))
            return len(items)

        return shelf.arranged(name, shelf.items(cache, outbox, 1), arrange)

    assert (count(), count(), made) == (0, 0, [0])
    cache.take(head(A, "Bob", 1))
    assert (count(), count(), count("other"), made) == (1, 1, 1, [0, 1, 1])
    outbox.make(edit(A, "Bob", "Rob"))
    assert (count(), made[3:]) == (1, [1])
    cache.told_safe(2, Point(1, bytes(16)))
    assert (count(), made[4:]) == (1, [1])
    outbox.withdraw(next(outbox.entries()).intent)
    assert (count(), made[5:]) == (1, [1])
    cache.make_room(10_000, ())
    assert (count(), made[6:]) == (0, [0])


def test_a_service_s_own_command_shows_the_item_that_it_makes() -> None:
    """B1: also once it was not accepted; one that only changes an item shows nothing where there is none."""
    cache, outbox = Cache(10_000), Outbox()
    edit = difference(Content(), Content(fields_of("Bob")), TYPES[1].merges)
    outbox.make(Entry(Own(A, 20, b"", edit, creates=1), {}))
    outbox.make(Entry(Own(B, 16, b"", edit), {}))
    assert lay_over(cache, outbox, A) == Shown(A, 1, Content(fields_of("Bob")), Grade.LOCAL)
    assert lay_over(cache, outbox, B) is None
    list(outbox.ready(0.0))
    outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    shown = lay_over(cache, outbox, A)
    assert shown is not None
    assert (shown.content.fields, shown.rejected) == (fields_of("Bob"), Reason.INVALID)
    cache.take(head(A, "Bob"))
    assert len(Shelf().items(cache, outbox, 1)) == 1
