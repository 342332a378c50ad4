"""What every import and export shares: batches, counts, and an account that changes. With cards: test_cards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from control_desk import ControlDesk
from thinline.errors import LocalError
from thinline.types import Collection
from thinline.v1.contacts_pb2 import Contact
from thinline_tools.exchange import Found, Imported, Trouble, hand_in, heads_of, part_of

CONTACTS = Collection.COLLECTION_CONTACTS


def found(number: int, size: int = 8, name: str = "Bob", left: tuple[str, ...] = ()) -> Found:
    data = b"%d" % number * size
    fields = Contact(name=name).SerializeToString()
    return Found(f"card {number}", hashlib.sha256(data).digest(), 1, fields, {"vcard": data}, left, number)


def account_of(desk: ControlDesk) -> str:
    account: str = desk.ask("account.show", name="alice")["account"]
    return account


def test_what_became_of_each_is_counted_and_told() -> None:
    """X8; spec ITEM-13."""
    desk, result = ControlDesk(), Imported()
    some = [found(1), found(2, name="two\nlines"), found(3, left=("its sound stays in the card",))]
    assert list(hand_in(desk, account_of(desk), "vcard", some, result)) == [3]
    told = [
        Trouble("card 2", "The service refused the content of the item."),
        Trouble("card 3", "its sound stays in the card", lost=False),
    ]
    assert result == Imported(new=2, refused=1, troubles=told)
    again = Imported()
    assert list(hand_in(desk, account_of(desk), "vcard", some[:1], again)) == [3 - 2]
    again.add(result)
    assert (again, again.done) == (Imported(new=2, there=1, refused=1, troubles=told), 4)
    assert again.told()["troubles"][1] == {"where": "card 3", "why": "its sound stays in the card", "lost": False}


def test_what_was_deleted_stays_so_and_is_told() -> None:
    class Deleted(ControlDesk):
        def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
            gone = {"item": "00", "new": False, "dead": True, "reason": "", "sentence": ""}
            return {"items": [gone for _ in arguments["items"]]}

    result = Imported()
    assert list(hand_in(Deleted(), "00", "vcard", [found(1)], result)) == [1]
    why = "it was imported before and deleted since; it stays deleted"
    assert result == Imported(dead=1, troubles=[Trouble("card 1", why)])


def test_batches_are_bounded_in_number_and_bytes() -> None:
    desk, result = ControlDesk(), Imported()
    account = account_of(desk)
    many = [found(number) for number in range(20)] + [found(100 + number, 1_000_000) for number in range(3)]
    assert len(list(hand_in(desk, account, "vcard", many, result))) == desk.asked.count("items.take") == 4
    assert result == Imported(new=23)
    assert max(one.size for one in many) == 3_000_000


def test_all_of_a_collection_is_read_and_any_part_of_it() -> None:
    desk = ControlDesk()
    list(hand_in(desk, account_of(desk), "vcard", [found(number) for number in range(100)], Imported()))
    heads = heads_of(desk, "alice", CONTACTS)
    assert len(heads) == len({head["item"] for head in heads}) == 100
    assert {part_of(desk, head, "vcard") for head in heads} == {b"%d" % number * 8 for number in range(100)}
    assert part_of(desk, heads[0], "photo") is None


def test_an_account_that_never_rests_is_a_sentence() -> None:
    class Restless(ControlDesk):
        def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
            answer = super().ask(verb, attached, **arguments)
            if verb == "items.list":
                list(hand_in(self, arguments["account"], "vcard", [found(len(self.asked))], Imported()))
            return answer

    with pytest.raises(LocalError, match="what alice has changes while it is read"):
        heads_of(Restless(), "alice", CONTACTS)
