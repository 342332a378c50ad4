"""A conversation with a number: what was written, how far it has come, what is typed. B1; KEEP-5."""

from __future__ import annotations

from golden import check_golden
from texting import CAROL, TextBench, text
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.reasons import Reason
from thinline_emulator.apps.sms.pages import Menu, Talk, Threads

TALK = (
    text(1, CAROL, "Tea  […] four?", missing=1, seen=True),
    text(2, CAROL, "With pleasure!", out=True, state=5),
    text(3, CAROL, "Look up", flash=True, seen=True),
    text(4, CAROL, "Or five?", out=True, state=1, reason="the message centre is busy"),
    text(5, CAROL, "Hello?", out=True, state=6, reason="the number does not exist"),
    text(6, CAROL, "Hm.", out=True, state=3),
    text(7, CAROL, "By air", out=True, state=4),
)


def bench_with(*heads: object) -> TextBench:
    bench = TextBench(*heads)  # type: ignore[arg-type]
    bench.show(Talk(CAROL))
    return bench


def test_each_text_says_how_far_it_has_come() -> None:
    bench = bench_with(*TALK)
    bench.keys("'And now?'")
    check_golden("sms-talk", bench.screen)


def test_what_is_typed_is_sent_by_a_press_and_exists_only_here() -> None:
    """B1."""
    bench = bench_with()
    bench.keys("' Tea?' ok")
    assert bench.page == Talk(CAROL)
    assert bench.kinds == ["create", "send"]
    assert "exists only here" in bench.screen
    bench.keys("ok send")
    assert len(bench.made) == 2, "nothing is sent with nothing"


def test_what_the_server_does_not_take_is_shown() -> None:
    bench = bench_with()
    bench.keys("'Tea?' ok")
    list(bench.memory.outbox.ready(0.0))
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    assert "not accepted: INVALID" in bench.screen


def test_messages_are_counted_and_ten_are_the_most() -> None:
    """Spec SMS-3, SMS-4."""
    bench = bench_with()
    bench.show(Talk(CAROL, "a" * 150))
    assert "10 left" in bench.screen
    bench.keys("'☕'")
    assert "3 messages, 50 left" in bench.screen, "one sign that the 7-bit alphabet has not"
    bench.show(Talk(CAROL, "a" * 1_530))
    bench.keys("'b'")
    assert "at most ten messages" in bench.screen
    assert bench.page.typed == "a" * 1_530


def test_a_name_can_not_be_answered() -> None:
    bench = bench_with()
    bench.show(Talk("TEA SHOP", "Thanks"))
    bench.keys("ok")
    assert "That is a name" in bench.screen
    assert bench.made == []


def test_turning_back_and_out() -> None:
    bench = bench_with(*(text(number, CAROL, f"line {number}", out=True, state=5) for number in range(30)))
    bench.keys("wheel-up wheel-up")
    assert bench.page == Talk(CAROL, up=2)
    bench.keys("'a'")
    assert bench.page == Talk(CAROL, "a")
    bench.keys("menu")
    assert bench.page == Menu(Talk(CAROL, "a"))
    bench.keys("back back")
    assert bench.page == Threads()
