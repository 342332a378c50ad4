"""vCard 2.1, 3 and 4, as address books really write them: read into a contact, written back without losing a line.

A card is kept as it came, byte for byte, and a contact is what was understood of it. Writing puts back only the lines
whose meaning changed since; every other line, known or not, stays as it stood. `files` cuts a file into cards, `lines`
knows content lines, `reading` and `writing` know what they mean.
"""

from __future__ import annotations

__all__: list[str] = []
