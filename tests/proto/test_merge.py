"""Alice and Bob edit one contact in two tunnels: by field it merges, in one field both survive."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.items import Blob, blob_cell, digest, join_cells, split_fields
from thinline.limits import LIMITS
from thinline.merge import BlobChange, Content, Edit, FieldChange, difference, merge
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact, Labelled

RULES = TYPES[1].merges
NAME, PHONES, NOTES, GROUPS, FAVOURITE = 1, 2, 5, 6, 7
BOB = Contact(name="Bob", phones=[Labelled(label="home", value="1")], notes="tunnel", groups=["chess"])


def content(contact: Contact, *blobs: Blob) -> Content:
    return Content(contact.SerializeToString(), blobs)


def contact(merged: Content) -> Contact:
    return Contact.FromString(merged.fields)


def edited(**fields: object) -> Edit:
    """What a handset's editor makes, seen from BOB."""
    new = Contact()
    new.CopyFrom(BOB)
    for name, value in fields.items():
        new.ClearField(name)  # type: ignore[arg-type]
        if isinstance(value, list):
            getattr(new, name).extend(value)
        else:
            setattr(new, name, value)
    return difference(content(BOB), content(new), RULES)


def test_different_fields_merge() -> None:
    """Spec CMD-6."""
    alice = merge(content(BOB), edited(name="Robert"), RULES)
    bob = merge(alice.content, edited(notes="bridge"), RULES)
    assert not alice.conflict
    assert not bob.conflict
    assert (contact(bob.content).name, contact(bob.content).notes) == ("Robert", "bridge")


def test_the_same_field_conflicts_unless_it_says_the_same() -> None:
    """Spec CMD-6: neither the value seen nor the value set."""
    alice = merge(content(BOB), edited(name="Robert"), RULES)
    assert merge(alice.content, edited(name="Bobby"), RULES).conflict
    assert not merge(alice.content, edited(name="Robert"), RULES).conflict
    gone = merge(content(BOB), edited(notes=""), RULES)
    assert contact(gone.content).notes == ""
    assert merge(gone.content, edited(notes="bridge"), RULES).conflict


def test_the_last_wins_where_the_service_says_so() -> None:
    """Spec ITEM-7."""
    on = merge(content(BOB), edited(favourite=True), RULES)
    off = FieldChange(FAVOURITE, b"", digest(b"something else"))
    last = merge(on.content, Edit((off,)), RULES)
    assert (contact(on.content).favourite, contact(last.content).favourite, last.conflict) == (True, False, False)


def test_elements_of_a_set_come_and_go_one_by_one() -> None:
    """Spec CMD-6, ITEM-7."""
    alice = edited(groups=["chess", "choir"], phones=[])
    bob = edited(groups=["boules"])
    both = merge(merge(content(BOB), alice, RULES).content, bob, RULES)
    assert not both.conflict
    assert list(contact(both.content).groups) == ["choir", "boules"]
    assert list(contact(both.content).phones) == []
    again = merge(both.content, alice, RULES)
    assert again.content == both.content


def test_a_set_stays_a_set_for_who_does_not_know_the_field() -> None:
    """Spec CMD-6, U1: an older server neither loses an element nor sees a conflict."""
    assert merge(content(BOB), edited(groups=["chess", "choir"]), {}) == merge(
        content(BOB), edited(groups=["chess", "choir"]), RULES
    )


def test_a_field_without_a_rule_keeps_both() -> None:
    """Spec ITEM-7."""
    assert merge(content(BOB), Edit((FieldChange(FAVOURITE, b"\x38\x01", b"another!"),)), RULES).conflict is False
    assert merge(content(BOB), Edit((FieldChange(NAME, b"\x0a\x01x", b"another!"),)), {}).conflict is True


@pytest.mark.parametrize(
    "change",
    [
        FieldChange(NAME, b"\x12\x01x"),
        FieldChange(NAME, b"\x0a\x05x"),
        FieldChange(GROUPS, add=(b"\x0a\x01x",)),
        FieldChange(GROUPS, remove=(b"\xff",)),
    ],
)
def test_a_value_of_another_field_is_malformed(change: FieldChange) -> None:
    """Spec CMD-3."""
    with pytest.raises(RemoteError) as caught:
        merge(content(BOB), Edit((change,)), RULES)
    assert caught.value.reason is Reason.MALFORMED


def test_a_merge_keeps_within_bounds() -> None:
    """Spec ITEM-9: no content is made that could not be edited again."""
    full = Content(b"\x30\x01" * LIMITS.head_records)
    with pytest.raises(RemoteError) as caught:
        merge(full, Edit((FieldChange(GROUPS, add=(b"\x32\x01x",)),)), RULES)
    assert caught.value.reason is Reason.TOO_LARGE


FACE, OTHER = Blob("face", bytes(32), 1), Blob("face", bytes(31) + b"\1", 1)


def test_blobs_merge_by_name() -> None:
    """Spec CMD-2, CMD-6."""
    first = merge(content(BOB), difference(content(BOB), content(BOB, FACE), RULES), RULES)
    assert (first.content.blobs, first.conflict) == ((FACE,), False)
    assert merge(first.content, difference(content(BOB), content(BOB, OTHER), RULES), RULES).conflict
    assert not merge(first.content, difference(content(BOB), content(BOB, FACE), RULES), RULES).conflict
    changed = difference(content(BOB, FACE), content(BOB, OTHER), RULES)
    assert changed == Edit((), (BlobChange("face", OTHER, digest(blob_cell(FACE))),))
    assert merge(first.content, changed, RULES).content.blobs == (OTHER,)
    gone = merge(first.content, difference(content(BOB, FACE), content(BOB), RULES), RULES)
    assert (gone.content.blobs, gone.conflict) == ((), False)
    assert merge(gone.content, Edit((), (BlobChange("face", None, b"seen"),)), RULES).content.blobs == ()


def test_what_nobody_changed_survives_verbatim() -> None:
    """Spec ITEM-3."""
    unknown = b"\xa2\x1f\x03new"
    merged = merge(Content(BOB.SerializeToString() + unknown), edited(name="Robert"), RULES)
    assert split_fields(merged.content.fields)[500] == (unknown,)


names = st.sampled_from(["Bob", "Robert", "Bobby", ""])
groups = st.lists(st.sampled_from(["chess", "choir", "boules", "bees"]), unique=True, max_size=4)
contacts = st.builds(Contact, name=names, notes=names, address=names, groups=groups, favourite=st.booleans())


@given(contacts, contacts)
def test_a_difference_makes_the_new_of_the_old(old: Contact, new: Contact) -> None:
    """Spec CMD-2: and it never conflicts with what it was seen from."""
    merged = merge(content(old), difference(content(old), content(new), RULES), RULES)
    assert not merged.conflict
    made, wanted = contact(merged.content), Contact.FromString(new.SerializeToString())
    assert set(made.groups) == set(wanted.groups)
    made.ClearField("groups")
    wanted.ClearField("groups")
    assert made == wanted


@settings(max_examples=30)
@given(st.lists(groups, min_size=1, max_size=2), names, names)
def test_edits_of_different_fields_and_of_sets_commute(wished: list[list[str]], name: str, notes: str) -> None:
    """S2, H6: the same content in every order, elements of a set as a set."""
    edits = [edited(groups=one) for one in wished] + [edited(name=name), edited(notes=notes)]
    added = [{*one} - {"chess"} for one in wished]
    kept = all("chess" in one for one in wished)
    now = content(BOB)
    for order in permutations(edits):
        now, conflict = content(BOB), False
        for edit in order:
            merged = merge(now, edit, RULES)
            now, conflict = merged.content, conflict or merged.conflict
        assert not conflict
        assert (contact(now).name, contact(now).notes) == (name, notes)
        assert set(contact(now).groups) == set().union(*added) | ({"chess"} if kept else set())
    assert join_cells(split_fields(now.fields)) == now.fields
