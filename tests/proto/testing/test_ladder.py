"""The ladder itself: what it plays, what it forgives, and how a difference reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from thinline.codec import encode_body, join_packet, number_body
from thinline.frames import Beat, Challenge, Direction, Goodbye, Hello
from thinline.link import Came, Ended, Link, Role, Say
from thinline.machine import Arrived, Do, Hang, Transmit, WakeAt
from thinline.testing import samples
from thinline.testing.ladder import Heard, Ladder, Numbered


def greeted() -> Ladder:
    return Ladder(Link(Role.DOWN, 1)).feed(samples.HELLO).expect(Heard(samples.HELLO))


def test_a_handshake_reads_as_one() -> None:
    ladder = greeted()
    ladder.feed(Say(samples.CHALLENGE)).expect(Challenge)
    ladder.feed(samples.PROOF).expect(Came)
    ladder.feed(Say(samples.WELCOME)).expect(samples.WELCOME)
    assert ladder.said == [samples.CHALLENGE, samples.WELCOME]
    assert ladder.numbers == {Direction.UP: 2, Direction.DOWN: 2}
    rungs = str(ladder).splitlines()
    assert [rung[:8] for rung in rungs[:3]] == [">> Hello", "<< Came(", ">> Say(f"]


def test_a_difference_shows_the_ladder_so_far() -> None:
    ladder = greeted().feed(Say(samples.CHALLENGE))
    with pytest.raises(AssertionError) as caught:
        ladder.expect(Goodbye(107), Heard(Hello), Ended)
    told = str(caught.value).splitlines()
    assert told[0] == "the ladder (- expected, + happened):"
    assert told[1].startswith("  >> Hello(")
    assert [line[:8] for line in told if line[0] in "+-"] == ["+ << Cha", "- << Goo", "- << Cam", "- << End"]


def test_what_fits_is_no_difference() -> None:
    ladder = greeted().feed(samples.HELLO)
    with pytest.raises(AssertionError) as caught:
        ladder.expect(samples.CHALLENGE, Hang, Ended)
    assert [line[:9] for line in str(caught.value).splitlines() if line[0] in "+-"] == ["- << Chal", "+ << Refu"]


def test_what_was_said_must_be_expected_before_the_next_rung() -> None:
    ladder = greeted().feed(Say(samples.CHALLENGE))
    with pytest.raises(AssertionError, match=r"\+ << Challenge"):
        ladder.feed(samples.PROOF)
    assert ladder.skip() == [samples.CHALLENGE]
    ladder.feed(samples.PROOF).expect(Heard(samples.PROOF))


def test_packets_of_several_frames_of_chosen_numbers_and_of_raw_bytes() -> None:
    ladder = greeted().feed(Say(samples.CHALLENGE)).expect(Challenge)
    ladder.feed(Numbered(1, samples.HELLO), samples.PROOF).expect(Heard(samples.PROOF))
    ladder.feed(b"\xff").expect(type(ladder.said[0]).__mro__[-1], Hang, Ended)


def test_a_frame_may_be_fed_the_wrong_way() -> None:
    greeted().feed(samples.WELCOME).skip()


def test_time_is_the_test_s() -> None:
    ladder = Ladder(Link(Role.UP, 1))
    assert ladder.wake_at_s == 30.0
    ladder.after(12.0)
    assert ladder.now == 12.0
    ladder.wake().expect(Goodbye, Hang, Ended)
    assert ladder.now == 30.0
    with pytest.raises(AssertionError, match="did not ask"):
        ladder.wake()


class Echo:
    """A machine that is no link: it greets what arrives, asks for work, and speaks on two wires."""

    def handle(self, event: Any, now: float) -> Sequence[Any]:
        if not isinstance(event, Arrived):
            return []
        beat = join_packet([number_body(1, encode_body(Beat(), Direction.DOWN))])
        return [Do(1, "work"), Transmit(1, beat), Transmit(2, beat), WakeAt(now + 1)]


def test_any_machine_has_a_ladder() -> None:
    with pytest.raises(AssertionError, match="only a link"):
        Ladder(Echo())
    ladder = Ladder(Echo(), Role.DOWN)
    ladder.feed(Beat()).expect(Do(1, "work"), Beat(), Transmit)
    assert (ladder.wake_at_s, len(ladder.packets)) == (1.0, 1)
