"""Mails as a server tells them to a handset: heads with their letter, and the bytes of its text."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from desks import item_id
from thinline.items import Blob, Head, Revision
from thinline.v1.mail_pb2 import Address, Letter, Mail
from thinline.v1.page_pb2 import Block, Page, Run

__all__ = ["BOB", "CAROL", "DAY_S", "Came", "came", "letter", "page_bytes"]

BOB = Address(name="Bob Børgesen", address="bob@example.org")
CAROL = Address(name="Carol", address="carol@example.org")
DAY_S = 86_400


def page_bytes(*paragraphs: str) -> bytes:
    """A page of paragraphs."""
    return Page(blocks=[Block(runs=[Run(text=text)]) for text in paragraphs]).SerializeToString()


@dataclass(frozen=True, slots=True)
class Came:
    """A mail that came: its head, and the bytes of its parts by name."""

    head: Head
    parts: dict[str, bytes]

    @property
    def item(self) -> bytes:
        """Its id."""
        return self.head.item


def letter(text: bytes, rest: bytes = b"", raw: bytes = b"") -> tuple[bytes, int, int]:
    """The part `mail`, and how many bytes of it its two stretches of text take."""
    first = len(Letter(text=text).SerializeToString())
    second = len(Letter(rest=rest).SerializeToString())
    return Letter(text=text, rest=rest, raw=raw).SerializeToString(), first, second


def came(
    number: int, *paragraphs: str, rest: str = "", files: dict[str, bytes] | None = None, **fields: object
) -> Came:
    """The n-th mail, newer with its number; without a text of its own it says what its subject says."""
    text = page_bytes(*(paragraphs or (str(fields.get("subject", "")),)))
    whole, text_bytes, rest_bytes = letter(text, page_bytes(rest) if rest else b"", b"Subject: raw\r\n\r\n" * 99)
    told: dict[str, object] = {
        "sender": BOB,
        "date_s": 1_700_000_000 + 60 * number,
        "thread": bytes(7) + b"%c" % number,
    }
    mail = Mail(**{**told, **fields, "text_bytes": text_bytes, "rest_bytes": rest_bytes})  # type: ignore[arg-type]
    parts = {"mail": whole}
    for place, (name, data) in enumerate((files or {}).items(), 1):
        media_type = "text/plain" if name.endswith(".txt") else "image/jpeg"
        mail.attachments.add(name=name, media_type=media_type, part=f"a{place}")
        parts[f"a{place}"] = data
    blobs = tuple(Blob(name, sha256(data).digest(), len(data)) for name, data in sorted(parts.items()))
    data = mail.SerializeToString(deterministic=True)
    return Came(Head(item_id(100 + number), 100 + number, Revision(1, bytes(8)), 2, data, blobs), parts)
