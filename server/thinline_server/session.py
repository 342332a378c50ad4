"""One link of the server: from the handshake to commands, asks and windows.

The session keeps no backlog and no picture of what its handset holds. A collection that it follows is *dirty* when
something changed that was not sent; whenever the link has room and credit, it asks the store for one window and says
it. Nothing is made before there is room for it (spec SYNC-10, FLOW-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from thinline import frames
from thinline.errors import RemoteError
from thinline.frames import Disposition
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Flush, Link, LinkInput, Role, Say, Spare
from thinline.machine import Hang, Transmit, WakeAt
from thinline.reasons import Reason, sentence_of
from thinline.windows import Cursor
from thinline_server.asks import AskKind, Reply, read_ask
from thinline_server.handshake import Admitted, Handshake, Policy, Step, refusal
from thinline_server.requests import Applied, Apply, ReadWindow, Refused, Request, WindowRead
from thinline_server.transfers import Transfers

__all__ = ["Answered", "Dirty", "Need", "Over", "Session", "SessionOutput", "Softened"]


@dataclass(frozen=True, slots=True)
class Need:
    """The session asks something of the store; `tag` comes back with the answer."""

    request: Request
    tag: Any


@dataclass(frozen=True, slots=True)
class Answered:
    """The store's answer to a `Need`."""

    tag: Any
    answer: Any


@dataclass(frozen=True, slots=True)
class Dirty:
    """Something changed in these collections of the account."""

    collections: frozenset[int]


@dataclass(frozen=True, slots=True)
class Over:
    """The link is over."""

    reason: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Softened:
    """The handset says something of itself."""

    soft: frames.Soft


SessionOutput: TypeAlias = Transmit | Hang | WakeAt | Need | Admitted | Over | Softened


class _Followed:
    """How one collection stands on this link."""

    __slots__ = ("budget_bytes", "cursor", "dirty", "floor")

    def __init__(self, follow: frames.Follow, welcomed_at: int, *, dirty: bool) -> None:
        self.cursor = follow.cursor
        self.budget_bytes = follow.budget_bytes
        self.dirty = dirty
        self.floor = min(welcomed_at, follow.since - 1) if follow.since else welcomed_at


_HANDSHAKE = "handshake"


class Session:
    """One link, both before and after its welcome.

    Attributes:
        account, handset: who it is, once admitted.
        soft: what the handset says of itself, latest value by key.
    """

    __slots__ = (
        "_asks", "_commands", "_followed", "_handshake", "_kinds", "_life", "_piece_bytes", "_reading",
        "_reserve_bytes", "_salvage", "_transfers", "account", "handset", "link", "soft",
    )  # fmt: skip

    def __init__(self, wire: int, policy: Policy, kinds: Mapping[int, AskKind], *, secure: bool) -> None:
        self.link = Link(Role.DOWN, wire)
        self.account = self.handset = b""
        self.soft: dict[int, bytes] = {}
        self._handshake: Handshake | None = Handshake(policy, secure=secure)
        self._kinds = kinds
        self._followed: dict[int, _Followed] = {}
        self._transfers = Transfers()
        self._asks = self._commands = self._life = 0
        self._piece_bytes = LIMITS.chunk_bytes // LIMITS.pieces
        self._reserve_bytes = 0  # of credit that is left to windows (spec FLOW-13)
        self._reading = 0  # the collection that a window is being read of
        self._salvage = False

    @property
    def live(self) -> bool:
        """Whether the link has its welcome and is not over."""
        return self._handshake is None and not self.link.closed

    def follows(self, collection: int) -> bool:
        """Whether it is sent the changes of a collection."""
        return self.live and collection in self._followed

    def handle(
        self, event: LinkInput | Answered | Dirty, now: float, now_ms: int, *, full: bool, more: bool = False
    ) -> list[SessionOutput]:
        """Take one input; return all that follows.

        Args:
            event: what happened.
            now: seconds.
            now_ms: the wall clock, for the welcome.
            full: whether the server has as many links as it takes.
            more: whether further inputs follow in this turn, the last of them a `Flush`: nothing leaves before it.
        """
        out: list[SessionOutput] = []
        say = _Sayer(self.link, now, out)
        if isinstance(event, Answered):
            if not self.link.closed:
                self._answered(event, now_ms, say, out)
        elif isinstance(event, Dirty):
            self._mark(event.collections)
        elif isinstance(event, Say):
            say(event.frame)
        else:
            for fact in say.feed(event):
                self._fact(fact, full, say, out)
        if not more:
            self._pump(say, out)
        return out

    # What the link tells

    def _fact(self, fact: Came | Spare | Ended, full: bool, say: _Sayer, out: list[SessionOutput]) -> None:
        match fact:
            case Came(frame):
                if self._handshake is not None:
                    step = self._handshake.came(frame, self.link.hello_digest, full=full)
                    self._step(step, say, out)
                else:
                    self._came(frame, say, out)
            case Ended(reason, sentence):
                out.append(Over(reason, sentence))
            case Spare():
                pass  # `_pump` follows

    def _step(self, step: Step, say: _Sayer, out: list[SessionOutput]) -> None:
        match step:
            case None:
                pass
            case Admitted():
                self._admit(step, say)
                out.append(step)
            case frames.Enrolled() | frames.Challenge() | frames.Refusal():
                say(step)
            case _:
                out.append(Need(step, _HANDSHAKE))  # type: ignore[arg-type]

    def _admit(self, admitted: Admitted, say: _Sayer) -> None:
        hello = admitted.hello
        self.account, self.handset, self._life = admitted.account, hello.handset, hello.life
        chunk_bytes = max(LIMITS.chunk_least_bytes, min(hello.chunk_bytes or LIMITS.chunk_bytes, LIMITS.chunk_bytes))
        self._piece_bytes = chunk_bytes // LIMITS.pieces
        self._reserve_bytes = self._piece_bytes if hello.credit > 2 * self._piece_bytes else 0
        disposition = admitted.welcome.disposition
        self._salvage = disposition == Disposition.DISPOSITION_SALVAGE
        if not self._salvage:
            behind = disposition != Disposition.DISPOSITION_RESUME
            at = admitted.welcome.point.position if admitted.welcome.point else 0
            self._followed = {follow.collection: _Followed(follow, at, dirty=behind) for follow in hello.follows}
        self._handshake = None
        say(admitted.welcome)

    def _came(self, frame: frames.Frame, say: _Sayer, out: list[SessionOutput]) -> None:
        match frame:
            case frames.Command():
                self._command(frame, say, out)
            case frames.Ask():
                self._ask(frame, say, out)
            case frames.Chunk():
                self._chunk(frame, say, out)
            case frames.Soft(key, value):
                if key in self.soft or len(self.soft) < LIMITS.soft_keys:
                    self.soft[key] = value
                    out.append(Softened(frame))
            case _:
                raise AssertionError(f"{frame!r} passed the table")

    # Commands

    def _command(self, command: frames.Command, say: _Sayer, out: list[SessionOutput]) -> None:
        if self._salvage:  # spec SALV-3
            say(_refused(Refused(Reason.SALVAGE_FIRST), command=command.number))
        elif self._commands >= LIMITS.commands_open:
            say(_refused(Refused(Reason.LIMIT, retry_after_ms=1_000), command=command.number))
        else:
            self._commands += 1
            out.append(Need(Apply(self.account, self.handset, self._life, command), command))

    def _judged(self, command: frames.Command, answer: Any, say: _Sayer, out: list[SessionOutput]) -> None:
        self._commands -= 1
        if isinstance(answer, Refused):
            say(_refused(answer, command=command.number))
            if answer.reason in (Reason.CLONE, Reason.OLD_LIFE):
                say(frames.Goodbye(answer.reason, sentence_of(answer.reason)))
            return
        assert isinstance(answer, Applied)
        say(self._with_cursor(answer))

    def _with_cursor(self, applied: Applied) -> frames.Outcome:
        """Spec SYNC-14: where the outcome's heads are all that was not sent of their collection, the cursor moves on.

        Else the collection is dirty, and the next window tells it.
        """
        told = applied.outcome
        behind = len(applied.changed) > 1 or self.link.window_waits  # an outcome overtakes a window
        for collection in applied.changed:
            followed = self._followed.get(collection)
            if followed is None:
                continue
            if behind or followed.dirty or self._reading == collection:
                followed.dirty = True
                continue
            cursor = followed.cursor = Cursor.at(told.point.position).encode()
            told = frames.Outcome(told.number, told.verdict, told.reason, told.point, told.heads, collection, cursor)
        return told

    # Asks

    def _ask(self, ask: frames.Ask, say: _Sayer, out: list[SessionOutput]) -> None:
        kind = self._kinds.get(ask.kind)
        if kind is None:
            say(_refused(Refused(Reason.UNKNOWN_KIND), ask=ask.number))
            return
        if self._asks + len(self._transfers) >= LIMITS.asks_open:
            say(_refused(Refused(Reason.LIMIT, retry_after_ms=1_000), ask=ask.number))
            return
        try:
            request = read_ask(kind, self.account, ask.body)
        except RemoteError as error:
            say(_refused(Refused(error.reason, error.detail), ask=ask.number))
            return
        self._asks += 1
        out.append(Need(request, (ask, request)))

    def _told(self, ask: frames.Ask, request: Request, answer: Any, say: _Sayer) -> None:
        self._asks -= 1
        reply = answer if isinstance(answer, Refused) else self._kinds[ask.kind].tell(request, answer, ask.body)
        refused = reply if isinstance(reply, Refused) else self._transfers.begin(ask.number, reply.follows)
        if refused is not None:
            say(_refused(refused, ask=ask.number))
            return
        assert isinstance(reply, Reply)
        say(frames.Answer(ask.number, reply.body, more=reply.follows is not None))

    def _chunk(self, chunk: frames.Chunk, say: _Sayer, out: list[SessionOutput]) -> None:
        request = self._transfers.came(self.account, chunk)
        if request is not None:
            out.append(Need(request, chunk))
        self._renew(say)

    def _stored(self, chunk: frames.Chunk, answer: Any, say: _Sayer) -> None:
        told = self._transfers.stored(chunk, answer)
        if told is not None:
            say(_refused(told, ask=chunk.ask) if isinstance(told, Refused) else told)
        self._renew(say)

    def _renew(self, say: _Sayer) -> None:
        credit = self._transfers.credit(self.link.received, self.link.granted)
        if credit is not None:
            say(credit)

    # What the store answers

    def _answered(self, event: Answered, now_ms: int, say: _Sayer, out: list[SessionOutput]) -> None:
        match event.tag:
            case frames.Command() as command:
                self._judged(command, event.answer, say, out)
            case (frames.Ask() as ask, request):
                self._told(ask, request, event.answer, say)
            case frames.Chunk() as chunk:
                self._stored(chunk, event.answer, say)
            case _Followed() as followed:
                self._read(followed, event.answer, say)
            case _:
                assert self._handshake is not None
                self._step(self._handshake.answered(event.answer, now_ms), say, out)

    # Windows and parts, when there is room

    def _mark(self, collections: frozenset[int]) -> None:
        for collection in collections:
            if collection in self._followed:
                self._followed[collection].dirty = True

    def _read(self, followed: _Followed, answer: Any, say: _Sayer) -> None:
        self._reading = 0
        if isinstance(answer, Refused):
            followed.dirty = True
            say(frames.Goodbye(answer.reason, sentence_of(answer.reason), answer.retry_after_ms or 5_000))
            return
        assert isinstance(answer, WindowRead)
        if not answer.current:
            followed.dirty = True
        if answer.window.heads or answer.window.cursor != followed.cursor:
            followed.cursor = answer.window.cursor
            say(answer.window)
            say.flush()

    def _pump(self, say: _Sayer, out: list[SessionOutput]) -> None:
        """What was said leaves; one window under way at a time, then parts, as long as room and credit last."""
        say.flush()
        if self._reading or not self.live:
            return
        while self.link.may_sync:
            dirty = next((pair for pair in self._followed.items() if pair[1].dirty), None)
            if dirty is not None:
                self._reading, followed = dirty
                followed.dirty = False
                bounds = (self._piece_bytes, followed.budget_bytes, followed.floor)
                request = ReadWindow(self.account, dirty[0], followed.cursor, *bounds)
                out.append(Need(request, followed))
                return
            counted, credit = self.link.credit  # spec FLOW-13
            if counted + self._reserve_bytes >= credit:
                return
            piece = self._transfers.piece(self._piece_bytes)
            if piece is None:
                return
            say(piece)
            say.flush()


def _refused(refused: Refused, *, command: int = 0, ask: int = 0) -> frames.Refusal:
    told = refusal(refused.reason, refused.detail, refused.retry_after_ms)
    return frames.Refusal(told.reason, told.sentence, told.retry_after_ms, command, ask)


class _Sayer:
    """Hands inputs to the link and sorts what it answers: orders go out, facts come back to the session."""

    __slots__ = ("_link", "_now", "_out")

    def __init__(self, link: Link, now: float, out: list[SessionOutput]) -> None:
        self._link = link
        self._now = now
        self._out = out

    def __call__(self, frame: frames.Frame) -> None:
        """Say a frame, unless the link is over; a last word ends it. It leaves with the next `flush`."""
        if self._link.closed:
            return
        for fact in self.feed(Say(frame, more=True)):
            if isinstance(fact, Ended):  # spec FLOW-12: it asks and does not read
                self._out.append(Over(fact.reason, fact.sentence))
                return
        if isinstance(frame, frames.Goodbye | frames.Refusal) and self._link.closed:
            self._out.append(Over(frame.reason, frame.sentence))

    def flush(self) -> None:
        """What was said leaves, in as few packets as there is room for."""
        if self._link.waiting:
            self.feed(Flush())

    def feed(self, event: LinkInput) -> list[Came | Spare | Ended]:
        """The facts that follow; everything else is passed out."""
        facts: list[Came | Spare | Ended] = []
        for output in self._link.handle(event, self._now):
            match output:
                case Came() | Spare() | Ended():
                    facts.append(output)
                case _:
                    self._out.append(output)
        return facts
