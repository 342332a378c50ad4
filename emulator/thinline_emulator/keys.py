"""The keys: a wheel, a pad, a few buttons with a meaning, and a keyboard of characters.

A key has one spelling in scripts, in profiles and on the terminal's border: its word. Whatever
else is one visible character is a character key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from unicodedata import combining

from thinline.errors import LocalError

__all__ = ["Char", "Key", "KeyUnknown", "keys_of", "parse_key", "words_of"]


class Key(Enum):
    """A key that is not a character; the value is its word."""

    WHEEL_UP = "wheel-up"
    WHEEL_DOWN = "wheel-down"
    WHEEL_PRESS = "wheel-press"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    MENU = "menu"
    JUMP = "jump"
    BACK = "back"
    CANCEL = "cancel"
    OK = "ok"
    SEND = "send"
    ENTER = "enter"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Char:
    """A character typed on the keyboard; with its combining marks, if it has any."""

    text: str


class KeyUnknown(LocalError):
    """A word names no key; the message lists those that exist."""


_KEYS = {key.value: key for key in Key}
_CHARS = {"space": Char(" "), "quote": Char("'")}


def parse_key(word: str) -> Key | Char:
    """Read the word of a key: ``menu``, ``wheel-up``, ``space``, ``quote`` for ', or one character.

    Upper case and ``_`` for ``-`` are allowed in names; a single character is taken as it is.

    Raises:
        KeyUnknown: It names no key.
    """
    name = word.strip().lower().replace("_", "-")
    if found := _KEYS.get(name) or _CHARS.get(name):
        return found
    if _is_one_character(word):
        return Char(word)
    names = ", ".join([*_KEYS, *_CHARS])
    raise KeyUnknown(f"no key is called {word!r}; there are {names}, and any single character")


def keys_of(words: str) -> list[Key | Char]:
    """Keys by their words; what is in single quotes is typed.

    Raises:
        KeyUnknown: a word names no key.
    """
    keys: list[Key | Char] = []
    for at, stretch in enumerate(words.split("'")):
        if at % 2:
            keys += [Char(letter) for letter in stretch]
        else:
            keys += [parse_key(word) for word in stretch.split()]
    return keys


def words_of(keys: Iterable[Key | Char]) -> str:
    """The words of keys, as `keys_of` reads them."""
    words: list[str] = []
    typed = ""
    for key in keys:
        if isinstance(key, Char) and "'" not in key.text:
            typed += key.text
            continue
        words += [f"'{typed}'"] if typed else []
        typed = ""
        words += [key.value] if isinstance(key, Key) else ["quote"]
    return " ".join([*words, f"'{typed}'"] if typed else words)


def _is_one_character(word: str) -> bool:
    if not word.isprintable() or not word or combining(word[0]):
        return False
    return all(combining(mark) for mark in word[1:])
