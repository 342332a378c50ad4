"""The worker's side of the web: a document in whatever charset and of whatever kind becomes a page and what it leaves.

What a document says of its own charset is believed unless its bytes say otherwise: text that is UTF-8 is hardly ever
anything else, and where a named charset leaves holes the bytes are looked at. Errors of strangers never raise.
"""

from __future__ import annotations

import re
from itertools import pairwise

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding
from selectolax.lexbor import LexborHTMLParser

from thinline.marks import mark
from thinline.pack import pack, steps_of
from thinline.squeeze import squeeze_pieces
from thinline_server.pages.bounds import WEB_BOUNDS
from thinline_server.pages.charsets import charset_of_html, decode_text
from thinline_server.pages.depth import shallow
from thinline_server.pages.html import write_document
from thinline_server.pages.order import DocumentOrder, FormLeft, Made, read_order, write_made
from thinline_server.pages.plain import write_plain
from thinline_server.pages.writer import PLAIN, PageWriter

__all__ = ["decode_document", "document_job"]

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT_BYTES = 65_536
_HOLES = 500  # characters to each that could not be read, at least
_STEPS_BYTES = (1_024, 2_048, 4_096)
_STEP_BYTES = 8_192
_LITTLE = 200  # characters that a page without its programs shows at most
_ASKS_FOR_SCRIPT = re.compile(r"java\s?script", re.IGNORECASE)
_ASKED = 1_000  # characters, where it says that it wants programs
_LAST_PART = re.compile(r"[^/?#]*(?=[?#]|$)")


def decode_document(data: bytes, declared: str) -> tuple[str, str]:
    """A document's text, and the charset that it is in."""
    label = declared or charset_of_html(data)
    if data.startswith(_MARKS):
        return decode_text(data), "utf-8"
    if data.isascii() or declared.lower().startswith(("utf-16", "utf-32")):
        return decode_text(data, label), label or "utf-8"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    found = detect_encoding(data[:_LOOKED_AT_BYTES]) or "windows-1252"
    label = label or found
    text = decode_text(data, label)
    if text.count("\ufffd") * _HOLES > len(text):
        other = decode_text(data, found)
        if other.count("\ufffd") < text.count("\ufffd"):
            return other, found
    return text, label


def document_job(packed: bytes) -> bytes:
    """The job: an order with a document in, what was made of it out."""
    order, data = read_order(packed)
    writer = PageWriter()
    if order.media_type.startswith("image/"):
        return write_made(_picture(writer, order))
    text, charset = decode_document(data, order.charset)
    if order.media_type not in ("text/html", "application/xhtml+xml"):
        writer.title(_file_name(order.base))
        write_plain(writer, text)
        return write_made(_made(writer, order, writer.links))
    return write_made(_html(writer, order, text, charset))


def _html(writer: PageWriter, order: DocumentOrder, text: str, charset: str) -> Made:
    html, cut = shallow(text, WEB_BOUNDS)
    parser = LexborHTMLParser(html)
    title = parser.css_first("title")
    writer.title(title.text() if title is not None else "")
    if order.reader:
        main = extract_plain_text(html, preserve_formatting="minimal_html", main_content=True, links=True)
        base = parser.css_first("base[href]")
        parser = LexborHTMLParser(main)
        left = write_document(writer, parser, order.base, charset, base.attributes.get("href") if base else None)
    else:
        left = write_document(writer, parser, order.base, charset)
    if cut:
        writer.leave_out()
    shown, silent = left.shown, " ".join(node.text() for node in parser.css("noscript"))
    asked = bool(_ASKS_FOR_SCRIPT.search(silent)) and shown - len(silent) < _ASKED
    scripts = not order.reader and parser.css_first("script") is not None
    needs = scripts and (asked or shown - len(silent) < _LITTLE)
    return _made(writer, order, writer.links, left.images, left.forms, needs_script=needs)


def _picture(writer: PageWriter, order: DocumentOrder) -> Made:
    """A picture by itself: a page that shows it."""
    name = _file_name(order.base) or "picture"
    writer.title(name)
    number = writer.image("")
    writer.text(f"[{name}]", PLAIN._replace(image=number))
    return _made(writer, order, (), (order.base,))


def _made(
    writer: PageWriter,
    order: DocumentOrder,
    links: tuple[str, ...],
    images: tuple[str, ...] = (),
    forms: tuple[FormLeft, ...] = (),
    *,
    needs_script: bool = False,
) -> Made:
    text = mark(writer.without_addresses())
    body, steps = _packed(text) if order.packed else _squeezed(text, order.dictionary)
    return Made(writer.told_title, len(text), body, tuple(steps), links, images, forms, needs_script)


def _packed(text: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """One brotli stream, and how much of the text can be read of how much of it."""
    body = pack(text)
    return body, [*steps_of(body, sum(_STEPS_BYTES)), (len(text), len(body))]


def _squeezed(text: bytes, dictionary: int) -> tuple[bytes, list[tuple[int, int]]]:
    """One zstd frame, and how much of the text can be read of how much of it."""
    bounds = [0]
    while bounds[-1] < len(text):
        place = len(bounds) - 1
        bounds.append(bounds[-1] + (_STEPS_BYTES[place] if place < len(_STEPS_BYTES) else _STEP_BYTES))
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    squeezed = squeeze_pieces(pieces, dictionary)
    steps, came, told = [], 0, 0
    for piece, small in zip(pieces, squeezed, strict=True):
        came, told = came + len(piece), told + len(small)
        steps.append((came, told))
    return b"".join(squeezed), steps


def _file_name(address: str) -> str:
    found = _LAST_PART.search(address.rpartition("/")[2])
    return found[0] if found else ""
