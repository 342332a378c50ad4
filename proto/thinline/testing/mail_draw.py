"""How a mail of the corpus is put together: what was drawn for it, and what of it a reader has to find."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from textwrap import wrap

from thinline.testing.mail_texts import (
    ADDRESS,
    CHARSETS,
    ENGLISH,
    PEOPLE,
    Charset,
    Person,
    base64_lines,
    date_field,
    encoded_words,
)

__all__ = ["ATTACHMENTS", "Draw", "FileSample", "MailSample"]

_FIRST_S = 1_788_220_800  # 2026-09-01
_ZONES = (0, 60, 120, -300, -480, 330, 540)
_UTF8 = CHARSETS[0]
_BOB = Person("Bob", "bob@thinline.test")
ATTACHMENTS = (
    ("report.pdf", "application/pdf", b"%PDF-1.4\n"),
    ("harbour.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
    ("plan.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("budget.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ("song.mp3", "audio/mpeg", b"ID3"),
)


@dataclass(frozen=True, slots=True)
class FileSample:
    """A file in a mail, as it has to come out."""

    name: str
    media_type: str
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class MailSample:
    """One mail, and what is to be found in it.

    Attributes:
        shape: the template that it is of.
        raw: its bytes, RFC 5322.
        words: all that is to be read, in its order, pictures as [text].
        links: where its links lead, in their order; an address in plain text is one.
        signed: by which scheme.
        bounced: who did not get what was sent.
        invites: whether there is an invitation in it.
    """

    shape: str
    raw: bytes
    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    date_ms: int
    message_id: str
    in_reply_to: str
    words: tuple[str, ...]
    files: tuple[FileSample, ...]
    links: tuple[str, ...]
    signed: str
    bounced: tuple[str, ...]
    invites: bool


@dataclass(slots=True)
class Draw:
    """One mail on its way: what chance gave, and what is expected so far."""

    chance: Random
    shape: str
    number: int
    boundary: str = ""
    expected: list[str] = field(default_factory=list)
    files: list[FileSample] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    signed: str = ""
    bounced: tuple[str, ...] = ()
    invites: bool = False
    replies: bool = False
    html: bool = False

    def __post_init__(self) -> None:
        self.boundary = f"=_{self.chance.randbytes(8).hex()}"

    # What it is made of

    def one(self, of: Sequence[str]) -> str:
        """One of them."""
        return self.chance.choice(of)

    def sentences(self, most: int = 5) -> str:
        """A paragraph in English."""
        return " ".join(self.chance.sample(ENGLISH, self.chance.randint(1, most)))

    def paragraphs(self, most: int = 4) -> list[str]:
        """Some paragraphs."""
        return [self.sentences() for _ in range(self.chance.randint(1, most))]

    def wrapped(self, paragraph: str) -> str:
        """As mail programs break lines, words kept whole."""
        return "\n".join(wrap(paragraph, 72, break_long_words=False, break_on_hyphens=False))

    def data(self, front: bytes, least: int, most: int) -> bytes:
        """Bytes of a file."""
        return front + self.chance.randbytes(self.chance.randint(least, most))

    def file(self, name: str, media_type: str, data: bytes) -> None:
        """Expect a file."""
        self.files.append(FileSample(name, media_type, len(data), hashlib.sha256(data).digest()))

    def say(self, *texts: str) -> None:
        """Expect texts to be read, behind those before."""
        for text in texts:
            self.expected += text.split()

    def attachment(self) -> bytes:
        """A part with a file in base64."""
        name, media_type, front = self.chance.choice(ATTACHMENTS)
        data = self.data(front, 2_000, 24_000)
        self.file(name, media_type, data)
        head = f'Content-Type: {media_type}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        head += f'Content-Disposition: attachment; filename="{name}"\n\n'
        return head.encode() + base64_lines(data)

    def multipart(self, *parts: bytes, boundary: str = "", preamble: bytes = b"") -> bytes:
        """Parts between boundaries; each begins with its own header, or with an empty line."""
        line = b"--" + (boundary or self.boundary).encode()
        return preamble + b"".join(line + b"\n" + part.removesuffix(b"\n") + b"\n" for part in parts) + line + b"--\n"

    # The whole

    def mail(
        self, subject: str, content: bytes, extra: Mapping[str, str] | None = None, end: bytes = b"\r\n"
    ) -> MailSample:
        """The mail: a header for it, then `content`, which begins with the fields of its own.

        Args:
            subject: as it has to be read.
            content: fields of MIME, an empty line, the body; lines end with LF.
            extra: other fields.
            end: what ends its lines.
        """
        sender, *copied = self.chance.sample(PEOPLE, self.chance.randint(1, 3))
        at_s = _FIRST_S + 3_600 * self.number + self.chance.randrange(3_600)
        message_id = f"{self.chance.randbytes(9).hex()}.{self.number}@{sender.address.partition('@')[2]}"
        parent = f"{self.chance.randbytes(9).hex()}@thinline.test" if self.replies else ""
        fields = {
            "Received": f"from mx.example.org (mx.example.org [192.0.2.{self.number % 250}])\n\tby mail.example.net",
            "From": self._people((sender,)),
            "To": self._people((_BOB,)),
            **({"Cc": self._people(copied)} if copied else {}),
            "Subject": self._text(subject),
            "Date": date_field(at_s, self.chance.choice(_ZONES)),
            "Message-ID": f"<{message_id}>",
            **({"In-Reply-To": f"<{parent}>", "References": f"<0@thinline.test>\n <{parent}>"} if parent else {}),
            **(extra or {}),
            "MIME-Version": "1.0",
        }
        head = "".join(f"{name}: {value}\n" for name, value in fields.items())
        return MailSample(
            self.shape,
            (head.encode() + content).replace(b"\n", end),
            sender,
            (_BOB,),
            tuple(copied),
            subject,
            1_000 * at_s,
            message_id,
            parent,
            tuple(self.expected),
            tuple(self.files),
            tuple(self.links) if self.html else (ADDRESS,) * (ADDRESS in self.expected),
            self.signed,
            self.bounced,
            self.invites,
        )

    def _text(self, text: str) -> str:
        if text.isascii():
            return text
        fitting = [one for one in CHARSETS if _fits(text, one)]
        return encoded_words(text, self.chance.choice(fitting), self.chance.random() < 0.5)

    def _people(self, people: Sequence[Person]) -> str:
        return ",\n ".join(self._person(one) for one in people)

    def _person(self, person: Person) -> str:
        if not person.name:
            return person.address
        if not person.name.isascii():
            return f"{self._text(person.name)} <{person.address}>"
        name = person.name if person.name.replace(" ", "").isalnum() else f'"{person.name}"'
        return f"{name} <{person.address}>"


def _fits(text: str, charset: Charset) -> bool:
    """Whether a mail program would write a text so: the large Asian sets also have letters of others."""
    asian = max(charset.sentences[0]) > "\u3000"
    try:
        return text.encode(charset.codec).decode(charset.codec) == text and (not asian or max(text) > "\u3000")
    except UnicodeError:
        return False
