"""The handset's end of the line: one link at a time, over the radio, dialled again and again.

The radio lies between the link and the bearer in both directions. A packet that the link transmits reaches the bearer
when it has crossed the radio, and one that the bearer brings reaches the link when it has; what is in the air when
the radio fails is lost, and the link with it. The link is given room as the radio has it, and the server is given
credit as packets leave the radio, so that on a slow network nothing queues where its order can not be changed any
more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, unique
from typing import TypeAlias, assert_never

from thinline import frames
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Link, LinkInput, Role, Say, Spare
from thinline.machine import Arrived, Dial, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.reasons import ReasonClass, class_of
from thinline.states import State
from thinline_emulator.radio import Radio, RadioProfile
from thinline_emulator.reconnect import Backoff

__all__ = [
    "NEVER", "Brake", "Call", "Cut", "Line", "LineFact", "LineInput", "LineOutput", "Phase", "Up", "chunk_bytes",
    "window_bytes",
]  # fmt: skip

NEVER = float("inf")
_DIAL_BYTES = 60  # what opening a connection costs in each direction
_DIAL_S = 30.0
_BACKOFF_S = (1.0, 300.0)
# What a link says by itself when it is woken fits into this.
_BEAT_ROOM_BYTES = 1_024
# A link that counts itself so much less room than there is need not be told, while nothing waits for it.
_SLACK_BYTES = 256
# Where a person must act first, the handset only looks now and then.
_BARRED_S = 900.0
# Where one end broke the protocol, the same again soon would break it again.
_FINAL_S = 60.0


def chunk_bytes(profile: RadioProfile) -> int:
    """What may be under way downwards: a second of the rate, within the protocol's bounds (spec FLOW-9)."""
    return max(LIMITS.chunk_least_bytes, min(LIMITS.chunk_bytes, int(profile.down_bytes_s)))


def window_bytes(profile: RadioProfile) -> int:
    """The credit that goes with it; the last frame of a credit may run over by a piece (spec FLOW-2, FLOW-8).

    Of bulk a piece less is under way (spec FLOW-13): what is free of the chunk then is for what server, bearer and
    this machine take beside the radio.
    """
    return chunk_bytes(profile) * 3 // 4


@unique
class Phase(Enum):
    """Where the line stands. While OPEN the link's own state says how far the conversation is."""

    DOWN = "down"
    WAITING = "waiting"
    DIALLING = "dialling"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Call:
    """Dial now, unless the line is up or on its way."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The line ends here and now: no coverage, no power, or somebody pulled it.

    It dials again by itself where `retry` says so, else upon `Call`.
    """

    reason: str
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Brake:
    """Whether the server gets no more credit: memory is full, and nothing may go yet."""

    on: bool


@dataclass(frozen=True, slots=True)
class Up:
    """The bearer is connected; whoever owns the line begins the conversation."""


LineInput: TypeAlias = Opened | Arrived | Room | Lost | Woke | Say | Call | Cut | Brake
LineOrder: TypeAlias = Dial | Transmit | Hang
LineFact: TypeAlias = Up | Came | Spare | Ended
LineOutput: TypeAlias = LineOrder | LineFact


class Line:
    """Dials, listens and says, through one radio.

    Attributes:
        link: the conversation; None while there is none.
        phase: where the line stands.
        wire: the number of the bearer connection, new for each dial.
        redial_at: when it dials by itself, while WAITING.
        bytes_up, bytes_down: packets' bytes since the handset has this memory.
        braked: whether the server gets no more credit for now.
        aired: whether something was booked on the radio since somebody set this to false.
    """

    __slots__ = (
        "_air_down", "_air_up", "_backoff", "_bearer_bytes", "_link_wake_s", "_radio", "_room_at",
        "aired", "braked", "bytes_down", "bytes_up", "dial_by", "link", "phase", "redial_at", "wire",
    )  # fmt: skip

    def __init__(self, radio: Radio, seed: int, wire: int = 0) -> None:
        """A line that is down; `wire` is the last number that was used before."""
        self.link: Link | None = None
        self.phase = Phase.DOWN
        self.wire = wire
        self.redial_at = self.dial_by = NEVER
        self.bytes_up = self.bytes_down = 0
        self._radio = radio
        self._backoff = Backoff(*_BACKOFF_S, seed)
        self._air_up: deque[tuple[float, LineOrder]] | None = None
        self._air_down: deque[tuple[float, Opened | Arrived | Lost]] | None = None
        self._link_wake_s = self._room_at = NEVER
        self._bearer_bytes = 0
        self.braked = False
        self.aired = False

    @property
    def live(self) -> bool:
        """Whether the link has its welcome."""
        return self.link is not None and self.link.state is State.LIVE

    @property
    def failures(self) -> int:
        """Dials in a row that came to nothing."""
        return self._backoff.failures

    def noted(self, room: Room) -> bool:
        """Take note of the bearer's room; whether nothing follows from it."""
        if room.wire != self.wire:
            return True
        self._bearer_bytes = room.size_bytes - (self._in_the_air() if self._air_up else 0)
        return self.link is None or not self.link.waiting

    @property
    def next_at(self) -> float:
        """When something is due."""
        at_s = min(self._link_wake_s, self._room_at, self.redial_at, self.dial_by)
        if self._air_up:
            at_s = min(at_s, self._air_up[0][0])
        if self._air_down:
            at_s = min(at_s, self._air_down[0][0])
        return at_s

    def handle(self, event: LineInput, now: float) -> list[LineOutput]:
        """Take one input; return all that follows."""
        out: list[LineOutput] = []
        match event:
            case Woke():
                self._due(now, out)
            case Say():
                self._feed_room(now, out)
                self._tell_link(event, now, out)
            case Arrived(wire, data):
                if wire == self.wire and self.link is not None:
                    self.bytes_down += len(data)
                    self._book_down(self._radio.receive(len(data), now), event)
            case Opened(wire) if wire == self.wire and self.phase is Phase.DIALLING:
                self.dial_by = NEVER
                self._book_down(self._radio.receive(_DIAL_BYTES, now), event)
            case Opened(wire):
                out.append(Hang(wire, "nobody waits for it any more"))
            case Lost(wire):
                if wire == self.wire and self.phase in (Phase.DIALLING, Phase.OPEN):
                    self._book_down(self._radio.receive(0, now), event)
            case Room():
                if not self.noted(event):
                    self._feed_room(now, out)
            case Call():
                self._dial(now)
            case Cut():
                self._cut(event, now, out)
            case Brake(on):
                self.braked = on
                self._grant(now, out)
            case _ as never:
                assert_never(never)
        return out

    def welcomed(self) -> None:
        """The server let us in: what failed before is forgotten."""
        self._backoff.succeeded()

    # Dialling

    def _dial(self, now: float) -> None:
        if self.phase in (Phase.DIALLING, Phase.OPEN) or not self._radio.attached:
            return
        self.phase = Phase.DIALLING
        self.redial_at = NEVER
        self.dial_by = now + _DIAL_S
        self.wire += 1
        self._bearer_bytes = 0  # until the new one tells
        self._book_up(self._radio.transmit(_DIAL_BYTES, now), Dial(self.wire))

    def _fail(self, now: float, ended: Ended) -> None:
        hint_s = ended.retry_after_ms / 1000
        kind = class_of(ended.reason) if ended.reason else ReasonClass.RETRY
        if kind is not ReasonClass.RETRY:
            hint_s = max(hint_s, _BARRED_S if kind is ReasonClass.IDENTITY else _FINAL_S)
        self.link = None
        self.phase = Phase.WAITING
        self._link_wake_s = self._room_at = self.dial_by = NEVER
        self._air_down = None
        self.redial_at = self._backoff.failed(now, hint_s)

    def _cut(self, cut: Cut, now: float, out: list[LineOutput]) -> None:
        if self.phase in (Phase.DIALLING, Phase.OPEN):
            out.append(Hang(self.wire, cut.reason))
        if self.link is not None:
            out.append(Ended(0, cut.reason))
        self._air_up = None
        self._fail(now, Ended(0, cut.reason))
        if not cut.retry:
            self.phase = Phase.DOWN
            self.redial_at = NEVER

    # The air

    def _book_up(self, at_s: float, order: LineOrder) -> None:
        self.aired = True
        if self._air_up is None:
            self._air_up = deque()
        self._air_up.append((at_s, order))

    def _book_down(self, at_s: float, event: Opened | Arrived | Lost) -> None:
        self.aired = True
        if self._air_down is None:
            self._air_down = deque()
        self._air_down.append((at_s, event))

    def _in_the_air(self) -> int:
        return sum(len(order.data) for _, order in self._air_up or () if isinstance(order, Transmit))

    def _due(self, now: float, out: list[LineOutput]) -> None:
        while self._air_up and self._air_up[0][0] <= now:
            out.append(self._air_up.popleft()[1])
        while self._air_down and self._air_down[0][0] <= now:
            self._landed(self._air_down.popleft()[1], now, out)
        if not self._air_up:
            self._air_up = None
        if not self._air_down:
            self._air_down = None
        if now >= self._link_wake_s:
            if self.link is not None and self.link.room_bytes < _BEAT_ROOM_BYTES:
                self._feed_room(now, out)
            self._tell_link(Woke(), now, out)
        if now >= self._room_at:
            self._feed_room(now, out)
        if now >= self.dial_by:
            out.append(Hang(self.wire, "nobody answered"))
            self._fail(now, Ended(0, "nobody answered"))
        if now >= self.redial_at:
            self.redial_at = NEVER
            self._dial(now)

    def _landed(self, event: Opened | Arrived | Lost, now: float, out: list[LineOutput]) -> None:
        """Something crossed the radio downwards."""
        match event:
            case Opened():
                self.phase = Phase.OPEN
                self.link = Link(Role.UP, self.wire)
                self._tell_link(event, now, out)
                self._feed_room(now, out)
                out.append(Up())
            case Arrived():
                before = self.link.received if self.link is not None else 0
                self._tell_link(event, now, out)
                if self.link is not None and self.link.received != before:
                    self._grant(now, out)
            case Lost():
                if self.link is not None:
                    self._tell_link(event, now, out)
                else:
                    ended = Ended(0, event.reason)
                    out.append(ended)
                    self._fail(now, ended)
            case _ as never:
                assert_never(never)

    # The link

    def _tell_link(self, event: LinkInput, now: float, out: list[LineOutput]) -> None:
        link = self.link
        if link is None:
            return
        for output in link.handle(event, now):
            match output:
                case Transmit(_, data):
                    self.bytes_up += len(data)
                    self._bearer_bytes -= len(data)
                    self._book_up(self._radio.transmit(len(data), now), output)
                case WakeAt():
                    pass  # `deadline` is asked below, and is never early
                case Hang():
                    self._book_up(self._air_up[-1][0] if self._air_up else now, output)
                case Ended():
                    out.append(output)
                    self._fail(now, output)
                case _:
                    out.append(output)
        if self.link is not link:
            return
        if link.closed:
            assert isinstance(event, Say), "a link that ends says so, but for a goodbye of its owner"
            goodbye = event.frame
            reason = goodbye.reason if isinstance(goodbye, frames.Goodbye) else 0
            self._fail(now, Ended(reason, "said goodbye"))
            return
        self._link_wake_s = link.deadline
        self._room_at = (self._radio.room_at(now) or NEVER) if link.waiting else NEVER

    def _feed_room(self, now: float, out: list[LineOutput]) -> None:
        """Tell the link what the radio, and behind it the bearer, takes."""
        if self.link is None:
            return
        room_bytes = max(0, min(self._radio.room(now), self._bearer_bytes))
        if not 0 <= room_bytes - self.link.room_bytes <= (0 if self.link.waiting else _SLACK_BYTES):
            self._tell_link(Room(self.wire, room_bytes), now, out)

    def _grant(self, now: float, out: list[LineOutput]) -> None:
        """More credit once about a piece of it has come through: bulk flows, and a single push costs no answer."""
        if not self.live or self.braked:
            return
        assert self.link is not None
        window = window_bytes(self._radio.profile)
        piece = chunk_bytes(self._radio.profile) // LIMITS.pieces
        if self.link.granted - self.link.received < window - piece * 3 // 4:
            self._tell_link(Say(frames.Credit(self.link.received + window)), now, out)
