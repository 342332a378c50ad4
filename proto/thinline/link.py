"""One end of a link: frames in their order, the conversation's table, numbers, credit, and the heartbeat.

Both roles are this one class. `handle` takes a fact (a packet arrived, the bearer has room, the owner says a frame)
and returns all that follows: packets to transmit, frames that came, when to be woken, that the link is over. It has
no store, clock, chance or task. What waits for room waits inside (spec LINK, FRAME, FLOW).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias, assert_never

from thinline import frames
from thinline.codec import cut_packet, encode_body, join_packet, read_frame, squeeze_body
from thinline.errors import LocalError, RemoteError
from thinline.frames import Class, Direction, Frame
from thinline.limits import LIMITS
from thinline.machine import Arrived, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.reasons import Reason, sentence_of
from thinline.scheduler import Scheduler
from thinline.states import State, next_state

__all__ = ["Came", "Ended", "Flush", "Link", "LinkInput", "LinkOutput", "Role", "Say", "Spare"]

_NEVER = float("inf")
_PACKING_BYTES = 4  # what a packet adds to a frame: tag and length
_AWAITED = (frames.Command, frames.Ask, frames.Beat)


Role = Direction  # the end that sends UP is the handset; the one that sends DOWN the server
_OTHER = {Role.UP: Role.DOWN, Role.DOWN: Role.UP}


@dataclass(frozen=True, slots=True)
class Say:
    """The owner wants a frame sent; with `more` it says further ones in this turn, and then `Flush`."""

    frame: Frame
    more: bool = False


@dataclass(frozen=True, slots=True)
class Flush:
    """All was said: what waits leaves as far as there is room, in as few packets as that takes."""


@dataclass(frozen=True, slots=True)
class Came:
    """A frame arrived, in order and at its turn. `size_bytes` is what it cost on the link."""

    frame: Frame
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Spare:
    """Room and credit are there and no sync or bulk frame waits: make one now, if there is something to send."""

    wire: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The link is over: said by the other side, lost, or refused by this one."""

    reason: int
    sentence: str
    retry_after_ms: int = 0


LinkInput: TypeAlias = Opened | Arrived | Room | Lost | Woke | Say | Flush
LinkOutput: TypeAlias = Transmit | WakeAt | Hang | Came | Spare | Ended


class Link:
    """One end of one link.

    Attributes:
        state: where the conversation stands.
        received: sync and bulk bytes that came (what an absolute credit counts).
        granted: sync and bulk bytes that this end allowed.
        ignored: frames of unknown kind that were passed over.
        hello_digest: SHA-256 of the hello's frame as it was sent, which the proof signs (spec ID-5).
    """

    __slots__ = (
        "_armed_at",
        "_arrived_at",
        "_awaiting_since",
        "_dictionary",
        "_heartbeat_s",
        "_opened_at",
        "_room",
        "_scheduler",
        "_sent_at",
        "_squeeze_from",
        "_timeout_s",
        "_wire",
        "came",
        "granted",
        "hello_digest",
        "ignored",
        "received",
        "role",
        "sent",
        "state",
    )

    def __init__(self, role: Role, wire: int) -> None:
        self.role = role
        self.state = State.NEW
        self.sent = self.came = 0  # frames, in each direction
        self.received = self.granted = self.ignored = 0
        self.hello_digest = b""
        self._wire = wire
        self._room = 0
        self._dictionary: int | None = None
        self._squeeze_from = LIMITS.squeeze_from_bytes
        self._scheduler = Scheduler(self._encode)
        self._opened_at = self._sent_at = self._arrived_at = 0.0
        self._awaiting_since = _NEVER
        self._armed_at = _NEVER
        self._heartbeat_s = self._timeout_s = 0

    @property
    def may_sync(self) -> bool:
        """Whether a sync or bulk frame made now would go out at once."""
        return self._room > _PACKING_BYTES and self._scheduler.may_count() and self._scheduler.idle

    @property
    def deadline(self) -> float:
        """When this end must be woken if nothing happens until then; a `WakeAt` may be earlier than that."""
        return self._deadline()

    @property
    def waiting(self) -> bool:
        """Whether a frame waits, for room or for credit."""
        return not self._scheduler.idle

    @property
    def window_waits(self) -> bool:
        """Whether a sync frame waits: what is interactive goes out before it."""
        return self._scheduler.waits(Class.SYNC)

    @property
    def credit(self) -> tuple[int, int]:
        """Sync and bulk bytes that this end has said, and up to how many the peer allows."""
        return self._scheduler.counted, self._scheduler.credit

    @property
    def closed(self) -> bool:
        """Whether the link is over."""
        return self.state is State.CLOSED

    @property
    def room_bytes(self) -> int:
        """What the bearer takes now."""
        return self._room

    def handle(self, event: LinkInput, now: float) -> list[LinkOutput]:
        """Take one input; return all that follows."""
        if self.closed:
            return []
        out: list[LinkOutput] = []
        could_sync = self.may_sync
        match event:
            case Arrived():
                self._arrived(event.data, now, out)
            case Say(frame, more):
                self._say(frame, now, out)
                if more:
                    return out
            case Flush():
                pass  # as everything else that has happened: see below
            case Room():
                self._room = event.size_bytes
            case Opened():
                self._opened_at = self._arrived_at = self._sent_at = now
            case Woke():
                self._armed_at = _NEVER
                self._woke(now, out)
            case Lost():
                self._end(Ended(0, event.reason), out)
            case _ as never:
                assert_never(never)
        if not self.closed:
            self._flush(now, out)
            if self.state is State.LIVE and self.may_sync and not could_sync:
                out.append(Spare(self._wire))
            self._arm(out)
        return out

    # What is said

    def _say(self, frame: Frame, now: float, out: list[LinkOutput]) -> None:
        state = next_state(self.state, frame)
        if state is None or not frame.DIRECTION & self.role:
            raise LocalError(f"{type(frame).__name__} may not be said when {self.state.value}")
        if state is State.CLOSED:
            self._part(frame, "said goodbye", now, out)
            return
        if not self._put(frame, now, out):
            return
        self._learn(frame, ours=True)
        if isinstance(frame, _AWAITED) and self.role is Role.UP:
            self._awaiting_since = min(self._awaiting_since, now)
        self.state = state

    def _put(self, frame: Frame, now: float, out: list[LinkOutput]) -> bool:
        """Let a frame wait; a peer that makes us speak and does not listen loses the link (spec FLOW-12)."""
        if self._scheduler.full(frame.CLASS):
            self._refuse(Reason.LIMIT, "too many frames wait to be read", now, out)
            return False
        self._scheduler.put(frame)
        return True

    def _part(self, last: Frame, why: str, now: float, out: list[LinkOutput]) -> None:
        """Say the last frame behind what the bearer takes, and hang up (spec LINK-10)."""
        self._flush(now, out)
        self._scheduler.clear()
        self._scheduler.put(last)
        self._flush(now, out)
        self.state = State.CLOSED
        out.append(Hang(self._wire, why))

    def _encode(self, frame: Frame) -> bytes:
        body = encode_body(frame, self.role)
        if self._dictionary is None or len(body) < self._squeeze_from or isinstance(frame, frames.Welcome):
            return body
        return squeeze_body(body, self.role, self._dictionary)

    def _flush(self, now: float, out: list[LinkOutput]) -> None:
        """As many packets as there is room for."""
        while not self._scheduler.idle and (packed := self._pack()):
            self._sent_at = now
            out.append(Transmit(self._wire, join_packet(packed)))

    def _pack(self) -> list[bytes]:
        """The frames of one packet (spec FRAME-1)."""
        packed: list[bytes] = []
        left = LIMITS.packet_bytes
        while len(packed) < LIMITS.frames_per_packet and not self._scheduler.idle:
            frame = self._scheduler.take(min(self._room, left) - _PACKING_BYTES, self.sent + 1)
            if frame is None:
                break
            self.sent += 1
            packed.append(frame)
            if self.state is State.GREETED and self.role is Role.UP:
                self.hello_digest = sha256(frame).digest()  # nothing else is sent in this state
            self._room -= len(frame) + _PACKING_BYTES
            left -= len(frame) + _PACKING_BYTES
        return packed

    # What comes

    def _arrived(self, data: bytes, now: float, out: list[LinkOutput]) -> None:
        self._arrived_at = now
        self._awaiting_since = _NEVER
        try:
            for frame in cut_packet(data):
                if self.closed:
                    return
                self._take(frame, now, out)
        except RemoteError as error:
            self._refuse(error.reason, error.detail, now, out)

    def _take(self, data: bytes, now: float, out: list[LinkOutput]) -> None:
        number, frame = read_frame(data, _OTHER[self.role])
        if number <= self.came:  # spec FRAME-3: a repeat is dropped
            return
        if number != self.came + 1:  # spec FRAME-4: a gap means that the link is lost
            raise RemoteError(Reason.LINK_LOST, f"frame {number} after {self.came}")
        self.came = number
        if frame is None:
            self._ignore()
            return
        state = next_state(self.state, frame)
        if state is None:
            raise RemoteError(Reason.OUT_OF_TURN, f"{type(frame).__name__} when {self.state.value}")
        if isinstance(frame, frames.Hello):
            self.hello_digest = sha256(data).digest()
        self._count(frame, len(data))
        self.state = state
        self._learn(frame, ours=False)
        if isinstance(frame, frames.Beat):
            if self.role is Role.DOWN:  # spec LINK-9: the server answers each beat
                self._put(frames.Beat(), now, out)
            return
        self._pass_on(frame, len(data), out)

    def _pass_on(self, frame: Frame, size_bytes: int, out: list[LinkOutput]) -> None:
        match frame:
            case frames.Credit():
                pass  # learned already
            case frames.Goodbye() | frames.Refusal() if self.closed:
                self._end(Ended(frame.reason, frame.sentence, frame.retry_after_ms), out)
            case _:
                out.append(Came(frame, size_bytes))

    def _ignore(self) -> None:
        """Spec LINK-6: frames of unknown kind are ignored and counted, once the link is live."""
        if self.state is not State.LIVE:
            raise RemoteError(Reason.OUT_OF_TURN, "a frame of unknown kind before the welcome")
        self.ignored += 1
        if self.ignored > LIMITS.ignored_frames:
            raise RemoteError(Reason.LIMIT, "too many frames of unknown kind")

    def _count(self, frame: Frame, size_bytes: int) -> None:
        if frame.CLASS not in (Class.SYNC, Class.BULK):
            return
        if self.received >= self.granted:  # spec FLOW-4
            raise RemoteError(Reason.CREDIT, f"beyond byte {self.granted}")
        self.received += size_bytes

    # What both ends learn from a frame, whoever said it

    def _learn(self, frame: Frame, *, ours: bool) -> None:
        match frame:
            case frames.Hello():
                self._promise(frame.credit, ours=ours)
                if (frame.chunk_bytes or LIMITS.chunk_bytes) >= LIMITS.chunk_bytes:
                    self._squeeze_from = LIMITS.squeeze_fast_bytes
            case frames.Welcome():
                self._promise(frame.credit, ours=ours)
                self._heartbeat_s, self._timeout_s = frame.heartbeat_s, frame.timeout_s
                self._dictionary = frame.dictionary
            case frames.Credit():
                self._promise(frame.up_to, ours=ours)
            case _:
                pass

    def _promise(self, up_to: int, *, ours: bool) -> None:
        if ours:
            self.granted = max(self.granted, up_to)
        else:
            self._credit(up_to)

    def _credit(self, up_to: int) -> None:
        """Spec FLOW-3: credit is absolute, so a smaller or repeated one changes nothing."""
        self._scheduler.credit = max(self._scheduler.credit, up_to)

    # How it ends

    def _refuse(self, reason: Reason, detail: str, now: float, out: list[LinkOutput]) -> None:
        """Spec LINK-7: a bad frame is answered with a code and a sentence, and the link ends."""
        sentence = f"{sentence_of(reason)} ({detail})"
        goodbye: Frame = frames.Goodbye(reason, sentence)
        if self.role is Role.DOWN and self.state is not State.LIVE:
            goodbye = frames.Refusal(reason, sentence)
        self._part(goodbye, sentence, now, out)
        out.append(Ended(reason, sentence))

    def _end(self, ended: Ended, out: list[LinkOutput]) -> None:
        self.state = State.CLOSED
        out += [Hang(self._wire, ended.sentence), ended]

    # Time

    def _woke(self, now: float, out: list[LinkOutput]) -> None:
        if now < self._deadline():
            return
        if self.role is Role.UP and self.state is State.LIVE and self._awaiting_since == _NEVER:
            self._say(frames.Beat(), now, out)  # spec LINK-8
            return
        self._refuse(Reason.SILENT, "nothing was heard", now, out)

    def _deadline(self) -> float:
        """When this end must act if nothing happens until then."""
        if self.state is not State.LIVE:
            return self._opened_at + LIMITS.handshake_s
        if self.role is Role.DOWN:
            return self._arrived_at + self._heartbeat_s + self._timeout_s
        if self._awaiting_since != _NEVER:
            return self._awaiting_since + self._timeout_s
        return min(self._sent_at, self._arrived_at) + self._heartbeat_s

    def _arm(self, out: list[LinkOutput]) -> None:
        """Ask to be woken, unless an earlier wake is asked for already: it will look again."""
        deadline = self._deadline()
        if deadline < self._armed_at:
            self._armed_at = deadline
            out.append(WakeAt(deadline))
