"""The alphabets of short texts, and how many messages a text takes: 3GPP TS 23.038 and 23.040.

A message carries 140 bytes: 160 characters of the 7-bit alphabet, some of which take two places, or 70 units of
UTF-16. A longer text goes as several, each with a header that takes some of the room; no part ends within a character.
A message centre is given the 7-bit alphabet with one place to a byte, as SMPP carries it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique

__all__ = ["ESCAPE", "Alphabet", "Cut", "alphabet_of", "cut", "decode_gsm", "decode_ucs2", "encode_gsm", "room_left"]

ESCAPE = 0x1B
# TS 23.038, 6.2.1: by value; the escape's own place is never a character.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# TS 23.038, 6.2.1.1: behind an escape.
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES = {letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != ESCAPE} | {
    letter: bytes([ESCAPE, code]) for code, letter in _EXTENSION.items()
}
_UNKNOWN = "\ufffd"


@unique
class Alphabet(Enum):
    """How a text is written, and its places: in a message of its own, and in one of several."""

    GSM = (160, 153)
    UCS2 = (70, 67)

    @property
    def alone(self) -> int:
        """Places of a message that is the whole text."""
        return self.value[0]

    @property
    def joined(self) -> int:
        """Places of one of several (TS 23.040, 9.2.3.24.1: six bytes are the header's)."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as it goes out: each part's bytes, the 7-bit alphabet one place to a byte, UTF-16 big-endian."""

    alphabet: Alphabet
    parts: tuple[bytes, ...]


def alphabet_of(text: str) -> Alphabet:
    """The smaller one that has all of its characters."""
    return Alphabet.GSM if all(letter in _CODES for letter in text) else Alphabet.UCS2


def encode_gsm(text: str) -> bytes:
    """One place to a byte; what the alphabet does not have becomes a question mark."""
    return b"".join(_CODES.get(letter, b"?") for letter in text)


def decode_gsm(data: bytes) -> str:
    """Any bytes as a text.

    A code behind an escape that means nothing there is read as if the escape were not (TS 23.038, 6.2.1.1); a second
    escape, or one with nothing behind it, is a space; what has eight bits is U+FFFD.
    """
    return "".join(_letters(data))


def _letters(data: bytes) -> Iterator[str]:
    escaped = False
    for code in data:
        if code > 0x7F:
            letter = _UNKNOWN
        elif escaped:
            letter = " " if code == ESCAPE else _EXTENSION.get(code, _BASIC[code])
        elif code == ESCAPE:
            escaped = True
            continue
        else:
            letter = _BASIC[code]
        escaped = False
        yield letter
    if escaped:
        yield " "


def decode_ucs2(data: bytes) -> str:
    """Any bytes as a text: UTF-16 big-endian, as everybody sends it today; what is none is U+FFFD."""
    return data.decode("utf-16-be", "replace")


def cut(text: str) -> Cut:
    """The messages that a text takes; an empty one takes one."""
    alphabet = alphabet_of(text)
    codes = [_CODES[letter] if alphabet is Alphabet.GSM else letter.encode("utf-16-be") for letter in text]
    place_bytes = 1 if alphabet is Alphabet.GSM else 2
    if sum(map(len, codes)) <= alphabet.alone * place_bytes:
        return Cut(alphabet, (b"".join(codes),))
    parts, part = [], b""
    for code in codes:
        if len(part) + len(code) > alphabet.joined * place_bytes:
            parts.append(part)
            part = b""
        part += code
    return Cut(alphabet, (*parts, part))


def room_left(told: Cut) -> int:
    """Places that are free in the last of its messages."""
    each = told.alphabet.alone if len(told.parts) == 1 else told.alphabet.joined
    return each - len(told.parts[-1]) // (1 if told.alphabet is Alphabet.GSM else 2)
