"""The server's side of a link until the welcome: enrolment, or hello, challenge, proof and the store's judgement.

Pure: it is given frames and the store's answers and says what to say, what to ask, or whom it admits. Whatever is
wrong with an identity is a refusal, and never an order to forget (spec ID).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from thinline import frames
from thinline.convert import NONCE_BYTES
from thinline.errors import RemoteError
from thinline.identity import Certificate, ServiceKey, enrolment_bytes, proof_bytes, read_certificate, signed_by
from thinline.limits import LIMITS
from thinline.reasons import Reason, sentence_of
from thinline.squeeze import best_dictionary
from thinline.v1 import line_pb2
from thinline_server.requests import EnrolHandset, Enrolment, Greet, Greeting, Identify, Known, Refused, Request

__all__ = ["Admitted", "Handshake", "Policy", "Step", "refusal"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What this server tells every handset."""

    key: ServiceKey
    entropy: Callable[[int], bytes]
    heartbeat_s: int = LIMITS.heartbeat_s
    timeout_s: int = LIMITS.timeout_s
    links_most: int = 20_000


@dataclass(frozen=True, slots=True)
class Admitted:
    """The link is live: who it is, and the welcome to say."""

    account: bytes
    hello: frames.Hello
    welcome: frames.Welcome


Step: TypeAlias = frames.DownFrame | Request | Admitted | None


_FULL_MS = 40_000
_FULL = f"All links are taken; come back in {_FULL_MS // 1_000} s."


def refusal(reason: Reason, detail: str = "", retry_after_ms: int = 0) -> frames.Refusal:
    """A refusal of the link, with its sentence."""
    sentence = f"{sentence_of(reason)} ({detail})" if detail else sentence_of(reason)
    return frames.Refusal(reason, sentence, retry_after_ms)


class Handshake:
    """One link's way to its welcome. Dropped once it is live."""

    __slots__ = ("_certificate", "_hello", "_known", "_nonce", "_policy", "_secure")

    def __init__(self, policy: Policy, *, secure: bool) -> None:
        self._policy = policy
        self._secure = secure
        self._hello: frames.Hello | None = None
        self._known: Known | None = None
        self._certificate: Certificate | None = None
        self._nonce = b""

    def came(self, frame: frames.Frame, hello_digest: bytes, *, full: bool) -> Step:
        """A frame before the welcome; the link's table let it pass."""
        match frame:
            case frames.Enrol():
                return self._enrol(frame)
            case frames.Hello():
                return self._greeted(frame, full=full)
            case frames.Proof():
                return self._proven(frame, hello_digest)
        raise AssertionError(f"{frame!r} passed the table")

    def answered(self, answer: object, now_ms: int) -> Step:
        """The store answered what `came` asked."""
        match answer:
            case Enrolment(certificate):
                return frames.Enrolled(certificate)
            case Greeting():
                return self._admit(answer, now_ms)
            case Refused(reason, detail, retry_after_ms):
                return refusal(reason, detail, retry_after_ms)
            case Known() | None:
                self._known = answer
                self._nonce = self._policy.entropy(NONCE_BYTES)
                return frames.Challenge(self._nonce, certificate=answer is None)
        raise AssertionError(f"the store answered {answer!r}")

    def _enrol(self, enrol: frames.Enrol) -> Step:
        if not self._secure:
            return refusal(Reason.INSECURE)
        if enrol.version != frames.VERSION:
            return refusal(Reason.VERSION, f"this is version {frames.VERSION}")
        if not signed_by(enrol.key, enrol.signature, enrolment_bytes(enrol.code, enrol.key)):
            return refusal(Reason.BAD_PROOF)
        return EnrolHandset(enrol.code, enrol.key)

    def _greeted(self, hello: frames.Hello, *, full: bool) -> Step:
        if not self._secure:  # spec ID-9
            return refusal(Reason.INSECURE)
        if hello.version != frames.VERSION or line_pb2.PROFILE_CORE not in hello.profiles:
            return refusal(Reason.VERSION, f"this is version {frames.VERSION} with the profile CORE")
        if full and not hello.only_here:  # spec LINK-12: the last copy is not sent away
            return frames.Refusal(Reason.BUSY, _FULL, _FULL_MS)
        self._hello = hello
        return Identify(hello.handset)

    def _proven(self, proof: frames.Proof, hello_digest: bytes) -> Step:
        hello = self._hello
        assert hello is not None
        if self._known is not None:
            account, key, revoked = self._known.account, self._known.key, self._known.revoked
        else:
            try:
                certificate, signer = read_certificate(proof.certificate)
            except RemoteError as error:
                return refusal(Reason.UNKNOWN_HANDSET if not proof.certificate else error.reason)
            if signer != self._policy.key.public or certificate.handset != hello.handset:
                return refusal(Reason.UNKNOWN_HANDSET)
            self._certificate = certificate
            account, key, revoked = certificate.account, certificate.key, False
        if not signed_by(key, proof.signature, proof_bytes(self._nonce, hello, hello_digest)):
            return refusal(Reason.BAD_PROOF)
        if revoked:
            return refusal(Reason.REVOKED)
        return Greet(account, hello, self._certificate)

    def _admit(self, greeting: Greeting, now_ms: int) -> Admitted:
        hello = self._hello
        assert hello is not None
        account = self._known.account if self._known else b""
        if self._certificate is not None:
            account = self._certificate.account
        wished = hello.heartbeat_s or self._policy.heartbeat_s
        welcome = frames.Welcome(
            disposition=greeting.disposition,
            point=greeting.point,
            epoch=greeting.epoch,
            keep_until=greeting.keep_until,
            safe=greeting.safe,
            heartbeat_s=max(LIMITS.heartbeat_least_s, min(wished, LIMITS.heartbeat_most_s)),
            timeout_s=self._policy.timeout_s,
            done=greeting.done,
            credit=LIMITS.credit_bytes,
            careful=greeting.careful,
            time_ms=now_ms,
            profiles=(line_pb2.PROFILE_CORE, line_pb2.PROFILE_PIM),
            dictionary=best_dictionary(hello.dictionaries),
        )
        return Admitted(account, hello, welcome)
