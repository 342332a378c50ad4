"""A ladder: a test of one end that reads like the diagram, what is fed to the right and what it says to the left.

    ladder = Ladder(Link(Role.DOWN, wire=1))
    ladder.feed(hello).expect(Heard(hello))
    ladder.feed(Say(Challenge(nonce))).expect(Challenge)

A frame that is fed is one that the other end says: the ladder numbers it, packs it, and lets the packet arrive.
A frame that is expected is one that this end transmits. Everything else is an input or an output as it stands. What
was said and not yet expected must be expected next; only wakes are no rungs, see `Ladder.wake_at_s`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thinline.codec import cut_packet, encode_body, join_packet, number_body, read_frame
from thinline.frames import Direction, Frame
from thinline.link import Came, Link, Role
from thinline.machine import Arrived, Machine, Opened, Room, Transmit, WakeAt, Woke
from thinline.testing.text import tell

__all__ = ["Heard", "Ladder", "Numbered"]

_AMPLE_BYTES = 1 << 30
_OTHER = {Role.UP: Role.DOWN, Role.DOWN: Role.UP}


@dataclass(frozen=True, slots=True)
class Heard:
    """Expected: a frame, or one of that kind, came and was passed on (`link.Came`, whatever it cost)."""

    frame: Frame | type


@dataclass(frozen=True, slots=True)
class Numbered:
    """Fed: a frame under a number of the test's choice; later frames count on from it."""

    number: int
    frame: Frame


class Ladder:
    """One end under test.

    Args:
        machine: a `Link`, or anything else that is handled and transmits.
        role: which end it is; a link knows that itself.
        wire: the connection that frames come and go on.
        room_bytes: what the bearer takes at the start.

    Attributes:
        now: the time of the next input.
        wake_at_s: when the machine asked to be woken, if it did.
        said: every frame that it transmitted so far.
        packets: every packet that it transmitted so far.
        numbers: the last number of a frame in each direction.
    """

    def __init__(
        self, machine: Machine, role: Role | None = None, *, wire: int = 1, room_bytes: int = _AMPLE_BYTES
    ) -> None:
        self.machine = machine
        self.now = 0.0
        self.wake_at_s: float | None = None
        self.said: list[Frame] = []
        self.packets: list[bytes] = []
        self.numbers = {Direction.UP: 0, Direction.DOWN: 0}
        self._wire = wire
        if role is None:
            assert isinstance(machine, Link), "only a link says itself which end it is"
            role = machine.role
        self._role = role
        self._rungs: list[str] = []
        self._open: list[Any] = []
        self._handle(Opened(wire))
        self._handle(Room(wire, room_bytes))

    def feed(self, *inputs: Any) -> Ladder:
        """Let frames arrive in one packet, or raw bytes as a packet, or hand in one input as it stands."""
        if self._open:
            self._fail(())
        if all(isinstance(one, Frame | Numbered) for one in inputs):
            packed = [self._frame(one) for one in inputs]
            self._rungs += [f">> {tell(one)}" for one in inputs]
            self._handle(Arrived(self._wire, join_packet(packed)))
            return self
        (event,) = inputs
        told = f"{len(event)} bytes {event[:16].hex()}" if isinstance(event, bytes) else tell(event)
        self._rungs.append(f">> {told}")
        self._handle(Arrived(self._wire, event) if isinstance(event, bytes) else event)
        return self

    def expect(self, *wanted: Any) -> Ladder:
        """What the machine does next, all of it and in order: frames or their kinds, `Heard`, outputs or kinds."""
        same = len(wanted) == len(self._open)
        if not same or not all(_fits(got, want) for got, want in zip(self._open, wanted, strict=True)):
            self._fail(wanted)
        self._rungs += [f"<< {tell(got)}" for got in self._open]
        self._open.clear()
        return self

    def skip(self) -> list[Any]:
        """Pass over what the machine did; returns it."""
        self._rungs += [f"<< {tell(got)}" for got in self._open]
        skipped, self._open = self._open, []
        return skipped

    def after(self, seconds: float) -> Ladder:
        """Let time pass; a wake that falls into it is late."""
        self.now += seconds
        return self

    def wake(self) -> Ladder:
        """Go to the time asked for, and wake the machine."""
        assert self.wake_at_s is not None, "it did not ask to be woken"
        self.now, self.wake_at_s = max(self.now, self.wake_at_s), None
        return self.feed(Woke())

    def __str__(self) -> str:
        return "\n".join(self._rungs)

    def _frame(self, frame: Frame | Numbered) -> bytes:
        theirs = _OTHER[self._role]
        if isinstance(frame, Numbered):
            self.numbers[theirs], frame = frame.number, frame.frame
        else:
            self.numbers[theirs] += 1
        way = theirs if frame.DIRECTION & theirs else self._role  # the wrong way, for a test of just that
        return number_body(self.numbers[theirs], encode_body(frame, way))

    def _handle(self, event: Any) -> None:
        for output in self.machine.handle(event, self.now):
            match output:
                case WakeAt():
                    self.wake_at_s = output.at_s
                case Transmit(wire=self._wire):
                    self.packets.append(output.data)
                    self._open += self._said(output.data)
                case _:
                    self._open.append(output)

    def _said(self, packet: bytes) -> list[Any]:
        frames: list[Any] = []
        for data in cut_packet(packet):
            number, frame = read_frame(data, self._role)
            assert number == self.numbers[self._role] + 1, f"frame {number} after {self.numbers[self._role]}"
            self.numbers[self._role] = number
            assert frame is not None, "a frame of unknown kind"
            frames.append(frame)
        self.said += frames
        return frames

    def _fail(self, wanted: Sequence[Any]) -> None:
        """Both sides as text; what fits is told as it happened, so that only what does not is a difference."""
        happened = [f"<< {tell(one)}" for one in self._open]
        hoped = [f"<< {_hope(want)}" for want in wanted]
        for index, (got, want) in enumerate(zip(self._open, wanted, strict=False)):
            if _fits(got, want):
                hoped[index] = happened[index]
        rungs = [f"  {rung}" for rung in self._rungs]
        difference = [line.rstrip() for line in difflib.ndiff(hoped, happened) if line[0] != "?"]
        raise AssertionError("\n".join(["the ladder (- expected, + happened):", *rungs, *difference]))


def _fits(got: Any, want: Any) -> bool:
    if isinstance(want, Heard):
        return isinstance(got, Came) and _fits(got.frame, want.frame)
    return isinstance(got, want) if isinstance(want, type) else bool(got == want)


def _hope(want: Any) -> str:
    if isinstance(want, Heard):
        return f"Came(frame={_hope(want.frame)})"
    return f"{want.__name__}" if isinstance(want, type) else tell(want)
