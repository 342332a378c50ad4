"""Plain text as people write it and as format=flowed sends it: paragraphs, quotes, lists, columns, links."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outline import outline, page_of, words
from thinline.v1.page_pb2 import Page
from thinline_server.pages.bounds import PAGE_BOUNDS
from thinline_server.pages.plain import write_flowed, write_plain
from thinline_server.pages.writer import PageWriter


def plain(text: str, quotes: int = 0) -> Page:
    writer = PageWriter()
    write_plain(writer, text, quotes)
    return page_of(writer)


def flowed(text: str, *, delete_space: bool = False) -> Page:
    writer = PageWriter()
    write_flowed(writer, text, delete_space=delete_space)
    return page_of(writer)


FILLED = """\
Dear Alice, the harbour was closed on Monday, so that we went by the old
road along the cliffs, where nobody had been since the winter. There was
snow left.
Bob
"""


def test_lines_that_were_filled_up_go_on() -> None:
    page = plain(FILLED)
    assert outline(page) == [" ".join(FILLED.split("\n")[:3]) + "\nBob"]


def test_short_lines_stay_as_they_are() -> None:
    poem = "Roses are red\nviolets are blue\n\nthe end"
    assert outline(plain(poem)) == ["Roses are red\nviolets are blue", "the end"]
    letter = "x" * 60 + "\n" + "word " * 30
    assert "\n" in outline(plain(letter))[0]


def test_lists_after_full_lines_are_not_joined() -> None:
    text = FILLED.split("\n")[0] + "\n- one\n2) two\n  indented\n" + FILLED.split("\n")[0]
    assert outline(plain(text))[0].split("\n")[1:4] == ["- one", "2) two", "  indented"]


def test_quotes_are_counted_and_their_filled_lines_joined() -> None:
    quoted = "".join(f"> {line}\n" for line in FILLED.splitlines())
    text = f"On Monday Bob wrote:\n{quoted}>> before that\n> > and\nyes\n"
    assert outline(plain(text, 1)) == [
        "> On Monday Bob wrote:",
        f"> > {' '.join(FILLED.splitlines()[:3])}\nBob",
        "> > > before that\nand",
        "> yes",
    ]


def test_columns_code_and_drawings_keep_their_places() -> None:
    blocks = [
        "See:",
        "Tea    2.50\nBread  11.0",
        "    if x:\n        y",
        "+---+\n| a |",
        "Oh...   so be it.\nBob\nAlice",
    ]
    assert outline(plain("\n\n".join(blocks))) == [
        "See:",
        "` Tea    2.50\nBread  11.0",
        "`     if x:\n        y",
        "` +---+\n| a |",
        "Oh...   so be it.\nBob\nAlice",
    ]


def test_links_are_found_and_end_where_a_sentence_does() -> None:
    text = "See http://example.org/a_(b)?c=d, (www.example.com) or MAILTO:bob@example.org. javascript:alert(1)"
    assert outline(plain(text)) == [
        "See <http://example.org/a_(b)?c=d|http://example.org/a_(b)?c=d>, (<www.example.com|https://www.example.com>)"
        " or <MAILTO:bob@example.org|mailto:bob@example.org>. javascript:alert(1)"
    ]


def test_flowed_text_says_where_it_goes_on() -> None:
    """RFC 3676: soft breaks, space stuffing, quotes, and the signature's line."""
    text = ">> deep \n>> er\n> one \n> two\nthree \nfour\n > no quote\n-- \nBob"
    assert outline(flowed(text)) == ["> > deep er", "> one two", "three four\n> no quote\n--\nBob"]


def test_flowed_text_with_deleted_spaces() -> None:
    """RFC 3676: DelSp."""
    assert outline(flowed("日本 \n語\nend", delete_space=True)) == ["日本語\nend"]


def test_a_paragraph_of_flowed_text_ends_at_an_empty_line() -> None:
    assert outline(flowed("one \n\ntwo")) == ["one", "two"]


def test_line_ends_of_all_systems() -> None:
    assert outline(plain("a\r\nb\rc\n\fd")) == ["a\nb\nc", "d"]


def test_what_is_beyond_the_bounds_is_left_out_and_said() -> None:
    """Invariant T5."""
    for text in ("x\n" * (PAGE_BOUNDS.lines + 1), "x" * (PAGE_BOUNDS.characters + 1)):
        for page in (plain(text), flowed(text)):
            assert page.cut
            assert sum(map(len, words(page))) >= min(PAGE_BOUNDS.lines, PAGE_BOUNDS.characters - 100)


@given(st.text(alphabet="ab >\n\t-.:/wht1)", max_size=200))
def test_no_word_is_lost(text: str) -> None:
    """Invariant T8."""
    letters = [letter for letter in text if letter in "abwht"]
    assert [letter for letter in "".join(words(plain(text))) if letter in "abwht"] == letters
    assert [letter for letter in "".join(words(flowed(text))) if letter in "abwht"] == letters
