"""Who is who: what is signed at enrolment, on the SIM and in the proof, and the keys that sign it.

A handset proves an Ed25519 key that stands on its SIM beside a certificate by the service key. The service key lives
apart from the store, so a server that lost everything else still knows whom it served (spec ID).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from google.protobuf.message import DecodeError

from thinline.convert import ID_BYTES, point_of, put_point, require
from thinline.errors import RemoteError
from thinline.frames import Hello
from thinline.history import Point, Seal
from thinline.items import put_varint
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1 import line_pb2

__all__ = [
    "Certificate",
    "ServiceKey",
    "enrolment_bytes",
    "proof_bytes",
    "read_certificate",
    "signed_by",
]


def signed_by(key: bytes, signature: bytes, told: bytes) -> bool:
    """Whether an Ed25519 public key (32 bytes) signed those bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, told)
    except (InvalidSignature, ValueError):
        return False
    return True


def enrolment_bytes(code: str, key: bytes) -> bytes:
    """What a handset signs when it enrols (spec ID-3)."""
    return b"thinline enrol 1\x00" + code.encode() + b"\x00" + key


def proof_bytes(nonce: bytes, hello: Hello, hello_digest: bytes) -> bytes:
    """What a handset signs to prove itself: nonce, link, version, profiles and the hello (spec ID-5)."""
    profiles = b"".join(put_varint(profile) for profile in hello.profiles)
    told = (b"thinline proof 1\x00", nonce, hello.link, put_varint(hello.version))
    return b"".join((*told, put_varint(len(profiles)), profiles, hello_digest))


def _certificate_bytes(encoded: bytes) -> bytes:
    return b"thinline certificate 1\x00" + encoded


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the service key says of a handset (spec ID-4)."""

    account: bytes
    handset: bytes
    key: bytes
    point: Point
    account_name: str


def read_certificate(signed: bytes) -> tuple[Certificate, bytes]:
    """The certificate and the public service key that signed it; the signature is checked.

    Raises:
        RemoteError: BAD_PROOF where it is not one.
    """
    try:
        outer = line_pb2.SignedCertificate.FromString(signed)
        inner = line_pb2.Certificate.FromString(outer.certificate)
    except DecodeError as error:
        raise RemoteError(Reason.BAD_PROOF, "not a certificate") from error
    sound = signed_by(outer.service_key, outer.signature, _certificate_bytes(outer.certificate))
    require(sound, "the certificate's signature is wrong", Reason.BAD_PROOF)
    ids = len(inner.account) == ID_BYTES and len(inner.handset) == ID_BYTES and len(inner.key) == 32
    require(ids and len(inner.account_name) <= LIMITS.name_bytes, "bad certificate", Reason.BAD_PROOF)
    point = point_of(inner.point)
    return Certificate(inner.account, inner.handset, inner.key, point, inner.account_name), outer.service_key


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """The key of the state folder: it signs certificates and seals points.

    Attributes:
        private: 32 bytes of an Ed25519 private key.
    """

    private: bytes

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()

    @property
    def seal(self) -> Seal:
        """What makes the points of all accounts (spec HIST-4)."""
        return Seal(hmac.digest(self.private, b"thinline receipt 1", hashlib.sha256))

    def certify(self, certificate: Certificate) -> bytes:
        """An encoded SignedCertificate."""
        told = line_pb2.Certificate(
            account=certificate.account,
            handset=certificate.handset,
            key=certificate.key,
            account_name=certificate.account_name,
        )
        put_point(certificate.point, told.point)
        encoded = told.SerializeToString()
        signature = Ed25519PrivateKey.from_private_bytes(self.private).sign(_certificate_bytes(encoded))
        return line_pb2.SignedCertificate(
            certificate=encoded, signature=signature, service_key=self.public
        ).SerializeToString()
