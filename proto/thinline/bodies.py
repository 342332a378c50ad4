"""How a page of the web travels: its marked text, packed or in one zstd frame, read whole or as far as it came.

Spec WEB-4, WEB-6, WEB-18.
"""

from __future__ import annotations

from typing import NamedTuple

from thinline.marks import unmark
from thinline.pack import unpack, unpack_begun
from thinline.squeeze import inflate, inflate_begun
from thinline.v1.page_pb2 import Page

__all__ = ["Body", "kept_bytes", "read_body", "read_body_begun"]


class Body(NamedTuple):
    """How a body was told to travel.

    Attributes:
        packed: by brotli; else it is a zstd frame.
        dictionary: of that frame.
        size: of the marked text.
    """

    packed: bool
    dictionary: int
    size: int


def read_body(body: Body, data: bytes) -> Page:
    """The page of a body that is here.

    Raises:
        RemoteError: MALFORMED where it comes to another size or is none, TOO_LARGE beyond the bounds.
    """
    return unmark(unpack(data, body.size) if body.packed else inflate(data, body.dictionary, body.size))


def read_body_begun(body: Body, data: bytes) -> Page:
    """As much of the page as there is of one that is still coming.

    Raises:
        RemoteError: as `read_body` does.
    """
    text = unpack_begun(data, body.size) if body.packed else inflate_begun(data, body.dictionary, body.size)
    return unmark(text, begun=True)


def kept_bytes(page: Page) -> bytes:
    """A page as a part that is kept, the same on both sides (spec WEB-10)."""
    return page.SerializeToString(deterministic=True)
