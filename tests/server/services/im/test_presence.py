"""Alice and bob see each other as long as both have a handset in hand. IM-10 to IM-13; S5."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from thinline.machine import WakeAt, Woke
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Friend, Friends, Presence, Typing, Typists
from thinline_server.outside import PeersRead, ReadPeers
from thinline_server.services.im.presence import (
    FRIENDS_KEY,
    FRIENDS_KEYS,
    PRESENCE_KEY,
    TYPING_KEY,
    TYPISTS_KEY,
    Presences,
)
from thinline_server.softly import Changed, Got, Heard, Silenced, Tell, Want

ALICE, BOB, CAROL = b"alice...", b"bob.....", b"carol..."
NAMES = {ALICE: "alice", BOB: "bob", CAROL: "carol"}
THERE, BUSY, INVISIBLE = (
    im_pb2.PRESENCE_STATE_THERE,
    im_pb2.PRESENCE_STATE_BUSY,
    im_pb2.PRESENCE_STATE_INVISIBLE,
)


class Square:
    """The machine, a store that knows the rosters, and what each handset was told and has not forgotten."""

    def __init__(self) -> None:
        self.machine = Presences()
        self.now = 1_000.0
        self.rosters = {ALICE: {BOB}, BOB: {ALICE}, CAROL: set[bytes]()}
        self.told: dict[bytes, dict[int, tuple[bytes, float]]] = {}
        self.tells = self.reads = 0
        self.wakes: list[float] = []

    def feed(self, event: Any) -> None:
        for output in self.machine.handle(event, self.now):
            match output:
                case Tell(handset, key, value, ttl_s):
                    self.tells += 1
                    self.told.setdefault(handset, {})[key] = (value, self.now + ttl_s)
                case Want(account, ReadPeers()):
                    self.reads += 1
                    peers = frozenset(self.rosters.get(account, ()))
                    self.feed(Got(account, PeersRead(NAMES.get(account, account.decode()), peers)))
                case WakeAt(at_s):
                    self.wakes.append(at_s)

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := min(self.wakes, default=until + 1)) <= until:
            self.wakes = [at_s for at_s in self.wakes if at_s > due]
            self.now = max(self.now, due)
            self.feed(Woke())
        self.now = until

    def here(self, account: bytes, handset: bytes = b"", ttl_s: int = 90, **told: Any) -> None:
        value = Presence(**{"state": THERE, **told}).SerializeToString()
        self.feed(Heard(account, handset or account, PRESENCE_KEY, value, ttl_s))

    def types(self, account: bytes, address: str) -> None:
        self.feed(Heard(account, account, TYPING_KEY, Typing(address=address).SerializeToString(), 8))

    def sees(self, handset: bytes) -> dict[str, Friend]:
        """Who a handset shows."""
        values = [
            value
            for key, (value, until) in self.told.get(handset, {}).items()
            if key in range(FRIENDS_KEY, FRIENDS_KEY + FRIENDS_KEYS) and until > self.now
        ]
        return {one.address: one for value in values for one in Friends.FromString(value).friends}

    def typists(self, handset: bytes) -> list[str]:
        value, until = self.told.get(handset, {}).get(TYPISTS_KEY, (b"", 0.0))
        return list(Typists.FromString(value).addresses) if until > self.now else []


@pytest.fixture
def square() -> Square:
    return Square()


def both(square: Square) -> None:
    square.here(ALICE)
    square.here(BOB, state=BUSY, status="in a tunnel\x1b")
    square.run(2)


def test_friends_see_each_other_and_strangers_do_not(square: Square) -> None:
    """Spec IM-11: friends are those that are it on both sides."""
    square.rosters[CAROL] = {ALICE, BOB}
    both(square)
    square.here(CAROL)
    square.run(2)
    assert square.sees(ALICE) == {"bob": Friend(address="bob", state=BUSY, status="in a tunnel")}
    assert square.sees(BOB) == {"alice": Friend(address="alice", state=THERE)}
    assert square.sees(CAROL) == {}


def test_nobody_is_told_whose_handset_nobody_has_in_hand(square: Square) -> None:
    """Spec IM-11: a handset in a pocket costs nothing."""
    square.here(ALICE)
    square.run(300)
    assert square.told == {}
    assert not square.machine.watches(ALICE)


def test_it_never_outlives_who_said_it(square: Square) -> None:
    """Spec IM-10, SOFT-3; S5: within 90 s, whatever was told; idle before that; at once where the link is over."""
    square.here(BOB)
    square.here(ALICE, ttl_s=10_000)
    square.run(44)
    assert not square.sees(BOB)["alice"].idle
    square.here(BOB)
    square.run(4)
    assert square.sees(BOB)["alice"].idle
    square.run(43)
    assert square.sees(BOB) == {}
    square.here(ALICE)
    square.run(2)
    assert "alice" in square.sees(BOB)
    square.feed(Silenced(ALICE, ALICE))
    square.run(2)
    assert square.sees(BOB) == {}


def test_what_is_said_again_is_told_again_before_it_expires(square: Square) -> None:
    both(square)
    for _ in range(20):
        square.here(ALICE)
        square.here(BOB)
        square.run(30)
        assert square.sees(ALICE)
        assert square.sees(BOB)


def test_of_two_handsets_the_one_that_was_touched_last_is_seen(square: Square) -> None:
    """Spec IM-11; H6: both are told the same, and one in a pocket says nothing for the other."""
    both(square)
    square.here(ALICE, b"tablet", status="at home")
    square.run(2)
    assert square.sees(BOB)["alice"].status == "at home"
    assert square.sees(b"tablet") == square.sees(ALICE)
    square.feed(Silenced(ALICE, b"tablet"))
    square.run(2)
    assert square.sees(BOB)["alice"].status == ""
    square.here(ALICE, state=INVISIBLE)
    square.run(2)
    assert square.sees(BOB) == {}
    assert "bob" in square.sees(ALICE)
    square.feed(Heard(ALICE, ALICE, PRESENCE_KEY, b"", 0))
    assert not square.machine.watches(ALICE)


def test_who_types_is_told_to_whom_it_is_for_and_for_some_seconds(square: Square) -> None:
    """Spec IM-12."""
    both(square)
    square.types(ALICE, "bob")
    square.run(2)
    assert square.typists(BOB) == ["alice"]
    assert square.typists(ALICE) == []
    square.run(4)
    square.types(ALICE, "bob")
    square.run(6)
    assert square.typists(BOB) == ["alice"]
    square.types(ALICE, "")
    square.run(2)
    assert square.typists(BOB) == []
    square.types(ALICE, "bob")
    square.run(10)
    assert square.typists(BOB) == []
    square.types(CAROL, "bob")
    assert square.typists(BOB) == []


def test_a_roster_that_changed_is_read_anew_and_no_more_often_than_that(square: Square) -> None:
    """Spec IM-11: who is a friend no longer is not seen any more."""
    both(square)
    square.rosters[BOB] = set()
    reads = square.reads
    for _ in range(1_000):
        square.feed(Changed(BOB))
    square.run(3)
    assert square.reads <= reads + 2
    assert square.sees(ALICE) == square.sees(BOB) == {}
    square.feed(Got(CAROL, PeersRead("carol", frozenset())))
    square.feed(Got(BOB, None))
    assert square.sees(ALICE) == {}


def test_presence_that_flaps_a_thousand_times_a_second_is_told_once_a_second(square: Square) -> None:
    """Spec IM-13; abuse of the kind 32. In the end everybody sees the last of it."""
    both(square)
    before = square.tells
    for number in range(10_000):
        square.here(ALICE, status=str(number))
        square.types(ALICE, "bob" if number % 2 else "")
        square.run(0.001)
    square.run(2)
    assert square.tells - before < 40
    assert square.sees(BOB)["alice"].status == "9999"
    assert len(square.wakes) < 50
    assert len(square.machine._times) < 500


def test_two_hundred_friends_fit(square: Square) -> None:
    """Each value within its bound, with long names and words; the words give way first."""
    crowd = [f"somebody.with.a.name{number}".encode() for number in range(200)]
    square.rosters[ALICE] = set(crowd)
    for one in crowd:
        square.rosters[one] = {ALICE}
        square.here(one, status="x" * 64)
    square.here(ALICE)
    square.run(3)
    assert set(square.sees(ALICE)) == {one.decode() for one in crowd}
    assert all(len(value) <= 1_024 for value, _ in square.told[ALICE].values())


def test_what_can_not_be_read_is_passed_over(square: Square) -> None:
    both(square)
    square.feed(Heard(ALICE, ALICE, PRESENCE_KEY, b"\xff", 90))
    square.feed(Heard(ALICE, ALICE, TYPING_KEY, b"\xff", 90))
    square.feed(Heard(ALICE, ALICE, TYPING_KEY + 900, b"x", 90))
    square.feed(Silenced(CAROL, CAROL))
    square.run(1)
    assert "alice" in square.sees(BOB)


def test_only_friends_are_peers() -> None:
    heard = Presences().handle(Heard(ALICE, ALICE, PRESENCE_KEY, b"\x08\x01", 9), 0.0)
    (want,) = (one for one in heard if isinstance(one, Want))
    assert isinstance(want.request, ReadPeers)
    assert want.request.name(Buddy(address="bob", bond=im_pb2.BOND_FRIENDS).SerializeToString()) == "bob"
    assert want.request.name(Buddy(address="bob", bond=im_pb2.BOND_ASKS).SerializeToString()) == ""


@pytest.mark.parametrize("seed", range(5))
def test_any_order_ends_in_the_same(seed: int) -> None:
    """S5, H6: whatever was said, once all is said again each sees who is there."""
    random, square = Random(seed), Square()
    square.rosters = {ALICE: {BOB, CAROL}, BOB: {ALICE}, CAROL: {ALICE, BOB}}
    for _ in range(300):
        who = random.choice((ALICE, BOB, CAROL))
        match random.randrange(5):
            case 0 | 1:
                square.here(who, status=str(random.random()))
            case 2:
                square.feed(Silenced(who, who))
            case 3:
                square.types(who, random.choice(("alice", "bob", "")))
            case _:
                square.feed(Changed(who)) if square.machine.watches(who) else None
        square.run(random.random() * 20)
    square.run(100)
    assert not any(square.machine.watches(one) for one in (ALICE, BOB, CAROL))
    for one in (ALICE, BOB, CAROL):
        square.here(one)
    square.run(3)
    assert set(square.sees(ALICE)) == {"bob", "carol"}
    assert set(square.sees(BOB)) == {"alice"}
    assert set(square.sees(CAROL)) == {"alice"}
