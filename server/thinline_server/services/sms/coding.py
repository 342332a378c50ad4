"""How the bytes of a message become a text: the data coding scheme of 3GPP TS 23.038, 4, as SMPP carries it.

Nothing that comes is lost: what is no text at all is said to be so, with its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, unique

from thinline.gsm import Alphabet, cut, decode_gsm, decode_ucs2
from thinline_server.services.sms.headers import Place, write_header

__all__ = ["MOST_PARTS", "Coding", "coding_of", "is_flash", "join_texts", "parts_out"]

MOST_PARTS = 10  # of a text that goes out
_GAP = " […] "
_UCS2, _FLASH = 0x08, 0x10  # bits of a scheme


@unique
class Coding(Enum):
    """What the bytes are."""

    GSM = "gsm"
    LATIN = "latin"
    UCS2 = "ucs2"
    BINARY = "binary"


_PLAIN = {0: Coding.GSM, 1: Coding.LATIN, 2: Coding.BINARY, 3: Coding.LATIN, 4: Coding.BINARY, 8: Coding.UCS2}
_GENERAL = {0: Coding.GSM, 1: Coding.BINARY, 2: Coding.UCS2}


def coding_of(scheme: int) -> Coding:
    """What a scheme says; the 7-bit alphabet where it says nothing that is known (TS 23.038, 4)."""
    if scheme in _PLAIN:
        return _PLAIN[scheme]
    if scheme < 0x80:  # general groups; a compressed text can not be read
        return Coding.BINARY if scheme & 0x20 else _GENERAL.get(scheme >> 2 & 3, Coding.GSM)
    if scheme >= 0xF0:
        return Coding.BINARY if scheme & 0x04 else Coding.GSM
    return Coding.UCS2 if scheme & 0xF0 == 0xE0 else Coding.GSM


def is_flash(scheme: int) -> bool:
    """Whether it is of class 0: to be shown at once."""
    return scheme & 0x03 == 0 and (scheme & 0xD0 == 0x10 or scheme & 0xF0 == 0xF0)


def join_texts(parts: Sequence[tuple[Coding, bytes] | None]) -> str:
    """The text of its parts in their order, None for each that did not come.

    Neighbours of one coding are read as one, since some senders cut within a character.
    """
    out: list[str] = []
    run: list[bytes] = []
    for at, part in enumerate(parts):
        if part is None:
            out.append(_GAP)
            continue
        run.append(part[1])
        following = parts[at + 1] if at + 1 < len(parts) else None
        if following is None or following[0] is not part[0]:
            out.append(_decoded(part[0], b"".join(run)))
            run = []
    return "".join(out).strip(" ") if None in parts else "".join(out)


def _decoded(coding: Coding, data: bytes) -> str:
    match coding:
        case Coding.GSM:
            return decode_gsm(data)
        case Coding.LATIN:
            return data.decode("latin-1")
        case Coding.UCS2:
            return decode_ucs2(data)
        case Coding.BINARY:
            return f"[{len(data)} bytes that are no text]"


def parts_out(text: str, reference: int, *, flash: bool) -> tuple[int, tuple[bytes, ...]]:
    """The data coding scheme of a text, and its messages; those of several have a header each."""
    told = cut(text)
    scheme = (0 if told.alphabet is Alphabet.GSM else _UCS2) | (_FLASH if flash else 0)
    total = len(told.parts)
    if total == 1:
        return scheme, told.parts
    places = (Place(reference, total, number) for number in range(1, total + 1))
    return scheme, tuple(write_header(place) + part for place, part in zip(places, told.parts, strict=True))
