"""Content-Transfer-Encoding undone. Nothing raises: what is broken gives what was there before the break."""

from __future__ import annotations

import binascii
import re

__all__ = ["decode_base64", "decode_transfer"]

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_transfer(data: memoryview, encoding: str) -> bytes:
    """The bytes that were sent."""
    match encoding:
        case "base64":
            return decode_base64(data)
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case _:
            return bytes(data)


def decode_base64(data: bytes | memoryview) -> bytes:
    """What base64 says, with foreign characters passed over and padding where it is missing."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = _NO_BASE64.sub(b"", data)
        whole = len(letters) - (len(letters) % 4 == 1)
        return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))
