"""What a mail's parts say, for a search: read from their first bytes, whatever these are and wherever they end."""

from __future__ import annotations

from collections.abc import Iterable

from thinline.errors import RemoteError
from thinline.items import take_varint
from thinline.pages import read_begun
from thinline.v1.mail_pb2 import Letter
from thinline.v1.page_pb2 import Run
from thinline_server.services.base import PartTexts

__all__ = ["PART_TEXTS"]

_LENGTH_DELIMITED = 2
_PIECES = {Letter.DESCRIPTOR.fields_by_name[name].number << 3 | _LENGTH_DELIMITED for name in ("text", "rest")}


def _letter_text(begun: bytes) -> str:
    """Of the part `mail`: its page, which stands before all else (spec MAIL-9)."""
    page, at = b"", 0
    try:
        while at < len(begun):
            tag, at = take_varint(begun, at)
            if tag not in _PIECES:
                break
            length, at = take_varint(begun, at)
            page += begun[at : at + length]
            at += length
        blocks = read_begun(page).blocks
    except RemoteError:
        return ""
    return "\n".join(_said(block.runs) + "".join(f" {_said(cell.runs)}" for cell in block.cells) for block in blocks)


def _said(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _body_text(begun: bytes) -> str:
    """Of the part `body`."""
    return begun.decode("utf-8", "replace")


PART_TEXTS: PartTexts = {"mail": _letter_text, "body": _body_text}
