"""Pages on a narrow screen: as a person sees them, and for any page nothing lost, nothing outside, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.v1.page_pb2 import (
    BLOCK_KIND_HEADING,
    BLOCK_KIND_PREFORMATTED,
    BLOCK_KIND_ROW,
    BLOCK_KIND_RULE,
    Block,
    BlockKind,
    Cell,
    Page,
    Run,
)
from thinline_emulator import layout
from thinline_emulator.layout import LaidOut, Line, Spot, go_on, lay_out, spots
from thinline_emulator.screen import Canvas, Style, width


def run(text: str, **marks: int) -> Run:
    return Run(text=text, link=marks.get("link", 0), image=marks.get("image", 0), strong=bool(marks.get("strong")))


def paragraph(text: str, level: int = 0, marker: str = "", quotes: int = 0) -> Block:
    return Block(runs=[run(text)], level=level, marker=marker, quotes=quotes)


def row(*cells: str) -> Block:
    return Block(kind=BLOCK_KIND_ROW, cells=[Cell(runs=[run(cell)]) for cell in cells])


def seen(lines: list[Line], columns: int) -> list[str]:
    """What stands on a screen that is high enough."""
    canvas = Canvas(columns, max(1, len(lines)))
    for y, line in enumerate(lines):
        for piece in line:
            canvas.put(piece.x, y, piece.text, piece.style)
    return [line[1:-1].rstrip() for line in canvas.screen().text().splitlines()[1:-1]]


def shown(*blocks: Block, columns: int = 24) -> list[str]:
    return seen(lay_out(Page(blocks=blocks), columns), columns)


def test_words_wrap_and_paragraphs_are_apart() -> None:
    assert shown(paragraph("Alice asks whether  Bob will come to the station."), paragraph("He will.")) == [
        "Alice asks whether  Bob",
        "will come to the",
        "station.",
        "",
        "He will.",
    ]


def test_a_line_feed_breaks_the_line_and_a_word_too_long_is_cut() -> None:
    assert shown(paragraph("Bob\n\nhttp://example.org/a/long/way"), columns=12) == [
        "Bob",
        "",
        "http://examp",
        "le.org/a/lon",
        "g/way",
    ]


def test_a_word_in_two_styles_stays_one_word() -> None:
    block = Block(runs=[run("aaaa bb"), run("bb", strong=1), run("bb cc")])
    lines = lay_out(Page(blocks=[block]), 8)
    assert seen(lines, 8) == ["aaaa", "bbbbbb", "cc"]
    assert [piece.style for piece in lines[1]] == [Style.NORMAL, Style.BOLD, Style.NORMAL]


def test_a_block_that_joins_goes_on_in_the_line() -> None:
    assert shown(paragraph("one wo"), Block(joins=True, runs=[run("rd and more")])) == ["one word and more"]


def test_headings_and_rules() -> None:
    heading = Block(kind=BLOCK_KIND_HEADING, level=2, runs=[run("News")])
    lines = lay_out(Page(blocks=[heading, Block(kind=BLOCK_KIND_RULE), paragraph("text")]), 10)
    assert seen(lines, 10) == ["News", "", "──────────", "", "text"]
    assert lines[0][0].style is Style.BOLD


def test_lists_hang_from_their_markers() -> None:
    blocks = [
        paragraph("milk and a lot of bread", 1, "•"),
        paragraph("more of it", 1),
        paragraph("rye from the corner shop", 2, "10."),
    ]
    assert shown(*blocks, columns=20) == [
        "• milk and a lot of",
        "  bread",
        "  more of it",
        "  10. rye from the",
        "      corner shop",
    ]


def test_quotes_have_bars_that_go_through() -> None:
    blocks = [paragraph("one two three", quotes=1), paragraph("four", quotes=2), paragraph("five")]
    assert shown(*blocks, columns=11) == ["│ one two", "│ three", "│", "││ four", "", "five"]
    assert shown(paragraph("deep", quotes=16)) == ["││││ deep"]
    assert shown(paragraph("narrow", quotes=16, level=9), columns=7) == ["narrow"]


def test_preformatted_keeps_its_spaces() -> None:
    block = Block(kind=BLOCK_KIND_PREFORMATTED, runs=[run("a  b\n    c d e f g")])
    assert shown(block, columns=10) == ["a  b", "    c d e", "f g"]


def test_a_table_s_columns_stand_in_line() -> None:
    assert shown(row("Tea", "2.50"), row("Rye bread", "11.00", "fresh")) == [
        "Tea        2.50",
        "Rye bread  11.00  fresh",
    ]
    assert shown(row("Tea", "2.50"), row("Bread with a long name", "11.00"), columns=20) == [
        "Tea            2.50",
        "Bread with a   11.00",
        "long name",
    ]


def test_a_table_too_wide_stands_upright() -> None:
    assert shown(row("alpha", "bravo", "charlie"), row("delta", "", "echo"), columns=14) == [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
    ]


def test_wide_characters_part_anywhere_but_before_what_closes() -> None:
    assert shown(paragraph("日本語のテキスト。"), columns=6) == ["日本語", "のテキ", "スト。"]
    assert shown(paragraph("日本語。"), columns=6) == ["日本", "語。"]
    assert shown(paragraph("日本 ab"), columns=5) == ["日本", "ab"]


def test_right_to_left_stands_at_the_right_edge_in_logical_order() -> None:
    assert shown(paragraph("«שלום» עולם"), paragraph("alice שלום", quotes=1), columns=16) == [
        "     «שלום» עולם",
        "",
        "│ alice שלום",
    ]
    assert shown(paragraph("12:30 مرحبا", quotes=1), columns=16) == ["│    12:30 مرحبا"]


def test_links_are_pieces_that_a_wheel_can_walk() -> None:
    blocks = [
        Block(runs=[run("See "), run("this long link", link=1), run(" or "), run("that", link=2)], quotes=1),
        Block(runs=[run("[face]", image=1), run("again", link=2)]),
    ]
    lines = lay_out(Page(blocks=blocks), 14)
    assert seen(lines, 14) == ["│ See this", "│ long link or", "│ that", "", "[face]again"]
    assert spots(lines) == [Spot(0, 6, 1), Spot(2, 2, 2), Spot(4, 0, image=1), Spot(4, 6, 2)]
    assert [spots(lines)[0].is_of(piece) for piece in lines[0]] == [False, False, True]
    assert [(piece.text, piece.style, piece.link, piece.image) for piece in lines[4]] == [
        ("[face]", Style.DIM, 0, 1),
        ("again", Style.LINK, 2, 0),
    ]


def test_a_kind_of_a_later_version_is_a_paragraph() -> None:
    """Spec PAGE-6."""
    later = Block.FromString(paragraph("text").SerializeToString() + b"\x08\x63")
    assert later.kind == 99
    assert shown(later) == ["text"]


TEXTS = st.text(alphabet="ab \n日語שא\u0301👍\u200b-。", max_size=30)
RUNS = st.lists(st.builds(Run, text=TEXTS, link=st.integers(0, 3)), max_size=4)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(BlockKind.values()),
    level=st.integers(0, 16),
    quotes=st.integers(0, 16),
    marker=st.sampled_from(["", "•", "12.", "日"]),
    runs=RUNS,
    cells=st.lists(st.builds(Cell, runs=RUNS), max_size=5),
    joins=st.booleans(),
)


def letters(text: str) -> str:
    return "".join(letter for letter in text if letter in "ab日語שא👍")


@given(st.builds(Page, blocks=st.lists(BLOCKS, max_size=5)), st.integers(2, 40))
def test_whatever_the_page_nothing_is_lost_and_nothing_stands_outside(page: Page, columns: int) -> None:
    """Invariant T8."""
    lines = lay_out(page, columns)
    assert all(0 <= piece.x <= columns - width(piece.text) for line in lines for piece in line)
    screen = "".join(seen(lines, columns))
    paragraphs = [block for block in page.blocks if block.kind not in (BLOCK_KIND_ROW, BLOCK_KIND_RULE)]
    if not any(block.joins or block.marker for block in page.blocks) and len(paragraphs) == len(page.blocks):
        assert letters(screen) == letters("".join(run.text for block in paragraphs for run in block.runs))


@given(st.lists(BLOCKS, max_size=8), st.integers(2, 40), st.integers(0, 8), st.integers(0, 8))
def test_what_comes_goes_on_from_what_was_laid_out(blocks: list[Block], columns: int, one: int, other: int) -> None:
    """As it is all at once, wherever it was cut."""
    begun = go_on(Page(blocks=blocks[: min(one, other)]), columns)
    begun = go_on(Page(blocks=blocks[: max(one, other)]), columns, begun)
    assert go_on(Page(blocks=blocks), columns, begun).lines == lay_out(Page(blocks=blocks), columns)


def test_a_page_that_comes_is_laid_out_in_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant T5: each block once, and the last of each piece once more."""
    counted: list[Block] = []
    right = layout._block

    def count(block: Block, columns: int) -> list[Line]:
        counted.append(block)
        return right(block, columns)

    monkeypatch.setattr(layout, "_block", count)
    blocks = [paragraph(f"line {number}") for number in range(200)]
    begun: LaidOut | None = None
    for end in range(0, 201, 10):
        begun = go_on(Page(blocks=blocks[:end]), 48, begun)
    assert len(counted) == 200 + 19


def test_a_long_text_is_laid_out_in_linear_work() -> None:
    """Invariant T5, by what is made of it: twice the text, twice the pieces."""
    short, long = (lay_out(Page(blocks=[paragraph("ab cd " * count)]), 48) for count in (2_000, 4_000))
    assert sum(map(len, long)) == 2 * sum(map(len, short))
