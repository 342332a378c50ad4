"""Searching a collection: some items at a time, and the heads of one moment at the end."""

from __future__ import annotations

from typing import Any

import pytest

from powered import CONTACTS, People, PoweredServer, contact
from thinline.intents import Change, Create, Delete
from thinline.items import content_digest
from thinline.limits import LIMITS
from thinline.merge import Content, difference
from thinline.search import needles
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact
from thinline_server.requests import Aside, Failed, FindItems, HeadsRead
from thinline_server.store import search

NAMES = ["Bob Jones", "Ånn", "Carol", "Bobby", "Dave", "Jones the Bob", "Łukasz Bobiński", "Eve"]


def item(number: int) -> bytes:
    return b"item" + number.to_bytes(8, "big")


@pytest.fixture
def filled(server: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch) -> PoweredServer:
    """Alice knows some people; three are looked through at once."""
    monkeypatch.setattr(search, "SLICE_ITEMS", 3)
    for number, name in enumerate(NAMES):
        server.do(people.alice, Create(item(number), 1, Content(contact(name))))
    return server


def asked(account: bytes, typed: str, cursor: bytes = b"", limit: int = 64) -> FindItems:
    return FindItems(account, CONTACTS, needles(typed), cursor, limit)


def found(server: PoweredServer, request: FindItems) -> tuple[list[str], bytes]:
    answer = server.one(request)
    assert isinstance(answer, HeadsRead)
    return [Contact.FromString(head.fields).name for head in answer.heads], answer.cursor


def test_all_words_are_found_by_their_beginnings_in_the_order_of_the_list(
    filled: PoweredServer, people: People
) -> None:
    """Spec ASK-9, ASK-11."""
    alice = people.alice.account
    assert found(filled, asked(alice, "bob")) == (["Bob Jones", "Bobby", "Jones the Bob", "Łukasz Bobiński"], b"")
    assert found(filled, asked(alice, "JON bob")) == (["Bob Jones", "Jones the Bob"], b"")
    assert found(filled, asked(alice, "lukasz bobinski")) == (["Łukasz Bobiński"], b"")
    assert found(filled, asked(alice, "nobody")) == ([], b"")
    assert len(found(filled, asked(alice, ""))[0]) == len(NAMES)
    assert found(filled, asked(people.bob.account, "bob")) == ([], b"")  # spec ASK-6


def test_what_is_more_than_was_asked_for_is_behind_the_cursor(filled: PoweredServer, people: People) -> None:
    alice = people.alice.account
    first, cursor = found(filled, asked(alice, "bob", limit=2))
    second, end = found(filled, asked(alice, "bob", cursor, 2))
    assert (first, second) == (["Bob Jones", "Bobby"], ["Jones the Bob", "Łukasz Bobiński"])
    assert len(cursor) <= LIMITS.cursor_bytes
    assert found(filled, asked(alice, "bob", end, 2)) == ([], b"")
    assert found(filled, asked(alice, "eve", limit=1))[0] == ["Eve"]


def test_the_work_of_one_request_is_bounded(
    filled: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec ASK-11: an answer may find nothing yet."""
    monkeypatch.setattr(search, "LOOKED_MOST", 3)
    alice = people.alice.account
    names, cursor = found(filled, asked(alice, "jones"))
    assert (names, bool(cursor)) == (["Bob Jones"], True)
    names, cursor = found(filled, asked(alice, "jones", cursor))
    assert (names, bool(cursor)) == (["Jones the Bob"], True)


def steps(server: PoweredServer, request: FindItems) -> FindItems:
    """Look all through, and stop before the answer."""
    context: Any = server.store._context
    while not request.over:
        aside = search.find_items(context, request)
        assert isinstance(aside, Aside)
        after = aside.work()
        assert isinstance(after, FindItems)
        request = after
    return request


def test_what_was_edited_or_deleted_meanwhile_is_told_as_it_is(filled: PoweredServer, people: People) -> None:
    """Spec ASK-13."""
    ready = steps(filled, asked(people.alice.account, "bob"))
    assert len(ready.found) == 4
    away, gone, renamed = contact("Robert"), contact("Bobby"), contact("Jones the Bobcat")
    merges = TYPES[1].merges
    filled.do(people.alice, Change(item(0), difference(Content(contact("Bob Jones")), Content(away), merges)))
    filled.do(people.alice, Change(item(5), difference(Content(contact("Jones the Bob")), Content(renamed), merges)))
    filled.do(people.alice, Delete(item(3), content_digest(1, gone, (), dead=False)[:8]))
    assert found(filled, ready) == (["Jones the Bobcat", "Łukasz Bobiński"], b"")


def test_an_answer_fits_a_frame(server: PoweredServer, people: People) -> None:
    for number in range(20):
        server.do(people.alice, Create(item(number), 1, Content(contact(f"Bob {number:02d}", "x" * 3_000))))
    names, cursor = found(server, asked(people.alice.account, "bob"))
    assert 5 < len(names) < 20
    more, _ = found(server, asked(people.alice.account, "bob", cursor))
    assert [*names, *more][:15] == [f"Bob {number:02d}" for number in range(15)]


def test_what_fails_beside_the_store_fails_the_request(filled: PoweredServer, people: People) -> None:
    context: Any = filled.store._context
    aside = search.find_items(context, asked(people.alice.account, "bob"))
    assert isinstance(aside, Aside)
    context.services._owners[1] = None
    assert isinstance(aside.work(), FindItems)  # a service that is not here has no text
    context.services._owners[1] = object()
    assert isinstance(aside.work(), Failed)
