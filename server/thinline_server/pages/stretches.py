"""Long blocks in stretches that travel apart, so that a screen of them is there before all of them is (spec PAGE-2).

Short ones at a page's beginning, which is read first, then longer ones: each seam costs some bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from thinline.v1.page_pb2 import BLOCK_KIND_ROW, Block

__all__ = ["SEAMS_BYTES", "stretches"]

_LEAST, _MOST = 512, 4_096  # characters
SEAMS_BYTES = 8_192  # what all seams of the largest page cost at most, about twice what is usual


def stretches(block: Block, before_bytes: int) -> Iterator[Block]:
    """The block, or those that go on with each other; a row stays whole.

    Args:
        block: one of a page's.
        before_bytes: of the page that stand before it.
    """
    room = _room(before_bytes)
    if block.kind == BLOCK_KIND_ROW or sum(len(run.text) for run in block.runs) <= room:
        yield block
        return
    made = Block(kind=block.kind, level=block.level, quotes=block.quotes, marker=block.marker)
    for run in block.runs:
        text, at = run.text, 0
        while at < len(text):
            end = _end(text, at, room)
            made.runs.add().CopyFrom(run)
            made.runs[-1].text = text[at:end]
            room -= end - at
            at = end
            if room <= 0 or at < len(text):
                before_bytes += made.ByteSize()
                yield made
                made = Block(kind=block.kind, level=block.level, quotes=block.quotes, joins=True)
                room = _room(before_bytes)
    if made.runs:
        yield made


def _room(before_bytes: int) -> int:
    return max(_LEAST, min(before_bytes, _MOST))


def _end(text: str, at: int, room: int) -> int:
    """Behind a space where there is one, else before a character that stands by itself."""
    if len(text) - at <= room:
        return len(text)
    end = text.rfind(" ", at, at + room) + 1
    if end > at:
        return end
    end = at + max(1, room)
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
