"""Pages: the bounded list of blocks that HTML, plain text and mails become. Spec PAGE.

A page is a protobuf message and travels as the bytes of a part. Here is what a reader checks before it looks inside,
and which addresses may be followed at all. What makes pages is the server's, what lays them out the handset's.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1.page_pb2 import Block, Page

__all__ = ["SCHEMES", "followable", "hold_bounds", "link_of", "read_begun", "read_page"]

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_IMAGE_SCHEMES = frozenset({"http", "https", "cid"})
_VARINT_MOST = 10  # bytes


def followable(address: str, *, image: bool = False) -> bool:
    """Whether an address is of a kind that a page may name (spec PAGE-4)."""
    scheme, colon, rest = address.partition(":")
    known = _IMAGE_SCHEMES if image else SCHEMES
    return bool(colon and rest) and scheme in known and address.isprintable() and " " not in address


def link_of(page: Page, number: int) -> str:
    """The address of a link; empty where it is not here, or is none that may be followed (spec PAGE-3, PAGE-4)."""
    address = page.links[number - 1] if 0 < number <= len(page.links) else ""
    return address if followable(address) else ""


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise RemoteError(Reason.TOO_LARGE, f"a page with {what}")


def _check(block: Block) -> None:
    _require(block.level <= LIMITS.page_depth, "lists too deep")
    _require(block.quotes <= LIMITS.page_depth, "quotes too deep")
    _require(len(block.cells) <= LIMITS.page_cells, "too many cells in a row")
    _require(len(block.marker) <= LIMITS.page_marker, "a marker too long")


def read_page(data: bytes) -> Page:
    """The page, of one piece or of several joined (spec PAGE-2).

    Raises:
        RemoteError: MALFORMED where it is none, TOO_LARGE beyond the bounds (spec PAGE-5).
    """
    _require(len(data) <= LIMITS.page_bytes, "too many bytes")
    try:
        page = Page.FromString(data)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "no page") from error
    return hold_bounds(page)


def hold_bounds(page: Page) -> Page:
    """The same page, if it is within the bounds (spec PAGE-5).

    Raises:
        RemoteError: TOO_LARGE.
    """
    _require(len(page.blocks) <= LIMITS.page_blocks, "too many blocks")
    _require(len(page.links) <= LIMITS.page_links, "too many links")
    _require(len(page.images) <= LIMITS.page_links, "too many pictures")
    for block in page.blocks:
        _check(block)
    return page


def read_begun(data: bytes) -> Page:
    """As much of a page as there is of one that is still coming: the fields that are whole (spec PAGE-2).

    Raises:
        RemoteError: as `read_page` does.
    """
    end = 0
    while (after := _past_field(data, end)) is not None:
        end = after
    return read_page(data[:end])


def _past_field(data: bytes, at: int) -> int | None:
    """Where the field that begins there ends; None where it is not whole."""
    told = _varint(data, at)
    if told is None:
        return None
    tag, at = told
    match tag & 7:
        case 2:
            length = _varint(data, at)
            end = length[1] + length[0] if length is not None else len(data) + 1
        case 0:
            value = _varint(data, at)
            end = value[1] if value is not None else len(data) + 1
        case 1 | 5 as kind:
            end = at + (8 if kind == 1 else 4)
        case _:
            raise RemoteError(Reason.MALFORMED, "no page")
    return end if end <= len(data) else None


def _varint(data: bytes, at: int) -> tuple[int, int] | None:
    """A number and where it ends."""
    value = 0
    for place, byte in enumerate(data[at : at + _VARINT_MOST]):
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    if len(data) - at >= _VARINT_MOST:
        raise RemoteError(Reason.MALFORMED, "no page")
    return None
