"""The roster on the screen: who is unread, who asks, the wheel, and finding somebody by typing."""

from __future__ import annotations

from chatting import AT_MS, ChatBench, buddy, message
from golden import check_golden
from thinline_emulator.apps.im.pages import Add, Roster, Talk
from thinline_emulator.apps.im.roster import chosen

BOB = buddy("bob", name="Bob Børgesen", bond=3, groups=["friends"])
HEADS = (
    BOB,
    buddy("carol", name="Carol Nguyễn", bond=3, read_ms=AT_MS + 120_000),
    buddy("dora", bond=2, greeting="It's me, from the train"),
    buddy("eve", bond=1),
    message(1, "bob", "Tea?\nAt four."),
    message(2, "carol", "Thank you for the cake, it was lovely"),
    message(3, "fred", "Is this the right address?"),
)


def test_the_roster() -> None:
    check_golden("im-roster", ChatBench(*HEADS).screen)


def test_somebody_is_found_by_typing_and_opened() -> None:
    bench = ChatBench(*HEADS)
    bench.keys("'nguy'")
    check_golden("im-roster-find", bench.screen)
    bench.keys("ok")
    assert bench.page == Talk("carol", back=Roster("Friends", "carol"))
    bench.keys("back 'xyz' delete back")
    assert bench.page == Roster()
    bench.keys("back")
    assert bench.memory.focus == []


def test_who_is_opened_is_read() -> None:
    bench = ChatBench(*HEADS)
    bench.keys("wheel-down ok")
    assert bench.page == Talk("bob", back=Roster("friends", "bob"))
    assert bench.kinds == [22]
    bench.keys("back wheel-down ok")
    assert bench.kinds == [22], "nothing new of carol's"


def test_the_wheel_stays_with_somebody_who_moves_to_another_section() -> None:
    bench = ChatBench(*HEADS)
    bench.show(Roster("Requests", "bob"))
    person = chosen(Roster("Requests", "bob"), bench.desk)
    assert person is not None
    assert person.address == "bob"
    bench.keys("wheel-up wheel-up")
    assert bench.page == Roster("Requests", "dora")


def test_where_nobody_is_a_press_adds_somebody() -> None:
    bench = ChatBench()
    bench.keys("'bob' ok")
    assert bench.page == Add(("bob", "", ""))
    assert chosen(Roster(), bench.desk) is None
