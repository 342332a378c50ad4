"""How much of a mail is looked at: every number of the guard, in one table.

The standard library's parser takes quadratic time in the number of parts and of encoded words, and recurses in nested
parts and comments. So what a mail consists of is counted on its bytes first. Beyond `parts` and `nesting` a mail is not
understood: it is kept and its headers are shown. Beyond the others the rest of that one thing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MIME_BOUNDS", "MimeBounds"]


@dataclass(frozen=True, slots=True)
class MimeBounds:
    """What is looked at."""

    mail_bytes: int = 64 * 1024 * 1024
    parts: int = 1_000
    nesting: int = 32
    texts: int = 32  # that are shown; others are files
    delimiters: int = 250_000  # lines that begin as a boundary does
    header_bytes: int = 1_048_576  # of one part
    header_fields: int = 1_000
    text_bytes: int = 65_536  # of one field
    parameter_bytes: int = 2_048  # of one field with parameters
    parameters: int = 32
    addresses: int = 256  # of one field
    comments: int = 16  # how deep, in an address
    references: int = 32
    name_characters: int = 200  # of a file
    subject_characters: int = 512
    body_bytes: int = 4 * 1024 * 1024  # of one text that is to be read
    piece_bytes: int = 2_048  # of the page, in its first piece


MIME_BOUNDS = MimeBounds()
