"""The form: several numbers and mails, labels that are chosen, and only the difference made."""

from __future__ import annotations

from desks import DeskBench, bob, item_id
from golden import check_golden
from thinline.intents import Change, Create
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_emulator.apps.contacts.pages import Form, List, View


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


def made(bench: DeskBench) -> Contact:
    """What the only command says."""
    (entry,) = bench.memory.outbox.entries()
    return contact_of(bench, entry.item)


def labels(bench: DeskBench) -> list[str]:
    form = page(bench)
    assert isinstance(form, Form)
    return [line.label for line in form.lines]


def test_a_new_contact_is_written_and_made() -> None:
    bench = opened()
    bench.keys("menu 'Bob' enter '+45' wheel-down wheel-up back")
    assert page(bench) == List()
    bench.keys("ok 'Bobb' delete down '+45 20' down down down 'b@x.org'")
    check_golden("contact-form", bench.screen)
    bench.keys("left ok")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Create)
    written = contact_of(bench, entry.item)
    assert (written.name, written.phones[0].label, written.phones[0].value) == ("Bob", "mobile", "+45 20")
    assert [(mail.label, mail.value) for mail in written.mails] == [("other", "b@x.org")]
    assert page(bench) == List(entry.item)


def test_an_edit_makes_only_the_difference_and_keeps_what_the_form_does_not_show() -> None:
    bench = opened(bob())
    bench.keys("wheel-down ok ok")
    bench.keys("' B.' down down '86' down delete delete delete delete delete delete delete delete delete delete delete")
    bench.keys("menu")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Change)
    assert [change.number for change in entry.intent.edit.fields] == [1, 2]
    edited = contact_of(bench)
    assert edited.name == "Bob Børgesen B."
    assert sorted(phone.label for phone in edited.phones) == ["fax", "home", "mobile"]
    assert list(edited.groups) == ["friends", "trains"]
    assert page(bench) == View(item_id(1), List(item_id(1)))
    assert "exists only here" in bench.screen


def test_there_is_always_a_line_for_one_more() -> None:
    bench = opened()
    bench.keys("ok")
    assert labels(bench)[1:5] == ["mobile", "home", "work", "mail"]
    bench.keys("down 1 down 2 down 3")
    assert labels(bench)[1:6] == ["mobile", "home", "work", "other", "mail"]
    bench.keys("down left left 4 down down 'a@x' down 'b@x'")
    assert labels(bench)[1:9] == ["mobile", "home", "work", "fax", "other", "mail", "mail", "mail"]
    check_golden("contact-form-full", bench.screen)
    bench.keys("menu")
    contact = made(bench)
    assert [(one.label, one.value) for one in contact.phones] == [
        ("mobile", "1"), ("home", "2"), ("work", "3"), ("fax", "4")
    ]  # fmt: skip
    assert [(one.label, one.value) for one in contact.mails] == [("", "a@x"), ("", "b@x")]


def test_labels_turn_around_and_one_of_another_program_stands_until_it_is_changed() -> None:
    bench = opened(Contact(name="Bob", phones=[Labelled(label="iPhone", value="1")]))
    bench.keys("down ok ok down down down down")
    assert "<iPhone>" in bench.screen
    bench.keys("menu")
    assert len(bench.memory.outbox) == 0
    bench.keys("ok down down down down right left left right menu")
    assert [(one.label, one.value) for one in made(bench).phones] == [("other", "1")]


def test_a_mail_keeps_its_label_and_an_unchanged_form_makes_nothing() -> None:
    contact = Contact(name="Bob")
    contact.mails.add(label="home", value="a@x.org")
    bench = opened(contact)
    bench.keys("wheel-down ok ok ok")
    assert len(bench.memory.outbox) == 0
    bench.keys("ok down down down down delete 'm' wheel-press")
    assert [(mail.label, mail.value) for mail in contact_of(bench).mails] == [("home", "a@x.orm")]
    bench.keys("ok down down down down left ok")
    assert [(mail.label, mail.value) for mail in contact_of(bench).mails] == [("", "a@x.orm")]
    bench.keys("ok back")
    assert page(bench) == View(item_id(1), List(item_id(1)))
    bench.keys("back wheel-up ok menu")
    assert len(bench.memory.outbox) == 2


def test_what_a_later_version_says_in_an_entry_survives_an_edit_of_it() -> None:
    entry = Labelled(label="home", value="1").SerializeToString() + b"\x2a\x03new"
    bench = opened(Contact(name="Bob", phones=[Labelled.FromString(entry)]))
    bench.keys("down ok ok down down '2' menu")
    (phone,) = contact_of(bench).phones
    assert (phone.value, b"\x2a\x03new" in phone.SerializeToString()) == ("12", True)


def test_groups_are_typed_with_commas_and_a_new_one_is_in_the_group_of_its_list() -> None:
    bench = opened(bob())
    bench.keys("down ok ok " + "down " * 12 + "', choir,, choir' menu")
    assert list(contact_of(bench).groups) == ["friends", "trains", "choir"]
    bench.keys("back left down ok")
    assert "choir (1)" in bench.screen
    bench.keys("menu 'Carol' ok")
    assert list(contact_of(bench, page(bench).item).groups) == ["choir"]  # type: ignore[attr-defined]
    bench.keys("back left back menu back ok 'Dave' ok")
    assert "Contacts (3)" in bench.screen


def test_a_new_one_among_the_favourites_is_one() -> None:
    bench = opened(Contact(name="Bob", favourite=True))
    bench.keys("left down ok menu 'Carol' back")
    assert len(bench.memory.outbox) == 0
    bench.keys("menu menu menu 'Carol' ok")
    assert made(bench).favourite


def test_a_long_line_shows_its_end_and_a_long_form_scrolls() -> None:
    bench = opened(bob())
    bench.keys("down ok ok ' is a man of many names, of which this is one, 李小龍'")
    assert "…" in bench.screen.splitlines()[2]
    assert "李小龍_" in bench.screen
    bench.keys("down " * 20)
    assert "Groups    friends, trains_" in bench.screen


def test_a_key_that_means_nothing_here_changes_nothing() -> None:
    bench = opened()
    bench.keys("ok left right jump")
    assert page(bench) == Form(b"", page(bench).opened, page(bench).lines)  # type: ignore[attr-defined]
