"""People as they are worked out of items, and the commands about them, shown before the server answers. IM-3, IM-8."""

from __future__ import annotations

import pytest

from chatting import AT_MS, ChatBench, buddy, message
from thinline.intents import Change, Own
from thinline.merge import Content, merge
from thinline.types import TYPES
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy
from thinline_emulator.apps.im.people import (
    ACCEPT,
    ASK,
    ASKED,
    ASKS,
    END,
    FRIENDS,
    NONE,
    again,
    bonded,
    edited,
    people,
    read,
    said,
    sections,
    somebody,
    unread,
)
from thinline_emulator.cache import Grade
from thinline_emulator.outbox import Entry


def test_people_stand_in_their_sections() -> None:
    bench = ChatBench(
        buddy("bob", name="Bob", bond=FRIENDS, groups=["trains", "cats"]),
        buddy("carol", bond=FRIENDS),
        buddy("dora", bond=ASKS),
        buddy("eve", bond=ASKED),
        buddy("fred"),
        message(1, "greta", "Tea?"),
    )
    told = [(section, person.name) for section, person in sections(bench.desk)]
    assert told == [
        ("Requests", "dora"),
        ("cats", "Bob"),
        ("trains", "Bob"),
        ("Friends", "carol"),
        ("Asked", "eve"),
        ("Others", "greta"),
    ]
    assert [person.name for _, person in sections(bench.desk, "car")] == ["carol"]


def test_what_is_unread_is_what_they_said_since() -> None:
    bench = ChatBench(
        buddy("bob", bond=FRIENDS, read_ms=AT_MS + 60_000),
        *(message(number, "bob", f"{number}", out=number == 3) for number in range(5)),
    )
    person = people(bench.desk)["bob"]
    assert [one.text for _, one in person.messages] == ["0", "1", "2", "3", "4"]
    assert (unread(person), person.last_ms) == (2, AT_MS + 240_000)
    mark = read(person, bench.desk)
    assert mark is not None
    assert im_pb2.MarkRead.FromString(mark.body) == im_pb2.MarkRead(
        item=person.shown.item if person.shown else b"", address="bob", read_ms=AT_MS + 240_000
    )
    bench.memory.make(Entry(mark, {}))
    again_ = people(bench.desk)["bob"]
    assert (unread(again_), again_.shown and again_.shown.grade) == (0, Grade.LOCAL)
    assert read(again_, bench.desk) is None


def test_a_stranger_s_item_is_made_by_the_first_command_about_them() -> None:
    """Spec IM-3."""
    bench = ChatBench(message(1, "bob", "Tea?"))
    mark = read(somebody("bob", bench.desk), bench.desk)
    assert mark is not None
    assert mark.item == buddy("bob").item
    bench.memory.make(Entry(mark, {}))
    assert somebody("bob", bench.desk).buddy == Buddy(address="bob", read_ms=AT_MS + 60_000)


def test_what_is_said_is_shown_before_anybody_has_it() -> None:
    """Spec KEEP-5."""
    bench = ChatBench()
    own = said("bob", "Tea?", bench.desk)
    bench.memory.make(Entry(own, {}))
    (shown, told) = somebody("bob", bench.desk).messages[0]
    assert (shown.grade, told.text, told.out, told.state) == (Grade.LOCAL, "Tea?", True, 1)
    assert len(own.item) == 12


@pytest.mark.parametrize(
    ("bond", "act", "after"),
    [(NONE, ASK, ASKED), (ASKS, ASK, FRIENDS), (ASKS, ACCEPT, FRIENDS), (FRIENDS, END, NONE), (ASKED, ASK, ASKED)],
)
def test_a_bond_is_shown_as_it_will_be(bond: int, act: int, after: int) -> None:
    """Spec IM-7."""
    bench = ChatBench(buddy("bob", name="Bob", bond=bond, groups=["cats"], greeting="hello"))
    own = bonded(somebody("bob", bench.desk), im_pb2.BondAct.ValueType(act), bench.desk, name="not his")
    bench.memory.make(Entry(own, {}))
    told = somebody("bob", bench.desk).buddy
    assert (told.bond, told.name, told.greeting, list(told.groups)) == (after, "Bob", "", ["cats"] * (act != END))


def test_name_and_groups_are_changed_field_by_field() -> None:
    bench = ChatBench(buddy("bob", bond=FRIENDS, groups=["cats"], their_read_ms=9))
    person = somebody("bob", bench.desk)
    assert edited(person, name="") is None
    change = edited(person, name="Bob", groups=["cats", "trains"], discreet=True)
    assert isinstance(change, Change)
    before = Content(buddy("bob", bond=ASKED, groups=["cats", "dogs"], their_read_ms=99).fields)
    told = Buddy.FromString(merge(before, change.edit, TYPES[7].merges).content.fields)
    assert (told.name, told.bond, list(told.groups)) == ("Bob", ASKED, ["cats", "dogs", "trains"])
    assert (told.their_read_ms, told.discreet) == (99, True)


def test_only_what_was_not_sent_is_sent_again() -> None:
    bench = ChatBench(
        message(1, "bob", "there", out=True, state=5),
        message(2, "bob", "failed", out=True, state=6, reason="nobody"),
        message(3, "bob", "perhaps", out=True, state=3),
        message(4, "bob", "came", state=6),
    )
    told = again(somebody("bob", bench.desk))
    assert [own.kind for own in told] == [23, 23]
    for own in told:
        assert isinstance(own, Own)
        bench.memory.make(Entry(own, {}))
    assert [one.state for _, one in somebody("bob", bench.desk).messages] == [5, 1, 1, 6]
