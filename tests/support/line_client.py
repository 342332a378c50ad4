"""A light handset for tests and benches: no memory budget, no battery, no screen, just the protocol kept honestly.

`LineClient` is pure: it is handled like any machine of `thinline.machine`, enrols with a code, says hello, proves its
key, keeps what windows and outcomes tell, brings up parts before the commands that name them, and sends unanswered
commands again after each welcome and each "not now". It connects when it is told to, and only then.

    alice = LineClient("alice", code)
    outputs = alice.handle(Connect(), now)          # Dial(wire=1)
    outputs = alice.handle(Submit(kind, body), now)

`Told` outputs say what came, for whoever waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thinline import frames
from thinline.convert import LINK_BYTES
from thinline.history import Seen
from thinline.identity import enrolment_bytes, proof_bytes, read_certificate
from thinline.items import Head
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Link, LinkInput, Role, Say, Spare
from thinline.machine import Arrived, Dial, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.reasons import ReasonClass, class_of
from thinline.squeeze import DICTIONARIES
from thinline.states import State
from thinline.types import Collection
from thinline.v1 import line_pb2

__all__ = ["Bring", "Connect", "Fetch", "LineClient", "Query", "Sim", "Submit", "Told"]

GET_PART, PUT_BLOB = 1, 2
_CREDIT_BYTES = 1 << 18
_CHUNK_BYTES = 2_048
_RETRY_S = 0.05


class Sim:
    """Key and certificate: what survives everything.

    Args:
        seed: the key is drawn from it.
    """

    def __init__(self, seed: str) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(b"sim " + seed.encode()).digest())
        self.certificate = self.handset = self.account = b""

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def enrol(self, code: str) -> frames.Enrol:
        """Ask for a certificate."""
        signature = self.key.sign(enrolment_bytes(code, self.public))
        return frames.Enrol(frames.VERSION, code, self.public, signature)

    def take(self, certificate: bytes) -> Seen:
        """Keep a certificate; what its point tells has been seen."""
        inner, _ = read_certificate(certificate)
        self.certificate, self.handset, self.account = certificate, inner.handset, inner.account
        return Seen().told(inner.point)

    def prove(self, challenge: frames.Challenge, hello: frames.Hello, digest: bytes) -> frames.Proof:
        """Sign what was said; the certificate goes along where it was asked for."""
        signature = self.key.sign(proof_bytes(challenge.nonce, hello, digest))
        return frames.Proof(signature, self.certificate if challenge.certificate else b"")


# Inputs of its own, and what it tells


@dataclass(frozen=True, slots=True)
class Connect:
    """Dial."""


@dataclass(frozen=True, slots=True)
class Submit:
    """A command, to be sent once its parts are up and all before it were sent."""

    kind: int
    body: bytes
    parts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Bring:
    """A part to bring up."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Fetch:
    """A part to bring down."""

    item: bytes
    name: str
    hash: bytes
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """Any other ask."""

    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """A frame came, or the link ended."""

    what: frames.Frame | Ended


ClientInput: TypeAlias = Say | Opened | Arrived | Room | Lost | Woke | Connect | Submit | Bring | Fetch | Query


@dataclass(slots=True)
class _Sent:
    """A command that has its number."""

    order: Submit
    transmissions: int = 0


class LineClient:
    """One scripted handset.

    Args:
        name: for the key, and for whoever reads.
        code: of the enrolment; not needed where `sim` holds a certificate.
        sim: where the key stood before, for a further life.
        follows: collections, each with an ample budget.
        window: commands under way at once.

    Attributes:
        heads: every item that it was told of, newest version, tombstones too.
        cursors: by collection.
        outcomes, refusals: by command number; a number has one outcome.
        answers: frames by ask number; `parts` the chunks' bytes, joined.
        welcome, ended: of the newest link.
        repeats: outcomes that came again, in the order they came.
    """

    def __init__(
        self,
        name: str,
        code: str = "",
        *,
        sim: Sim | None = None,
        follows: Sequence[int] = (Collection.COLLECTION_CONTACTS,),
        window: int = 16,
    ) -> None:
        self.name = name
        self.sim = sim or Sim(name)
        self.life = 1
        self.seen = Seen()
        self.heads: dict[bytes, Head] = {}
        self.cursors: dict[int, bytes] = dict.fromkeys(follows, b"")
        self.outcomes: dict[int, frames.Outcome] = {}
        self.repeats: list[frames.Outcome] = []
        self.refusals: list[frames.Refusal] = []
        self.answers: dict[int, list[frames.Frame]] = {}
        self.parts: dict[int, bytes] = {}
        self.brought: set[bytes] = set()
        self.welcome: frames.Welcome | None = None
        self.ended: Ended | None = None
        self.link: Link | None = None
        self.wire = 0
        self._code = code
        self._window = window
        self._chance = Random(name)  # link ids
        self._hello: frames.Hello | None = None
        self._queue: list[Submit] = []
        self._sent: dict[int, _Sent] = {}
        self._number = 0
        self._asks: dict[int, Bring | Fetch | Query] = {}
        self._next_ask = 1
        self._uploads: dict[int, int] = {}  # ask to the offset of its next chunk
        self._again_at = self._link_wake_at = self._armed_at = float("inf")

    @property
    def live(self) -> bool:
        """Whether there is a link with its welcome."""
        return self.link is not None and self.link.state is State.LIVE

    @property
    def unanswered(self) -> list[int]:
        """Numbers of commands without an outcome, oldest first."""
        return list(self._sent)

    @property
    def waiting(self) -> int:
        """How many commands have no number yet."""
        return len(self._queue)

    @property
    def idle(self) -> bool:
        """Whether all commands are answered and all parts are up."""
        return not (self._sent or self._queue or any(isinstance(one, Bring) for one in self._asks.values()))

    def handle(self, event: ClientInput, now: float) -> list[Any]:
        """Take one input; return orders and what came."""
        out: list[Any] = []
        match event:
            case Connect():
                self.wire += 1
                self.link = Link(Role.UP, self.wire)
                self.welcome = self.ended = self._hello = None
                out.append(Dial(self.wire))
            case Opened(wire=self.wire):
                self._feed(event, now, out)
                self._say(self._hello_now() if self.sim.certificate else self.sim.enrol(self._code), now, out)
            case Arrived(wire=self.wire) | Room(wire=self.wire) | Lost(wire=self.wire):
                self._feed(event, now, out)
            case Woke():
                self._woke(now, out)
            case Say():  # soft state, of which it has none of its own
                self._feed(event, now, out)
            case Submit():
                self._queue.append(event)
            case Bring() | Fetch() | Query():
                self._asks[self._next_ask] = event
                self._next_ask += 1
                self._ask(self._next_ask - 1, now, out)
            case _:
                pass  # of a wire that was given up
        self._pump(now, out)
        self._arm(out)
        return out

    # The link

    def _feed(self, event: LinkInput, now: float, out: list[Any]) -> None:
        if self.link is None:
            return
        for output in self.link.handle(event, now):
            match output:
                case Came(frame):
                    out.append(Told(frame))
                    self._came(frame, now, out)
                case Ended():
                    self.ended = output
                    self._uploads.clear()
                    out.append(Told(output))
                case Spare():
                    pass  # `_pump` follows
                case WakeAt(at_s):
                    self._link_wake_at = at_s
                case Transmit() | Hang():
                    out.append(output)

    def _say(self, frame: frames.Frame, now: float, out: list[Any]) -> None:
        self._feed(Say(frame), now, out)

    def _hello_now(self) -> frames.Hello:
        self._hello = frames.Hello(
            version=frames.VERSION,
            profiles=(line_pb2.PROFILE_CORE, line_pb2.PROFILE_PIM),
            handset=self.sim.handset,
            link=self._chance.randbytes(LINK_BYTES),
            life=self.life,
            seen=self.seen.points,
            follows=tuple(frames.Follow(one, cursor, 1 << 30) for one, cursor in self.cursors.items()),
            confirmed=self._confirmed(),
            battery_percent=80,
            only_here=len(self._sent) + len(self._queue),
            chunk_bytes=LIMITS.chunk_bytes,
            credit=_CREDIT_BYTES,
            dictionaries=DICTIONARIES,
        )
        return self._hello

    def _confirmed(self) -> int:
        """All below the oldest unanswered number is."""
        return min(self._sent, default=self._number + 1) - 1

    def _came(self, frame: frames.Frame, now: float, out: list[Any]) -> None:
        match frame:
            case frames.Enrolled(certificate):
                self.seen = self.sim.take(certificate)
                self._say(self._hello_now(), now, out)
            case frames.Challenge():
                assert self._hello is not None
                assert self.link is not None
                self._say(self.sim.prove(frame, self._hello, self.link.hello_digest), now, out)
            case frames.Welcome():
                self._welcomed(frame, now, out)
            case frames.Outcome():
                self._outcome(frame)
            case frames.Refusal():
                self._refused(frame, now)
            case frames.Window():
                self._keep(frame.heads)
                self.cursors[frame.collection] = frame.cursor
                self._told(frame.point)
                self._renew(now, out)
            case frames.Answer():
                self._answered(frame)
            case frames.Chunk():
                self.answers[frame.ask].append(frame)
                self.parts[frame.ask] = self.parts.get(frame.ask, b"") + frame.data
                self._renew(now, out)
            case _:
                pass

    def _welcomed(self, welcome: frames.Welcome, now: float, out: list[Any]) -> None:
        self.welcome = welcome
        salvage = welcome.disposition == frames.Disposition.DISPOSITION_SALVAGE
        self.seen = self.seen.parted() if salvage else self.seen.folded()
        assert welcome.point is not None
        self._told(welcome.point)
        for number, ask in self._asks.items():
            if isinstance(ask, Bring):
                self._ask(number, now, out)
        self._again(now, out)

    def _told(self, point: Any) -> None:
        self.seen = self.seen.told(point)

    def _renew(self, now: float, out: list[Any]) -> None:
        link = self.link
        assert link is not None
        if link.granted - link.received < _CREDIT_BYTES // 2:
            self._say(frames.Credit(link.received + _CREDIT_BYTES), now, out)

    def _keep(self, heads: Iterable[Head]) -> None:
        for head in heads:
            held = self.heads.get(head.item)
            if held is None or held.position <= head.position:
                self.heads[head.item] = head

    # Commands

    def _outcome(self, outcome: frames.Outcome) -> None:
        if outcome.number in self.outcomes:
            self.repeats.append(outcome)
        self.outcomes.setdefault(outcome.number, outcome)
        self._sent.pop(outcome.number, None)
        self._keep(outcome.heads)
        if outcome.collection and outcome.collection in self.cursors:
            self.cursors[outcome.collection] = outcome.cursor
        self._told(outcome.point)

    def _refused(self, refusal: frames.Refusal, now: float) -> None:
        self.refusals.append(refusal)
        if refusal.ask:
            self.answers.setdefault(refusal.ask, []).append(refusal)
            self._uploads.pop(refusal.ask, None)
        if refusal.command and class_of(refusal.reason) is ReasonClass.RETRY:
            self._again_at = now + (refusal.retry_after_ms / 1_000 or _RETRY_S)

    def _again(self, now: float, out: list[Any]) -> None:
        """Send all that has a number and no outcome, oldest first."""
        self._again_at = float("inf")
        for number in self._sent:
            self._transmit(number, now, out)

    def _transmit(self, number: int, now: float, out: list[Any]) -> None:
        sent = self._sent[number]
        sent.transmissions += 1
        after = max((other for other in self._sent if other < number), default=0)
        order = sent.order
        command = frames.Command(number, after, self._confirmed(), order.kind, order.body, sent.transmissions)
        self._say(command, now, out)

    def _pump(self, now: float, out: list[Any]) -> None:
        """Number and send what may go; chunks as far as room and credit last."""
        if not self.live:
            return
        while self._queue and len(self._sent) < self._window and self._parts_up(self._queue[0], now, out):
            self._number += 1
            self._sent[self._number] = _Sent(self._queue.pop(0))
            self._transmit(self._number, now, out)
        for number in list(self._uploads):
            self._chunks(number, now, out)

    def _parts_up(self, order: Submit, now: float, out: list[Any]) -> bool:
        missing = [data for data in order.parts if sha256(data).digest() not in self.brought]
        under_way = {one.data for one in self._asks.values() if isinstance(one, Bring)}
        for data in missing:
            if data not in under_way:
                self._asks[self._next_ask] = Bring(data)
                self._next_ask += 1
                self._ask(self._next_ask - 1, now, out)
        return not missing

    # Asks

    def _ask(self, number: int, now: float, out: list[Any]) -> None:
        if not self.live:
            return
        query = _query(self._asks[number])
        self.answers[number] = []
        self._say(frames.Ask(number, query.kind, query.body), now, out)

    def _answered(self, answer: frames.Answer) -> None:
        self.answers[answer.number].append(answer)
        ask = self._asks.get(answer.number)
        if not isinstance(ask, Bring):
            return
        offset = line_pb2.PutReady.FromString(answer.body).offset
        if offset < len(ask.data) or answer.more:
            self._uploads[answer.number] = offset
        else:
            self._uploads.pop(answer.number, None)
            self.brought.add(sha256(ask.data).digest())
            del self._asks[answer.number]

    def _chunks(self, number: int, now: float, out: list[Any]) -> None:
        ask = self._asks[number]
        assert isinstance(ask, Bring)
        assert self.link is not None
        while number in self._uploads and self.link.may_sync:
            offset = self._uploads[number]
            end = offset + _CHUNK_BYTES
            self._say(frames.Chunk(number, offset, ask.data[offset:end], last=end >= len(ask.data)), now, out)
            self._uploads[number] = end
            if end >= len(ask.data):
                del self._uploads[number]

    # Time

    def _woke(self, now: float, out: list[Any]) -> None:
        self._armed_at = float("inf")
        if now >= self._link_wake_at:
            self._link_wake_at = float("inf")
            self._feed(Woke(), now, out)
        if now >= self._again_at and self.live:
            self._again(now, out)

    def _arm(self, out: list[Any]) -> None:
        at_s = min(self._again_at, self._link_wake_at)
        if at_s < self._armed_at:
            self._armed_at = at_s
            out.append(WakeAt(at_s))

    def __repr__(self) -> str:
        return f"<{self.name} life {self.life}>"


def _query(ask: Bring | Fetch | Query) -> Query:
    match ask:
        case Bring(data):
            put = line_pb2.PutBlob(hash=sha256(data).digest(), size=len(data))
            return Query(PUT_BLOB, put.SerializeToString())
        case Fetch(item, name, content_hash, offset):
            part = line_pb2.GetPart(item=item, name=name, hash=content_hash, offset=offset)
            return Query(GET_PART, part.SerializeToString())
        case Query():
            return ask
