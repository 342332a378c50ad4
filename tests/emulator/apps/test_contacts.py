"""Contacts on the screen and under the thumbs."""

from __future__ import annotations

from dataclasses import replace

from desks import DeskBench, bob, head_of_contact, item_id
from golden import check_golden
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Change, Create, Delete
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator.apps.contacts import Contacts, Form, List, View
from thinline_emulator.cache import Grade


def person(name: str, **more: str) -> contacts_pb2.Contact:
    return contacts_pb2.Contact(name=name, **more)  # type: ignore[arg-type]


def opened(*contacts: contacts_pb2.Contact) -> DeskBench:
    bench = DeskBench(*contacts)
    bench.keys("jump ok")
    return bench


def page(bench: DeskBench) -> object:
    return bench.memory.screens["contacts"]


def contact_of(bench: DeskBench, item: bytes) -> contacts_pb2.Contact:
    shown = bench.desk.item(item)
    assert shown is not None
    return contacts_pb2.Contact.FromString(shown.content.fields)


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


def test_an_empty_list() -> None:
    bench = opened()
    check_golden("contacts-empty", bench.screen)
    bench.keys("wheel-down wheel-up a")
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
    state = bench.memory.screens["contacts"]
    assert state == List(item_id(39))


def test_a_contact_is_viewed_with_all_that_it_says() -> None:
    bench = opened(bob())
    bench.keys("wheel-down ok")
    check_golden("contact-view", bench.screen)
    bench.memory.cache.told_safe(2, Point(9, bytes(16)))
    assert "in a copy" in bench.screen
    bench.keys("back")
    assert page(bench) == List(item_id(1))


def test_a_contact_without_a_name_is_called_by_what_it_has() -> None:
    mail = contacts_pb2.Contact()
    mail.mails.add(value="x@example.org")
    bench = opened(person("", organisation="Light Rail"), mail, person(""))
    for text in ("Light Rail", "x@example.org", "(no name)"):
        assert text in bench.screen


def test_a_new_contact_is_written_and_made() -> None:
    bench = opened()
    bench.keys("menu 'Bob' enter '+45' wheel-down wheel-up back")
    assert page(bench) == List()
    bench.keys("menu 'Bobb' delete down '+45 20' down down down 'b@x.org' left")
    check_golden("contact-form", bench.screen)
    bench.keys("ok")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Create)
    written = contact_of(bench, entry.item)
    assert (written.name, written.phones[0].label, written.phones[0].value) == ("Bob", "mobile", "+45 20")
    assert written.mails[0].value == "b@x.org"
    assert page(bench) == List(entry.item)


def test_an_edit_makes_only_the_difference_and_keeps_what_the_form_does_not_show() -> None:
    bench = opened(bob())
    bench.keys("wheel-down ok ok")
    assert isinstance(page(bench), Form)
    bench.keys("' B.' down down '86' down delete delete delete delete delete delete delete delete delete delete delete")
    bench.keys("menu")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Change)
    assert [change.number for change in entry.intent.edit.fields] == [1, 2]
    edited = contact_of(bench, item_id(1))
    assert edited.name == "Bob Børgesen B."
    assert sorted(phone.label for phone in edited.phones) == ["fax", "home", "mobile"]
    assert list(edited.groups) == ["friends", "trains"]
    assert page(bench) == View(item_id(1))
    assert "exists only here" in bench.screen


def test_a_mail_keeps_its_label_and_an_unchanged_form_makes_nothing() -> None:
    contact = person("Bob")
    contact.mails.add(label="home", value="a@x.org")
    bench = opened(contact)
    bench.keys("wheel-down ok menu ok")
    assert len(bench.memory.outbox) == 0
    bench.keys("menu down down down down delete 'm' wheel-press")
    assert [(mail.label, mail.value) for mail in contact_of(bench, item_id(1)).mails] == [("home", "a@x.orm")]
    bench.keys("menu back")
    assert page(bench) == View(item_id(1))
    bench.keys("back wheel-up menu menu")
    assert len(bench.memory.outbox) == 1


def test_a_contact_is_deleted_after_a_question() -> None:
    bench = opened(bob(), person("Carol"))
    bench.keys("wheel-down ok wheel-down")
    assert "press: Delete" in bench.screen
    bench.keys("ok")
    check_golden("contact-delete", bench.screen)
    bench.keys("a back delete ok")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Delete)
    assert len(entry.intent.seen) == 8
    assert page(bench) == List(item_id(2))
    assert "Contacts (1)" in bench.screen


def test_what_is_deleted_elsewhere_meanwhile_is_told() -> None:
    bench = opened(bob())
    gone = item_id(9)
    bench.memory.screens["contacts"] = View(gone)
    check_golden("contact-gone", bench.screen)
    bench.keys("ok")
    assert page(bench) == List(gone)
    bench.keys("wheel-down wheel-down ok delete")
    bench.memory.cache.take(replace(head_of_contact(bob(), 1, 9), dead=True))
    assert "was deleted" in bench.screen
    bench.keys("ok")
    assert page(bench) == List()


def test_a_rejection_is_shown_and_forgotten_by_delete() -> None:
    bench = opened()
    bench.keys("menu 'Bob' send")
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    bench.keys("ok")
    check_golden("contact-rejected", bench.screen)
    bench.keys("left delete")
    assert bench.desk.items(1) == []


def test_a_copy_says_that_it_is_another_version() -> None:
    bench = opened()
    bench.memory.cache.take(head_of_contact(bob(), 1, 1, copy_of=item_id(2)))
    bench.keys("wheel-down ok")
    assert "another version; on the server" in bench.screen


def test_notes_stand_above_the_hint_on_every_page() -> None:
    bench = opened(bob())
    bench.memory.note = "Somebody else changed this too; both versions were kept."
    assert "Somebody else" in bench.screen
    bench.memory.screens["contacts"] = Form(b"", Content(), ("",) * 8)
    assert "Somebody else" in bench.screen


def test_the_app_says_what_it_keeps() -> None:
    app = Contacts()
    assert app.collection == TYPES[1].collection
    assert app.begin() == List()
    assert Grade.LOCAL.value == "local"
