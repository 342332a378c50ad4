"""A page being written: spaces, breaks, bounds, and the cut into what is shown at once and the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outline import outline, page_of, words
from thinline.limits import LIMITS
from thinline.pages import read_page
from thinline.v1.page_pb2 import BLOCK_KIND_PREFORMATTED, Choice, Control, Page
from thinline_server.pages.writer import Frame, Look, PageWriter, clean

PRE = Frame(BLOCK_KIND_PREFORMATTED)


def test_white_space_runs_together_across_styles() -> None:
    writer = PageWriter()
    writer.text("  Alice \n says ")
    writer.text(" hello", Look(strong=True))
    writer.text("\t")
    writer.text("to Bob ")
    assert outline(page_of(writer)) == ["Alice says *hello* to Bob"]


def test_preformatted_text_keeps_it_but_for_empty_lines_around() -> None:
    writer = PageWriter()
    writer.begin(PRE)
    writer.text("\n\n  a\tb\r\n")
    writer.hard_break()
    writer.text("  c  \n\n")
    assert outline(page_of(writer)) == ["`   a     b\n\n  c"]


def test_breaks_end_lines_and_an_empty_line_ends_the_paragraph() -> None:
    writer = PageWriter()
    for text in ("one", "two"):
        writer.soft_break()
        writer.text(text)
        writer.soft_break()
    writer.hard_break()
    writer.text("three")
    assert outline(page_of(writer)) == ["one\ntwo", "three"]


def test_a_marker_waits_for_its_item_s_text_and_no_longer_than_its_list() -> None:
    writer = PageWriter()
    for level, marker, text in ((1, "•", ""), (1, "", "milk"), (1, "•", ""), (0, "", "bread")):
        writer.begin(Frame(level=level), marker)
        writer.text(text)
    assert outline(page_of(writer)) == ["  • milk", "bread"]


def test_rows_have_fields_and_what_is_beyond_the_bound_is_still_there() -> None:
    writer = PageWriter()
    writer.begin_row()
    for number in range(LIMITS.page_cells + 2):
        writer.text(str(number))
        writer.end_cell()
    writer.end_row()
    writer.begin_row()
    writer.end_row()
    writer.begin_row()
    writer.text("a")
    writer.end_cell()
    writer.end_cell()
    writer.end_row()
    page = page_of(writer)
    assert [len(block.cells) for block in page.blocks] == [LIMITS.page_cells, 1]
    assert words(page)[-4:] == ["15", "16", "17", "a"]


@given(st.text())
def test_no_control_character_comes_through(text: str) -> None:
    """Spec PAGE-1."""
    writer = PageWriter()
    writer.title(text)
    writer.text(text)
    writer.begin(PRE, text)
    writer.verbatim(text)
    page = page_of(writer)
    shown = page.title + "".join(run.text + block.marker for block in page.blocks for run in block.runs)
    assert [letter for letter in shown if letter != "\n" and (letter < " " or "\x7f" <= letter <= "\x9f")] == []


def test_what_turns_the_reading_direction_or_is_unseen_is_dropped() -> None:
    assert clean("evil\u202egpj.exe\u200b\ufeff \ud800x") == "evilgpj.exe x"


def test_links_and_pictures_go_by_number_and_only_to_where_they_may() -> None:
    """Spec PAGE-4, invariant T7."""
    writer = PageWriter()
    numbers = [
        writer.link(one) for one in ("http://a/", "javascript:x", "http://b/", "http://a/", "http://" + "x" * 3000)
    ]
    assert numbers == [1, 0, 2, 1, 0]
    assert [writer.image(one) for one in ("cid:a", "data:image/png,x")] == [1, 2]
    page = page_of(writer)
    assert (list(page.links), [image.address for image in page.images]) == (["http://a/", "http://b/"], ["cid:a", ""])


def test_what_has_no_room_is_left_out_and_said() -> None:
    """Spec PAGE-5."""
    writer = PageWriter()
    for _ in range(LIMITS.page_blocks + 5):
        writer.rule(99)
    writer.text("no room")
    many = page_of(writer)
    assert (many.cut, len(many.blocks), words(many)) == (True, LIMITS.page_blocks - 1_024, [])
    writer = PageWriter()
    for number in range(40):
        writer.begin(Frame(level=99, quotes=99), "a very long marker")
        writer.text("é" * 25_000)
        writer.link(f"http://example.org/{number}")
    large = page_of(writer)
    assert large.cut
    assert LIMITS.page_bytes - 20_000 < large.ByteSize() <= LIMITS.page_bytes


def test_a_text_too_long_is_there_as_far_as_it_fits() -> None:
    writer = PageWriter()
    writer.text("é" * LIMITS.page_bytes)
    page = page_of(writer)
    assert page.cut
    assert LIMITS.page_bytes - 9_000 < page.ByteSize() <= LIMITS.page_bytes


def test_numbers_of_links_and_pictures_are_bounded() -> None:
    """Spec PAGE-5."""
    writer = PageWriter()
    for number in range(LIMITS.page_links):
        assert writer.link(f"http://example.org/{number}") == writer.image(f"cid:{number}") == number + 1
    assert (writer.link("http://example.org/more"), writer.image("cid:more")) == (0, 0)
    assert len(page_of(writer).links) == LIMITS.page_links


def test_controls_and_their_choices_are_bounded() -> None:
    """Spec PAGE-8."""
    writer = PageWriter()
    numbers = [writer.control(Control()) for _ in range(LIMITS.page_controls + 2)]
    assert numbers == [*range(1, LIMITS.page_controls + 1), 0, 0]
    assert [writer.form(post=True) for _ in range(LIMITS.page_controls + 1)][-2:] == [LIMITS.page_controls, 0]
    assert page_of(writer).cut
    writer = PageWriter()
    many = Control(choices=[Choice(text="tea")] * (LIMITS.page_choices // 2))
    assert [writer.control(many) for _ in range(3)] == [1, 2, 0]


def test_a_page_that_fits_is_one_piece() -> None:
    writer = PageWriter()
    writer.title("News")
    writer.text("hello", Look(link=writer.link("http://a/")))
    assert writer.pieces(2_048).rest == b""
    assert writer.first_line() == "hello"


@pytest.mark.parametrize("first_bytes", [0, 10, 100, 300, 500, 2_048])
def test_a_page_is_cut_between_words_and_is_whole_again_in_pieces(first_bytes: int) -> None:
    """Spec PAGE-2."""
    writer = PageWriter()
    text = [f"wörd{number}" for number in range(1_000)]
    writer.text(" ".join(text[:300]))
    writer.text(" ")
    writer.text(" ".join(text[300:]), Look(link=writer.link("http://a/")))
    pieces = writer.pieces(first_bytes)
    assert len(pieces.text) <= first_bytes
    page = read_page(pieces.text + pieces.rest)
    assert words(page) == text
    assert [block.joins for block in page.blocks] == ([False, True] if first_bytes >= 300 else [False])
    front = Page.FromString(pieces.text)
    assert words(front) == text[: len(words(front))]
    assert len(pieces.text) >= first_bytes - 300


def test_a_row_is_not_cut() -> None:
    """Spec PAGE-2."""
    writer = PageWriter()
    writer.begin_row()
    writer.text("x " * 500)
    writer.end_cell()
    writer.end_row()
    pieces = writer.pieces(500)
    assert (pieces.text, len(Page.FromString(pieces.rest).blocks)) == (b"", 1)


def test_the_first_line_is_no_quote() -> None:
    writer = PageWriter()
    assert writer.first_line() == ""
    writer.begin(Frame(quotes=1))
    writer.text("quoted")
    writer.begin(Frame())
    writer.text("Bob's\nown " + "x" * 500)
    line = writer.first_line()
    assert line.startswith("Bob's own xxx")
    assert len(line) == 160
