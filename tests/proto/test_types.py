"""Item types come from the options in the .proto files; nothing of them is written twice."""

from __future__ import annotations

import pytest

from thinline.types import TYPES, Collection, Merge, registry
from thinline.v1 import contacts_pb2


def test_contacts_are_the_first_type() -> None:
    """Spec ITEM-7: how edits come together stands in the .proto."""
    contact = TYPES[1]
    assert (contact.name, contact.collection) == ("contact", Collection.COLLECTION_CONTACTS)
    assert contact.message is contacts_pb2.Contact
    merges = {
        field.name: Merge.Name(Merge.ValueType(contact.merges[field.number]))
        for field in contacts_pb2.Contact.DESCRIPTOR.fields
    }
    assert merges == {
        "name": "MERGE_KEEP_BOTH",
        "phones": "MERGE_SET",
        "mails": "MERGE_SET",
        "address": "MERGE_KEEP_BOTH",
        "notes": "MERGE_KEEP_BOTH",
        "groups": "MERGE_SET",
        "favourite": "MERGE_LAST_WINS",
        "organisation": "MERGE_KEEP_BOTH",
    }


def test_a_number_is_given_once() -> None:
    with pytest.raises(AssertionError, match="given twice"):
        registry([contacts_pb2.Contact, contacts_pb2.Contact])


def test_a_message_without_the_option_is_no_item() -> None:
    with pytest.raises(AssertionError, match="Labelled lacks"):
        registry([contacts_pb2.Labelled])
