"""Cells, wide characters, marks, and strangers' text, as golden frames."""

from __future__ import annotations

import pytest

from thinline_emulator.raster import Raster
from thinline_emulator.screen import Canvas, Cell, Screen, Style, clip, clip_start, fitting, width

HEBREW = "שלום"
ACUTE = "\N{COMBINING ACUTE ACCENT}"


def frame(*lines: str, wide: int) -> str:
    edge = f"+{'-' * wide}+"
    return "\n".join([edge, *[f"|{line}|" for line in lines], edge])


def drawn(text: str, x: int = 0, wide: int = 6) -> str:
    canvas = Canvas(wide, 1)
    canvas.put(x, 0, text)
    return canvas.screen().text().splitlines()[1][1:-1]


def test_a_blank_screen_is_the_classic_one() -> None:
    screen = Screen.blank()
    assert (screen.width, screen.height) == (48, 16)
    assert screen == Canvas().screen()
    assert Screen.blank(3, 2).text() == frame("   ", "   ", wide=3)


def test_text_is_put_where_it_is_told_and_says_where_it_ends() -> None:
    canvas = Canvas(8, 3)
    assert canvas.put(1, 1, "alice") == 6
    assert canvas.put(6, 2, "bob") == 9
    assert canvas.screen().text() == frame("        ", " alice  ", "      bo", wide=8)


@pytest.mark.parametrize("y", [-1, 1])
def test_rows_outside_take_nothing(y: int) -> None:
    canvas = Canvas(4, 1)
    assert canvas.put(0, y, "bob") == 3
    canvas.line(y, "alice", "bob")
    assert canvas.screen() == Screen.blank(4, 1)


def test_a_drawn_screen_does_not_change_with_its_canvas() -> None:
    canvas = Canvas(3, 1)
    before = canvas.screen()
    canvas.put(0, 0, "bob")
    assert before == Screen.blank(3, 1)


def test_wide_characters_take_two_cells() -> None:
    assert drawn("字a字") == "字a字 "
    canvas = Canvas(3, 1)
    canvas.put(0, 0, "字", Style.BOLD)
    assert canvas.screen().rows[0] == (
        Cell("字", Style.BOLD),
        Cell("", Style.BOLD),
        Cell(" ", Style.NORMAL),
    )


def test_half_a_wide_character_at_an_edge_is_a_space() -> None:
    assert drawn("abcde字") == "abcde "
    assert drawn("字bc", x=-1) == " bc   "
    assert drawn("字bc", x=-2) == "bc    "
    assert drawn("字", x=6) == "      "


@pytest.mark.parametrize(
    ("x", "text", "expected"),
    [
        (0, "x", "x 字  "),
        (1, "x", " x字  "),
        (1, "字", " 字   "),
        (2, "x", "字x   "),
        (0, "字", "字字  "),
    ],
)
def test_writing_over_half_of_a_wide_character_frees_the_other(x: int, text: str, expected: str) -> None:
    canvas = Canvas(6, 1)
    canvas.put(0, 0, "字字")
    canvas.put(x, 0, text)
    shown = canvas.screen().text().splitlines()[1][1:-1]
    assert width(shown) == 6
    assert shown == expected


def test_marks_join_the_character_before() -> None:
    canvas = Canvas(3, 1)
    canvas.put(0, 0, f"e{ACUTE}o")
    assert [cell.text for cell in canvas.screen().rows[0]] == [f"e{ACUTE}", "o", " "]
    assert width(f"e{ACUTE}o") == 2
    assert width("字" + ACUTE) == 2


def test_a_mark_without_a_character_joins_a_space() -> None:
    assert drawn(ACUTE + "o", wide=3) == f" {ACUTE}o "


def test_there_is_an_end_to_marks() -> None:
    assert drawn("e" + ACUTE * 500 + "o", wide=3) == "e" + ACUTE * 8 + "o "


def test_right_to_left_text_keeps_its_logical_order() -> None:
    canvas = Canvas(6, 1)
    canvas.put(1, 0, HEBREW)
    assert [cell.text for cell in canvas.screen().rows[0]] == [" ", *HEBREW, " "]


def test_joiners_belong_to_the_text() -> None:
    joined = "\u0646\N{ZERO WIDTH NON-JOINER}\u0647"
    assert width(joined) == 2
    assert drawn(joined, wide=2) == joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [("👩\N{ZERO WIDTH JOINER}🚀", "👩🚀  "), ("❤\ufe0f", "❤     "), ("👍🏽!", "👍!   "), ("\ufe0fa", "a     ")],
)
def test_pictures_of_several_signs_are_as_wide_as_they_are_here(text: str, expected: str) -> None:
    """One terminal makes one picture of them and another does not, and what follows would stand elsewhere."""
    assert drawn(text) == expected


@pytest.mark.parametrize("sign", ["\x1b", "\n", "\x7f", "\u2028", "\u2029", "\ud800"])
def test_a_sign_that_a_terminal_would_obey_is_replaced(sign: str) -> None:
    assert drawn(f"a{sign}b", wide=3) == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("sign", ["\N{RIGHT-TO-LEFT OVERRIDE}", "\N{SOFT HYPHEN}", "\ufeff"])
def test_invisible_formatting_is_dropped(sign: str) -> None:
    assert drawn(f"a{sign}b", wide=3) == "ab "


def test_a_line_has_two_ends() -> None:
    canvas = Canvas(16, 4)
    canvas.put(0, 0, "what was here before")
    canvas.line(0, "Contacts", "3 of 9")
    canvas.line(1, "A long title that is clipped", "12:30")
    canvas.line(2, "Nothing on the right here")
    canvas.line(3, "gives way", "the right end is too long")
    assert canvas.screen().text() == frame(
        "Contacts  3 of 9",
        "A long t…  12:30",
        "Nothing on the …",
        "the right end i…",
        wide=16,
    )


def test_a_line_is_filled_with_its_style() -> None:
    canvas = Canvas(4, 1)
    canvas.line(0, "a", "b", Style.INVERSE)
    assert canvas.screen().rows[0] == tuple([Cell(text, Style.INVERSE) for text in "a  b"])


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("alice", 5, "alice"),
        ("alice", 4, "ali…"),
        ("alice", 1, "…"),
        ("alice", 0, ""),
        ("alice", -1, ""),
        ("", 0, ""),
        ("字字字", 5, "字字…"),
        ("字字字", 4, "字…"),
    ],
)
def test_clipping_is_by_cells_and_shows_that_it_happened(text: str, most: int, expected: str) -> None:
    assert clip(text, most) == expected


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("alice", 5, "alice"),
        ("alice", 4, "…ice"),
        ("alice", 1, "…"),
        ("alice", 0, ""),
        ("字字字", 5, "…字字"),
        ("字字字", 4, "…字"),
    ],
)
def test_of_what_is_typed_the_end_is_seen(text: str, most: int, expected: str) -> None:
    assert clip_start(text, most) == expected


def test_a_canvas_has_cells() -> None:
    with pytest.raises(AssertionError):
        Canvas(0, 3)


def squares(*rows: str) -> Raster:
    """A picture of black and white squares; a dot is clear."""
    pixels = bytes([".xo".index(letter) for letter in "".join(rows)])
    return Raster(len(rows[0]), len(rows), bytes([0, 0, 0, 0, 0, 0, 255, 255, 255]), pixels, 0)


def test_a_picture_covers_its_cells_and_is_told_in_shades() -> None:
    canvas = Canvas(6, 3)
    canvas.put(0, 1, "字abcd")
    canvas.picture(1, 1, 4, 2, squares("xo", "ox"))
    screen = canvas.screen()
    assert screen.text() == frame("      ", " ░░██d", " ██░░ ", wide=6)
    assert [cell.text for cell in screen.rows[1]] == [" ", " ", " ", " ", " ", "d"]


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(-1, 0, ("█   ", "░   ")), (3, 1, ("    ", "   ░")), (0, -1, (".░  ", "    ")), (4, 0, None), (0, -2, None)],
)
def test_a_picture_is_cut_at_the_edge(x: int, y: int, expected: tuple[str, str] | None) -> None:
    canvas = Canvas(4, 2)
    canvas.picture(x, y, 2, 2, squares("xo", ".x"))
    if expected is None:
        assert canvas.screen().pictures == ()
    else:
        assert canvas.screen().text() == frame(*[row.replace(".", " ") for row in expected], wide=4)


@pytest.mark.parametrize(
    ("wide", "high", "expected"),
    [(12, 10, (12, 3)), (48, 3, (12, 3)), (1, 1, (1, 1))],
)
def test_a_picture_is_fitted_in_its_own_shape(wide: int, high: int, expected: tuple[int, int]) -> None:
    assert fitting(squares("xo", "xo").crop(0, 0, 2, 1), wide, high) == expected


def test_a_screen_tells_that_it_moves() -> None:
    assert Canvas(1, 1).screen(moving=True).moving
    assert not Canvas(1, 1).screen().moving
