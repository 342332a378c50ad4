"""Secrets at rest: what the server keeps for its people and no copy of the store may tell, cookies and passwords.

Sealed with a key that is the state folder's, so that the data folder alone, or a backup of it, tells nothing (T9). A
value is sealed for its place: moved to another account or name it does not open. The cipher is ChaCha20-Poly1305
(RFC 8439).
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

__all__ = ["Vault"]

_MARK = b"\x00sealed 1\x00"  # what is kept in clear from before there were seals never begins so
_NONCE_BYTES = 12


class Vault:
    """Seals and opens.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, place: bytes, data: bytes, draw: Callable[[int], bytes]) -> bytes:
        """The bytes as they may lie on a disk.

        Args:
            place: where they belong: the account, and what they are.
            data: in clear.
            draw: so many random bytes.
        """
        nonce = draw(_NONCE_BYTES)
        return _MARK + nonce + self._cipher.encrypt(nonce, data, place)

    def open(self, place: bytes, sealed: bytes) -> bytes | None:
        """In clear; None where they are damaged, of another place, or sealed with a key that is gone."""
        if not sealed.startswith(_MARK):
            return sealed
        start = len(_MARK) + _NONCE_BYTES
        try:
            return self._cipher.decrypt(sealed[len(_MARK) : start], sealed[start:], place)
        except (InvalidTag, ValueError):
            return None
