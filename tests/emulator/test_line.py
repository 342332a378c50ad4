"""The line: dialling, the radio on both sides of the link, room, credit, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from thinline import frames
from thinline.codec import cut_packet, encode_body, join_packet, number_body, read_frame
from thinline.frames import Direction
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Say, Spare
from thinline.machine import Arrived, Dial, Hang, Lost, Opened, Room, Transmit, Woke
from thinline.reasons import Reason
from thinline.states import State
from thinline.testing.samples import CHALLENGE, COMMAND, HELLO, PROOF, WELCOME, WINDOW
from thinline_emulator.line import NEVER, Brake, Call, Cut, Line, LineOutput, Phase, Up, chunk_bytes, window_bytes
from thinline_emulator.profiles import load_radio, radio_names
from thinline_emulator.radio import Radio

GPRS = replace(load_radio("gprs"), loss=0.0)
ROOM_BYTES = 131_072


class Bench:
    """A line, its time, and a server that says what the test says."""

    def __init__(self) -> None:
        self.radio = Radio(GPRS, 1)
        self.line = Line(self.radio, 7)
        self.now = 0.0
        self.said = 0  # frames of the server

    def handle(self, event: object) -> list[LineOutput]:
        return self.line.handle(event, self.now)  # type: ignore[arg-type]

    def wake(self) -> list[LineOutput]:
        """Go to the next thing that is due."""
        assert self.line.next_at < NEVER, "nothing is due"
        self.now = max(self.now, self.line.next_at)
        return self.handle(Woke())

    def until(self, kind: type) -> Iterator[LineOutput]:
        """Wake until something of a kind comes."""
        for _ in range(50):
            found = [output for output in self.wake() if isinstance(output, kind)]
            if found:
                return iter(found)
        raise AssertionError(f"no {kind.__name__}")

    def dial(self) -> None:
        assert self.handle(Call()) == []
        (dialled,) = self.until(Dial)
        assert dialled == Dial(self.line.wire)
        assert self.handle(Opened(self.line.wire)) == []
        assert self.handle(Room(self.line.wire, ROOM_BYTES)) == []
        next(self.until(Up))

    def tell(self, *said: frames.Frame) -> None:
        """The server's packet arrives at the edge of the network."""
        packed = []
        for frame in said:
            self.said += 1
            packed.append(number_body(self.said, encode_body(frame, Direction.DOWN)))
        self.handle(Arrived(self.line.wire, join_packet(packed)))

    def live(self, hello: frames.Hello = HELLO) -> None:
        self.said = 0
        self.dial()
        self.handle(Say(hello))
        self.tell(CHALLENGE)
        next(self.until(Came))
        self.handle(Say(PROOF))
        self.tell(replace(WELCOME, dictionary=0))
        self.heard()
        assert self.line.live

    def heard(self) -> list[frames.Frame | None]:
        """What the line transmits until nothing is in the air."""
        frames_sent = []
        while self.line.next_at < self.now + 20.0:
            for output in self.wake():
                if isinstance(output, Transmit):
                    frames_sent += [read_frame(data, Direction.UP)[1] for data in cut_packet(output.data)]
        return frames_sent


def test_dialling_crosses_the_radio_in_both_directions() -> None:
    bench = Bench()
    assert bench.line.next_at == NEVER
    bench.dial()
    assert bench.line.phase is Phase.OPEN
    assert 2 * GPRS.latency_s < bench.now < 1.0
    assert bench.handle(Call()) == []  # up already
    assert bench.line.wire == 1
    assert not bench.line.live


def test_a_packet_takes_its_time_both_ways() -> None:
    bench = Bench()
    bench.live()
    started_s = bench.now
    bench.handle(Say(COMMAND))
    (sent,) = bench.until(Transmit)
    assert isinstance(sent, Transmit)
    took_s = (len(sent.data) + GPRS.overhead_bytes) / GPRS.up_bytes_s + GPRS.latency_s
    assert bench.now - started_s == pytest.approx(took_s)
    assert bench.line.bytes_up > 0
    started_s = bench.now
    bench.tell(WINDOW)
    (came,) = bench.until(Came)
    assert isinstance(came, Came)
    assert came.frame == WINDOW
    assert bench.now - started_s > GPRS.latency_s


def test_nobody_answers_and_it_dials_again_later() -> None:
    bench = Bench()
    bench.handle(Call())
    next(bench.until(Dial))
    bench.now = bench.line.dial_by
    assert bench.handle(Woke()) == [Hang(1, "nobody answered")]
    assert bench.line.phase is Phase.WAITING
    assert bench.now <= bench.line.redial_at <= bench.now + 1.0
    assert next(bench.until(Dial)) == Dial(2)
    assert bench.line.failures == 1
    assert bench.handle(Opened(1)) == [Hang(1, "nobody waits for it any more")]


def test_a_connection_that_fails_is_told_and_dialled_again() -> None:
    bench = Bench()
    bench.handle(Call())
    next(bench.until(Dial))
    bench.handle(Lost(7, "another's"))
    bench.handle(Lost(1, "refused"))
    assert list(bench.until(Ended)) == [Ended(0, "refused")]
    assert next(bench.until(Dial)) == Dial(2)


def test_a_lost_connection_ends_the_link_behind_what_arrived() -> None:
    bench = Bench()
    bench.live()
    bench.tell(WINDOW)
    bench.handle(Lost(1, "cut"))
    assert isinstance(next(bench.until(Came)), Came)
    assert list(bench.until(Ended)) == [Ended(0, "cut")]
    assert bench.line.link is None
    assert bench.handle(Arrived(1, b"stale")) == []
    assert bench.handle(Lost(1, "stale")) == []
    assert bench.handle(Room(1, 5)) == []
    assert bench.handle(Room(9, 5)) == []
    assert bench.handle(Say(COMMAND)) == []


def test_success_is_remembered_as_the_end_of_failures() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Lost(1, "cut"))
    next(bench.until(Ended))
    assert bench.line.failures == 1
    bench.live()
    bench.line.welcomed()
    assert bench.line.failures == 0


@pytest.mark.parametrize(
    ("reason", "told_ms", "least_s"),
    [
        (Reason.BUSY, 40_000, 40.0),
        (Reason.BUSY, 0, 0.0),
        (Reason.REVOKED, 0, 900.0),
        (Reason.VERSION, 0, 900.0),
        (Reason.MALFORMED, 0, 60.0),
        (Reason.MALFORMED, 100_000, 100.0),
    ],
)
def test_a_refusal_is_obeyed_by_its_class_and_time(reason: Reason, told_ms: int, least_s: float) -> None:
    """Spec LINK-17."""
    bench = Bench()
    bench.dial()
    bench.handle(Say(HELLO))
    bench.tell(frames.Refusal(reason, "no", told_ms))
    (ended,) = bench.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.reason == reason
    assert bench.line.redial_at >= bench.now + least_s


def test_a_goodbye_of_ours_goes_out_and_then_the_line_is_hung_up() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Say(frames.Goodbye(Reason.VERSION, "no")))
    outputs = bench.wake()
    assert [type(output) for output in outputs] == [Transmit, Hang]
    assert bench.line.phase is Phase.WAITING
    assert bench.line.redial_at >= bench.now + 800.0
    bench.now = bench.line.redial_at
    bench.live()
    bench.handle(Say(frames.Goodbye()))
    assert bench.line.redial_at < bench.now + 2.0


def test_out_of_coverage_all_in_the_air_is_lost_at_once() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Say(COMMAND))
    bench.radio.cover(False, bench.now)
    assert bench.handle(Cut("out of coverage")) == [Hang(1, "out of coverage"), Ended(0, "out of coverage")]
    assert bench.line.phase is Phase.DOWN
    assert bench.line.next_at == NEVER
    assert bench.handle(Call()) == []
    assert bench.line.phase is Phase.DOWN
    bench.radio.cover(True, bench.now)
    bench.live()


def test_a_cut_may_dial_again_by_itself_and_one_that_is_down_says_nothing() -> None:
    bench = Bench()
    assert bench.handle(Cut("nothing was up")) == []
    bench.dial()
    assert Hang(1, "dropped") in bench.handle(Cut("dropped", retry=True))
    assert next(bench.until(Dial)) == Dial(2)


def test_no_more_is_handed_to_the_radio_than_it_takes() -> None:
    bench = Bench()
    bench.live()
    for number in range(1, 9):
        bench.handle(Say(replace(COMMAND, number=number, body=Random(number).randbytes(2_000))))
    assert bench.line.link is not None
    assert bench.line.link.waiting
    handed = bench.line.bytes_up
    assert handed <= GPRS.burst_bytes
    sent = [frame for frame in bench.heard() if isinstance(frame, frames.Command)]
    assert [command.number for command in sent] == list(range(1, 9))


def test_the_bearer_behind_the_radio_has_its_say() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Room(1, 100))
    bench.handle(Say(replace(COMMAND, body=Random(1).randbytes(500))))
    assert bench.line.link is not None
    assert bench.line.link.waiting
    bench.handle(Room(1, ROOM_BYTES))
    assert not bench.line.link.waiting


def test_a_new_connection_has_no_room_until_its_bearer_says_so() -> None:
    """What the one before took is nothing to it: a hello that is handed over too early is lost."""
    bench = Bench()
    bench.live()
    bench.handle(Cut("dropped", retry=True))
    bench.handle(Call())
    next(bench.until(Dial))
    bench.handle(Opened(bench.line.wire))
    next(bench.until(Up))
    assert [order for order in bench.handle(Say(HELLO)) if isinstance(order, Transmit)] == []
    assert bench.line.link is not None
    assert bench.line.link.waiting
    bench.handle(Room(bench.line.wire, ROOM_BYTES))
    assert not bench.line.link.waiting


def test_credit_follows_what_came_through_half_a_window_at_a_time() -> None:
    bench = Bench()
    bench.live(replace(HELLO, credit=window_bytes(GPRS)))
    bench.tell(WINDOW)
    assert [frame for frame in bench.heard() if isinstance(frame, frames.Credit)] == []  # a push costs no answer
    granted = []
    for _ in range(20):
        bench.tell(WINDOW)
        granted += [frame.up_to for frame in bench.heard() if isinstance(frame, frames.Credit)]
    assert granted
    assert bench.line.link is not None
    assert bench.line.link.granted - bench.line.link.received <= window_bytes(GPRS)


def test_a_full_memory_grants_nothing_until_there_is_room() -> None:
    bench = Bench()
    bench.live(replace(HELLO, credit=window_bytes(GPRS)))
    bench.handle(Brake(True))
    bench.tell(*[WINDOW] * 10)
    assert [frame for frame in bench.heard() if isinstance(frame, frames.Credit)] == []
    bench.handle(Brake(False))
    assert [type(frame) for frame in bench.heard()] == [frames.Credit]
    bench.handle(Cut("dropped"))
    assert bench.handle(Brake(True)) == []


def test_the_heartbeat_is_the_links_and_an_early_wake_does_nothing() -> None:
    bench = Bench()
    bench.live()
    bench.heard()
    assert bench.line.next_at > bench.now + WELCOME.heartbeat_s - 60.0
    assert bench.handle(Woke()) == []
    (sent,) = bench.until(Transmit)
    assert isinstance(sent, Transmit)
    assert [read_frame(data, Direction.UP)[1] for data in cut_packet(sent.data)] == [frames.Beat()]


def test_spare_is_told_when_bulk_becomes_possible() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Room(1, 0))
    bench.handle(Say(replace(COMMAND, body=bytes(10))))
    assert any(isinstance(output, Spare) for output in bench.handle(Room(1, ROOM_BYTES))) or bench.line.live


def test_a_packet_that_can_not_be_understood_ends_the_link_with_a_reason() -> None:
    bench = Bench()
    bench.live()
    bench.handle(Arrived(1, b"\xff"))
    (ended,) = bench.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.reason == Reason.MALFORMED
    assert bench.line.link is None


@pytest.mark.parametrize("name", radio_names())
def test_all_that_is_under_way_is_at_most_a_second_of_the_rate(name: str) -> None:
    """Spec FLOW-9: a frame starts below the credit and takes a piece at most."""
    profile = load_radio(name)
    chunk, window = chunk_bytes(profile), window_bytes(profile)
    assert LIMITS.chunk_least_bytes <= chunk <= min(LIMITS.chunk_bytes, profile.down_bytes_s)
    assert window - 1 + chunk // LIMITS.pieces < chunk


@pytest.mark.parametrize("name", radio_names())
def test_more_credit_is_granted_before_what_is_left_to_windows_is_all(name: str) -> None:
    """Spec FLOW-13: else a server would wait for credit, and the handset for bulk."""
    profile = load_radio(name)
    chunk, window = chunk_bytes(profile), window_bytes(profile)
    assert window > chunk // 2
    piece = chunk // LIMITS.pieces
    assert window - piece * 3 // 4 > piece


def test_state_of_a_new_link() -> None:
    bench = Bench()
    bench.dial()
    assert bench.line.link is not None
    assert bench.line.link.state is State.NEW
