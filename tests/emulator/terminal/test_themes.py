"""Themes: each draws all that is drawn, and without colours nothing is told by colour alone."""

from __future__ import annotations

import pytest
from prompt_toolkit.styles import Style

from thinline.errors import LocalError
from thinline_emulator.terminal.themes import THEMES, styles_of, tint_of


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_has_the_same_names_and_is_a_style(name: str) -> None:
    styles = styles_of(name)
    assert set(styles) == set(styles_of("night"))
    assert Style.from_dict(styles).style_rules


@pytest.mark.parametrize("name", THEMES)
def test_without_colours_there_is_none(name: str) -> None:
    assert "#" not in "".join(styles_of(name, no_color=True).values())
    assert styles_of(name, no_color=True)["screen-inverse"] == "reverse"


def test_an_unknown_theme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LocalError, match="day, night, amber, none"):
        styles_of("pink")


def test_an_amber_screen_has_no_other_colour() -> None:
    tint = tint_of("amber")
    assert tint is not None
    assert tint.bright == (0xFF, 0xB0, 0)
    assert [tint_of(name) for name in ("day", "night", "none")] == [None] * 3
