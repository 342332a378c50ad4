"""Recipients as they are typed, read and completed."""

from __future__ import annotations

import pytest

from desks import DeskBench, bob
from mails import BOB, CAROL
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline.v1.mail_pb2 import Address
from thinline_emulator.apps.mail.people import address_text, candidates, completed, people_text, read_people, unfit

NAMES = ["Bob Børgesen", "", "Doe, John", 'Bob "the cat"', "a\\b", "Carol (work)", "田中さくら"]
UNFIT = [
    "bob",
    "bob@",
    "@example.org",
    "Bob <bob>",
    "bob @example.org",
    "b@example.org c@example.org",
    "<>",
    '"b@c.org',
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_out_is_read_again(name: str) -> None:
    one = Address(name=name, address="one@example.org")
    assert read_people(people_text([one, CAROL])) == [one, CAROL]


def test_an_address_stands_once_and_nothing_is_nobody() -> None:
    assert read_people("bob@example.org, Bob <bob@example.org>,, ") == [Address(address="bob@example.org")]
    assert read_people("") == []


@pytest.mark.parametrize("typed", UNFIT)
def test_what_is_no_address_is_named(typed: str) -> None:
    assert unfit([BOB, *read_people(typed)]) != ""
    assert unfit([BOB, CAROL]) == ""


def test_the_contacts_complete_what_is_typed() -> None:
    bench = DeskBench(bob(), Contact(name="Bente", mails=[Labelled(value="b@example.org"), Labelled(value="x@y.org")]))
    assert [address_text(one) for one in candidates("carol@example.org, b", bench.desk)] == [
        "Bente <b@example.org>",
        "Bente <x@y.org>",
        "Bob Børgesen <bob@example.org>",
    ]
    assert candidates("BØRG", bench.desk) == [BOB]
    assert candidates("bob@ex", bench.desk) == [BOB]
    for done in ("", "carol@example.org, ", "bob@example.org", "Bob <b", "zoe"):
        assert candidates(done, bench.desk) == []


def test_a_choice_takes_the_place_of_what_was_typed() -> None:
    assert completed("bo", BOB) == "Bob Børgesen <bob@example.org>, "
    assert completed("carol@example.org, bo", BOB) == "carol@example.org, Bob Børgesen <bob@example.org>, "
