"""Telephone numbers as people write them: which can be texted, and which are the same one."""

from __future__ import annotations

import re

__all__ = ["number_key", "read_number"]

_MOST = 64  # characters of what somebody writes
_KEY_DIGITS = 9  # of the end; before them stands what a country's own people leave out or write otherwise
_PUNCTUATION = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}|[0-9]{2,15}")


def read_number(written: str) -> str | None:
    """A number that can be texted, of what somebody wrote: +15551234567 or 12345; None where it is none."""
    if len(written) > _MOST:
        return None
    plain = _PUNCTUATION.sub("", written)
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    return plain if _NUMBER.fullmatch(plain) else None


def number_key(written: str) -> str:
    """What is equal for the same number, with its country or without; a name is its own."""
    number = read_number(written)
    return written.casefold() if number is None else number.removeprefix("+")[-_KEY_DIGITS:]
