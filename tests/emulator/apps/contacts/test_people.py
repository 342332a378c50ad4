"""People as the list, the groups and a search see them."""

from __future__ import annotations

from desks import DeskBench, bob, head_of_contact, item_id
from thinline.intents import Change
from thinline.items import Blob
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_emulator.apps.contacts.pages import FAVOURITES
from thinline_emulator.apps.contacts.people import (
    changed,
    contact_of,
    copies_of,
    deletion,
    groups_of,
    name_of,
    person,
    photo_of,
    rows,
)


def names(bench: DeskBench, group: str = "", find: str = "") -> list[str]:
    return [name_of(shown) for shown in rows(bench.desk, group, find)]


def test_a_person_is_called_by_what_there_is() -> None:
    mail = Contact(mails=[Labelled(value="x@example.org")])
    for contact, name, number in (
        (bob(), "Bob Børgesen", "+4520304050"),
        (Contact(organisation="Light Rail"), "Light Rail", ""),
        (mail, "x@example.org", ""),
        (Contact(name="X", mails=mail.mails), "X", "x@example.org"),
        (Contact(), "(no name)", ""),
    ):
        one = person(contact.SerializeToString())
        assert (one.name, one.number) == (name, number)


def test_the_order_is_by_name_whatever_the_case_then_by_id() -> None:
    bench = DeskBench(Contact(name="carol"), Contact(name="Bob"), Contact(name="bob"), Contact(name="Åse"))
    assert names(bench) == ["Bob", "bob", "carol", "Åse"]


def test_groups_are_those_that_somebody_is_in_the_favourites_first() -> None:
    bench = DeskBench(
        Contact(name="Bob", groups=["friends", "Choir"]), Contact(name="Carol", groups=["friends"], favourite=True)
    )
    assert groups_of(bench.desk) == [(FAVOURITES, 1), ("Choir", 1), ("friends", 2)]
    assert names(bench, "friends") == ["Bob", "Carol"]
    assert names(bench, FAVOURITES) == ["Carol"]
    assert names(bench, "nobody's") == []


def test_finding_looks_at_all_that_was_typed_but_not_at_labels() -> None:
    bench = DeskBench(bob(), Contact(name="Carol"))
    for find in ("borge bob", "LIGHT r", "nygade", "tunnel", "trains", "bob@exam", "+4520", "20304050"):
        assert names(bench, find=find) == ["Bob Børgesen"], find
    assert names(bench, find="mobile") == []
    assert names(bench, find="-") == ["Bob Børgesen", "Carol"]


def test_copies_and_photos_are_found_by_their_heads() -> None:
    bench = DeskBench(bob())
    bench.memory.cache.take(head_of_contact(bob(), 3, 3, copy_of=item_id(1)))
    bench.memory.cache.take(head_of_contact(bob(), 2, 2, copy_of=item_id(1)))
    assert [shown.item for shown in copies_of(item_id(1), bench.desk)] == [item_id(2), item_id(3)]
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    assert photo_of(shown) is None


def test_only_what_differs_is_a_change() -> None:
    bench = DeskBench(bob())
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    contact = contact_of(shown)
    assert changed(shown, contact) == ()
    contact.notes = ""
    (change,) = changed(shown, contact)
    assert isinstance(change, Change)
    assert [field.number for field in change.edit.fields] == [5]
    (change,) = changed(shown, contact_of(shown), (Blob("photo", bytes(32), 1),))
    assert [one.name for one in change.edit.blobs] == ["photo"]
    assert deletion(shown).item == item_id(1)
