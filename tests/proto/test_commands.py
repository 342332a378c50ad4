"""Commands happen once: where they stand, and what each of the three core kinds does to an item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import pytest

from thinline.commands import (
    CORE_RULES,
    Changes,
    Decision,
    Place,
    Rejection,
    Touches,
    Version,
    View,
    grow,
    payload_digest,
    place,
)
from thinline.errors import RemoteError
from thinline.frames import Verdict
from thinline.intents import CHANGE, CREATE, DELETE, RESTORE, Change, Create, Delete, Intent, Restore, write_intent
from thinline.items import NO_REVISION, Blob, Head, Revision, content_digest, digest, next_revision
from thinline.merge import BlobChange, Content, Edit, FieldChange, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact

APPLIED, COPIED = Verdict.VERDICT_APPLIED, Verdict.VERDICT_COPIED
ITEM, OTHER = b"item12345678", b"other1234567"
ALICE, BOB = b"alice001", b"bob00001"
FACE = Blob("face", bytes(32), 9)
MET = Contact(name="Carol", notes="met in a tunnel").SerializeToString()


def version(fields: bytes = MET, item: bytes = ITEM, *, dead: bool = False, position: int = 5) -> Version:
    made = grow(None, Head(item, 0, NO_REVISION, 1, fields, dead=dead))
    return Version(replace(made.head, position=position))


def view(*items: Version, copies: Iterable[Version] = (), handset: bytes = ALICE, number: int = 7) -> View:
    return View({one.head.item: one for one in items}, tuple(copies), handset, 1, number, TYPES)


def decide(intent: Intent, seen: View) -> Decision:
    kind, body = write_intent(intent)
    return CORE_RULES[kind].decide(body, seen)


def rename(old: bytes, name: str) -> Change:
    new = Contact.FromString(old)
    new.name = name
    return Change(ITEM, difference(Content(old), Content(new.SerializeToString()), TYPES[1].merges))


def name_of(made: Version) -> str:
    return Contact.FromString(made.head.fields).name


# Where a command stands


def test_a_lost_frame_is_a_gap_and_a_forgotten_past_is_not() -> None:
    """Spec CMD-10, X4."""
    assert place(done=4, number=5, after=4) is Place.FRESH
    assert place(done=4, number=6, after=5) is Place.GAP
    assert place(done=4, number=4, after=3) is Place.REPEAT
    assert place(done=0, number=1, after=0) is Place.FRESH
    assert place(done=12, number=20, after=0) is Place.FRESH  # a rolled back server; 13 to 19 were answered
    assert place(done=30, number=20, after=19) is Place.REPEAT


def test_two_payloads_of_one_number_are_told_apart() -> None:
    """Spec CMD-12, X3: by kind and body."""
    assert payload_digest(1, b"body") == hashlib.sha256(b"\0\0\0\1body").digest()[:8]
    assert len({payload_digest(1, b"body"), payload_digest(2, b"body"), payload_digest(1, b"Body")}) == 3


# What it touches


@pytest.mark.parametrize(
    ("intent", "touches"),
    [
        (Create(ITEM, 1, Content(MET, (FACE,))), Touches((ITEM,), (), (FACE.hash,))),
        (
            Change(ITEM, Edit((), (BlobChange("face", FACE), BlobChange("back", None)))),
            Touches((ITEM,), (ITEM,), (FACE.hash,)),
        ),
        (Delete(ITEM, b"seen1234"), Touches((ITEM,))),
        (Restore(ITEM, b"seen1234"), Touches((ITEM,))),
    ],
)
def test_a_command_names_what_must_be_loaded(intent: Intent, touches: Touches) -> None:
    """Spec CMD-18: the parts that must be there before."""
    kind, body = write_intent(intent)
    assert CORE_RULES[kind].touches(body) == touches


def test_the_core_kinds_are_these() -> None:
    """Spec CMD-1."""
    names = {1: "create", 2: "change", 3: "delete", 4: "restore"}
    assert {kind: rule.name for kind, rule in CORE_RULES.items()} == names
    assert (CREATE, CHANGE, DELETE, RESTORE) == (1, 2, 3, 4)


# Create


def test_a_create_makes_the_item_under_its_own_id() -> None:
    """Spec ITEM-1, ITEM-5."""
    made = decide(Create(ITEM, 1, Content(MET, (FACE,))), view())
    content = content_digest(1, MET, [FACE], dead=False)
    assert made == Changes((Version(Head(ITEM, 0, next_revision(None, content), 1, MET, (FACE,))),))


def test_a_create_whose_id_exists_is_done() -> None:
    """Spec CMD-13."""
    assert decide(Create(ITEM, 1, Content(b"")), view(version())) == Changes((), told=(ITEM,))
    assert decide(Create(ITEM, 1, Content(MET)), view(version(dead=True))) == Changes((), told=(ITEM,))


def test_a_create_is_refused_by_type_by_size_and_by_its_service() -> None:
    """Spec CMD-1, ITEM-9."""
    picky = replace(view(), check=lambda kind, content: Reason.INVALID if content.blobs else None)
    assert decide(Create(ITEM, 99, Content()), picky) == Rejection(Reason.UNKNOWN_TYPE)
    assert decide(Create(ITEM, 1, Content(MET, (FACE,))), picky) == Rejection(Reason.INVALID)
    large = Contact(notes="x" * 4_096).SerializeToString()
    assert decide(Create(ITEM, 1, Content(large)), picky) == Rejection(Reason.TOO_LARGE)
    with pytest.raises(RemoteError):
        decide(Create(ITEM, 1, Content(b"\xff")), picky)


# Change


def test_a_change_grows_from_what_it_replaces() -> None:
    """Spec ITEM-5, ITEM-6."""
    before = version()
    made = decide(rename(MET, "Caroline"), view(before))
    assert isinstance(made, Changes)
    (after,) = made.heads
    assert (made.verdict, name_of(after)) == (APPLIED, "Caroline")
    assert after.head.revision.generation == 2
    assert after.head.ancestors == (before.head.revision.digest,)


def test_ancestors_are_the_newest_eight() -> None:
    """Spec ITEM-6."""
    now = version()
    digests: list[bytes] = []
    for turn in range(10):
        digests.insert(0, now.head.revision.digest)
        now = grow(now, replace(now.head, fields=b"\x0a\x01" + bytes([65 + turn])))
    assert now.head.ancestors == tuple(digests[:8])
    assert now.head.revision.generation == 11


def test_a_change_that_is_there_already_is_done() -> None:
    """Spec CMD-13."""
    there = Contact(name="Caroline", notes="met in a tunnel").SerializeToString()
    assert decide(rename(MET, "Caroline"), view(version(there))) == Changes((), APPLIED, told=(ITEM,))


def test_a_change_of_nothing_is_rejected() -> None:
    """T2: an item of another account is as one that does not exist."""
    assert decide(rename(MET, "Caroline"), view()) == Rejection(Reason.NO_SUCH_ITEM)
    assert decide(Delete(ITEM, b""), view()) == Rejection(Reason.NO_SUCH_ITEM)


def test_a_conflict_makes_a_copy_and_leaves_the_item() -> None:
    """Spec CMD-7, CMD-9, S2."""
    theirs = version(Contact(name="Carla", notes="met in a tunnel").SerializeToString())
    made = decide(rename(MET, "Caroline"), view(theirs))
    assert isinstance(made, Changes)
    (copy,) = made.heads
    derived = hashlib.sha256(b"copy" + ITEM + ALICE + (1).to_bytes(8, "big") + (7).to_bytes(8, "big")).digest()[:12]
    assert (made.verdict, made.told) == (COPIED, (ITEM,))
    assert (copy.head.item, copy.head.copy_of, copy.copy_by) == (derived, ITEM, ALICE)
    assert (name_of(copy), copy.head.revision.generation) == ("Caroline", 1)
    again = decide(rename(MET, "Caroline"), view(theirs, copies=[copy]))
    assert again == Changes((), COPIED, told=(derived, ITEM))


def test_the_next_edit_of_the_same_handset_goes_into_its_copy() -> None:
    """Spec CMD-9: two edits in one tunnel make one copy, and bob's edits another."""
    theirs = version(Contact(name="Carla", notes="met in a tunnel").SerializeToString())
    first = decide(rename(MET, "Caroline"), view(theirs))
    assert isinstance(first, Changes)
    (copy,) = first.heads
    mine = Contact(name="Caroline", notes="met in a tunnel").SerializeToString()
    second = decide(rename(mine, "Carolin"), view(theirs, copies=[copy], number=8))
    assert isinstance(second, Changes)
    assert [(name_of(one), one.head.item) for one in second.heads] == [("Carolin", copy.head.item)]
    assert second.verdict == COPIED
    assert second.heads[0].copy_by == ALICE
    same = decide(rename(mine, "Caroline"), view(theirs, copies=[copy], number=8))
    assert isinstance(same, Changes)
    for handset, copies in ((BOB, [copy]), (ALICE, [replace(copy, head=replace(copy.head, dead=True))])):
        other = decide(rename(mine, "Carolin"), view(theirs, copies=copies, handset=handset, number=8))
        assert isinstance(other, Changes)
        assert other.heads[0].head.item != copy.head.item
    clash = decide(rename(MET, "Cara"), view(theirs, copies=[copy], number=8))
    assert isinstance(clash, Changes)
    assert clash.heads[0].head.item != copy.head.item


def test_an_edit_of_what_was_deleted_keeps_the_whole_item() -> None:
    """Spec CMD-8, S2."""
    gone = grow(version(), replace(version().head, dead=True))
    made = decide(rename(MET, "Caroline"), view(gone))
    assert isinstance(made, Changes)
    (copy,) = made.heads
    assert (made.verdict, name_of(copy), copy.head.dead) == (COPIED, "Caroline", False)
    assert Contact.FromString(copy.head.fields).notes == "met in a tunnel"


def test_what_a_merge_makes_is_judged_too() -> None:
    """Spec ITEM-9: in the item and in the copy."""
    large = Edit((FieldChange(5, b"\x2a\xff\x1f" + b"x" * 4_095, digest(b"\x2a\x0fmet in a tunnel")),))
    assert decide(Change(ITEM, large), view(version())) == Rejection(Reason.TOO_LARGE)
    assert decide(Change(ITEM, large), view(version(b""))) == Rejection(Reason.TOO_LARGE)
    strange = replace(version(), head=replace(version().head, type=99))
    assert decide(rename(MET, "Caroline"), view(strange)) == Rejection(Reason.UNKNOWN_TYPE)


# Delete


def test_a_delete_makes_a_tombstone_of_what_was_seen() -> None:
    """Spec CMD-4, ITEM-5."""
    before = version()
    seen = content_digest(1, MET, [], dead=False)[:8]
    made = decide(Delete(ITEM, seen), view(before))
    assert isinstance(made, Changes)
    (tomb,) = made.heads
    assert tomb.head.dead
    content = content_digest(1, MET, [], dead=True)
    assert tomb.head.revision == next_revision(before.head.revision, content)
    assert tomb.content == before.content  # for an edit that meets it
    assert decide(Delete(ITEM, seen), view(tomb)) == Changes((), told=(ITEM,))  # spec CMD-13


def test_a_delete_that_did_not_see_an_edit_is_rejected() -> None:
    """Spec CMD-4."""
    assert decide(Delete(ITEM, b"seen1234"), view(version())) == Rejection(Reason.EDITED)


# Restore


def test_a_restore_makes_the_deleted_item_live_again_with_the_content_that_it_had() -> None:
    """Spec CMD-25, ITEM-5."""
    before = Version(replace(version().head, blobs=(FACE,), copy_of=OTHER), ALICE)
    seen = content_digest(1, MET, [FACE], dead=False)[:8]
    deleted = decide(Delete(ITEM, seen), view(before))
    assert isinstance(deleted, Changes)
    (tomb,) = deleted.heads
    made = decide(Restore(ITEM, seen), view(tomb))
    assert isinstance(made, Changes)
    (again,) = made.heads
    assert (again.head.dead, again.content, again.head.copy_of, again.copy_by) == (False, before.content, OTHER, ALICE)
    content = content_digest(1, MET, [FACE], dead=False)
    assert again.head.revision == next_revision(tomb.head.revision, content)
    assert again.head.ancestors == (tomb.head.revision.digest, before.head.revision.digest)


def test_a_restore_of_what_lives_is_done_and_of_another_content_rejected() -> None:
    """Spec CMD-25, CMD-26."""
    seen = content_digest(1, MET, [], dead=False)[:8]
    assert decide(Restore(ITEM, seen), view(version())) == Changes((), told=(ITEM,))
    assert decide(Restore(ITEM, seen), view()) == Rejection(Reason.NO_SUCH_ITEM)
    assert decide(Restore(ITEM, b"seen1234"), view(version(dead=True))) == Rejection(Reason.EDITED)
    strange = replace(version(), head=replace(version(dead=True).head, type=99))
    seen = content_digest(99, MET, [], dead=False)[:8]
    assert decide(Restore(ITEM, seen), view(strange)) == Rejection(Reason.UNKNOWN_TYPE)


def test_a_version_remembers_whose_copy_it_is() -> None:
    """Spec CMD-9."""
    copy = Version(replace(version().head, copy_of=OTHER), ALICE)
    assert grow(copy, replace(copy.head, fields=b"")).copy_by == ALICE
    assert grow(copy, copy.head).head.copy_of == OTHER
    assert Revision(2, b"").generation == grow(copy, copy.head).head.revision.generation
