"""What of a mail is to be read, and what are its files: the tree of parts becomes one page and a list.

Of alternatives the last that can be shown is chosen, as their sender ordered them. A forwarded mail is shown where it
stands, under its own heading, and is a file as well. A signature is not shown, nor verified; that there is one is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from thinline.v1.page_pb2 import BLOCK_KIND_UNSPECIFIED
from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.fields import Fields
from thinline_server.mime.special import bounces_of, tell_bounce, tell_invitation
from thinline_server.mime.structure import Part
from thinline_server.mime.transfer import decode_transfer
from thinline_server.mime.values import Attached, Bounced
from thinline_server.pages.charsets import charset_of_html, decode_text
from thinline_server.pages.html import write_html
from thinline_server.pages.plain import write_flowed, write_plain
from thinline_server.pages.writer import Frame, Look, PageWriter

__all__ = ["Body"]

_SCHEMES = {"pgp": "OpenPGP", "pkcs7": "S/MIME"}
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_QUIET = ("text/rfc822-headers", "message/disposition-notification", "message/feedback-report")
_SHOWN_FIELDS = (("From", "from"), ("Date", "date"), ("To", "to"), ("Subject", "subject"))
_EXTENSIONS = {"text/plain": "txt", "text/html": "html", "image/jpeg": "jpg", "message/rfc822": "eml"}
_EXTENSIONS |= {"text/calendar": "ics", "application/octet-stream": "bin", "image/svg+xml": "svg"}


class Body:
    """One mail's content, collected part by part.

    Attributes:
        writer: its page.
        attachments: its files, in their order.
        calendar: the first invitation, in UTF-8.
        signed: by which scheme, if any.
        encrypted: likewise.
        bounces: what delivery reports say.
    """

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._written = False
        self._texts = 0
        self.writer = PageWriter()
        self.attachments: list[Attached] = []
        self.calendar = b""
        self.signed = ""
        self.encrypted = ""
        self.bounces: list[Bounced] = []

    def add(self, part: Part) -> None:
        """Take in a part and what is in it; recursion is as deep as `MIME_BOUNDS.nesting`."""
        kind, _, subtype = part.media_type.partition("/")
        if kind == "multipart" and part.children:
            self._multipart(part, subtype)
        elif part.fields.token("content-disposition") == "attachment":
            self._attach(part)
        elif kind == "message" and part.children:
            self._forwarded(part)
        elif part.media_type in _STATUS:
            self._status(part)
        elif part.media_type == "text/calendar":
            self._invitation(part)
        elif part.media_type in _QUIET:
            self._attach(part)
        elif self._texts < MIME_BOUNDS.texts and (kind == "multipart" or _readable(kind, part.fields)):
            self._text(part, subtype)
        else:
            self._scheme(part)
            self._attach(part)

    # Multiparts

    def _multipart(self, part: Part, subtype: str) -> None:
        children = part.children
        match subtype:
            case "alternative":
                self._alternative(children)
            case "related":
                root = _root(part)
                self.add(root)
                for child in children:
                    if child is not root:
                        self._attach(child, inline=True)
            case "signed":
                self.signed = self.signed or _scheme_of(part.fields)
                self.add(children[0])
            case "encrypted":
                self.encrypted = self.encrypted or _scheme_of(part.fields)
                self._say("This mail is encrypted; it can not be read here.")
                for child in children[1:]:
                    self._attach(child)
            case _:
                for child in children:
                    self.add(child)

    def _alternative(self, children: Sequence[Part]) -> None:
        chosen = next((child for child in reversed(children) if _shows(child)), None)
        for child in children:
            if child is chosen:
                self.add(child)
            elif child.media_type == "text/calendar":
                self._invitation(child)
            elif not child.media_type.startswith(("text/", "multipart/")):
                self.add(child)

    # Leaves

    def content(self, part: Part, most: int | None = None) -> bytes:
        """A part's bytes; of a text so many of the encoded ones."""
        end = part.end if most is None else min(part.end, part.start + most)
        return decode_transfer(self._data[part.start : end], part.fields.encoding)

    def _text(self, part: Part, subtype: str) -> None:
        self._texts += 1
        data = self.content(part, MIME_BOUNDS.body_bytes)
        charset = part.fields.parameter("charset")
        self._part_from_before()
        if subtype == "html":
            write_html(self.writer, decode_text(data, charset or charset_of_html(data)))
        elif part.fields.parameter("format").lower() == "flowed":
            delete_space = part.fields.parameter("delsp").lower() == "yes"
            write_flowed(self.writer, decode_text(data, charset), delete_space=delete_space)
        else:
            write_plain(self.writer, decode_text(data, charset))

    def _part_from_before(self) -> None:
        """A line between one text and the next."""
        if self._written:
            self.writer.rule()
        self._written = True

    def _say(self, *lines: str, strong: bool = False) -> None:
        """Lines of ours."""
        self._part_from_before()
        self.writer.begin(Frame(BLOCK_KIND_UNSPECIFIED))
        for line in lines:
            self.writer.soft_break()
            self.writer.text(line, Look(strong=strong))
        self.writer.end()

    def _forwarded(self, part: Part) -> None:
        inner = part.children[0]
        shown = [f"{label}: {inner.fields.text(name)}" for label, name in _SHOWN_FIELDS if inner.fields.raw(name)]
        if shown:
            self._say(*shown, strong=True)
            self._written = False
        self.add(inner)
        self._attach(part, name=inner.fields.text("subject"))

    def _status(self, part: Part) -> None:
        found = list(bounces_of(self.content(part, MIME_BOUNDS.body_bytes)))
        self.bounces += found
        if found:
            self._say(*map(tell_bounce, found))

    def _invitation(self, part: Part) -> None:
        text = decode_text(self.content(part, MIME_BOUNDS.body_bytes), part.fields.parameter("charset") or "utf-8")
        if not self.calendar:
            self.calendar = text.encode("utf-8", "replace")
            if lines := tell_invitation(text):
                self._say(*lines)
        self._attach(part, name="invitation")

    def _scheme(self, part: Part) -> None:
        """S/MIME in one part: signed, with the text inside, or encrypted."""
        if part.media_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            if part.fields.parameter("smime-type").lower() in ("signed-data", "certs-only"):
                self.signed = "S/MIME"
                self._say("This mail is inside its signature; it can not be read here.")
            else:
                self.encrypted = "S/MIME"
                self._say("This mail is encrypted; it can not be read here.")

    def _attach(self, part: Part, *, name: str = "", inline: bool = False) -> None:
        fields = part.fields
        self.attachments.append(
            Attached(
                fields.filename or _file_name(name, part.media_type),
                part.media_type,
                self.content(part),
                "".join(fields.ids("content-id")[:1]),
                inline or fields.token("content-disposition") == "inline",
            )
        )


def _readable(kind: str, fields: Fields) -> bool:
    """Whether a text is part of what is to be read, and not a file beside it."""
    return kind == "text" and (not fields.filename or fields.token("content-disposition") == "inline")


def _shows(part: Part) -> bool:
    """Whether there is a text in an alternative that can be shown."""
    if part.media_type.startswith("multipart/"):
        return any(map(_shows, part.children))
    return part.media_type in ("text/plain", "text/html", "text/enriched", "text/markdown")


def _root(part: Part) -> Part:
    """What a multipart/related is of: as its start parameter says, else its first part."""
    start = part.fields.parameter("start").strip("<>")
    named = (child for child in part.children if start and child.fields.ids("content-id")[:1] == (start,))
    return next(named, part.children[0])


def _scheme_of(fields: Fields) -> str:
    protocol = fields.parameter("protocol").lower()
    return next((scheme for sign, scheme in _SCHEMES.items() if sign in protocol), "an unknown scheme")


def _file_name(name: str, media_type: str) -> str:
    kind, _, subtype = media_type.partition("/")
    extension = _EXTENSIONS.get(media_type, subtype.removeprefix("x-"))
    return f"{(name or kind).replace('/', '_')[: MIME_BOUNDS.name_characters - 20]}.{extension}"
