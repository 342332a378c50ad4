"""The film as an SVG: cells at their places, in their colours, at their second."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from thinline_emulator.terminal.sheet import Ink, Sheet
from thinline_tools.film import HIGH, READ_S, WIDE, Frame
from thinline_tools.picture import as_svg

SVG = "{http://www.w3.org/2000/svg}"


def frame(at_s: float, x: int, y: int, text: str, style: str = "screen") -> Frame:
    sheet = Sheet(WIDE, HIGH)
    sheet.put(x, y, text, style)
    return Frame(at_s, sheet.inks)


def layers(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}g"))


def test_it_is_a_picture_that_needs_nothing_from_elsewhere() -> None:
    svg = as_svg([frame(0.0, 2, 1, "A <day> & more")], "Alice's day")
    assert "A &lt;day&gt; &amp; more" in svg
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "Alice's day"
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)|url\(|<script|@import", svg)


def test_letters_stand_in_their_cells() -> None:
    (layer,) = layers(as_svg([frame(0.0, 3, 2, " Bob ")], ""))
    text = next(one for one in layer.iter(f"{SVG}text") if one.text == "Bob")
    assert (text.get("x"), text.get("textLength")) == (str(4 * 9), str(3 * 9))
    rows = [one for one in layer.iter(f"{SVG}svg") if one.get("y") == str(2 * 18)]
    assert [(one.get("x"), one.get("width"), one.get("height")) for one in rows] == [("0", str(80 * 9), "18")]


def test_blocks_fill_their_cells_whatever_the_font() -> None:
    (layer,) = layers(as_svg([frame(0.0, 0, 0, "x▀▄█▌")], ""))
    boxes = [
        tuple(int(one.get(name, "")) for name in ("x", "y", "width", "height")) for one in layer.iter(f"{SVG}rect")
    ]
    assert {(9, 0, 9, 9), (18, 9, 9, 9), (27, 0, 9, 18), (36, 0, 4, 18)} <= set(boxes)
    assert [one.text for one in layer.iter(f"{SVG}text")] == ["x"]


def test_what_changed_appears_at_its_second_over_what_was_there() -> None:
    first, second = layers(svg := as_svg([frame(0.0, 0, 0, "Bob"), frame(7.0, 0, 0, "Eve")], ""))
    assert [one.text for one in first.iter(f"{SVG}text")] == ["Bob"]
    assert [one.text for one in second.iter(f"{SVG}text")] == ["Eve"]
    assert f"{7.0 + READ_S:g}s step-end infinite" in svg
    assert "@keyframes m1{0%{visibility:hidden}70.000%{visibility:visible}}" in svg
    assert "m0" not in svg


def test_colours_are_the_themes_and_bold_is_bold() -> None:
    inks = [[Ink("a", "screen fg:#010203 bg:#040506")] + [Ink(" ", "desk")] * (WIDE - 1)]
    blank = [[Ink(" ", "desk")] * WIDE for _ in range(HIGH - 1)]
    svg = as_svg([Frame(0.0, inks + blank)], "")
    assert "{fill:#010203}" in svg
    assert "{fill:#040506}" in svg
    assert "font-weight:bold" in as_svg([frame(0.0, 0, 0, "Bob", "strong")], "")


def test_a_wide_character_takes_two_cells() -> None:
    (layer,) = layers(as_svg([frame(0.0, 0, 0, "李a")], ""))
    (text,) = layer.iter(f"{SVG}text")
    assert text.get("textLength") == str(3 * 9)
