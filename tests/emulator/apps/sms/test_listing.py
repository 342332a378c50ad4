"""The list of conversations. B1."""

from __future__ import annotations

from golden import check_golden
from texting import BOB, CAROL, TextBench, text
from thinline.frames import Soft
from thinline.v1 import line_pb2
from thinline_emulator.apps.sms.pages import Menu, Talk, Threads

HEADS = (
    text(1, BOB, "Tea?"),
    text(2, CAROL, "With\npleasure", seen=True),
    text(3, "TEA SHOP", "All teas cheaper today, and some of the cakes as well"),
    text(4, CAROL, "At four?", out=True, state=5),
)


def test_conversations_are_there_the_newest_first() -> None:
    bench = TextBench(*HEADS)
    bench.keys("wheel-down")
    check_golden("sms-threads", bench.screen)


def test_whom_to_text_is_typed() -> None:
    bench = TextBench(*HEADS)
    bench.keys("'bob'")
    check_golden("sms-threads-find", bench.screen)
    bench.keys("ok")
    assert bench.page == Talk(BOB, back=Threads(key="520304050"))
    assert bench.kinds == ["change"], "and what bob wrote is read"
    bench.show(Threads())
    bench.keys("'+4599887766' ok")
    assert bench.page.number == "+4599887766"
    bench.show(Threads())
    bench.keys("'nobody' ok")
    assert "no number" in bench.screen
    bench.keys("delete back menu")
    assert bench.page == Menu(Threads())


def test_what_keeps_texts_from_going_out_is_said() -> None:
    """Spec SOFT-2."""
    bench = TextBench()
    assert "Type a name or a number" in bench.screen
    told = line_pb2.GatewayStatus(name="texts", why="wrong password", state=line_pb2.GATEWAY_STATE_BAD_CREDENTIALS)
    bench.memory.soft.take(Soft(256 + 7, told.SerializeToString(), 600), bench.now)
    assert "texts: not let in (wrong password)" in bench.screen
