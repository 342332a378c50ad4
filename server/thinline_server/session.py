"""One link of the server: from the handshake to commands, asks and windows.

The session keeps no backlog and no picture of what its handset holds. A collection that it follows is *dirty* when
something changed that was not sent; whenever the link has room and credit, it asks the store for one window and says
it. Nothing is made before there is room for it (spec SYNC-10, FLOW-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from thinline import frames
from thinline.errors import RemoteError
from thinline.frames import Disposition
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Link, LinkInput, Role, Say, Spare
from thinline.machine import Hang, Transmit, WakeAt
from thinline.reasons import Reason, sentence_of
from thinline.v1 import line_pb2
from thinline.windows import Cursor
from thinline_server.asks import AskKind, Download, Reply, Upload, read_ask
from thinline_server.handshake import Admitted, Handshake, Policy, Step, refusal
from thinline_server.requests import (
    Applied,
    Apply,
    PutChunk,
    PutState,
    ReadWindow,
    Refused,
    Request,
    WindowRead,
)

__all__ = ["Answered", "Changed", "Dirty", "Need", "Over", "Session", "SessionOutput"]

_CHUNK_OVERHEAD_BYTES = 32


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
class Changed:
    """This session's command changed these collections: the account's other links are to know."""

    account: bytes
    collections: frozenset[int]


@dataclass(frozen=True, slots=True)
class Over:
    """The link is over."""

    reason: int
    sentence: str


SessionOutput: TypeAlias = Transmit | Hang | WakeAt | Need | Changed | Admitted | Over


class _Followed:
    """How one collection stands on this link."""

    __slots__ = ("budget_bytes", "cursor", "dirty")

    def __init__(self, follow: frames.Follow) -> None:
        self.cursor = follow.cursor
        self.budget_bytes = follow.budget_bytes
        self.dirty = True


_HANDSHAKE = "handshake"


class Session:
    """One link, both before and after its welcome.

    Attributes:
        account, handset: who it is, once admitted.
        soft: what the handset says of itself, latest value by key.
    """

    __slots__ = (
        "_asks",
        "_chunk_bytes",
        "_commands",
        "_downloads",
        "_followed",
        "_handshake",
        "_kinds",
        "_life",
        "_reading",
        "_salvage",
        "_uploads",
        "account",
        "handset",
        "link",
        "soft",
    )

    def __init__(self, wire: int, policy: Policy, kinds: Mapping[int, AskKind], *, secure: bool) -> None:
        self.link = Link(Role.DOWN, wire)
        self.account = self.handset = b""
        self.soft: dict[int, bytes] = {}
        self._handshake: Handshake | None = Handshake(policy, secure=secure)
        self._kinds = kinds
        self._followed: dict[int, _Followed] = {}
        self._downloads: dict[int, Download] = {}
        self._uploads: dict[int, Upload] = {}
        self._asks = self._commands = self._life = 0
        self._chunk_bytes = LIMITS.chunk_bytes
        self._reading = 0  # the collection that a window is being read of
        self._salvage = False

    @property
    def live(self) -> bool:
        """Whether the link has its welcome and is not over."""
        return self._handshake is None and not self.link.closed

    def handle(
        self, event: LinkInput | Answered | Dirty, now: float, now_ms: int, *, full: bool
    ) -> list[SessionOutput]:
        """Take one input; return all that follows.

        Args:
            event: what happened.
            now: seconds.
            now_ms: the wall clock, for the welcome.
            full: whether the server has as many links as it takes.
        """
        out: list[SessionOutput] = []
        say = _Sayer(self.link, now, out)
        if isinstance(event, Answered):
            if not self.link.closed:
                self._answered(event, now_ms, say, out)
        elif isinstance(event, Dirty):
            self._mark(event.collections)
        else:
            for fact in say.feed(event):
                self._fact(fact, full, say, out)
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
                if self.link.closed:
                    out.append(Over(getattr(step, "reason", 0), getattr(step, "sentence", "")))
            case _:
                out.append(Need(step, _HANDSHAKE))  # type: ignore[arg-type]

    def _admit(self, admitted: Admitted, say: _Sayer) -> None:
        hello = admitted.hello
        self.account, self.handset, self._life = admitted.account, hello.handset, hello.life
        self._chunk_bytes = max(
            LIMITS.chunk_least_bytes, min(hello.chunk_bytes or LIMITS.chunk_bytes, LIMITS.chunk_bytes)
        )
        self._salvage = admitted.welcome.disposition == Disposition.DISPOSITION_SALVAGE
        if not self._salvage:
            self._followed = {follow.collection: _Followed(follow) for follow in hello.follows}
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
                out.append(Over(answer.reason, answer.detail))
            return
        assert isinstance(answer, Applied)
        say(self._with_cursor(answer))
        if answer.changed:
            out.append(Changed(self.account, answer.changed))

    def _with_cursor(self, applied: Applied) -> frames.Outcome:
        """Spec SYNC-14: where the outcome's heads are all that was not sent of their collection, the cursor moves on.

        Else the collection is dirty, and the next window tells it.
        """
        outcome = applied.outcome
        for collection in applied.changed:
            followed = self._followed.get(collection)
            if followed is None:
                continue
            if len(applied.changed) > 1 or followed.dirty or self._reading == collection:
                followed.dirty = True
                continue
            followed.cursor = Cursor.at(outcome.point.position).encode()
            outcome = replace(outcome, collection=collection, cursor=followed.cursor)
        return outcome

    # Asks

    def _ask(self, ask: frames.Ask, say: _Sayer, out: list[SessionOutput]) -> None:
        kind = self._kinds.get(ask.kind)
        if kind is None:
            say(_refused(Refused(Reason.UNKNOWN_KIND), ask=ask.number))
            return
        if self._asks + len(self._downloads) + len(self._uploads) >= LIMITS.asks_open:
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
        if isinstance(reply, Refused):
            say(_refused(reply, ask=ask.number))
            return
        self._follow_up(ask.number, reply)
        say(frames.Answer(ask.number, reply.body, more=reply.follows is not None))

    def _follow_up(self, number: int, reply: Reply) -> None:
        match reply.follows:
            case Download():
                self._downloads[number] = reply.follows
            case Upload():
                self._uploads[number] = reply.follows
            case None:
                pass

    def _chunk(self, chunk: frames.Chunk, say: _Sayer, out: list[SessionOutput]) -> None:
        if self.link.granted - self.link.received < LIMITS.credit_bytes // 2:
            say(frames.Credit(self.link.received + LIMITS.credit_bytes))
        upload = self._uploads.get(chunk.ask)
        if upload is None:  # of an ask that was refused meanwhile
            return
        request = PutChunk(self.account, upload.hash, upload.size, chunk.offset, chunk.data)
        out.append(Need(request, chunk.ask))

    def _put(self, ask: int, answer: Any, say: _Sayer) -> None:
        if ask not in self._uploads:
            return
        if isinstance(answer, Refused):
            del self._uploads[ask]
            say(_refused(answer, ask=ask))
            return
        assert isinstance(answer, PutState)
        if answer.whole:
            size = self._uploads.pop(ask).size
            say(frames.Answer(ask, line_pb2.PutReady(offset=size).SerializeToString()))

    # What the store answers

    def _answered(self, event: Answered, now_ms: int, say: _Sayer, out: list[SessionOutput]) -> None:
        match event.tag:
            case frames.Command() as command:
                self._judged(command, event.answer, say, out)
            case (frames.Ask() as ask, request):
                self._told(ask, request, event.answer, say)
            case int() as ask_number:
                self._put(ask_number, event.answer, say)
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

    def _pump(self, say: _Sayer, out: list[SessionOutput]) -> None:
        """One window under way at a time, then parts, as long as room and credit last."""
        if self._reading or not self.live:
            return
        while self.link.may_sync:
            dirty = next((pair for pair in self._followed.items() if pair[1].dirty), None)
            if dirty is not None:
                self._reading, followed = dirty
                followed.dirty = False
                room = self._chunk_bytes
                request = ReadWindow(self.account, dirty[0], followed.cursor, room, followed.budget_bytes)
                out.append(Need(request, followed))
                return
            if not self._downloads:
                return
            self._send_chunk(say)

    def _send_chunk(self, say: _Sayer) -> None:
        ask, download = next(iter(self._downloads.items()))
        end = download.offset + self._chunk_bytes - _CHUNK_OVERHEAD_BYTES
        last = end >= len(download.data)
        say(frames.Chunk(ask, download.offset, download.data[download.offset : end], last))
        del self._downloads[ask]
        if not last:
            self._downloads[ask] = Download(download.data, end)  # behind the others: they take turns


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
        if not self._link.closed:
            self.feed(Say(frame))

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
