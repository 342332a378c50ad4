"""All links of a server, as stories of alice and bob: the hub with its real store, scripted handsets, no sockets."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from line_client import Bring, Fetch, LineClient, Sim, Submit
from pier import Pier, Served
from thinline import frames
from thinline.codec import encode_body
from thinline.frames import Direction, Disposition, Verdict
from thinline.identity import Certificate, ServiceKey
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import Blob
from thinline.limits import LIMITS
from thinline.link import Link, Role, Say
from thinline.machine import Arrived, Lost, Opened, Room, WakeAt, Woke
from thinline.merge import Content, Edit, FieldChange
from thinline.reasons import Reason, sentence_of
from thinline.testing import samples
from thinline.v1 import contacts_pb2
from thinline_server.hub import Logged, Stop
from thinline_server.requests import Apply, ListAccounts, Revoke, Revoked

BOB = b"contact  bob"
FIELDS = contacts_pb2.Contact(name="Bob").SerializeToString()
FACE = bytes(range(256))
FACE_BLOB = Blob("face", sha256(FACE).digest(), len(FACE))


def submit(intent: Intent, *parts: bytes) -> Submit:
    return Submit(*write_intent(intent), parts)


CREATE = submit(Create(BOB, 1, Content(FIELDS)))


@pytest.fixture
def pier() -> Pier:
    return Pier()


def ended(client: LineClient) -> Reason:
    assert client.ended is not None, f"{client} is linked"
    return Reason(client.ended.reason)


def position(pier: Pier, account: str = "alice") -> int:
    (info,) = pier.operate(ListAccounts(account))
    return int(info.position)


def command(client: LineClient, number: int, sent: Submit, *, after: int = 0) -> Say:
    """A command under a number of the test's choice, past the client's own counting."""
    return Say(frames.Command(number, after, 0, sent.kind, sent.body))


def say(pier: Pier, client: LineClient, event: Say) -> list[Any]:
    """Let the client's link say it; what came back."""
    before = len(pier.heard[client.name])
    out: list[Any] = []
    client._feed(event, pier.now, out)
    for output in out:
        pier.serve(Arrived(pier._wires[client.name, client.wire], output.data))
    return pier.heard[client.name][before:]


# Who is linked


def test_the_newest_hello_wins(pier: Pier) -> None:
    """Spec LINK-11: a link that nobody has noticed to be dead does not keep its handset out."""
    alice = pier.client("alice")
    again = LineClient("again", sim=alice.sim)
    again.seen = alice.seen
    pier.join(again)
    assert again.live
    assert ended(alice) is Reason.REPLACED
    assert pier.served.hub.handsets == (alice.sim.handset,)
    assert pier.served.hub.links == 1
    assert [one.event for one in pier.served.log] == ["linked", "unlinked", "linked"]


def test_a_lost_link_is_forgotten(pier: Pier) -> None:
    alice, other = pier.client("alice"), pier.client("other", "alice")
    pier.cut(alice)
    assert pier.served.hub.handsets == (other.sim.handset,)
    pier.cut(other)
    assert not pier.served.hub.links
    assert not pier.served.hub.handsets


def test_a_change_shows_on_the_accounts_other_handset_and_on_no_other_account(pier: Pier) -> None:
    """Spec SYNC-16, T1."""
    alice, other, bob = pier.client("alice"), pier.client("other", "alice"), pier.client("bob")
    heard = len(pier.heard["bob"])
    pier.feed(alice, CREATE)
    assert other.heads[BOB].fields == FIELDS
    assert other.heads == alice.heads
    assert len(pier.heard["bob"]) == heard
    assert bob.heads == {}


def test_more_links_than_the_most_are_busy_unless_they_hold_the_last_copy() -> None:
    """Spec LINK-12."""
    pier = Pier(Served(links_most=1))
    pier.client("alice")
    pier.served.account("bob")
    bob = LineClient("bob", pier.served.code("bob"))
    pier.join(bob)
    assert ended(bob) is Reason.BUSY
    pier.feed(bob, CREATE)  # it waits, and so it exists only here
    pier.join(bob)
    assert bob.live


# What is refused


def test_a_code_enrols_one_handset(pier: Pier) -> None:
    pier.served.account("alice")
    code = pier.served.code("alice")
    alice, thief = LineClient("alice", code), LineClient("thief", code)
    for client in (alice, thief):
        pier.join(client)
    assert alice.live
    assert ended(thief) is Reason.BAD_CODE
    guess = LineClient("guess", "A" * 26)
    pier.join(guess)
    assert pier.said(guess, frames.Enrolled) == pier.said(thief, frames.Enrolled) == []
    assert guess.ended == thief.ended, "a spent code and one that never was are one answer"


def test_a_revoked_handset_is_put_out_and_kept_out(pier: Pier) -> None:
    """T3, spec ID-7."""
    alice = pier.client("alice")
    assert isinstance(pier.operate(Revoke(alice.sim.handset)), Revoked)
    assert ended(alice) is Reason.REVOKED
    pier.join(alice)
    assert ended(alice) is Reason.REVOKED


def test_a_command_under_way_when_its_handset_is_revoked_does_nothing(pier: Pier) -> None:
    """T3: the store looks again."""
    alice = pier.client("alice")
    pier.operate(Revoke(alice.sim.handset))
    before = position(pier)
    applied = Apply(alice.sim.account, alice.sim.handset, 1, frames.Command(1, 0, 0, CREATE.kind, CREATE.body))
    answer, _ = pier.served.operate(applied)
    assert answer.reason is Reason.REVOKED
    assert position(pier) == before


def test_another_key_is_not_the_handset(pier: Pier) -> None:
    alice = pier.client("alice")
    pier.cut(alice)
    thief = Sim("thief")
    thief.certificate, thief.handset, thief.account = alice.sim.certificate, alice.sim.handset, alice.sim.account
    client = LineClient("thief", sim=thief)
    client.seen = alice.seen
    pier.join(client)
    assert ended(client) is Reason.BAD_PROOF


def stranger(service: ServiceKey, name: str = "mallory") -> LineClient:
    """A handset that no store knows, with a certificate."""
    sim = Sim(name)
    seen = sim.take(service.certify(Certificate(b"account9", b"handset9", sim.public, samples.POINT, name)))
    client = LineClient(name, sim=sim)
    client.seen = seen
    return client


def test_a_certificate_of_another_service_is_worth_nothing(pier: Pier) -> None:
    mallory = stranger(ServiceKey(bytes(32)))
    pier.join(mallory)
    assert ended(mallory) is Reason.UNKNOWN_HANDSET


def test_a_handset_of_a_lost_store_is_salvaged(pier: Pier) -> None:
    """Spec ID-8, H8: the certificate by our own key is enough, and what it holds is kept."""
    alice = stranger(pier.served.policy.key, "alice")
    pier.join(alice)
    assert alice.welcome is not None
    assert (alice.welcome.disposition, alice.welcome.careful) == (Disposition.DISPOSITION_SALVAGE, True)
    pier.feed(alice, CREATE)
    assert [one.reason for one in alice.refusals] == [Reason.SALVAGE_FIRST]


# Exactly once


def test_a_repeat_gets_the_stored_outcome(pier: Pier) -> None:
    """X1, X2."""
    alice = pier.client("alice")
    pier.feed(alice, CREATE)
    rows = position(pier)
    (again,) = say(pier, alice, command(alice, 1, CREATE))
    assert isinstance(again, frames.Outcome)
    assert (again.verdict, again.point, again.heads) == (
        Verdict.VERDICT_APPLIED,
        alice.outcomes[1].point,
        alice.outcomes[1].heads,
    )
    assert position(pier) == rows


def test_a_number_that_jumps_is_fine_and_one_whose_past_is_missing_is_a_gap(pier: Pier) -> None:
    """X4, spec CMD-10: a lost frame is a gap, a forgotten past is not."""
    alice = pier.client("alice")
    (gap,) = say(pier, alice, command(alice, 5, CREATE, after=4))
    assert (gap.reason, gap.command) == (Reason.GAP, 5)
    (outcome,) = say(pier, alice, command(alice, 5, CREATE))
    assert outcome.verdict == Verdict.VERDICT_APPLIED
    stale, *_ = say(pier, alice, command(alice, 4, CREATE))
    assert (stale.reason, stale.command) == (Reason.CLONE, 4), "this handset had counted on without it"
    assert position(pier) == 2


def test_the_same_number_with_another_body_is_a_clone(pier: Pier) -> None:
    """X3: refused, no change, and the link ends; the log names both payloads."""
    alice = pier.client("alice")
    pier.feed(alice, CREATE)
    rows = position(pier)
    refusal, *_ = say(pier, alice, command(alice, 1, submit(Create(b"another item", 1, Content(FIELDS)))))
    assert (refusal.reason, refusal.command) == (Reason.CLONE, 1)
    assert ended(alice) is Reason.CLONE
    assert position(pier) == rows


def test_an_older_life_is_a_stale_image(pier: Pier) -> None:
    """Spec CMD-11."""
    alice = pier.client("alice")
    alice.life = 2
    pier.join(alice)
    assert alice.live
    alice.life = 1
    pier.join(alice)
    assert ended(alice) is Reason.OLD_LIFE


# Accounts are strangers


def answers_to(pier: Pier, *events: Any) -> list[bytes]:
    """What bob gets for some inputs, as bytes; he begins anew."""
    bob = pier.client("bob")
    before = len(pier.heard["bob"])
    pier.feed(bob, *events)
    return [encode_body(frame, Direction.DOWN) for frame in pier.heard["bob"][before:]]


@pytest.mark.parametrize(
    "asked",
    [
        Fetch(BOB, "face", FACE_BLOB.hash),
        submit(Change(BOB, Edit((FieldChange(1, contacts_pb2.Contact(name="Rob").SerializeToString()),)))),
        submit(Delete(BOB, bytes(8))),
    ],
    ids=["part", "change", "delete"],
)
def test_what_is_another_accounts_answers_like_what_does_not_exist(asked: Any) -> None:
    """T2: byte for byte."""
    empty, full = Pier(), Pier()
    for pier in (empty, full):
        pier.client("alice")
    alice = next(iter(full._ends.values()))[0]
    full.feed(alice, submit(Create(BOB, 1, Content(FIELDS, (FACE_BLOB,))), FACE))
    assert alice.idle
    # Points are of bob's own history, sealed with a key of the seed: both worlds are drawn alike up to here.
    assert answers_to(full, asked) == answers_to(empty, asked)


def test_a_part_of_another_account_has_to_come_up_again(pier: Pier) -> None:
    """T2: that a photo is known here already is not to be learned."""
    alice, bob = pier.client("alice"), pier.client("bob")
    pier.feed(alice, Bring(FACE))
    pier.feed(bob, Bring(FACE))
    told = [one for one in pier.said(bob, frames.Answer) if one.more]
    assert len(told) == 1, "it was asked for in full"
    assert bob.brought == {FACE_BLOB.hash}


# Parts


def test_a_part_comes_up_and_goes_down(pier: Pier) -> None:
    alice, other = pier.client("alice"), pier.client("other", "alice")
    face = bytes(range(256)) * 300
    blob = Blob("face", sha256(face).digest(), len(face))
    pier.feed(alice, submit(Create(BOB, 1, Content(FIELDS, (blob,))), face))
    assert other.heads[BOB].blobs == (blob,)
    pier.feed(other, Fetch(BOB, "face", blob.hash))
    (info, *chunks) = other.answers[1]
    assert isinstance(info, frames.Answer)
    assert [chunk.last for chunk in chunks if isinstance(chunk, frames.Chunk)][-1]
    assert len(other.parts[1]) <= len(face)


def test_a_command_whose_part_is_missing_is_not_now(pier: Pier) -> None:
    """Spec CMD-18."""
    alice = pier.client("alice")
    (refusal,) = say(pier, alice, command(alice, 1, submit(Create(BOB, 1, Content(FIELDS, (FACE_BLOB,))))))
    assert (refusal.reason, refusal.command) == (Reason.BLOB_MISSING, 1)
    assert position(pier) == 1


# The end, and time


def test_a_stop_says_goodbye_to_all_and_hangs_up_who_is_on_the_way(pier: Pier) -> None:
    alice, bob = pier.client("alice"), pier.client("bob")
    pier.serve(Opened(99))
    pier.serve(Stop(7_000))
    for client in (alice, bob):
        assert client.ended is not None
        assert (ended(client), client.ended.retry_after_ms) == (Reason.STOPPING, 7_000)
        assert client.ended.sentence == sentence_of(Reason.STOPPING)
    pier.serve(Lost(99, "hung up"))
    assert pier.served.hub.links == 0


def test_a_silent_link_is_lost(pier: Pier) -> None:
    """Spec LINK-15; one wake serves all links."""
    served = pier.served
    alice = pier.client("alice")
    wire = pier._wires["alice", alice.wire]
    assert alice.welcome is not None
    patience = alice.welcome.heartbeat_s + alice.welcome.timeout_s
    assert served.handle(Woke(), patience - 1) == [WakeAt(patience)]
    said = served.handle(Woke(), patience)
    assert [type(one).__name__ for one in said] == ["Transmit", "Hang"]
    assert served.log[-1].facts[-2] == ("reason", "SILENT")
    served.handle(Lost(wire, "hung up"), patience)
    assert not served.hub.handsets


def test_a_connection_that_never_says_hello_is_let_go(pier: Pier) -> None:
    """Spec LINK-5."""
    served = pier.served
    assert served.handle(Opened(1), 0.0) == [WakeAt(LIMITS.handshake_s)]
    served.handle(Room(1, 1_000), 0.0)
    assert "Hang" in [type(one).__name__ for one in served.handle(Woke(), LIMITS.handshake_s)]


def test_news_of_a_wire_that_is_gone_is_nothing(pier: Pier) -> None:
    assert pier.served.handle(Arrived(77, b"late"), 0.0) == []
    assert pier.served.handle(Lost(77, "late"), 0.0) == []


def test_off_loopback_a_plain_link_is_refused(pier: Pier) -> None:
    """Spec ID-9."""
    alice = pier.client("alice")
    pier.cut(alice)
    served = pier.served
    served.handle(Opened(50, encrypted=False, loopback=False), 0.0)
    served.handle(Room(50, 100_000), 0.0)
    link = Link(Role.UP, 50)
    link.handle(Opened(50), 0.0)
    link.handle(Room(50, 100_000), 0.0)
    (hello, *_) = link.handle(Say(replace(samples.HELLO, handset=alice.sim.handset)), 0.0)
    (said, *_) = served.handle(Arrived(50, hello.data), 0.0)  # type: ignore[union-attr]
    told = link.handle(Arrived(50, said.data), 0.0)
    assert Reason.INSECURE in [getattr(one, "reason", None) for one in told]


def test_the_log_names_who_and_not_what(pier: Pier) -> None:
    """T9."""
    alice = pier.client("alice")
    pier.feed(alice, CREATE)
    pier.cut(alice)
    assert pier.served.log == [
        Logged("linked", (*_who(alice), ("disposition", Disposition.DISPOSITION_REFILL))),
        Logged("unlinked", (*_who(alice), ("reason", ""), ("sentence", "cut"))),
    ]


def _who(client: LineClient) -> tuple[tuple[str, str], ...]:
    return (("account", client.sim.account.hex()), ("handset", client.sim.handset.hex()))
