"""The emulator's own pages on the handset's screen."""

from __future__ import annotations

import pytest

from thinline_emulator.apps import APPS
from thinline_emulator.screen import ELLIPSIS
from thinline_emulator.terminal.pages import help_page, quit_page


@pytest.mark.parametrize("app", [*APPS, "an app of tomorrow"])
def test_help_fits_the_screen_on_every_page(app: str) -> None:
    text = help_page(app, 48, 16).text()
    assert "Ctrl-C" in text
    assert ELLIPSIS not in text
    wider = help_page(app, 60, 16).text().splitlines()[2:-1]
    assert [row.rstrip("| ") for row in text.splitlines()[2:-1]] == [row.rstrip("| ") for row in wider], "cut off"


def test_the_question_names_what_would_be_lost() -> None:
    few = quit_page("2 items exist only here", ["new: Carol", "changed: Bob"], 48, 16).text()
    assert "and 2 items exist only here:" in few
    assert "Its memory is gone " in few
    assert "new: Carol" in few
    assert "more" not in few
    many = quit_page("20 items exist only here", [f"new: {one}" for one in range(20)], 48, 16).text()
    assert "and 13 more" in many
