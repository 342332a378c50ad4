"""What the services hold texts to: lines without ends and controls, within a bound."""

from __future__ import annotations

import unicodedata

__all__ = ["is_line"]


def is_line(text: str, most: int) -> bool:
    """Whether it is one line of at most so many characters, without control characters."""
    return len(text) <= most and (text.isprintable() or not any(map(_controls, text)))


def _controls(character: str) -> bool:
    """Control characters and line ends; marks that direct or join are part of some scripts."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")
