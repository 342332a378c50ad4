"""Which key of a terminal is which of the handset's."""

from __future__ import annotations

import pytest
from prompt_toolkit.keys import ALL_KEYS

from thinline_emulator.keys import Char, Key
from thinline_emulator.terminal.keymap import KEYS, LEGEND, SHORT_LEGEND, handset_key


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("up", "", Key.WHEEL_UP),
        ("c-m", "\r", Key.WHEEL_PRESS),
        ("c-i", "\t", Key.JUMP),
        ("c-h", "\x7f", Key.DELETE),
        ("escape", "\x1b", Key.BACK),
        ("é", "é", Char("é")),
        (" ", " ", Char(" ")),
        ("c-x", "\x18", None),
        ("f12", "", None),
    ],
)
def test_keys(name: str, data: str, key: Key | Char | None) -> None:
    assert handset_key(name, data) == key


def test_every_key_of_the_handset_can_be_pressed_in_a_terminal() -> None:
    assert set(KEYS.values()) == set(Key) - {Key.ENTER}
    assert set(KEYS) - {"enter", "tab", "backspace"} <= set(ALL_KEYS)


def test_the_legends_fit() -> None:
    assert len(LEGEND) <= 80
    assert len(SHORT_LEGEND) <= 50
