"""Who is there, and who types: soft state of friends, told to who is there too.

A handset says that somebody has it in hand, again and again while that is so; who says nothing of that is told nothing
either, so that a handset in a pocket costs its battery nothing. What is not said again is gone within 90 seconds,
whatever died (spec IM-10 to IM-13). News of one account is passed on once a second at most, however often it changes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from thinline.limits import LIMITS
from thinline.machine import WakeAt, Woke
from thinline.types import Collection
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Friend, Friends, Presence, Typing, Typists
from thinline_server.outside import PeersRead, ReadPeers
from thinline_server.services.text import cut_line
from thinline_server.softly import KEYS, Changed, Got, Heard, Silenced, SoftInput, SoftOutput, Tell, Want

__all__ = ["FRIENDS_KEY", "FRIENDS_KEYS", "IDLE_S", "PRESENCE_KEY", "TTL_S", "TYPING_KEY", "TYPISTS_KEY", "Presences"]

_BASE = KEYS * Collection.COLLECTION_IM
PRESENCE_KEY, TYPING_KEY, TYPISTS_KEY, FRIENDS_KEY = _BASE, _BASE + 1, _BASE + 2, _BASE + 16
FRIENDS_KEYS = 16
TTL_S, TYPING_S = 90, 8
IDLE_S = 45.0  # without a word
_AGAIN_S = 40.0  # from which on what was told is told again
_PASSED_ON_S = 1.0  # between two news of one account, and to one
_FLUSH_S = 0.05  # between two rounds of telling
_NEVER = float("inf")
_READ_S = 2.0  # between two looks at one roster
_STATUS_CHARACTERS = 64


@dataclass(slots=True)
class _Phone:
    """A handset that somebody has in hand."""

    presence: Presence
    heard_at: float
    until: float
    typing: str = ""
    typing_until: float = 0.0
    told: dict[int, bytes] = field(default_factory=dict)
    told_at: float = 0.0


@dataclass(slots=True)
class _Here:
    """An account with such a handset."""

    name: str = ""
    peers: frozenset[bytes] | None = None
    wanted_at: float = float("-inf")
    wanting: bool = False
    phones: dict[bytes, _Phone] = field(default_factory=dict)
    news_at: float = float("-inf")  # when the last were passed on
    told_at: float = float("-inf")  # when it was told some


def _friend(fields: bytes) -> str:
    buddy = Buddy.FromString(fields)
    return buddy.address if buddy.bond == im_pb2.BOND_FRIENDS else ""


class Presences:
    """All who are there."""

    collection: int = Collection.COLLECTION_IM

    def __init__(self) -> None:
        self._here: dict[bytes, _Here] = {}
        self._news: set[bytes] = set()  # accounts whose friends are to hear of them
        self._due: set[bytes] = set()  # accounts that are to be told
        self._stale: set[bytes] = set()  # accounts whose roster is to be read
        self._times: set[float] = set()  # at which to look again
        self._flush_at = self._armed_at = float("-inf")

    def watches(self, account: bytes) -> bool:
        """Whoever is there."""
        return account in self._here

    def handle(self, event: SoftInput, now: float) -> list[SoftOutput]:
        """Take one input; return all that follows."""
        match event:
            case Heard(account, handset, key, value, ttl_s):
                self._heard(account, handset, key, value, min(ttl_s, TTL_S), now)
            case Silenced(account, handset):
                self._gone(account, handset)
            case Changed(account):
                self._stale.add(account)
            case Got(account, answer):
                self._got(account, answer)
            case Woke():
                self._expire(now)
        if now < self._flush_at:
            self._at(self._flush_at)
            return self._later(now)
        return [*self._flush(now), *self._later(now)]

    # What is heard

    def _heard(self, account: bytes, handset: bytes, key: int, value: bytes, ttl_s: int, now: float) -> None:
        if key == PRESENCE_KEY:
            if value and ttl_s:
                self._present(account, handset, value, ttl_s, now)
            else:
                self._gone(account, handset)
        elif key == TYPING_KEY and account in self._here and handset in self._here[account].phones:
            self._typing(account, handset, value, now)

    def _present(self, account: bytes, handset: bytes, value: bytes, ttl_s: int, now: float) -> None:
        try:
            presence = Presence.FromString(value)
        except DecodeError:
            return
        presence.status = cut_line(presence.status, _STATUS_CHARACTERS)
        here = self._here.get(account)
        if here is None:
            here = self._here[account] = _Here()
            self._stale.add(account)
        phone = here.phones.get(handset)
        if phone is None:
            phone = here.phones[handset] = _Phone(presence, now, now + ttl_s)
        before = phone.presence
        was_idle = phone.heard_at + IDLE_S <= now
        phone.presence, phone.heard_at, phone.until = presence, now, now + ttl_s
        if now - phone.told_at >= _AGAIN_S:
            phone.told.clear()
            phone.told_at = now
            self._due.add(account)
        if before != presence or was_idle or len(phone.told) == 0:
            self._news.add(account)
        self._at(phone.until)
        self._at(now + IDLE_S)

    def _typing(self, account: bytes, handset: bytes, value: bytes, now: float) -> None:
        try:
            address = Typing.FromString(value).address
        except DecodeError:
            return
        phone = self._here[account].phones[handset]
        before, phone.typing, phone.typing_until = phone.typing, address, now + TYPING_S
        for other in self._friends(account) if address or before else ():
            there = self._here[other]
            if there.name in (address, before):
                self._due.add(other)
                for one in there.phones.values() if address else ():
                    one.told.pop(TYPISTS_KEY, None)  # it is told anew, to last longer

    def _gone(self, account: bytes, handset: bytes) -> None:
        here = self._here.get(account)
        if here is None or here.phones.pop(handset, None) is None:
            return
        if here.phones:
            self._news.add(account)
            return
        self._due |= self._friends(account)
        del self._here[account]
        self._news.discard(account)
        self._due.discard(account)
        self._stale.discard(account)

    def _got(self, account: bytes, answer: object) -> None:
        here = self._here.get(account)
        if here is None:
            return
        here.wanting = False
        if isinstance(answer, PeersRead) and (here.peers != answer.peers or here.name != answer.name):
            before = self._friends(account)
            here.name, here.peers = answer.name, answer.peers
            self._due |= {account} | before | self._friends(account)

    def _expire(self, now: float) -> None:
        """What was not said again is gone; and who was not heard for a while is idle."""
        for account, here in list(self._here.items()):
            for handset, phone in list(here.phones.items()):
                if phone.until <= now:
                    self._gone(account, handset)
                elif phone.heard_at + IDLE_S <= now:
                    self._news.add(account)

    # What is told

    def _friends(self, account: bytes) -> set[bytes]:
        """Who is there, has them for a friend, and is one of theirs."""
        here = self._here.get(account)
        mine = here.peers if here is not None and here.peers is not None else frozenset[bytes]()
        theirs = {one: self._here[one].peers for one in mine if one in self._here and one != account}
        return {one for one, peers in theirs.items() if peers is not None and account in peers}

    def _flush(self, now: float) -> list[SoftOutput]:
        out: list[SoftOutput] = []
        for account in sorted(self._stale):
            here = self._here[account]
            if not here.wanting and self._is_time(here.wanted_at + _READ_S, now):
                here.wanting, here.wanted_at = True, now
                self._stale.discard(account)
                below = b"\1"  # the roster comes first (spec IM-1)
                out.append(Want(account, ReadPeers(account, self.collection, below, _friend)))
        for account in sorted(self._news):
            here = self._here[account]
            if self._is_time(here.news_at + _PASSED_ON_S, now):
                here.news_at = now
                self._news.discard(account)
                self._due |= self._friends(account)
        for account in sorted(self._due):
            here = self._here[account]
            if self._is_time(here.told_at + _PASSED_ON_S, now):
                self._due.discard(account)
                told = list(self._tell(account, here, now))
                here.told_at = now if told else here.told_at
                out += told
        self._flush_at = now + _FLUSH_S
        return out

    def _is_time(self, at_s: float, now: float) -> bool:
        """Whether it may be done; else it is looked at again then."""
        if at_s > now:
            self._at(at_s)
        return at_s <= now

    def _at(self, at_s: float) -> None:
        """Look again; the times are coarse, so that they are few however much is said."""
        self._times.add(math.ceil(4 * at_s) / 4)

    def _later(self, now: float) -> list[SoftOutput]:
        """One wake, unless an earlier one is on its way."""
        self._times = {at_s for at_s in self._times if at_s > now}
        at_s = min(self._times, default=_NEVER)
        if at_s == _NEVER or now < self._armed_at <= at_s:
            return []
        self._armed_at = at_s
        return [WakeAt(at_s)]

    def _tell(self, account: bytes, here: _Here, now: float) -> Iterator[Tell]:
        """What each of its handsets does not know yet."""
        values = self._values(account, here, now)
        for handset, phone in here.phones.items():
            for key in sorted(values.keys() | phone.told.keys()):
                value = values.get(key, b"")
                if phone.told.get(key, b"") != value:
                    phone.told[key] = value
                    yield Tell(handset, key, value, TYPING_S if key == TYPISTS_KEY else TTL_S)

    def _values(self, account: bytes, here: _Here, now: float) -> dict[int, bytes]:
        pages: dict[int, list[Friend]] = {}
        typists = []
        for one in self._friends(account):
            there = self._here[one]
            friend = _seen(there, now)
            if friend is not None:
                slot = hashlib.sha256(there.name.encode()).digest()[0] % FRIENDS_KEYS
                pages.setdefault(FRIENDS_KEY + slot, []).append(friend)
            if any(phone.typing == here.name and phone.typing_until > now for phone in there.phones.values()):
                typists.append(there.name)
        values = {key: _page(sorted(page, key=lambda one: one.address)) for key, page in pages.items()}
        if typists:
            values[TYPISTS_KEY] = Typists(addresses=sorted(typists)[:8]).SerializeToString()
        return values


def _seen(there: _Here, now: float) -> Friend | None:
    """How an account is seen: as the handset of it that was touched last; None where that is not to be."""
    phone = max(there.phones.values(), key=lambda one: one.heard_at)
    if phone.presence.state == im_pb2.PRESENCE_STATE_INVISIBLE:
        return None
    idle = phone.heard_at + IDLE_S <= now
    return Friend(address=there.name, state=phone.presence.state, status=phone.presence.status, idle=idle)


def _page(friends: list[Friend]) -> bytes:
    """As many as a value has room for; what they say of themselves gives way first."""
    page = Friends(friends=friends)
    if page.ByteSize() > LIMITS.soft_bytes:
        for one in page.friends:
            one.ClearField("status")
    while page.ByteSize() > LIMITS.soft_bytes:
        del page.friends[-1]
    return page.SerializeToString(deterministic=True)
