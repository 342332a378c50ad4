"""What the services hold texts to: lines without ends and controls, within a bound."""

from __future__ import annotations

import unicodedata

__all__ = ["cut_line", "is_line", "is_text"]


def is_line(text: str, most: int) -> bool:
    """Whether it is one line of at most so many characters, without control characters."""
    return len(text) <= most and (text.isprintable() or not any(map(_controls, text)))


def _controls(character: str) -> bool:
    """Control characters and line ends; marks that direct or join are part of some scripts."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def cut_line(text: str, most: int) -> str:
    """A stranger's text as one line of at most so many characters: what controls becomes a space."""
    line = "".join(" " if _controls(letter) else letter for letter in text[: 4 * most])
    return " ".join(line.split())[:most].rstrip()


def is_text(text: str) -> bool:
    """Whether it is some lines, ended by LF, without other control characters."""
    return all(is_line(line, len(line)) for line in text.split("\n"))
