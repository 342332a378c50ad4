"""What a search reads of a mail's parts, wherever they are cut. Spec MAIL-11."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mails import letter, page_bytes
from thinline.v1.page_pb2 import Block, BlockKind, Cell, Page, Run
from thinline_server.services.mail.texts import PART_TEXTS

LETTER, BODY = PART_TEXTS["mail"], PART_TEXTS["body"]
ROW = Page(blocks=[Block(kind=BlockKind.BLOCK_KIND_ROW, cells=[Cell(runs=[Run(text=one)]) for one in ("tea", "4")])])
WHOLE = letter(page_bytes("At four", "in the garden"), page_bytes("bring cake") + ROW.SerializeToString(), b"raw" * 99)[
    0
]


def test_the_page_of_a_letter_is_read_and_its_raw_is_not() -> None:
    assert LETTER(WHOLE) == "At four\nin the garden\nbring cake\n tea 4"
    assert LETTER(letter(b"", b"", b"raw")[0]) == LETTER(b"") == ""


@pytest.mark.parametrize("end", range(0, len(WHOLE), 7))
def test_a_letter_that_is_cut_says_what_is_whole_of_it(end: int) -> None:
    assert LETTER(WHOLE).startswith(LETTER(WHOLE[:end]))


@given(st.binary(max_size=80))
def test_any_bytes_have_a_text(data: bytes) -> None:
    assert isinstance(LETTER(data) + BODY(data), str)


def test_what_was_written_here_is_its_own_text() -> None:
    assert BODY("Grüße\xff".encode()[:-1]).startswith("Grüße")
