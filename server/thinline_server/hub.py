"""All links of a server as one pure machine: who is linked, who is told of a change, and the operator's verbs.

`handle` takes what bearers and the store tell, and answers with orders. One live link a handset: the newest hello
wins (spec LINK-11). A change of an account marks its other links dirty; what they send for it is their own affair.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from thinline import frames
from thinline.link import Flush, Say
from thinline.machine import Arrived, Do, Done, Hang, Lost, Opened, Order, Room, Transmit, WakeAt, WireInput, Woke
from thinline.reasons import Reason, name_of, sentence_of
from thinline_server.asks import CORE_ASKS, AskKind
from thinline_server.handshake import Admitted, Policy
from thinline_server.outside import Drawn, Settled, Spooled, Taken
from thinline_server.requests import Applied, Apply, Request, Revoke, Revoked
from thinline_server.session import Answered, Dirty, Need, Over, Session, Softened
from thinline_server.softly import KEYS, Changed, Got, Heard, Silenced, SoftInput, SoftPart, Tell, Want

__all__ = ["GATEWAY_KEY", "Announce", "Hub", "HubInput", "HubOutput", "Logged", "Operate", "Queued", "Replied", "Stop"]


@dataclass(frozen=True, slots=True)
class Operate:
    """An operator's request to the store, by way of the hub, which acts on what it means for links."""

    number: int
    request: Request


@dataclass(frozen=True, slots=True)
class Replied:
    """The store's answer to an `Operate`."""

    number: int
    answer: Any


@dataclass(frozen=True, slots=True)
class Announce:
    """How a gateway of a collection stands, for those who follow it; an empty value where its trouble is over."""

    collection: int
    value: bytes
    ttl_s: int


@dataclass(frozen=True, slots=True)
class Queued:
    """Errands of these kinds were made, and are on stable storage: their gateways have work."""

    kinds: frozenset[int]


@dataclass(frozen=True, slots=True)
class Stop:
    """Say goodbye to every handset; `retry_after_ms` tells them when to come back."""

    retry_after_ms: int = 2_000
    reason: Reason = Reason.STOPPING


@dataclass(frozen=True, slots=True)
class Logged:
    """Something worth a line in the log."""

    event: str
    facts: tuple[tuple[str, Any], ...]


GATEWAY_KEY = 256  # and the collection's number (spec SOFT-2)

HubInput: TypeAlias = WireInput | Operate | Announce | Stop
HubOutput: TypeAlias = Order | Replied | Queued | Logged


class Hub:
    """Every link of one server.

    Args:
        policy: what every handset is told, and the service key.
        wall_ms: the wall clock at a given `now`.
        asks: further kinds of asks, by number, from the services.
        soft: the services' machines of soft state.
    """

    def __init__(
        self,
        policy: Policy,
        wall_ms: Callable[[float], int],
        asks: Mapping[int, AskKind] | None = None,
        soft: Sequence[SoftPart] = (),
    ) -> None:
        self._soft = {part.collection: part for part in soft}
        self._policy = policy
        self._wall_ms = wall_ms
        self._kinds = {**CORE_ASKS, **(asks or {})}
        self._sessions: dict[int, Session] = {}
        self._by_handset: dict[bytes, int] = {}
        self._by_account: dict[bytes, set[int]] = {}
        self._tickets: dict[int, tuple[int, Any, Request]] = {}  # ticket to (wire, tag, request); 0: the operator
        self._next_ticket = 1
        self._trouble: dict[int, tuple[Announce, float]] = {}  # by collection, with the time when it expires
        self._wakes: list[tuple[float, int]] = []
        self._stirred: dict[int, None] = {}  # sessions that have more to say in this turn, in order
        self._armed_at = float("inf")

    @property
    def links(self) -> int:
        """Connections, live or on their way."""
        return len(self._sessions)

    @property
    def handsets(self) -> Sequence[bytes]:
        """Handsets with a live link."""
        return tuple(self._by_handset)

    def handle(self, event: HubInput, now: float) -> list[HubOutput]:
        """Take one input; return all that follows."""
        out: list[HubOutput] = []
        match event:
            case Arrived(wire) | Room(wire) | Lost(wire):
                self._run(wire, event, now, out)
            case Opened(wire):
                secure = event.encrypted or event.loopback
                self._sessions[wire] = Session(wire, self._policy, self._kinds, secure=secure)
                self._run(wire, event, now, out)
            case Done(results):
                self._done(results, now, out)
            case Woke():
                self._woke(now, out)
            case Operate(number, request):
                self._ask(0, number, request, out)
            case Announce():
                self._announce(event, now, out)
            case Stop():
                self._stop(event, now, out)
        self._arm(out)
        return out

    def _run(self, wire: int, event: Any, now: float, out: list[HubOutput], *, more: bool = False) -> None:
        """Let a session handle an input; with `more` what it says waits for the end of the turn."""
        session = self._sessions.get(wire)
        if session is None:
            return
        if more:
            self._stirred[wire] = None
        full = len(self._sessions) > self._policy.links_most
        for output in session.handle(event, now, self._wall_ms(now), full=full, more=more):
            match output:
                case Transmit() | Hang():
                    out.append(output)
                case Need(request, tag):
                    self._ask(wire, tag, request, out)
                case WakeAt(at_s):
                    heapq.heappush(self._wakes, (at_s, wire))
                case Admitted():
                    self._admit(wire, session, now, out)
                    out.append(_logged("linked", session, disposition=output.welcome.disposition))
                case Softened(frames.Soft(key, value, ttl_s)):
                    said = Heard(session.account, session.handset, key, value, ttl_s)
                    self._soften(key // KEYS, said, now, out)
                case Over(reason, sentence):
                    named = name_of(reason) if reason else ""
                    out.append(_logged("unlinked", session, reason=named, sentence=sentence))
        if isinstance(event, Lost):
            self._forget(wire, session, now, out)

    def _ask(self, wire: int, tag: Any, request: Request, out: list[HubOutput]) -> None:
        ticket, self._next_ticket = self._next_ticket, self._next_ticket + 1
        self._tickets[ticket] = (wire, tag, request)
        out.append(Do(ticket, request))

    def _done(self, results: Sequence[tuple[int, Any]], now: float, out: list[HubOutput]) -> None:
        """In the store's order, as each may be news for the next; what the links say of it leaves at the end."""
        for ticket, result in results:
            wire, tag, request = self._tickets.pop(ticket)
            if wire > 0:
                self._run(wire, Answered(tag, result), now, out, more=True)
            elif wire < 0:
                self._soften(-wire, Got(tag, result), now, out)
            else:
                out.append(Replied(tag, result))
            self._follow(wire, request, result, now, out)
        stirred, self._stirred = self._stirred, {}
        for wire in stirred:
            self._run(wire, Flush(), now, out)

    def _follow(self, wire: int, request: Request, result: Any, now: float, out: list[HubOutput]) -> None:
        """What an answer means for others."""
        match request, result:
            case Apply(account), Applied(_, changed, queued, others) if (
                changed or queued or others
            ):  # also when the link that asked is gone
                self._tell_others(wire, account, changed, now, out)
                for other, moved in others:
                    self._tell_others(0, other, moved, now, out)
                self._queued(queued, out)
            case _, Taken(account, _, changed) if changed:
                self._tell_others(0, account, changed, now, out)
            case _, Spooled(_, _, kind):
                self._queued(frozenset({kind}), out)
            case _, Drawn() | Settled():
                for account, changed in result.changed.items():
                    self._tell_others(0, account, changed, now, out)
                if isinstance(result, Settled):
                    self._queued(result.queued, out)
            case Revoke(handset), Revoked():
                self._dismiss(handset, Reason.REVOKED, now, out)
            case _:
                pass

    def _queued(self, kinds: frozenset[int], out: list[HubOutput]) -> None:
        if kinds:
            out.append(Queued(kinds))

    def _announce(self, announce: Announce, now: float, out: list[HubOutput]) -> None:
        if announce.value:
            self._trouble[announce.collection] = (announce, now + announce.ttl_s)
        else:
            self._trouble.pop(announce.collection, None)
        for wire in sorted(self._by_handset.values()):
            self._tell(wire, announce, now, out)

    def _tell(self, wire: int, announce: Announce, now: float, out: list[HubOutput]) -> None:
        if self._sessions[wire].follows(announce.collection):
            soft = frames.Soft(GATEWAY_KEY + announce.collection, announce.value, announce.ttl_s)
            self._run(wire, Say(soft), now, out)

    def _soften(self, collection: int, event: SoftInput, now: float, out: list[HubOutput]) -> None:
        """A service's machine hears something; tickets and wakes of it have the collection's number below 0."""
        part = self._soft.get(collection)
        for output in part.handle(event, now) if part is not None else ():
            match output:
                case Tell(handset, key, value, ttl_s):
                    wire = self._by_handset.get(handset, 0)
                    if wire and self._sessions[wire].follows(collection):
                        self._run(wire, Say(frames.Soft(key, value, ttl_s)), now, out)
                case Want(account, request):
                    self._ask(-collection, account, request, out)
                case WakeAt(at_s):
                    heapq.heappush(self._wakes, (at_s, -collection))

    # Who is linked

    def _admit(self, wire: int, session: Session, now: float, out: list[HubOutput]) -> None:
        self._dismiss(session.handset, Reason.REPLACED, now, out)
        self._by_handset[session.handset] = wire
        self._by_account.setdefault(session.account, set()).add(wire)
        for announce, until in self._trouble.values():
            if now < until:
                self._tell(wire, announce, now, out)

    def _dismiss(self, handset: bytes, reason: Reason, now: float, out: list[HubOutput]) -> None:
        wire = self._by_handset.pop(handset, 0)
        if wire:
            self._run(wire, Say(frames.Goodbye(reason, sentence_of(reason))), now, out)

    def _forget(self, wire: int, session: Session, now: float, out: list[HubOutput]) -> None:
        del self._sessions[wire]
        if self._by_handset.get(session.handset) == wire:
            del self._by_handset[session.handset]
            for collection in self._soft if session.soft else ():
                self._soften(collection, Silenced(session.account, session.handset), now, out)
        linked = self._by_account.get(session.account)
        if linked is not None:
            linked.discard(wire)
            if not linked:
                del self._by_account[session.account]

    def _tell_others(
        self, wire: int, account: bytes, collections: frozenset[int], now: float, out: list[HubOutput]
    ) -> None:
        for other in sorted(self._by_account.get(account, ())):
            if other != wire:
                self._run(other, Dirty(collections), now, out, more=True)
        for collection, part in self._soft.items():
            if collection in collections and part.watches(account):
                self._soften(collection, Changed(account), now, out)

    def _stop(self, stop: Stop, now: float, out: list[HubOutput]) -> None:
        goodbye = frames.Goodbye(stop.reason, sentence_of(stop.reason), stop.retry_after_ms)
        for wire in list(self._sessions):
            session = self._sessions[wire]
            if not session.live:
                out.append(Hang(wire, "stopping"))
            else:
                self._run(wire, Say(goodbye), now, out)

    # Time: one heap for all links, one wake for the hub

    def _woke(self, now: float, out: list[HubOutput]) -> None:
        self._armed_at = float("inf")
        while self._wakes and self._wakes[0][0] <= now:
            _, wire = heapq.heappop(self._wakes)
            if wire < 0:
                self._soften(-wire, Woke(), now, out)
            else:
                self._run(wire, Woke(), now, out)

    def _arm(self, out: list[HubOutput]) -> None:
        if self._wakes and self._wakes[0][0] < self._armed_at:
            self._armed_at = self._wakes[0][0]
            out.append(WakeAt(self._armed_at))


def _logged(event: str, session: Session, **facts: Any) -> Logged:
    who = (("account", session.account.hex()), ("handset", session.handset.hex()))
    return Logged(event, (*who, *facts.items()))
