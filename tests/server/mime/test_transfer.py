"""Transfer encodings undone, also where they are broken."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.mime.transfer import decode_base64, decode_transfer


@pytest.mark.parametrize(
    ("data", "encoding", "decoded"),
    [
        (b"a=3Db=\r\nc =E2=82=AC", "quoted-printable", "a=bc €".encode()),
        (b"broken =XY =", "quoted-printable", b"broken =XY "),
        (b"aGVs\r\nbG8=\r\n", "base64", b"hello"),
        (b"aGVsbG8", "base64", b"hello"),
        (b"aGVsb", "base64", b"hel"),
        (b"!!aG*Vs bG8=--", "base64", b"hello"),
        (b"as\r\nis", "8bit", b"as\r\nis"),
        (b"as is", "nonsense", b"as is"),
        (b"", "base64", b""),
    ],
)
def test_what_was_sent(data: bytes, encoding: str, decoded: bytes) -> None:
    assert decode_transfer(memoryview(data), encoding) == decoded


@given(st.binary())
def test_any_bytes_decode(data: bytes) -> None:
    """Invariant T8."""
    assert decode_base64(b64encode(data)) == data
    assert len(decode_base64(data)) <= len(data)
    assert len(decode_transfer(memoryview(data), "quoted-printable")) <= len(data)
