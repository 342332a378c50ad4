"""What handsets say for a time, through the hub: heard by the service whose key it is, gone with the link. SOFT-3."""

from __future__ import annotations

from typing import Any

from line_client import LineClient, Submit
from pier import Pier, Served
from thinline import frames
from thinline.intents import Create, write_intent
from thinline.link import Say
from thinline.machine import WakeAt, Woke
from thinline.merge import Content
from thinline.v1.contacts_pb2 import Contact
from thinline_server.requests import ListAccounts
from thinline_server.softly import KEYS, Changed, Got, Heard, Silenced, SoftInput, Tell, Want

CONTACT = Contact(name="Bob").SerializeToString()


class Parrot:
    """Says to everybody what anybody says, and keeps what it hears."""

    collection = 1

    def __init__(self) -> None:
        self.heard: list[SoftInput] = []
        self.here: set[tuple[bytes, bytes]] = set()

    def watches(self, account: bytes) -> bool:
        return any(one == account for one, _ in self.here)

    def handle(self, event: SoftInput, now: float) -> list[Any]:
        self.heard.append(event)
        match event:
            case Heard(account, handset, key, value, ttl_s):
                self.here.add((account, handset))
                told: list[Any] = [Tell(one, key, value, ttl_s) for _, one in sorted(self.here)]
                told.append(Tell(b"nobody..", key, value, ttl_s))
                return [*told, Want(account, ListAccounts("alice")), WakeAt(now + 9)]
            case Silenced(account, handset):
                self.here.discard((account, handset))
        return []


def parrot() -> tuple[Parrot, Pier]:
    served = Served()
    bird = Parrot()
    served.hub._soft = {1: bird}
    return bird, Pier(served)


def say(pier: Pier, client: LineClient, key: int, value: bytes, ttl_s: int = 60) -> None:
    pier.feed(client, Say(frames.Soft(key, value, ttl_s)))


def test_what_a_handset_says_is_heard_by_the_service_and_told_to_whom_it_says() -> None:
    """Spec SOFT-3: those that follow its collection; nobody else."""
    bird, pier = parrot()
    phone, desk = pier.client("phone", "alice"), pier.client("desk", "alice", follows=())
    say(pier, desk, KEYS + 3, b"here")
    say(pier, phone, KEYS + 3, b"there")
    account, mine, other = phone.sim.account, phone.sim.handset, desk.sim.handset
    assert [one for one in bird.heard if isinstance(one, Heard)] == [
        Heard(account, other, KEYS + 3, b"here", 60),
        Heard(account, mine, KEYS + 3, b"there", 60),
    ]
    assert pier.said(phone, frames.Soft) == [frames.Soft(KEYS + 3, b"there", 60)]
    assert pier.said(desk, frames.Soft) == []
    say(pier, phone, 7, b"of nobody's")
    say(pier, phone, 3 * KEYS, b"of no service")
    assert len([one for one in bird.heard if isinstance(one, Heard)]) == 2


def test_it_is_gone_with_the_link_and_only_with_the_newest() -> None:
    """Spec SOFT-3, FLOW-10: whether it is cut, or a newer one took over."""
    bird, pier = parrot()
    phone, silent = pier.client("phone", "alice"), pier.client("silent", "bob")
    say(pier, phone, KEYS, b"here")
    pier.cut(silent)
    assert bird.here == {(phone.sim.account, phone.sim.handset)}
    pier.cut(phone)
    assert bird.here == set()
    pier.join(phone)
    say(pier, phone, KEYS, b"here")
    assert len(bird.here) == 1


def test_it_hears_of_changes_of_whom_it_watches_of_answers_and_of_time() -> None:
    bird, pier = parrot()
    alice, bob = pier.client("alice"), pier.client("bob")
    for client in (alice, bob):
        pier.feed(client, Submit(*write_intent(Create(client.sim.handset + b"item", 1, Content(CONTACT)))))
    assert not any(isinstance(one, Changed) for one in bird.heard)
    say(pier, alice, KEYS, b"here")
    (got,) = (one for one in bird.heard if isinstance(one, Got))
    assert got.account == alice.sim.account
    assert got.answer[0].name == "alice"
    for client in (alice, bob):
        pier.feed(client, Submit(*write_intent(Create(client.sim.handset + b"more", 1, Content(CONTACT)))))
    assert [one for one in bird.heard if isinstance(one, Changed)] == [Changed(alice.sim.account)]
    pier.wake(5)
    assert not any(isinstance(one, Woke) for one in bird.heard)
    pier.wake(5)
    assert sum(isinstance(one, Woke) for one in bird.heard) == 1
