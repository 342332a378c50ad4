"""What can be done with people: asked, accepted, refused, named, put into groups. IM-7."""

from __future__ import annotations

import pytest

from chatting import ChatBench, buddy, message
from golden import check_golden
from thinline.intents import Own
from thinline.v1 import im_pb2
from thinline_emulator.apps.im.menus import actions
from thinline_emulator.apps.im.pages import Add, Edit, Menu, Roster, Talk
from thinline_emulator.apps.im.people import somebody


def acts(bench: ChatBench) -> list[int]:
    bodies = [intent.body for intent in bench.made if isinstance(intent, Own) and intent.kind == 21]
    return [im_pb2.ChangeBond.FromString(body).act for body in bodies]


@pytest.mark.parametrize(
    ("bond", "action", "act"),
    [
        (0, "Ask to be friends", im_pb2.BOND_ACT_ASK),
        (1, "Ask no more", im_pb2.BOND_ACT_END),
        (2, "Accept", im_pb2.BOND_ACT_ACCEPT),
        (2, "Refuse", im_pb2.BOND_ACT_END),
        (3, "Be friends no longer", im_pb2.BOND_ACT_END),
    ],
)
def test_what_is_offered_follows_from_how_they_stand(bond: int, action: str, act: int) -> None:
    bench = ChatBench(buddy("bob", bond=bond))
    bench.show(Talk("bob"))
    bench.choose(action)
    assert acts(bench) == [act]
    assert bench.page == Talk("bob")


def test_somebody_is_added_by_their_address() -> None:
    bench = ChatBench()
    bench.choose("Add somebody")
    assert bench.page == Add()
    bench.keys("'Bob' wheel-down 'Bob B' wheel-down wheel-down 'Hi' wheel-up wheel-down")
    check_golden("im-add", bench.screen)
    bench.keys("ok")
    assert bench.page == Talk("bob")
    (own,) = bench.made
    assert isinstance(own, Own)
    told = im_pb2.ChangeBond.FromString(own.body)
    assert (told.address, told.name, told.greeting) == ("bob", "Bob B", "Hi")
    bench.keys("back")
    bench.show(Add(("bob", "", "")))
    bench.keys("send")
    assert len(bench.made) == 1, "who was asked is not asked again"


@pytest.mark.parametrize("address", ["", "bob b", "alice"])
def test_nobody_is_added_without_an_address(address: str) -> None:
    bench = ChatBench()
    bench.show(Add((address, "", ""), 2))
    bench.keys("ok")
    assert bench.page == Add((address, "", ""), 0, "Whose address is it?")
    bench.keys("delete back")
    assert bench.page == Roster()


def test_name_and_groups() -> None:
    bench = ChatBench(buddy("bob", name="Bob", bond=3, groups=["cats"]))
    bench.choose("Name and groups")
    assert bench.page == Edit("bob", ("Bob", "cats"), back=Roster())
    bench.keys("'by' wheel-down ', trains, cats' wheel-up 's' delete wheel-down")
    check_golden("im-edit", bench.screen)
    bench.keys("ok")
    told = somebody("bob", bench.desk).buddy
    assert (told.name, list(told.groups)) == ("Bobby", ["cats", "trains"])
    bench.choose("Undo (changed: bob)")
    assert somebody("bob", bench.desk).buddy.name == "Bob"


def test_whether_they_are_told_what_is_read() -> None:
    bench = ChatBench(buddy("bob", bond=3))
    bench.choose("Do not tell them what I read")
    assert somebody("bob", bench.desk).buddy.discreet
    assert "Tell them what I read" in actions(Roster(), bench.desk)


def test_what_was_not_sent_is_sent_again() -> None:
    bench = ChatBench(message(1, "bob", "Tea?", out=True, state=6))
    bench.show(Talk("bob"))
    bench.choose("Send again")
    assert bench.kinds == [23]
    assert "Send again" not in actions(Talk("bob"), bench.desk)
    bench.keys("menu back menu wheel-down wheel-up")
    assert bench.page == Menu(Talk("bob"))
