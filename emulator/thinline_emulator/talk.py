"""What the handset says to the server, and what it makes of the answers: the protocol's side of a handset.

From hello to welcome it proves who it is and what it has seen; after that, windows and outcomes go into the cache,
commands leave the outbox, asks are asked. In a salvage it keeps what it has as it is: nothing is taken, nothing is
dropped, and what is done stays here. It says frames and knows no bytes, no radio and no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from thinline import frames
from thinline.errors import RemoteError
from thinline.frames import Disposition, Verdict
from thinline.history import Point
from thinline.identity import Certificate, enrolment_bytes, proof_bytes, read_certificate
from thinline.limits import LIMITS
from thinline.link import Say
from thinline.reasons import Reason, name_of, sentence_of
from thinline.squeeze import DICTIONARIES
from thinline.v1 import line_pb2
from thinline_emulator.asks import (
    Answered,
    AskState,
    Failed,
    Listed,
    PartCame,
    PartUp,
    PutPart,
    Standing,
)
from thinline_emulator.events import Notice, SimWritten
from thinline_emulator.fetches import Fetch
from thinline_emulator.line import chunk_bytes, window_bytes
from thinline_emulator.memory import Volatile
from thinline_emulator.pictures import GetPicture, PictureCame
from thinline_emulator.radio import RadioProfile
from thinline_emulator.sim import Sim, public_key, sign, with_certificate, with_point

__all__ = ["Talk", "TalkOutput", "Vitals", "Welcomed"]

_LINK_BYTES = 8
_PROFILES = (line_pb2.PROFILE_CORE, line_pb2.PROFILE_PIM)


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a hello tells of the body."""

    battery_percent: int
    radio: RadioProfile


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The link is live."""


TalkOutput: TypeAlias = Say | SimWritten | Notice | Welcomed


class Talk:
    """One handset's conversation, over any number of links.

    Attributes:
        sim: the card as it is to be.
        memory: this life's.
        code: a one-time code to enrol with; empty where there is none.
    """

    __slots__ = ("_budgets", "_entropy", "_heartbeat_s", "_who", "code", "memory", "sim")

    def __init__(
        self,
        sim: Sim,
        memory: Volatile,
        budgets: Mapping[int, int],
        heartbeat_s: int,
        entropy: Callable[[int], bytes],
    ) -> None:
        self.sim = sim
        self.memory = memory
        self.code = ""
        self._budgets = budgets
        self._heartbeat_s = heartbeat_s
        self._entropy = entropy
        self._who: Certificate | None = None

    @property
    def who(self) -> Certificate | None:
        """Whom the card belongs to; None before enrolment."""
        if self._who is None and self.sim.certificate is not None:
            self._who = read_certificate(self.sim.certificate)[0]
        return self._who

    @property
    def able(self) -> bool:
        """Whether there is anything to say: a card that is enrolled, or a code to enrol with."""
        return self.sim.certificate is not None or bool(self.code)

    # Until the welcome

    def up(self, vitals: Vitals) -> list[TalkOutput]:
        """The bearer is connected: say who we are, or enrol first."""
        if self.who is None:
            told = enrolment_bytes(self.code, public_key(self.sim))
            return [Say(frames.Enrol(frames.VERSION, self.code, public_key(self.sim), sign(self.sim, told)))]
        hello = self._hello(self.who, vitals)
        self.memory.hello = hello
        return [Say(hello)]

    def _hello(self, who: Certificate, vitals: Vitals) -> frames.Hello:
        memory = self.memory
        return frames.Hello(
            version=frames.VERSION,
            profiles=_PROFILES,
            handset=who.handset,
            link=self._entropy(_LINK_BYTES),
            life=self.sim.life,
            seen=memory.seen.points,
            follows=tuple([self._follow(one, size) for one, size in self._budgets.items()]),
            confirmed=memory.outbox.confirmed,
            battery_percent=vitals.battery_percent,
            only_here=memory.only_here,
            safe=memory.cache.safe,
            heartbeat_s=self._heartbeat_s,
            chunk_bytes=chunk_bytes(vitals.radio),
            credit=window_bytes(vitals.radio),
            dictionaries=DICTIONARIES,
        )

    def _follow(self, collection: int, budget_bytes: int) -> frames.Follow:
        """Spec SYNC-17: what outcomes brought before the first window is told by its lowest position."""
        cache = self.memory.cache
        cursor = cache.cursors.get(collection, b"")
        held = () if cursor else [head.position for head in cache.heads(collection)]
        return frames.Follow(collection, cursor, budget_bytes, min(held, default=0))

    def enrolled(self, frame: frames.Enrolled, vitals: Vitals, now: float) -> list[TalkOutput]:
        """The certificate: it is on the card before the hello that follows uses it.

        Raises:
            RemoteError: BAD_PROOF, for a certificate that is not ours.
        """
        certificate, _ = read_certificate(frame.certificate)
        if certificate.key != public_key(self.sim):
            raise RemoteError(Reason.BAD_PROOF, "a certificate for another key")
        self.sim = with_certificate(self.sim, frame.certificate, certificate.point, now)
        self.code = ""
        self.memory.seen = self.memory.seen.told(certificate.point)
        return [SimWritten(self.sim), *self.up(vitals)]

    def challenged(self, challenge: frames.Challenge, hello_digest: bytes) -> list[TalkOutput]:
        """Prove it."""
        hello = self.memory.hello
        assert hello is not None, "the link's table lets a challenge follow a hello only"
        signature = sign(self.sim, proof_bytes(challenge.nonce, hello, hello_digest))
        certificate = self.sim.certificate if challenge.certificate and self.sim.certificate else b""
        return [Say(frames.Proof(signature, certificate))]

    def welcomed(self, welcome: frames.Welcome, now: float) -> list[TalkOutput]:
        """How the server's history stands to what was seen (spec SYNC-2)."""
        memory = self.memory
        memory.hello = None
        if welcome.disposition not in Disposition.values() or not welcome.disposition:
            return [Say(frames.Goodbye(Reason.VERSION, sentence_of(Reason.VERSION)))]
        salvage = welcome.disposition == Disposition.DISPOSITION_SALVAGE
        out: list[TalkOutput] = [Welcomed()]
        if salvage and not memory.cache.frozen:
            out.append(Notice("This server lost data that is still here. Keep the power on; do not reset."))
        elif welcome.careful and not (memory.welcome and memory.welcome.careful):
            out.append(Notice("The server is recovering. Keep the power on; do not reset."))
        memory.welcome = welcome
        memory.clock.set(welcome.time_ms, now)
        memory.cache.frozen = salvage
        memory.asks.linked()
        memory.soft.clear()
        memory.outbox.welcomed(welcome.done, salvage=salvage)
        if salvage:
            memory.seen = memory.seen.parted()
            memory.cache.told_safe(welcome.keep_until, None)
            return out
        memory.seen = memory.seen.folded()
        memory.cache.told_safe(welcome.keep_until, welcome.safe)
        if welcome.disposition == Disposition.DISPOSITION_REFILL:
            memory.filling = set(self._budgets)
        elif welcome.disposition == Disposition.DISPOSITION_RESUME:
            memory.filling.clear()
        return [*out, *self._told(welcome.point, now)]

    # While the link is live

    def came(self, frame: frames.Frame, now: float) -> list[TalkOutput]:
        """Take a frame of a live link.

        Raises:
            RemoteError: for an answer that cannot be understood.
        """
        match frame:
            case frames.Outcome():
                return self._outcome(frame, now)
            case frames.Window():
                return self._window(frame, now)
            case frames.Refusal() if frame.command:
                self.memory.outbox.refused(frame, now, self.memory.cache.part)
                return []
            case frames.Answer() | frames.Chunk() | frames.Refusal():
                return self._answered(frame, now)
            case frames.Soft():
                self.memory.soft.take(frame, now)
                return []
            case _:
                return []

    def _outcome(self, outcome: frames.Outcome, now: float) -> list[TalkOutput]:
        memory = self.memory
        entry = memory.outbox.answered(outcome)
        if not memory.cache.frozen:
            for head in outcome.heads:
                memory.cache.take(head, outcome.collection, own=True)
            if entry is not None and outcome.verdict != Verdict.VERDICT_REJECTED:
                for blob_hash, data in entry.parts.items():
                    memory.cache.keep_part(blob_hash, data)
            if outcome.cursor and outcome.collection:
                memory.cache.cursors[outcome.collection] = outcome.cursor
        out = self._told(outcome.point, now)
        if entry is None:
            return out
        if outcome.verdict == Verdict.VERDICT_REJECTED:
            out.append(Notice(f"The server did not accept a change: {_sentence(outcome.reason)}"))
        elif outcome.verdict == Verdict.VERDICT_COPIED:
            out.append(Notice("Somebody else changed this too; both versions were kept."))
        return out

    def _window(self, window: frames.Window, now: float) -> list[TalkOutput]:
        memory = self.memory
        if memory.cache.frozen:  # H4: nothing of a history that does not continue ours
            return []
        for head in window.heads:
            memory.cache.take(head, window.collection)
        memory.cache.cursors[window.collection] = window.cursor
        (memory.filling.add if window.more else memory.filling.discard)(window.collection)
        return self._told(window.point, now)

    def _answered(self, frame: frames.Answer | frames.Chunk | frames.Refusal, now: float) -> list[TalkOutput]:
        memory = self.memory
        fact = memory.asks.came(frame, now)
        if fact is None:
            return []
        match fact:
            case PartCame(wish, data):
                head = memory.cache.get(wish.item)
                if head is not None and any(blob.hash == wish.hash for blob in head.blobs):
                    memory.cache.keep_part(wish.hash, data, (wish.start, wish.length))
            case PictureCame(wish, raster):
                head = memory.cache.get(wish.item)
                if head is not None and any(blob.hash == wish.hash for blob in head.blobs):
                    memory.cache.keep_picture(wish.hash, (wish.width, wish.height, wish.colours), raster)
            case PartUp(blob_hash):
                memory.outbox.part_up(blob_hash)
            case Listed(wish, heads, cursor):
                for head in heads:
                    memory.cache.take(head, wish.collection)
                    memory.cache.used(head.item)  # somebody is about to look at them
                items = tuple([head.item for head in heads])
                memory.answered(wish, Standing(AskState.CAME, items=items, cursor=cursor))
            case Answered(wish, body, raster):
                memory.answered(wish, Standing(AskState.CAME, body=body, raster=raster))
            case Failed(wish, reason):
                memory.answered(wish, Standing(AskState.REFUSED, reason=reason))
                if isinstance(wish, GetPicture | Fetch):  # the app that wished says so where the picture would be
                    return []
                return [Notice(_sentence(reason))]
            case _ as never:
                assert_never(never)
        return []

    def _told(self, point: Point | None, now: float) -> list[TalkOutput]:
        """A point came, in whatever frame; hourly it goes to the card (spec HIST-7, ID-12)."""
        memory = self.memory
        if point is not None:
            memory.seen = memory.seen.told(point)
        newest = memory.seen.newest
        if memory.cache.frozen or newest is None:
            return []
        card = with_point(self.sim, newest, now)
        if card is None:
            return []
        self.sim = card
        return [SimWritten(card)]

    # What there is to send

    def ready(self, now: float) -> Iterable[frames.Frame]:
        """Commands and asks that may go now; credit and room are the link's affair."""
        memory = self.memory
        wanted = memory.outbox.part_wanted
        if wanted is not None:
            data = memory.outbox.part(wanted)
            assert data is not None, "an entry holds what it misses"
            memory.asks.put(PutPart(wanted, data))
        yield from memory.soft.ready()
        yield from memory.outbox.ready(now)
        yield from memory.asks.ready(now)

    def next_chunk(self, radio: RadioProfile) -> frames.Chunk | None:
        """The next piece of a part that goes up."""
        chunk = max(LIMITS.chunk_least_bytes, min(LIMITS.chunk_bytes, int(radio.up_bytes_s)))
        return self.memory.asks.next_chunk(chunk // LIMITS.pieces)


def _sentence(reason: int) -> str:
    try:
        return sentence_of(Reason(reason))
    except ValueError:
        return name_of(reason)
