"""Header fields: unfolded, counted, and read with the standard library within bounds.

Of the library's two readers the older one is used: the newer raises on hostile fields and is quadratic in encoded
words. Each value is bounded before it gets there, and what raises nevertheless counts as absent. Encoded words are
decoded here, since the library loses characters that are cut over two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.transfer import decode_base64
from thinline_server.mime.values import Mailbox
from thinline_server.pages.charsets import decode_text
from thinline_server.pages.writer import clean

__all__ = ["Fields", "Recipients", "decode_words", "read_fields"]

_NAME = re.compile(rb"[!-9;-~]{1,128}")
_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?\r\n]*)\?=")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
_SPACES = re.compile(r"\s+")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\]{1,64}@(?:[^\s<>(),;:\"\\\[\]]{1,255}|\[[\w.:]{1,64}\])")
_PATH = re.compile(r"[/\\\x00]")
_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
_BOUNDARY_BYTES = 200
_ATOM = "\ue000"  # for private use: around the number of an encoded word
_ATOMS = re.compile(f"{_ATOM}(\\d{{1,6}}){_ATOM}")
# What the standard library raises on fields that were written to make it: see its issues 83281, 134155, 148518, 151857.
_RAISED = (ValueError, LookupError, AttributeError, TypeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Those of one field that are kept, and how many are not."""

    kept: tuple[Mailbox, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Fields:
    """One header; names in lower case, values unfolded."""

    values: tuple[tuple[str, bytes], ...] = ()
    media_type: str = ""
    boundary: bytes = b""
    charset: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.values)

    def raw(self, name: str) -> bytes:
        """The first value of that name, bounded; empty where there is none."""
        return next((value for one, value in self.values if one == name), b"")[: MIME_BOUNDS.text_bytes]

    def text(self, name: str) -> str:
        """The first value as a person reads it, on one line."""
        return _SPACES.sub(" ", clean(decode_words(_decoded(self.raw(name))))).strip()

    def token(self, name: str) -> str:
        """The first value without parameters and comments, in lower case."""
        return _decoded(self.raw(name)[: MIME_BOUNDS.parameter_bytes]).split(";")[0].split("(")[0].strip().lower()

    def parameter(self, name: str) -> str:
        """A parameter of the content type; empty where there is none."""
        return dict(self.parameters).get(name, "")

    @property
    def encoding(self) -> str:
        """The transfer encoding."""
        return self.token("content-transfer-encoding")

    @property
    def filename(self) -> str:
        """As the sender called the file, without a path; empty where it has no name."""
        name = _filename(self.raw("content-disposition")) or self.parameter("name")
        return _PATH.sub("_", _SPACES.sub(" ", clean(decode_words(name)))).strip(" .")[-MIME_BOUNDS.name_characters :]

    def mailboxes(self, name: str) -> Recipients:
        """Addresses of all fields of that name."""
        whole = b",".join(value for one, value in self.values if one == name)
        read = whole[: MIME_BOUNDS.text_bytes]
        if len(read) < len(whole):
            read = read[: read.rfind(b",") + 1]
        found = list(_mailboxes(_decoded(read)))
        kept = tuple(found[: MIME_BOUNDS.addresses])
        return Recipients(kept, len(found) - len(kept) + whole[len(read) :].count(b"@"))

    def ids(self, name: str) -> tuple[str, ...]:
        """Message ids, the newest ones where there are many."""
        return tuple(_MESSAGE_ID.findall(_decoded(self.raw(name))))[-MIME_BOUNDS.references :]

    def date_ms(self, name: str) -> int:
        """Milliseconds since 1970; 0 where there is no date that can be read."""
        try:
            moment = parsedate_to_datetime(_decoded(self.raw(name)[:200]))
            return max(0, int(moment.timestamp() * 1000))
        except _RAISED:
            return 0


def _lines(data: bytes) -> Iterator[bytes]:
    return iter(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))


def read_fields(data: bytes) -> Fields:
    """The fields of a header; lines that are none are passed over."""
    found: list[tuple[str, list[bytes]]] = []
    for line in _lines(data):
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name := name.rstrip(b" \t")):
            continue
        if len(found) >= MIME_BOUNDS.header_fields:
            break
        found.append((name.decode("ascii").lower(), [value]))
    values = tuple((name, b"".join(parts).strip()) for name, parts in found)
    return _with_type(values)


def _with_type(values: tuple[tuple[str, bytes], ...]) -> Fields:
    raw = Fields(values).raw("content-type")[: MIME_BOUNDS.parameter_bytes]
    if not raw:
        return Fields(values)
    media_type = _decoded(raw).split(";")[0].strip().lower()
    parameters = dict(_parameters("content-type", raw))
    boundary = parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")[:_BOUNDARY_BYTES]
    known = media_type if _TOKEN.fullmatch(media_type) else ""
    return Fields(values, known, boundary, parameters.get("charset", ""), tuple(parameters.items()))


def _parameters(name: str, raw: bytes) -> Iterator[tuple[str, str]]:
    message = Message()
    front = b";".join(raw.split(b";", MIME_BOUNDS.parameters)[: MIME_BOUNDS.parameters])
    try:
        message[name] = _decoded(front)
        for key, value in message.get_params(failobj=[], header=name)[1:]:
            yield key.lower(), _collapsed(value)
    except _RAISED:
        return


def _collapsed(value: str | tuple[str | None, str | None, str]) -> str:
    """A parameter's text; RFC 2231 gives it with its charset, in bytes as Latin-1."""
    if isinstance(value, str):
        return value
    charset, _, text = value
    return decode_text(text.encode("latin-1", "replace"), charset or "")


def _filename(disposition: bytes) -> str:
    if not disposition:
        return ""
    return dict(_parameters("content-disposition", disposition[: MIME_BOUNDS.parameter_bytes])).get("filename", "")


def _decoded(raw: bytes) -> str:
    """Text of a field: ASCII, else UTF-8 as RFC 6532 says, else what older programs meant."""
    return decode_text(raw)


def decode_words(text: str) -> str:
    """Text with its encoded words decoded (RFC 2047), also where a character is cut over two of them."""
    if "=?" not in text:
        return text
    out: list[str] = []
    waiting, charset, at = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[at : found.start()]
        data = _word_bytes(found[2], found[3])
        if waiting and not between.strip() and found[1].lower() == charset:
            waiting += data
        else:
            out.append(decode_text(waiting, charset))
            out.append(between if between.strip() or not waiting else "")
            waiting, charset = data, found[1].lower()
        at = found.end()
    out += [decode_text(waiting, charset), text[at:]]
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(data)
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), data.replace(b"_", b" "))


def _mailboxes(text: str) -> Iterator[Mailbox]:
    """The addresses of a field; an encoded word is one atom, whatever signs are in it."""
    words: list[str] = []

    def atom(found: re.Match[str]) -> str:
        words.append(found[0])
        return f"{_ATOM}{len(words) - 1}{_ATOM}"

    text = _WORD.sub(atom, text.replace(_ATOM, ""))
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    try:
        pairs = getaddresses([text]) if deepest <= MIME_BOUNDS.comments else []
    except _RAISED:
        pairs = []
    for name, address in pairs or [("", one) for one in _ADDRESS.findall(text)]:
        name = _ATOMS.sub(lambda found: words[int(found[1])], name)
        shown = _SPACES.sub(" ", clean(decode_words(name))).strip()
        if _ADDRESS.fullmatch(address):
            yield Mailbox(shown[: MIME_BOUNDS.name_characters], address)
