"""Which tables of a document hold data; most of a mail's are there to put things beside each other.

Data has several rows of several short fields and nothing in them but text. One pass over the tree tells, and each thing
in it counts only for the table that it is directly in.
"""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from thinline.limits import LIMITS
from thinline_server.pages.depth import names

__all__ = ["data_tables"]

_FIELD_CHARACTERS = 120
_NO_DATA = names("table ul ol dl h1 h2 h3 h4 h5 h6 blockquote pre hr form img")


@dataclass(slots=True)
class _Seen:
    """What one table was seen to hold."""

    rows: int = 0
    fields: int = 0  # of the open row
    wide_rows: int = 0
    characters: int = 0  # of the open field
    data: bool = True

    def met(self, tag: str) -> None:
        if tag in _NO_DATA:
            self.data = False
        elif tag == "tr":
            self.fields = 0
        elif tag in ("td", "th"):
            self.characters = 0
            self.fields += 1
            self.wide_rows += self.fields == 2
            self.data = self.data and self.fields <= LIMITS.page_cells

    def read(self, text: str) -> None:
        self.characters += len(text.strip())
        self.data = self.data and self.characters <= _FIELD_CHARACTERS


def data_tables(root: LexborNode) -> frozenset[int]:
    """The tables below a node that hold data, by `mem_id`."""
    found: dict[int, _Seen] = {}
    around: list[tuple[LexborNode, _Seen | None]] = []
    node, inner = root.child, None
    while True:
        while node is None:
            if not around:
                return frozenset(name for name, seen in found.items() if seen.data and seen.wide_rows >= 2)
            parent, inner = around.pop()
            node = parent.next
        tag = node.tag or ""
        if inner is not None:
            if tag == "-text":
                inner.read(node.text_content or "")
            else:
                inner.met(tag)
        around.append((node, inner))
        if tag == "table":
            inner = found[node.mem_id] = _Seen()
        node = node.child
