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
from thinline.v1.mail_pb2 import Letter, Mail
from thinline.v1.page_pb2 import Block, Page, Run
from thinline_server.outside import Incoming, Take
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


MAILS = {"Tea?": "In the garden, at four.", "Garden": "It rains.", "Cake": "Grüße aus dem Teegarten"}


@pytest.fixture
def mailed(server: PoweredServer, people: People) -> PoweredServer:
    """Alice has mails; one more of her own words, in another part."""
    items = []
    for number, (subject, text) in enumerate(MAILS.items()):
        page = Page(blocks=[Block(runs=[Run(text=text)])]).SerializeToString()
        letter = Letter(text=page, raw=b"nowhere").SerializeToString()
        fields = Mail(subject=subject, date_s=10 - number).SerializeToString()
        items.append(Incoming(bytes([number]) * 32, 2, fields, (("mail", letter), ("a1", b"garden"))))
    draft = Mail(subject="Mine", date_s=5).SerializeToString()
    items.append(Incoming(b"\x09" * 32, 2, draft, (("body", b"See you in the garden. " * 9_000 + b"Late"),)))
    server.one(Take(people.alice.account, "test", tuple(items)))
    return server


def mails(server: PoweredServer, request: FindItems) -> tuple[list[str], bytes]:
    answer = server.one(request)
    assert isinstance(answer, HeadsRead)
    return [Mail.FromString(head.fields).subject for head in answer.heads], answer.cursor


def sought(people: People, typed: str) -> FindItems:
    return FindItems(people.alice.account, 5, needles(typed), b"", 64)


@pytest.mark.parametrize(
    ("typed", "subjects"),
    [
        ("garden", ["Tea?", "Garden", "Mine"]),
        ("tea garden", ["Tea?"]),
        ("rain garden", ["Garden"]),
        ("gruße", ["Cake"]),
        ("nowhere", []),
        ("late", []),
        ("see mine", ["Mine"]),
    ],
)
def test_words_of_a_mail_and_of_its_text_are_found_together(
    typed: str, subjects: list[str], mailed: PoweredServer, people: People
) -> None:
    """Spec MAIL-11: nothing of its files, of what is beside its page, nor of what lies beyond the first 64 KB."""
    assert mails(mailed, sought(people, typed)) == (subjects, b"")


def test_the_reading_of_texts_is_bounded_too(
    mailed: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec ASK-11, T5."""
    monkeypatch.setattr(search, "LOOKED_MOST", 10)
    rounds, found, request = 0, list[str](), sought(people, "garden")
    while rounds == 0 or request.cursor:
        told, cursor = mails(mailed, request)
        request, rounds = FindItems(request.account, 5, request.needles, cursor, 64), rounds + 1
        found += told
    assert (found, rounds > 2) == (["Tea?", "Garden", "Mine"], True)


def test_a_text_that_was_found_and_is_another_now_is_not_told(mailed: PoweredServer, people: People) -> None:
    """Spec ASK-13: the marks of a mail may change meanwhile, its text does not; a draft's may."""
    ready = steps(mailed, sought(people, "garden"))
    answer = mailed.one(ready)
    assert isinstance(answer, HeadsRead)
    tea, draft = answer.heads[0], answer.heads[2]
    before = Content(tea.fields, tea.blobs)
    seen = Content(tea.fields + Mail(seen=True).SerializeToString(), tea.blobs)
    mailed.do(people.alice, Change(tea.item, difference(before, seen, TYPES[2].merges)))
    old = Content(draft.fields, draft.blobs)
    mailed.do(people.alice, Change(draft.item, difference(old, Content(draft.fields), TYPES[2].merges)))
    assert mails(mailed, ready) == (["Tea?", "Garden"], b"")


def test_a_damaged_text_is_no_text(mailed: PoweredServer, people: People) -> None:
    context: Any = mailed.store._context
    context.blobs.get = lambda _key: b"\x00damaged"
    assert mails(mailed, sought(people, "rain")) == ([], b"")
    context.blobs.get = lambda _key: None
    assert mails(mailed, sought(people, "cake")) == (["Cake"], b"")
