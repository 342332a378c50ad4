"""Two links joined in memory: virtual time, a bearer of some room, rate and latency each way, and a transcript.

    pair = Pair(latency_s=0.35, rate_bytes_s=2_500)
    pair.live()
    pair.say(Role.UP, command)
    pair.run()
    assert pair.heard[Role.DOWN] == [..., command]

An *owner* is what stands behind a link: a function from what the link passes on to the frames that it says then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from thinline.codec import cut_packet, read_frame
from thinline.frames import Challenge, Frame, Hello, Proof, Welcome
from thinline.link import Came, Ended, Link, LinkInput, Role, Say, Spare
from thinline.machine import Arrived, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.states import State
from thinline.testing import samples
from thinline.testing.clock import Clock
from thinline.testing.netem import Delivery, Faults, Netem
from thinline.testing.text import tell

__all__ = ["Owner", "Pair"]

Owner: TypeAlias = Callable[[Came | Spare | Ended], Iterable[Frame]]

_WIRE = 1


@dataclass(frozen=True, slots=True)
class _Left:
    """A packet has left the radio of an end."""

    role: Role
    data: bytes


@dataclass(frozen=True, slots=True)
class _HangUp:
    """All that an end transmitted before it hung up has left."""

    role: Role


@dataclass(frozen=True, slots=True)
class _Wake:
    role: Role


def _silent(event: Came | Spare | Ended) -> Iterable[Frame]:
    return ()


class Pair:
    """A handset's link (`Role.UP`) and a server's (`Role.DOWN`).

    Args:
        latency_s: from leaving one end to arriving at the other.
        rate_bytes_s: how fast packets leave; None for at once.
        room_bytes: what a bearer takes before something must have left.
        netem: the network, where it is to be a bad one; then the latency is its own.
        names: of both ends, for the transcript.

    Attributes:
        links: by role.
        owners: by role; set one to let it answer.
        heard: frames that each link passed on.
        ended: how each link ended.
        sent_bytes: packets' bytes that each end transmitted.
        transcript: every frame that left an end, one line each.
    """

    def __init__(
        self,
        *,
        latency_s: float = 0.0,
        rate_bytes_s: float | None = None,
        room_bytes: int = 1 << 20,
        netem: Netem | None = None,
        names: tuple[str, str] = ("alice", "server"),
    ) -> None:
        self.links = {role: Link(role, _WIRE) for role in (Role.UP, Role.DOWN)}
        self.owners: dict[Role, Owner] = dict.fromkeys(self.links, _silent)
        self.heard: dict[Role, list[Frame]] = {role: [] for role in self.links}
        self.ended: dict[Role, Ended] = {}
        self.sent_bytes = dict.fromkeys(self.links, 0)
        self.transcript: list[str] = []
        self._clock: Clock[_Left | _HangUp | _Wake | Delivery] = Clock()
        self._netem = netem or Netem(faults=Faults(latency_s, latency_s))
        self._rate_bytes_s = rate_bytes_s
        self._room_bytes = room_bytes
        self._names = dict(zip(self.links, names, strict=True))
        self._waiting = dict.fromkeys(self.links, 0)  # bytes that the bearer took and that have not left
        self._free_at = dict.fromkeys(self.links, 0.0)
        self._under_way = 0
        for role in self.links:
            self._handle(role, Opened(_WIRE))
            self._handle(role, Room(_WIRE, room_bytes))

    @property
    def now(self) -> float:
        """The time, in seconds."""
        return self._clock.now

    def live(self, hello: Hello = samples.HELLO, welcome: Welcome = samples.WELCOME) -> None:
        """Go through the conversation up to the welcome, and take it as read."""
        steps: list[tuple[Role, Frame]] = [
            (Role.UP, hello),
            (Role.DOWN, samples.CHALLENGE),
            (Role.UP, samples.PROOF),
            (Role.DOWN, welcome),
        ]
        for role, frame in steps:
            self.say(role, frame)
            self.run()
        assert {link.state for link in self.links.values()} == {State.LIVE}, self.transcript
        for frames in self.heard.values():
            frames[:] = [one for one in frames if not isinstance(one, Hello | Challenge | Proof | Welcome)]

    def say(self, role: Role, *frames: Frame) -> None:
        """Let an end's owner say something."""
        for frame in frames:
            self._handle(role, Say(frame))

    def cut(self) -> None:
        """Cut the connection."""
        self._later(self._netem.cut(_WIRE, self.now))

    def run(self, seconds: float | None = None) -> None:
        """Let happen what is under way until nothing is; or let so much time pass, heartbeats and all."""
        if seconds is None:
            while self._under_way:
                self._step()
            return
        until_s = self.now + seconds
        while (due_s := self._clock.due_s) is not None and due_s <= until_s:
            self._step()
        self._clock.pass_to(until_s)

    def _step(self) -> None:
        event = self._clock.jump()
        if isinstance(event, _Wake):
            self._handle(event.role, Woke())
            return
        self._under_way -= 1
        if isinstance(event, _Left):
            self._left(event)
        elif isinstance(event, _HangUp):
            self._later(self._netem.hang(_WIRE, event.role, self.now))
        elif event.data is None:
            for role in self.links:
                if event.towards != role:  # spoken by that end, so it knows
                    self._handle(role, Lost(_WIRE, "cut" if event.towards is None else "hung up"))
        else:
            self._handle(Role.DOWN if event.towards == Role.UP else Role.UP, Arrived(_WIRE, event.data))

    def _left(self, event: _Left) -> None:
        deliveries = self._netem.carry(_WIRE, event.role, event.data, self.now)
        fate = "" if any(one.data is not None for one in deliveries) else "  (lost)"
        for data in cut_packet(event.data):
            number, frame = read_frame(data, event.role)
            told = f"{self._names[event.role]} {number}: {tell(frame)}{fate}"
            self.transcript.append(f"{self.now:9.3f} {told}")
        self._later(deliveries)
        self._waiting[event.role] -= len(event.data)
        self._handle(event.role, Room(_WIRE, self._room_bytes - self._waiting[event.role]))

    def _later(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            self._agree(delivery.at_s, delivery)

    def _agree(self, at_s: float, event: _Left | _HangUp | Delivery) -> None:
        self._under_way += 1
        self._clock.at(at_s, event)

    def _handle(self, role: Role, event: LinkInput) -> None:
        for output in self.links[role].handle(event, self.now):
            match output:
                case Transmit():
                    self._transmit(role, output.data)
                case WakeAt():
                    self._clock.wake(role, output.at_s, _Wake(role))
                case Hang():
                    self._clock.forget(role)
                    self._agree(max(self.now, self._free_at[role]), _HangUp(role))
                case Came() | Spare() | Ended():
                    self._tell(role, output)
                case _ as never:
                    assert_never(never)

    def _tell(self, role: Role, event: Came | Spare | Ended) -> None:
        match event:
            case Came():
                self.heard[role].append(event.frame)
            case Ended():
                self.ended[role] = event
            case _:
                pass  # spare room: the owner decides
        for frame in self.owners[role](event):
            self._handle(role, Say(frame))

    def _transmit(self, role: Role, data: bytes) -> None:
        assert len(data) <= self._room_bytes - self._waiting[role], "more than the room"
        self.sent_bytes[role] += len(data)
        self._waiting[role] += len(data)
        takes_s = len(data) / self._rate_bytes_s if self._rate_bytes_s else 0.0
        self._free_at[role] = max(self.now, self._free_at[role]) + takes_s
        self._agree(self._free_at[role], _Left(role, data))
