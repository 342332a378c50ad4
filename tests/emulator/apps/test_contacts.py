"""Contacts on the screen and under the thumbs: a story for each thing that a person does with them."""

from __future__ import annotations

from dataclasses import replace

from desks import DeskBench, bob, head_of_contact, item_id
from golden import check_golden
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Delete
from thinline.items import Head, Revision
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator.apps.contacts import Contacts
from thinline_emulator.apps.contacts.pages import List, View


def person(name: str, **more: str) -> contacts_pb2.Contact:
    return contacts_pb2.Contact(name=name, **more)  # type: ignore[arg-type]


def opened(*contacts: contacts_pb2.Contact) -> DeskBench:
    bench = DeskBench(*contacts)
    bench.keys("jump ok")
    return bench


def page(bench: DeskBench) -> object:
    return bench.memory.screens["contacts"]


def test_the_list_is_sorted_and_marks_what_exists_only_here_copies_and_rejections() -> None:
    """Spec KEEP-5."""
    bench = opened(person("carol"), person("Bob"), person("李小龍"), person("Анна"), person("x" * 60))
    bench.memory.cache.take(head_of_contact(person("Bob"), 6, 6, copy_of=item_id(2)))
    bench.memory.cache.told_safe(2, Point(2, bytes(16)))
    bench.keys("menu 'Dora' ok")
    assert bench.desk.item(item_id(1)) is not None
    bench.keys("menu 'Eve' ok")
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(2, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    check_golden("contacts-list", bench.screen)


def test_numbers_favourites_and_right_to_left_names_stand_in_the_list() -> None:
    noa = person("נועה כהן")
    noa.phones.add(label="mobile", value="+972 52 123 4567")
    anna = contacts_pb2.Contact(name="Анна Каренина", favourite=True)
    bench = opened(bob(), noa, anna, person("", organisation="Light Rail"))
    check_golden("contacts-numbers", bench.screen)


def test_an_empty_list() -> None:
    bench = opened()
    check_golden("contacts-empty", bench.screen)
    bench.keys("wheel-down wheel-up right back")
    assert page(bench) == List()
    bench.keys("ok back back")
    assert bench.memory.focus == ["jump"]


def test_a_long_list_scrolls_with_the_wheel() -> None:
    bench = opened(*[person(f"Person {number:02d}") for number in range(40)])
    bench.keys("wheel-down " * 20)
    check_golden("contacts-scrolled", bench.screen)
    bench.keys("down " * 40)
    assert "Person 39" in bench.screen
    bench.keys("up")
    assert page(bench) == List(item_id(39))


def test_a_contact_is_viewed_with_all_that_it_says() -> None:
    bench = opened(bob())
    bench.keys("wheel-down ok")
    check_golden("contact-view", bench.screen)
    bench.memory.cache.told_safe(2, Point(9, bytes(16)))
    assert "in a copy" in bench.screen
    bench.keys("back")
    assert page(bench) == List(item_id(1))


def test_a_contact_is_deleted_at_once_and_undone_by_the_menu() -> None:
    bench = opened(bob(), person("Carol"))
    bench.keys("wheel-down ok delete")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Delete)
    assert len(entry.intent.seen) == 8
    assert page(bench) == List(item_id(2), gone=True)
    check_golden("contact-delete", bench.screen)
    bench.keys("menu ok")
    assert "Contacts (2)" in bench.screen
    assert "Undone (deleted: Bob Børgesen)" in bench.screen
    assert len(bench.memory.outbox) == 0
    bench.keys("down ok menu down down down ok")
    assert "Contacts (1)" in bench.screen
    bench.keys("down menu")
    assert bench.screen.splitlines()[2].strip("| ") == "New contact"


def test_what_is_deleted_elsewhere_meanwhile_is_told() -> None:
    bench = opened(bob())
    bench.memory.screens["contacts"] = View(item_id(9))
    check_golden("contact-gone", bench.screen)
    bench.keys("ok")
    assert page(bench) == List()
    bench.keys("wheel-down ok")
    bench.memory.cache.take(replace(head_of_contact(bob(), 1, 9), dead=True))
    assert "was deleted" in bench.screen
    bench.keys("delete")
    assert page(bench) == List(item_id(1))


def test_a_rejection_is_shown_and_forgotten_by_delete() -> None:
    bench = opened()
    bench.keys("menu 'Bob' send")
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    bench.keys("ok")
    check_golden("contact-rejected", bench.screen)
    bench.keys("delete")
    assert bench.desk.items(1) == []


def test_a_copy_says_that_it_is_another_version_and_the_contact_that_there_is_one() -> None:
    bench = opened(bob())
    bench.memory.cache.take(head_of_contact(bob(), 2, 2, copy_of=item_id(1)))
    bench.keys("wheel-down ok")
    assert "there is another version (MENU)" in bench.screen
    bench.keys("right")
    assert "another version; on the server" in bench.screen


def test_notes_stand_above_the_hint_on_every_page() -> None:
    bench = opened(bob())
    for keys in ("", "wheel-down ok", "ok"):
        bench.keys(keys)
        bench.memory.note = "Somebody else changed this too; both versions were kept."
        assert "Somebody else" in bench.screen


def test_what_a_later_version_says_survives_in_a_head_that_is_shown() -> None:
    bench = opened()
    fields = bob().SerializeToString() + b"\xfa\x07\x03new"
    bench.memory.cache.take(Head(item_id(1), 1, Revision(1, bytes(8)), 1, fields))
    bench.keys("down ok ok '!' menu")
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    assert b"\xfa\x07\x03new" in shown.content.fields


def test_the_app_says_what_it_keeps() -> None:
    app = Contacts()
    assert app.collection == TYPES[1].collection
    assert app.begin() == List()
