"""The SIM: the one thing that survives a dead battery.

It holds the handset's private key, the certificate that binds that key to an account, the count of
lives, and the newest point of history that was worth a write. A card's memory wears out, so points
are written at most hourly; a life and a certificate are written at once. Everything here is a value
and a function of values; `simcard_file` puts the bytes somewhere.

The bytes, in network order: ``TSIM``, a version (1), the life (8), the second of the last point
(an IEEE double), the private key (32), the certificate as length (4) and bytes, the point as
position (8) and proof as length (4) and bytes, and the CRC-32 of all before it. A certificate or a
point that is missing has the length 2^32 - 1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thinline.errors import LocalError
from thinline.history import Point

__all__ = [
    "KEY_BYTES",
    "POINT_INTERVAL_S",
    "Sim",
    "SimDamaged",
    "decode",
    "encode",
    "new_life",
    "public_key",
    "sign",
    "with_certificate",
    "with_point",
]

POINT_INTERVAL_S = 3600.0
KEY_BYTES = 32

_MAGIC = b"TSIM"
_VERSION = 1
_HEAD = struct.Struct(f">4sBQd{KEY_BYTES}s")
_LENGTH = struct.Struct(">I")
_POSITION = struct.Struct(">Q")
_ABSENT = 0xFFFFFFFF


class SimDamaged(LocalError):
    """The bytes are not those of a whole SIM; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Sim:
    """What the card holds.

    Attributes:
        private_key: The 32 bytes of an Ed25519 private key; kept out of the repr.
        certificate: Who the key belongs to, signed by the service key; None before enrolment.
        life: How often volatile memory came up empty; 0 before the first power-up.
        point: The newest point that was written; None before enrolment.
        written_at_s: The second at which that point was written.
    """

    private_key: bytes = field(repr=False)
    certificate: bytes | None = None
    life: int = 0
    point: Point | None = None
    written_at_s: float = 0.0

    def __post_init__(self) -> None:
        """Hold that the key has its length and the life is not negative."""
        assert len(self.private_key) == KEY_BYTES, len(self.private_key)
        assert self.life >= 0, self.life


def new_life(sim: Sim) -> Sim:
    """Return the SIM after memory came up empty once more; written before anything is sent."""
    return replace(sim, life=sim.life + 1)


def with_certificate(sim: Sim, certificate: bytes, point: Point, now: float) -> Sim:
    """Return the SIM after enrolment, with the enrolment's own point: `seen` is never empty."""
    return replace(sim, certificate=certificate, point=point, written_at_s=now)


def with_point(sim: Sim, point: Point, now: float) -> Sim | None:
    """Return the SIM with a newer point, None when it is not worth a write.

    That is, when it holds this very point, or the last write is younger than an hour. A position
    below the one held is taken like any other: that is what salvage ends with. A last write in
    the future means that the card comes from another run of the clock, and does not count.
    """
    if sim.point == point:
        return None
    if sim.point is not None and 0 <= now - sim.written_at_s < POINT_INTERVAL_S:
        return None
    return replace(sim, point=point, written_at_s=now)


def public_key(sim: Sim) -> bytes:
    """Return the 32 bytes of the public key."""
    return Ed25519PrivateKey.from_private_bytes(sim.private_key).public_key().public_bytes_raw()


def sign(sim: Sim, message: bytes) -> bytes:
    """Return the Ed25519 signature of ``message`` by the SIM's key."""
    return Ed25519PrivateKey.from_private_bytes(sim.private_key).sign(message)


def encode(sim: Sim) -> bytes:
    """Return the bytes of the card."""
    head = _HEAD.pack(_MAGIC, _VERSION, sim.life, sim.written_at_s, sim.private_key)
    position, proof = sim.point if sim.point is not None else (0, None)
    body = head + _counted(sim.certificate) + _POSITION.pack(position) + _counted(proof)
    return body + _LENGTH.pack(crc32(body))


def decode(data: bytes) -> Sim:
    """Read the bytes of a card.

    Raises:
        SimDamaged: They are not a SIM, of another version, cut short, or changed.
    """
    if not data.startswith(_MAGIC):
        raise SimDamaged("this is not a SIM: it does not begin with TSIM")
    body, check = data[: -_LENGTH.size], data[-_LENGTH.size :]
    if len(body) < _HEAD.size or _LENGTH.pack(crc32(body)) != check:
        raise SimDamaged("the SIM is damaged: its checksum does not match")
    _, version, life, written_at_s, private_key = _HEAD.unpack_from(body)
    if version != _VERSION:
        raise SimDamaged(f"the SIM has the format {version}; this handset reads {_VERSION}")
    try:
        certificate, at = _read_counted(body, _HEAD.size)
        (position,) = _POSITION.unpack_from(body, at)
        proof, at = _read_counted(body, at + _POSITION.size)
    except struct.error as error:
        raise SimDamaged("the SIM is damaged: a length leads beyond its end") from error
    if at != len(body):
        raise SimDamaged("the SIM is damaged: a length does not lead to its end")
    point = None if proof is None else Point(position, proof)
    return Sim(private_key, certificate, life, point, written_at_s)


def _counted(data: bytes | None) -> bytes:
    return _LENGTH.pack(_ABSENT) if data is None else _LENGTH.pack(len(data)) + data


def _read_counted(body: bytes, at: int) -> tuple[bytes | None, int]:
    (length,) = _LENGTH.unpack_from(body, at)
    at += _LENGTH.size
    if length == _ABSENT:
        return None, at
    return body[at : at + length], at + length
