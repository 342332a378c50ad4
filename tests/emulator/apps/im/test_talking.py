"""A conversation with bob: what was said, how far each of it has come, what is typed. B1; KEEP-5."""

from __future__ import annotations

from chatting import AT_MS, ChatBench, buddy, message
from golden import check_golden
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.reasons import Reason
from thinline_emulator.apps.im.pages import Menu, Roster, Talk

BOB = buddy("bob", name="Bob", bond=3, their_read_ms=AT_MS + 2 * 60_000)
TALK = (
    message(1, "bob", "Tea?"),
    message(2, "bob", "With pleasure!", out=True, state=5),
    message(3, "bob", "At four?", out=True, state=5),
    message(4, "bob", "Or five?", out=True, state=1, reason="Their account does not take anything just now."),
    message(5, "bob", "Hello?", out=True, state=6, reason="There is nobody of that name here."),
    message(6, "bob", "Hm.", out=True, state=3),
    message(7, "bob", "By air", out=True, state=4),
)


def bench_with(*heads: object) -> ChatBench:
    bench = ChatBench(BOB, *heads)  # type: ignore[arg-type]
    bench.show(Talk("bob"))
    return bench


def test_each_message_says_how_far_it_has_come() -> None:
    """The newest that was read, the newest that is there, and all in between and beyond."""
    bench = bench_with(*TALK)
    bench.keys("'And n' enter 'w' delete 'ow?'")
    check_golden("im-talk", bench.screen)


def test_what_is_typed_is_said_by_a_press_and_exists_only_here() -> None:
    """B1."""
    bench = bench_with()
    bench.keys("'  Tea?' ok")
    assert bench.page == Talk("bob")
    assert bench.kinds == [20]
    assert "exists only here" in bench.screen
    bench.keys("ok enter send")
    assert bench.kinds == [20], "nothing is said with nothing"


def test_what_the_server_does_not_take_is_shown() -> None:
    bench = bench_with()
    bench.keys("'Tea?' ok")
    list(bench.memory.outbox.ready(0.0))
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    assert "not accepted: INVALID" in bench.screen
    assert "!" in bench.screen


def test_typing_comes_back_to_the_newest() -> None:
    bench = bench_with(*(message(number, "bob", f"line {number}", out=True, state=5) for number in range(30)))
    bench.keys("wheel-up wheel-up wheel-up")
    assert bench.page == Talk("bob", up=3)
    bench.keys("'a'")
    assert bench.page == Talk("bob", "a")
    bench.keys("menu")
    assert bench.page == Menu(Talk("bob", "a"))
    bench.keys("back back")
    assert bench.page == Roster()
