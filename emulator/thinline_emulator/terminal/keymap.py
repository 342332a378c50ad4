"""Which key of a terminal is which of the handset's, and which belong to the emulator around it.

Names are prompt_toolkit's. A letter is a letter; all else stands in this table, from which the legend is written too.
"""

from __future__ import annotations

from collections.abc import Mapping

from thinline_emulator.keys import Char, Key

__all__ = ["KEYS", "LEGEND", "SHORT_LEGEND", "handset_key"]

KEYS: Mapping[str, Key] = {
    "up": Key.WHEEL_UP,
    "down": Key.WHEEL_DOWN,
    "left": Key.LEFT,
    "right": Key.RIGHT,
    "pageup": Key.UP,
    "pagedown": Key.DOWN,
    "enter": Key.WHEEL_PRESS,
    "escape": Key.BACK,
    "tab": Key.JUMP,
    "f5": Key.MENU,
    "f10": Key.MENU,
    "f6": Key.SEND,
    "f7": Key.OK,
    "f8": Key.CANCEL,
    "backspace": Key.DELETE,
    "delete": Key.DELETE,
}
_SPELLED = {"c-m": "enter", "c-j": "enter", "c-i": "tab", "c-h": "backspace"}

LEGEND = "↑↓ wheel  Enter press  Esc BACK  Tab JUMP  F5 MENU  F1 help  F2 console  ^C quit"
SHORT_LEGEND = "↑↓ Enter Esc  Tab JUMP  F5 MENU  F1 help  ^C quit"


def handset_key(name: str, data: str) -> Key | Char | None:
    """The handset's key for one of the terminal's, by its name and what it sent; None for one that it has not."""
    found = KEYS.get(_SPELLED.get(name, name))
    if found is not None:
        return found
    return Char(data) if len(name) == 1 and data.isprintable() and data else None
