"""How edits come together, field by field, without base versions.

A change carries for each field the new value and a digest of the one it replaces. A field conflicts when its value is
neither the one seen nor the one set; then both survive, the later as a conflict copy. Which fields that holds for is
the service's declaration (spec ITEM-7, CMD-6 to CMD-9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thinline.errors import RemoteError
from thinline.items import Blob, Cells, blob_cell, digest, join_cells, split_fields
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.types import Merge

__all__ = ["BlobChange", "Content", "Edit", "FieldChange", "Merged", "difference", "merge"]


# A generated enum looks its values up by name each time.
_SET, _LAST_WINS = Merge.MERGE_SET, Merge.MERGE_LAST_WINS


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an edit: the whole new value and the digest of the one replaced, or elements in and out of a set."""

    number: int
    value: bytes = b""
    seen: bytes = b""
    add: tuple[bytes, ...] = ()
    remove: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class BlobChange:
    """One blob of an edit: the new one, or none to take the name away, and the digest of the one replaced."""

    name: str
    blob: Blob | None
    seen: bytes = b""


@dataclass(frozen=True, slots=True)
class Edit:
    """All that one change sets."""

    fields: tuple[FieldChange, ...] = ()
    blobs: tuple[BlobChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says, apart from where it stands in the history."""

    fields: bytes = b""
    blobs: tuple[Blob, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of a merge: the content with every change in it, and whether any of them met another edit."""

    content: Content
    conflict: bool


def _set_value(records: tuple[bytes, ...], change: FieldChange) -> tuple[bytes, ...]:
    gone = set(change.remove)
    kept = [record for record in records if record not in gone]
    there = set(kept)
    new = [record for record in dict.fromkeys(change.add) if record not in there]
    return tuple(kept + new)


def _checked(change: FieldChange, value: bytes) -> tuple[bytes, ...]:
    """The records of one value; each must carry the field's own number (spec CMD-3)."""
    cells = split_fields(value)
    if set(cells) - {change.number}:
        raise RemoteError(Reason.MALFORMED, "a value of another field")
    return cells.get(change.number, ())


def _merge_field(cells: Cells, change: FieldChange, rule: int) -> bool:
    """Put one change into the cells; tells whether it conflicts."""
    current = cells.get(change.number, ())
    if change.add or change.remove:  # a set's, even where this version does not know the field (spec CMD-6)
        for element in (*change.add, *change.remove):
            _checked(change, element)
        cells[change.number] = _set_value(current, change)
        return False
    cells[change.number] = _checked(change, change.value)
    if rule == _LAST_WINS:
        return False
    value = b"".join(current)
    return digest(value) != change.seen and value != change.value


def _merge_blob(blobs: dict[str, Blob], change: BlobChange) -> bool:
    current = blobs.get(change.name)
    cell = blob_cell(current) if current else b""
    wanted = blob_cell(change.blob) if change.blob else b""
    if change.blob:
        blobs[change.name] = change.blob
    else:
        blobs.pop(change.name, None)
    return digest(cell) != change.seen and cell != wanted


def merge(content: Content, edit: Edit, rules: Mapping[int, int]) -> Merged:
    """Put an edit into a content (spec CMD-6).

    Args:
        content: the version as it is now.
        edit: what to set.
        rules: merge rule by field number; a field without one keeps both.

    Raises:
        RemoteError: MALFORMED, when a value is not an encoding of its field; TOO_LARGE, when it grows beyond bounds.
    """
    cells = split_fields(content.fields)
    blobs = {blob.name: blob for blob in content.blobs}
    clashes = [_merge_field(cells, change, rules.get(change.number, 0)) for change in edit.fields]
    clashes += [_merge_blob(blobs, change) for change in edit.blobs]
    if sum(map(len, cells.values())) > LIMITS.head_records:
        raise RemoteError(Reason.TOO_LARGE, "too many records")
    merged = Content(join_cells(cells), tuple(blobs[name] for name in sorted(blobs)))
    return Merged(merged, any(clashes))


def difference(old: Content, new: Content, rules: Mapping[int, int]) -> Edit:
    """The edit that makes `new` of `old`, seen from `old`: what an app's editor hands to the outbox."""
    before, after = split_fields(old.fields), split_fields(new.fields)
    fields = []
    for number in sorted(before.keys() | after.keys()):
        was, now = before.get(number, ()), after.get(number, ())
        if was == now:
            continue
        if rules.get(number, 0) == _SET:
            add = tuple(record for record in now if record not in was)
            remove = tuple(record for record in was if record not in now)
            if add or remove:  # else only their order differs
                fields.append(FieldChange(number, add=add, remove=remove))
        else:
            fields.append(FieldChange(number, b"".join(now), digest(b"".join(was))))
    return Edit(tuple(fields), _blob_difference(old.blobs, new.blobs))


def _blob_difference(old: tuple[Blob, ...], new: tuple[Blob, ...]) -> tuple[BlobChange, ...]:
    before = {blob.name: blob for blob in old}
    after = {blob.name: blob for blob in new}
    return tuple(
        BlobChange(name, after.get(name), digest(blob_cell(before[name])) if name in before else b"")
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )
