"""Codes, certificates and proofs: exactly these bytes are signed, and no others are believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.history import Point
from thinline.identity import (
    Certificate,
    ServiceKey,
    enrolment_bytes,
    proof_bytes,
    read_certificate,
    signed_by,
)
from thinline.items import put_varint
from thinline.reasons import Reason
from thinline.testing.samples import HELLO
from thinline.v1 import item_pb2, line_pb2

ALICE = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
ALICE_KEY = ALICE.public_key().public_bytes_raw()
SERVICE = ServiceKey(b"s" * 32)
CERTIFICATE = Certificate(b"account1", b"handset1", ALICE_KEY, Point(1, bytes(16)), "alice")


def test_a_key_is_an_ed25519_one() -> None:
    """Spec ID-1."""
    assert signed_by(ALICE_KEY, ALICE.sign(b"told"), b"told")
    assert not signed_by(ALICE_KEY, ALICE.sign(b"told"), b"else")
    assert not signed_by(SERVICE.public, ALICE.sign(b"told"), b"told")
    assert not signed_by(b"short", ALICE.sign(b"told"), b"told")
    assert not signed_by(ALICE_KEY, b"", b"told")
    assert len(SERVICE.public) == len(ALICE_KEY) == 32


def test_an_enrolment_signs_code_and_key() -> None:
    """Spec ID-3."""
    assert enrolment_bytes("CODE", ALICE_KEY) == b"thinline enrol 1\x00CODE\x00" + ALICE_KEY


def test_a_proof_signs_nonce_link_version_profiles_and_hello() -> None:
    """Spec ID-5: in these bytes, so that nothing of them can be changed or relayed."""
    hello = replace(HELLO, profiles=(1, 300))
    profiles = put_varint(1) + put_varint(300)
    told = b"thinline proof 1\x00" + b"n" * 16 + hello.link + b"\x01" + b"\x03" + profiles + b"d" * 32
    assert proof_bytes(b"n" * 16, hello, b"d" * 32) == told
    other = [
        proof_bytes(b"m" * 16, hello, b"d" * 32),
        proof_bytes(b"n" * 16, replace(hello, link=b"link0002"), b"d" * 32),
        proof_bytes(b"n" * 16, replace(hello, version=2), b"d" * 32),
        proof_bytes(b"n" * 16, replace(hello, profiles=(1,)), b"d" * 32),
        proof_bytes(b"n" * 16, hello, b"e" * 32),
    ]
    assert told not in other


def test_a_certificate_is_read_by_who_knows_the_service_key() -> None:
    """Spec ID-4: it tells all that a server needs which lost its store."""
    assert read_certificate(SERVICE.certify(CERTIFICATE)) == (CERTIFICATE, SERVICE.public)
    outer = line_pb2.SignedCertificate.FromString(SERVICE.certify(CERTIFICATE))
    signed = b"thinline certificate 1\x00" + outer.certificate
    assert signed_by(SERVICE.public, outer.signature, signed)


def forged(**changes: object) -> bytes:
    inner = line_pb2.Certificate(
        account=b"account1",
        handset=b"handset1",
        key=ALICE_KEY,
        point=item_pb2.Point(position=1, proof=bytes(16)),
        account_name="alice",
    )
    for name, value in changes.items():
        setattr(inner, name, value)
    encoded = inner.SerializeToString()
    key = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    signature = key.sign(b"thinline certificate 1\x00" + encoded)
    outer = line_pb2.SignedCertificate(certificate=encoded, signature=signature, service_key=SERVICE.public)
    return outer.SerializeToString()


@pytest.mark.parametrize(
    "signed",
    [
        b"\xff",
        b"",
        line_pb2.SignedCertificate(certificate=b"\xff").SerializeToString(),
        SERVICE.certify(CERTIFICATE)[:-1] + b"\x00",
        forged(account=b"short"),
        forged(handset=b"short"),
        forged(key=b"short"),
        forged(account_name="x" * 65),
    ],
)
def test_what_is_no_certificate_proves_nothing(signed: bytes) -> None:
    """Spec ID-4."""
    with pytest.raises(RemoteError) as caught:
        read_certificate(signed)
    assert caught.value.reason is Reason.BAD_PROOF


def test_a_certificate_names_an_account_or_none() -> None:
    """Spec ID-4."""
    assert read_certificate(forged(account_name=""))[0] == replace(CERTIFICATE, account_name="")


@given(st.binary(max_size=120))
def test_any_bytes_are_a_certificate_or_a_typed_error(data: bytes) -> None:
    """T8."""
    with pytest.raises(RemoteError):
        read_certificate(data)


def test_points_are_sealed_with_a_key_of_their_own() -> None:
    """Spec HIST-4."""
    assert SERVICE.seal.key != SERVICE.private
    assert SERVICE.seal == ServiceKey(b"s" * 32).seal != ServiceKey(b"t" * 32).seal
