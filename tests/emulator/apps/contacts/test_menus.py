"""What can be done on a page, the groups of one, two versions, help."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desks import DeskBench, bob, head_of_contact, item_id
from golden import check_golden
from thinline.intents import Create, Delete
from thinline.v1.contacts_pb2 import Contact
from thinline_emulator.apps.contacts import Contacts
from thinline_emulator.apps.contacts.pages import Groups, List, Menu, Pick, Versions, View


def opened(*contacts: Contact) -> DeskBench:
    bench = DeskBench(*contacts)
    bench.keys("jump ok")
    return bench


def page(bench: DeskBench) -> object:
    return bench.memory.screens["contacts"]


def contact_of(bench: DeskBench, item: bytes = item_id(1)) -> Contact:
    shown = bench.desk.item(item)
    assert shown is not None
    return Contact.FromString(shown.content.fields)


def kinds(bench: DeskBench) -> list[str]:
    return [type(entry.intent).__name__ for entry in bench.memory.outbox.entries()]


def test_the_menu_of_the_list_and_of_one() -> None:
    bench = opened(bob())
    bench.keys("menu")
    assert page(bench) == Menu(List())
    assert "Edit" not in bench.screen
    bench.keys("back down menu")
    check_golden("contacts-menu", bench.screen)
    bench.keys("menu ok menu")
    assert "New contact" not in bench.screen
    bench.keys("left cancel")
    assert page(bench) == View(item_id(1), List(item_id(1)))


def test_favourites_are_made_and_unmade() -> None:
    bench = opened(bob())
    bench.keys("down menu down down ok")
    assert contact_of(bench).favourite
    bench.keys("ok menu down ok")
    assert not contact_of(bench).favourite
    assert kinds(bench) == ["Change", "Change"]


def test_one_is_put_into_groups_and_taken_out() -> None:
    bench = opened(bob(), Contact(name="Carol", groups=["choir"]))
    bench.keys("down ok menu down down ok")
    check_golden("contact-groups", bench.screen)
    bench.keys("ok")
    assert list(contact_of(bench).groups) == ["friends", "trains", "choir"]
    bench.keys("down ok")
    assert list(contact_of(bench).groups) == ["trains", "choir"]
    bench.keys("'clubb' delete 's' ok")
    assert list(contact_of(bench).groups) == ["trains", "choir", "clubs"]
    bench.keys("down right ok")
    assert list(contact_of(bench).groups) == ["choir", "clubs"]
    bench.keys("down ok ok down down ok back")
    assert kinds(bench) == ["Change"] * 6
    assert page(bench) == View(item_id(1), List(item_id(1)))


def test_the_menu_leads_everywhere() -> None:
    bench = opened(bob())
    bench.keys("menu down ok")
    assert page(bench) == Groups()
    bench.keys("back menu up ok")
    check_golden("contacts-help", bench.screen)
    bench.keys("a down menu down ok")
    assert "Edit" in bench.screen
    bench.keys("back back menu ok 'Dave' menu")
    assert "Contacts (2)" in bench.screen


def test_undo_is_in_the_menu_and_takes_back_what_was_done_last() -> None:
    bench = opened(bob())
    bench.keys("down ok ok ' B.' menu menu down down down down ok")
    assert "Undone (changed: Bob Børgesen)" in bench.screen
    assert len(bench.memory.outbox) == 0
    bench.keys("menu down down down down")
    assert "Undo" not in bench.screen


def with_copy(*, origin: bool = True) -> DeskBench:
    """Bob, and another version of him with another note."""
    other = bob()
    other.notes, other.favourite = "plays the cello", True
    other.phones.add(label="home", value="+4586000000")
    bench = DeskBench(*([bob()] if origin else []))
    bench.memory.cache.take(head_of_contact(other, 2, 2, copy_of=item_id(1)))
    bench.keys(f"jump ok down{' down' if not origin else ''} ok menu down down down ok")
    assert page(bench) == Versions(item_id(2), View(item_id(1 if origin else 2), List(item_id(1 if origin else 2))))
    return bench


def test_two_versions_stand_beside_each_other() -> None:
    bench = with_copy()
    check_golden("contact-versions", bench.screen)
    bench.keys("left back")
    assert page(bench) == View(item_id(1), List(item_id(1)))


@pytest.mark.parametrize(
    ("keys", "made", "notes"),
    [
        ("ok", [], ["met in a tunnel", "plays the cello"]),
        ("down ok", ["Delete"], ["met in a tunnel"]),
        ("down down ok", ["Change", "Delete"], ["plays the cello"]),
        ("up ok", ["Create", "Delete"], ["met in a tunnel", "plays the cello"]),
    ],
)
def test_a_conflict_is_resolved_in_one_step_that_can_be_undone(keys: str, made: list[str], notes: list[str]) -> None:
    """Spec CMD-7: nothing goes unless its owner says so."""
    bench = with_copy()
    bench.keys(keys)
    assert kinds(bench) == made
    some = bench.desk.items(1)
    assert sorted(Contact.FromString(shown.content.fields).notes for shown in some) == notes
    if made:
        assert not any(shown.copy_of for shown in some)
        bench.memory.undo_last()
        assert len(bench.desk.items(1)) == 2
        assert len(bench.memory.outbox) == 0


@pytest.mark.parametrize(("keys", "made"), [("down ok", [Delete]), ("down down ok", [Create, Delete])])
def test_a_copy_of_what_was_deleted_goes_too_or_becomes_the_contact(keys: str, made: list[type]) -> None:
    """Spec CMD-8."""
    bench = with_copy(origin=False)
    assert "the contact was deleted" in bench.screen
    bench.keys(keys)
    assert [type(entry.intent) for entry in bench.memory.outbox.entries()] == made
    assert [shown.copy_of for shown in bench.desk.items(1)] == [b""] * (len(made) - 1)


def test_what_goes_while_its_page_is_open_is_told() -> None:
    bench = with_copy()
    for number in (1, 2):
        bench.memory.cache.take(replace(head_of_contact(bob(), number, 9), dead=True))
    assert "was deleted" in bench.screen
    bench.keys("ok")
    assert page(bench) == View(item_id(1), List(item_id(1)))
    bench.open(Contacts(), Pick(item_id(1), View(item_id(1))))
    assert "was deleted" in bench.screen
    bench.keys("ok")
    assert page(bench) == View(item_id(1))
    bench.open(Contacts(), Menu(View(item_id(1))))
    bench.keys("ok")
    assert page(bench) == Groups()
