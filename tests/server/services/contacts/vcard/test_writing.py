"""Contacts as cards: byte for byte where nothing changed, and only the changed lines anew where something did."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.services.contacts.vcard.files import cut_file
from thinline_server.services.contacts.vcard.reading import CUT, Card, read_card
from thinline_server.services.contacts.vcard.writing import write_card

FIXTURES = Path(__file__).parents[4] / "fixtures" / "vcard"
GIF = b"GIF89a\x10\0\x10\0\0"


def originals() -> list[bytes]:
    found = []
    for path in sorted(FIXTURES.glob("*.vcf")):
        with path.open("rb") as file:
            found += [piece.data for piece in cut_file(file) if piece.data]
    return found


def changed(card: Card, change: Callable[[Contact], None], photo: bytes | None = None) -> bytes:
    contact = Contact()
    contact.CopyFrom(card.contact)
    change(contact)
    return write_card(contact, card, photo or card.photo, "uid")


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> Card:
    return read_card(end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode())


def differing(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """Lines that went and lines that came."""
    was, now = before.splitlines(), after.splitlines()
    return [line for line in was if line not in now], [line for line in now if line not in was]


@pytest.mark.parametrize("original", originals())
def test_what_did_not_change_comes_back_byte_for_byte(original: bytes) -> None:
    card = read_card(original)
    assert write_card(card.contact, card, card.photo, "uid") == original


@pytest.mark.parametrize("original", originals())
def test_changes_are_read_again_and_harm_no_other_line(original: bytes) -> None:
    """Spec CONTACT-4."""
    card = read_card(original)

    def change(contact: Contact) -> None:
        contact.name = "Zoë Å. Çelik"
        contact.notes = "new; with, signs\nand lines" + "ß" * 100
        contact.phones.append(Labelled(label="mobile", value="+1 555"))
        contact.phones.append(Labelled(label="Ærø house", value="7"))
        contact.mails.append(Labelled(label="", value="z@example.org"))
        contact.groups.append("Night, shift")
        contact.organisation = "One"
        contact.address = "Somewhere 1\nElse"
        contact.favourite = True

    after = changed(card, change)
    again = read_card(after)
    wanted = Contact()
    wanted.CopyFrom(card.contact)
    change(wanted)
    for sets in ("phones", "mails", "groups"):
        key = str
        assert sorted(getattr(again.contact, sets), key=key) == sorted(getattr(wanted, sets), key=key)
    for one in (again.contact, wanted):
        del one.phones[:], one.mails[:], one.groups[:]
    assert again.contact == wanted
    assert again.photo == card.photo
    known = (b"FN", b"N", b"NOTE", b"ORG", b"ADR", b"X-THINLINE-FAVOURITE", b"VERSION")
    kept = [line.raw for line in card.lines if line.name.encode() not in known]
    assert [raw for raw in kept if raw not in after] == []


@pytest.mark.parametrize(
    ("version", "lines"), [("2.1", []), ("3.0", ["FN:Dr. Kees van der Berg"]), ("4.0", ["FN:Kees van der Berg"])]
)
def test_a_rewritten_name_keeps_its_parts(version: str, lines: list[str]) -> None:
    before = card("N;SORT-AS=Berg:van der Berg;Kees;;Dr.;", *lines, version=version)

    def change(contact: Contact) -> None:
        contact.name = contact.name.replace("Kees", "Cees")

    assert b"N;SORT-AS=Berg:van der Berg;Cees;;Dr.;\r\n" in changed(before, change)


def test_a_rewritten_number_keeps_all_but_its_digits() -> None:
    before = card("item1.TEL;TYPE=WORK;X-ID=7:1", "item1.X-ABLabel:Desk", "TEL;TYPE=CELL;TYPE=pref:2", "X-A:b")

    def change(contact: Contact) -> None:
        contact.phones[0].value = "11"
        contact.phones[1].value = "22"

    assert differing(b"".join(line.raw for line in before.lines), changed(before, change)) == (
        [b"item1.TEL;TYPE=WORK;X-ID=7:1", b"TEL;TYPE=CELL;TYPE=pref:2"],
        [b"item1.TEL;TYPE=WORK;X-ID=7:11", b"TEL;TYPE=CELL;TYPE=pref:22"],
    )


def test_a_number_that_goes_takes_its_own_label_with_it() -> None:
    before = card("item1.TEL:1", "item1.X-ABLabel:Boat", "item2.ADR:;;a", "item2.X-ABADR:dk")

    def change(contact: Contact) -> None:
        del contact.phones[:]
        contact.address = ""

    after = changed(before, change)
    assert b"item1" not in after
    assert b"item2.X-ABADR:dk" in after
    assert b"item2.ADR" not in after


def test_a_label_is_put_in_the_words_of_the_version() -> None:
    def change(contact: Contact) -> None:
        contact.phones.append(Labelled(label="work fax", value="1"))
        contact.phones.append(Labelled(label="", value="2"))
        contact.phones.append(Labelled(label="Boat", value="3"))
        contact.phones.append(Labelled(label="Boat", value="4"))

    assert b"TEL;TYPE=WORK,FAX:1\r\nTEL:2\r\nitem1.TEL:3\r\nitem1.X-ABLabel:Boat\r\nitem2.TEL:4" in changed(
        card(), change
    )
    assert b"TEL;WORK;FAX:1\r\n" in changed(card(version="2.1"), change)
    assert b"TEL;TYPE=WORK,FAX:1\n" in changed(card(end="\n"), change)


def test_an_address_keeps_its_parts_where_there_are_as_many_lines() -> None:
    before = card("ADR;TYPE=HOME:;2nd floor;Street 1;Town;;1000;")

    def move(to: str) -> bytes:
        def change(contact: Contact) -> None:
            contact.address = to

        return changed(before, change)

    assert b"ADR;TYPE=HOME:;3rd floor;Street 2;Town;;1000;\r\n" in move("3rd floor\nStreet 2\nTown\n1000")
    assert b"ADR;TYPE=HOME:;;Street 2\\nTown;;;;\r\n" in move("Street 2\nTown")
    assert b"ADR" not in move("")


def test_a_company_keeps_its_departments() -> None:
    before = card("ORG:Works;Hull;")

    def change(contact: Contact) -> None:
        contact.organisation = "Works Ltd, Hull"

    assert b"ORG:Works Ltd;Hull;\r\n" in changed(before, change)


def test_notes_that_were_cut_keep_their_end_while_the_mark_stands() -> None:
    long = "a" * 5_000 + "the end"
    before = card(f"NOTE:{long}")

    def begin_anew(contact: Contact) -> None:
        contact.notes = "News. " + contact.notes

    def throw_away(contact: Contact) -> None:
        contact.notes = "short"

    assert read_card(changed(before, begin_anew)).contact.notes.startswith("News. aaa")
    assert b"the end" in changed(before, begin_anew).replace(b"\r\n ", b"")
    assert b"the end" not in changed(before, throw_away).replace(b"\r\n ", b"")
    assert before.contact.notes.endswith(CUT)


def test_notes_of_which_nothing_fitted_are_kept() -> None:
    before = card(*(f"EMAIL:{at}" + "m" * 248 for at in range(14)), "EMAIL:" + "m" * 250, "NOTE:" + "n" * 3_000)
    assert before.contact.notes == ""

    def change(contact: Contact) -> None:
        contact.notes = "hello"

    assert b"NOTE:hello\\nnnn" in changed(before, change)


def test_several_notes_become_one_when_they_are_edited() -> None:
    def change(contact: Contact) -> None:
        contact.notes = contact.notes.replace("b", "c")

    after = changed(card("NOTE:a", "X-A:1", "NOTE:b"), change)
    assert b"NOTE:a\\nc\r\nX-A:1\r\nEND" in after

    def clear(contact: Contact) -> None:
        contact.notes = ""

    assert b"NOTE" not in changed(card("NOTE:a", "NOTE:b"), clear)


def test_groups_leave_the_line_that_names_them() -> None:
    before = card("CATEGORIES:a,b\\,c", "CATEGORIES:d")

    def change(contact: Contact) -> None:
        contact.groups[:] = ["b,c", "e"]

    assert [line for line in changed(before, change).splitlines() if line.startswith(b"CATEGORIES")] == [
        b"CATEGORIES:b\\,c",
        b"CATEGORIES:e",
    ]


HEADS = [
    ("2.1", b"PHOTO;ENCODING=BASE64;GIF:"),
    ("3.0", b"PHOTO;ENCODING=b;TYPE=GIF:"),
    ("4.0", b"PHOTO:data:image/gif;base64,"),
]


@pytest.mark.parametrize(("version", "head"), HEADS)
def test_another_photo_replaces_the_one_in_the_card(version: str, head: bytes) -> None:
    old = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1").decode()
    before = card(f"PHOTO;ENCODING=b:{old}", "FN:x", version=version)
    assert before.photo is not None
    after = write_card(before.contact, before, GIF, "uid")
    assert head in after
    assert read_card(after).photo == GIF
    assert old.encode() not in after
    assert b"PHOTO" not in write_card(before.contact, before, None, "uid")


def test_a_card_in_a_western_charset_stays_readable() -> None:
    before = read_card("BEGIN:VCARD\nVERSION:2.1\nFN:Hélène\nEND:VCARD\n".encode("cp1252"))

    def change(contact: Contact) -> None:
        contact.organisation = "Élevage; Fils\nAîné"

    after = changed(before, change)
    assert "FN:Hélène\n".encode("cp1252") in after
    assert read_card(after).contact.organisation == "Élevage; Fils Aîné"


def test_a_contact_without_a_card_becomes_one() -> None:
    bob = Contact(name="Bob", phones=[Labelled(label="mobile", value="1")], notes="a\nb", favourite=True)
    written = write_card(bob, None, GIF, "urn:thinline:0102")
    assert b"UID:urn:thinline:0102\r\n" in written
    again = read_card(written)
    assert (again.contact, again.photo) == (bob, GIF)
    assert read_card(write_card(Contact(), None, None, "x")).contact == Contact()


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), max_size=40)
PEOPLE = st.builds(
    Contact,
    name=WORDS,
    organisation=WORDS,
    address=WORDS,
    notes=WORDS,
    groups=st.lists(WORDS.filter(bool), max_size=3, unique=True),
    favourite=st.booleans(),
    phones=st.lists(st.builds(Labelled, label=WORDS, value=WORDS.filter(bool)), max_size=3),
)


@given(PEOPLE, st.sampled_from(["2.1", "3.0", "4.0"]))
def test_any_contact_is_written_and_the_rest_of_the_card_stands(contact: Contact, version: str) -> None:
    before = card("X-FIRST:1", "item1.X-A:b", "GEO:1;2", version=version)
    after = write_card(contact, before, None, "uid")
    assert all(line.raw in after for line in before.lines)
    again = read_card(after).contact
    assert (again.name, again.notes, again.favourite) == (contact.name, contact.notes, contact.favourite)
    assert set(again.groups) == set(contact.groups)
    assert {one.value for one in again.phones} <= {one.value for one in contact.phones}
