"""What a person calls an item."""

from __future__ import annotations

from thinline.intents import Change, Create, Delete, Own, Restore
from thinline.items import Head, Revision
from thinline.merge import Content, Edit
from thinline.v1 import contacts_pb2
from thinline_emulator.cache import Cache
from thinline_emulator.outbox import Entry, Kept
from thinline_emulator.titles import doing, title

ITEM = bytes(11) + b"\x07"


def test_the_first_text_that_says_something_is_the_title() -> None:
    assert title(ITEM, 1, contacts_pb2.Contact(name=" ", notes="a note").SerializeToString()) == "a note"
    only_numbers = contacts_pb2.Contact(favourite=True, groups=["friends"])
    assert title(ITEM, 1, only_numbers.SerializeToString()) == ITEM.hex()
    assert title(ITEM, 1, b"\xff") == ITEM.hex()
    assert title(ITEM, 77, b"") == ITEM.hex()


def test_a_command_in_words() -> None:
    cache = Cache(1_000)
    bob = contacts_pb2.Contact(name="Bob").SerializeToString()
    assert doing(Entry(Create(ITEM, 1, Content(bob)), {}), cache) == "new: Bob"
    assert doing(Entry(Delete(ITEM, b""), {}), cache) == f"deleted: {ITEM.hex()}"
    assert doing(Entry(Own(ITEM, 18, b""), {}), cache) == "something new"
    assert doing(Entry(Restore(ITEM, b""), {}, Kept(1, Content(bob))), cache) == "restored: Bob"
    cache.take(Head(ITEM, 1, Revision(1, bytes(8)), 1, bob))
    assert doing(Entry(Change(ITEM, Edit()), {}), cache) == "changed: Bob"
    assert doing(Entry(Delete(ITEM, b""), {}), cache) == "deleted: Bob"
    assert doing(Entry(Own(ITEM, 16, b""), {}), cache) == "changed: Bob"
