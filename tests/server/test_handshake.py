"""The way to a welcome: enrolment, hello, challenge, proof; and each thing that can be wrong with an identity."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from line_client import Sim
from thinline import frames
from thinline.frames import Disposition, KeepUntil
from thinline.history import Point
from thinline.identity import Certificate, ServiceKey
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.testing import samples
from thinline_server.handshake import Admitted, Handshake, Policy, refusal
from thinline_server.requests import EnrolHandset, Enrolment, Greet, Greeting, Identify, Known, Refused

KEY = ServiceKey(bytes(range(32)))
NONCE = bytes(range(16))
DIGEST = sha256(b"the hello's frame").digest()
ACCOUNT = b"account1"
HELLO = replace(samples.HELLO, handset=b"handset1")
GREETING = Greeting(
    Disposition.DISPOSITION_DELTA, samples.POINT, 3, KeepUntil.KEEP_UNTIL_DURABLE, None, done=9, careful=True
)


def policy(**told: int) -> Policy:
    return Policy(KEY, lambda size: NONCE[:size], **told)


@pytest.fixture
def handshake() -> Handshake:
    return Handshake(policy(), secure=True)


@pytest.fixture
def alice() -> Sim:
    sim = Sim("alice")
    sim.take(KEY.certify(Certificate(ACCOUNT, HELLO.handset, sim.public, Point(1, bytes(16)), "alice")))
    return sim


def greet(handshake: Handshake, known: Known | None, hello: frames.Hello = HELLO) -> frames.Challenge:
    """Hello, and the challenge that follows."""
    assert handshake.came(hello, DIGEST, full=False) == Identify(hello.handset)
    challenge = handshake.answered(known, 0)
    assert isinstance(challenge, frames.Challenge)
    return challenge


def known_by(sim: Sim, *, revoked: bool = False) -> Known:
    return Known(ACCOUNT, HELLO.handset, sim.public, revoked)


def reason_of(step: object) -> Reason:
    assert isinstance(step, frames.Refusal), step
    return Reason(step.reason)


# Enrolment


def test_a_code_becomes_a_certificate(handshake: Handshake) -> None:
    """Spec ID-3."""
    alice = Sim("alice")
    assert handshake.came(alice.enrol("CODE"), b"", full=False) == EnrolHandset("CODE", alice.public)
    assert handshake.answered(Enrolment(b"certificate"), 0) == frames.Enrolled(b"certificate")


def test_a_spent_code_is_refused_with_its_sentence(handshake: Handshake) -> None:
    handshake.came(Sim("alice").enrol("CODE"), b"", full=False)
    assert handshake.answered(Refused(Reason.BAD_CODE), 0) == refusal(Reason.BAD_CODE)


def test_whoever_enrols_signs_with_the_key_that_is_to_be_certified(handshake: Handshake) -> None:
    bobs = replace(Sim("alice").enrol("CODE"), key=Sim("bob").public)
    assert reason_of(handshake.came(bobs, b"", full=False)) is Reason.BAD_PROOF


def test_another_version_may_not_enrol(handshake: Handshake) -> None:
    """Spec VER-1."""
    later = replace(Sim("alice").enrol("CODE"), version=2)
    assert reason_of(handshake.came(later, b"", full=False)) is Reason.VERSION


# Hello


@pytest.mark.parametrize("frame", [Sim("alice").enrol("CODE"), HELLO], ids=["enrol", "hello"])
def test_off_loopback_a_link_is_encrypted(frame: frames.Frame) -> None:
    """Spec ID-9."""
    assert reason_of(Handshake(policy(), secure=False).came(frame, b"", full=False)) is Reason.INSECURE


@pytest.mark.parametrize("told", [{"version": 2}, {"profiles": (2,)}, {"profiles": ()}])
def test_another_version_or_no_core_is_refused(handshake: Handshake, told: dict[str, object]) -> None:
    """Spec VER-1, VER-2."""
    assert reason_of(handshake.came(replace(HELLO, **told), DIGEST, full=False)) is Reason.VERSION  # type: ignore[arg-type]


def test_a_full_server_names_a_time_but_does_not_send_away_the_last_copy(handshake: Handshake) -> None:
    """Spec LINK-12."""
    step = handshake.came(HELLO, DIGEST, full=True)
    assert reason_of(step) is Reason.BUSY
    assert isinstance(step, frames.Refusal)
    assert step.retry_after_ms == 40_000
    alone = replace(HELLO, only_here=1)
    assert handshake.came(alone, DIGEST, full=True) == Identify(HELLO.handset)


# Proof


def test_a_known_handset_proves_its_key_and_is_judged(handshake: Handshake, alice: Sim) -> None:
    challenge = greet(handshake, known_by(alice))
    assert challenge == frames.Challenge(NONCE, certificate=False)
    step = handshake.came(alice.prove(challenge, HELLO, DIGEST), DIGEST, full=False)
    assert step == Greet(ACCOUNT, HELLO, None)


def test_the_proof_signs_the_nonce_the_link_and_the_hello(alice: Sim) -> None:
    """Spec ID-5: a proof of another link, another nonce or another hello is none (T4)."""
    for nonce, hello, digest in (
        (bytes(16), HELLO, DIGEST),
        (NONCE, replace(HELLO, link=b"another1"), DIGEST),
        (NONCE, replace(HELLO, profiles=(1,)), DIGEST),
        (NONCE, HELLO, bytes(32)),
    ):
        handshake = Handshake(policy(), secure=True)
        greet(handshake, known_by(alice))
        stale = alice.prove(frames.Challenge(nonce), hello, digest)
        assert reason_of(handshake.came(stale, DIGEST, full=False)) is Reason.BAD_PROOF


def test_another_key_is_refused(handshake: Handshake, alice: Sim) -> None:
    challenge = greet(handshake, known_by(Sim("bob")))
    step = handshake.came(alice.prove(challenge, HELLO, DIGEST), DIGEST, full=False)
    assert reason_of(step) is Reason.BAD_PROOF


def test_a_revoked_handset_hears_so_once_it_proved_who_it_is(alice: Sim) -> None:
    """T3; nobody else learns of it."""
    for sim, reason in ((alice, Reason.REVOKED), (Sim("bob"), Reason.BAD_PROOF)):
        handshake = Handshake(policy(), secure=True)
        challenge = greet(handshake, known_by(alice, revoked=True))
        assert reason_of(handshake.came(sim.prove(challenge, HELLO, DIGEST), DIGEST, full=False)) is reason


# A handset that the store does not know


def test_an_unknown_handset_is_asked_for_its_certificate(handshake: Handshake, alice: Sim) -> None:
    """Spec ID-6. Spec ID-8, H8: a server that lost its store still knows whom it served."""
    challenge = greet(handshake, None)
    assert challenge.certificate
    step = handshake.came(alice.prove(challenge, HELLO, DIGEST), DIGEST, full=False)
    assert isinstance(step, Greet)
    assert step.certificate == Certificate(ACCOUNT, HELLO.handset, alice.public, Point(1, bytes(16)), "alice")
    admitted = handshake.answered(GREETING, 0)
    assert isinstance(admitted, Admitted)
    assert admitted.account == ACCOUNT


def test_without_a_certificate_it_stays_unknown(handshake: Handshake, alice: Sim) -> None:
    """Spec ID-6."""
    challenge = greet(handshake, None)
    bare = replace(alice.prove(challenge, HELLO, DIGEST), certificate=b"")
    assert reason_of(handshake.came(bare, DIGEST, full=False)) is Reason.UNKNOWN_HANDSET


def test_a_certificate_of_another_service_or_another_handset_is_none(alice: Sim) -> None:
    """Spec ID-6."""
    other = ServiceKey(bytes(32))
    of_another_service = other.certify(Certificate(ACCOUNT, HELLO.handset, alice.public, samples.POINT, "alice"))
    of_another_handset = KEY.certify(Certificate(ACCOUNT, b"handset2", alice.public, samples.POINT, "alice"))
    for certificate in (of_another_service, of_another_handset):
        handshake = Handshake(policy(), secure=True)
        proof = alice.prove(greet(handshake, None), HELLO, DIGEST)
        step = handshake.came(replace(proof, certificate=certificate), DIGEST, full=False)
        assert reason_of(step) is Reason.UNKNOWN_HANDSET


def test_what_is_no_certificate_is_a_bad_proof(handshake: Handshake, alice: Sim) -> None:
    proof = alice.prove(greet(handshake, None), HELLO, DIGEST)
    step = handshake.came(replace(proof, certificate=b"\xff"), DIGEST, full=False)
    assert reason_of(step) is Reason.BAD_PROOF


def test_a_stolen_certificate_needs_its_key(handshake: Handshake, alice: Sim) -> None:
    bob = Sim("bob")
    bob.certificate = alice.certificate
    step = handshake.came(bob.prove(greet(handshake, None), HELLO, DIGEST), DIGEST, full=False)
    assert reason_of(step) is Reason.BAD_PROOF


# Welcome


def admitted(handshake: Handshake, alice: Sim, hello: frames.Hello) -> frames.Welcome:
    challenge = greet(handshake, known_by(alice), hello)
    handshake.came(alice.prove(challenge, hello, DIGEST), DIGEST, full=False)
    step = handshake.answered(GREETING, 1_254_355_200_000)
    assert isinstance(step, Admitted)
    assert (step.account, step.hello) == (ACCOUNT, hello)
    return step.welcome


def test_the_welcome_tells_what_the_store_judged_and_what_holds_on_the_link(handshake: Handshake, alice: Sim) -> None:
    welcome = admitted(handshake, alice, HELLO)
    assert (welcome.disposition, welcome.point) == (GREETING.disposition, GREETING.point)
    assert (welcome.epoch, welcome.done, welcome.careful) == (3, 9, True)
    assert welcome.keep_until == KeepUntil.KEEP_UNTIL_DURABLE
    assert welcome.time_ms == 1_254_355_200_000
    assert (welcome.credit, welcome.timeout_s) == (LIMITS.credit_bytes, LIMITS.timeout_s)


@pytest.mark.parametrize(("wished", "told"), [(0, 600), (1, 15), (60, 60), (10**6, 3_600)])
def test_the_heartbeat_is_as_wished_within_the_limits(alice: Sim, wished: int, told: int) -> None:
    handshake = Handshake(policy(heartbeat_s=600), secure=True)
    assert admitted(handshake, alice, replace(HELLO, heartbeat_s=wished)).heartbeat_s == told


@pytest.mark.parametrize(("offered", "told"), [((), 0), ((0,), 0), ((0, 1, 77), 1)])
def test_the_dictionary_is_the_newest_that_both_have(
    handshake: Handshake, alice: Sim, offered: tuple[int, ...], told: int
) -> None:
    assert admitted(handshake, alice, replace(HELLO, dictionaries=offered)).dictionary == told


@pytest.mark.parametrize("reason", [Reason.OLD_LIFE, Reason.STORE_FAILED, Reason.REVOKED])
def test_what_the_store_refuses_is_refused(handshake: Handshake, alice: Sim, reason: Reason) -> None:
    challenge = greet(handshake, known_by(alice))
    handshake.came(alice.prove(challenge, HELLO, DIGEST), DIGEST, full=False)
    assert handshake.answered(Refused(reason, "why", 7), 0) == refusal(reason, "why", 7)


def test_what_makes_no_sense_is_a_bug(handshake: Handshake) -> None:
    with pytest.raises(AssertionError, match="passed the table"):
        handshake.came(frames.Beat(), b"", full=False)
    with pytest.raises(AssertionError, match="the store answered"):
        handshake.answered("what", 0)
