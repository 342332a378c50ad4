"""Files cut into cards while they are read, and what is told of the rest. T5, T8."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.contacts.vcard.files import cut_file
from thinline_server.services.contacts.vcard.reading import CARD_BYTES

BOB = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nEND:VCARD\r\n"


class LongFile(io.RawIOBase):
    """Bytes that are made while they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._left = self._left or next(self._parts, b"")
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def cut(data: bytes) -> list[tuple[int, int, bytes, str]]:
    return [(one.number, one.line, one.data, one.refused) for one in cut_file(io.BytesIO(data))]


def test_cards_come_as_they_stand_and_what_is_between_them_is_told_once() -> None:
    told = cut(b"\xef\xbb\xbf" + BOB + b"\r\n\r\nhello\r\nhello\r\n" + BOB[:-2])
    assert told == [
        (1, 1, BOB, ""),
        (0, 7, b"", "this stands outside of any card"),
        (2, 9, BOB[:-2], ""),
    ]


def test_a_card_inside_a_card_belongs_to_it() -> None:
    outer = b"begin:vcard\nFN:Alice\nAGENT:\n" + BOB + b"TEL:1\nend:vcard\n"
    assert cut(outer + BOB) == [(1, 1, outer, ""), (2, 10, BOB, "")]


def test_a_card_without_an_end_does_not_take_the_next_one_with_it() -> None:
    assert cut(b"BEGIN:VCARD\nFN:Alice\n" + BOB + b"BEGIN:VCARD\n") == [
        (1, 1, b"", "it has no END:VCARD"),
        (2, 3, BOB, ""),
        (3, 7, b"", "it has no END:VCARD"),
    ]


def test_utf_16_reads_as_utf_8() -> None:
    card = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Ærø 田中\r\nEND:VCARD\r\n"
    for charset in ("utf-16-le", "utf-16-be"):
        data = ("\ufeff" + card).encode(charset)
        assert [one.data for one in cut_file(io.BytesIO(data * 1))] == [card.encode()]
    assert len(cut(("\ufeff" + card + "x" * 200_000 + "\n" + card).encode("utf-16-le"))) == 3


def test_a_line_of_100_mb_is_refused_within_bounds_and_the_next_card_comes() -> None:
    def parts() -> Iterator[bytes]:
        yield b"BEGIN:VCARD\r\nNOTE:"
        for _ in range(1_600):
            yield b"x" * 65_536
        yield b"\r\nEND:VCARD\r\n" + BOB

    tracemalloc.start()
    try:
        large, bob = cut_file(io.BufferedReader(LongFile(parts())))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert large.refused.startswith("it has 104857")
    assert bob.data == BOB
    assert most < 3 * CARD_BYTES


@given(st.lists(st.sampled_from([b"BEGIN:VCARD\n", b"END:VCARD\r\n", b"AGENT:\n", b"FN:x\n", b"\n", b"?"])))
def test_any_file_is_cut_and_no_card_is_lost(lines: list[bytes]) -> None:
    data = b"".join(lines)
    pieces = list(cut_file(io.BytesIO(data)))
    cards = [piece for piece in pieces if piece.number]
    assert [piece.number for piece in cards] == list(range(1, len(cards) + 1))
    assert all(piece.data in data for piece in cards)
    assert all(bool(piece.data) != bool(piece.refused) for piece in pieces)
