"""The roster and what is said, as the server keeps them: order, bounds, what a search finds."""

from __future__ import annotations

import pytest

from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES, Collection
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.services.base import Catalogue
from thinline_server.services.im import Messenger
from thinline_server.services.im.rules import BUDDY, MESSAGE

IM = Messenger()
ALL = Catalogue((IM,))


def buddy(**told: object) -> bytes:
    return Buddy(**told).SerializeToString()  # type: ignore[arg-type]


def message(**told: object) -> bytes:
    return Message(**told).SerializeToString()  # type: ignore[arg-type]


def test_the_service_owns_buddies_and_messages() -> None:
    assert {TYPES[number].message for number in IM.types} == {Buddy, Message}
    assert {one.collection for one in IM.types.values()} == {Collection.COLLECTION_IM}


def test_the_roster_comes_first_then_the_latest() -> None:
    """Spec IM-1."""
    told = [
        (BUDDY, buddy(address="alice", name="Zoe")),
        (BUDDY, buddy(address="bob")),
        (MESSAGE, message(peer="bob", at_ms=1_700_000_000_000)),
        (MESSAGE, message(peer="alice", at_ms=1_699_999_999_999)),
        (MESSAGE, message(peer="bob")),
    ]
    keys = [ALL.key(*one) for one in told]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert ALL.key(MESSAGE, message(at_ms=2**60)) < ALL.key(MESSAGE, message(at_ms=2**40))
    assert ALL.key(MESSAGE, b"\xff") == ALL.key(MESSAGE, b"")


@pytest.mark.parametrize(
    ("item_type", "fields"),
    [
        (BUDDY, b"\xff"),
        (BUDDY, b"\x0a\x02\xff\xfe"),
        (BUDDY, buddy()),
        (BUDDY, buddy(address="b" * 257)),
        (BUDDY, buddy(address="bob\n")),
        (BUDDY, buddy(address="bob", name="Bob\r\nEve")),
        (BUDDY, buddy(address="bob", greeting="x" * 257)),
        (BUDDY, buddy(address="bob", groups=["x" * 65])),
        (BUDDY, buddy(address="bob", groups=[str(one) for one in range(65)])),
        (MESSAGE, b"\xff"),
        (MESSAGE, message(text="Tea?")),
        (MESSAGE, message(peer="bob", text="x" * 2_049)),
        (MESSAGE, message(peer="bob", text="é" * 1_025)),
        (MESSAGE, message(peer="bob", text="Tea?\x1b[31m")),
        (MESSAGE, message(peer="bob", text="Tea?\r\n")),
        (MESSAGE, message(peer="bob", reason="a\nb")),
    ],
)
def test_what_no_server_takes(item_type: int, fields: bytes) -> None:
    """Spec IM-2."""
    assert ALL.check(item_type, Content(fields)) is Reason.INVALID


@pytest.mark.parametrize(
    ("item_type", "fields"),
    [
        (BUDDY, buddy(address="bob", name="Bob", groups=["friends"], greeting="It's me", bond=3, read_ms=2**63)),
        (MESSAGE, message(peer="bob", text="Tea?\n\tAt four. 👩‍🚀".replace("\t", ""), out=True, state=5)),
        (MESSAGE, message(peer="נועה", text="x" * 2_048)),
    ],
)
def test_what_it_takes(item_type: int, fields: bytes) -> None:
    assert ALL.check(item_type, Content(fields)) is None


def test_a_search_finds_people_and_what_was_said() -> None:
    assert IM.search_text(BUDDY, buddy(address="bob", name="Bob Børgesen", groups=["trains"])).split("\n") == [
        "bob",
        "Bob Børgesen",
        "trains",
    ]
    assert IM.search_text(MESSAGE, message(peer="bob", text="Tea?")) == "bob\nTea?"
    assert IM.search_text(MESSAGE, b"\xff") == IM.search_text(BUDDY, b"\xff") == ""
