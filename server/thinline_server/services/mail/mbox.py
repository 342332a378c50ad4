"""A mailbox file, cut into mails while it is read, and mails put into one: never more in memory than a mail may have.

The dialect is mboxrd: a mail stands between a line `From WHO WHEN` and an empty line, and of its own lines each that
looks like that, however often quoted, has one more `>`. So what is written here is read here byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

__all__ = ["Piece", "cut_mailbox", "is_mail", "is_mailbox", "mailbox_entry"]

_READ_BYTES = 65_536
_POSTMARK = re.compile(rb"From .*\b\d{1,2}:\d\d\b.*\b\d{4}\b")  # with a time and a year: a sentence begins otherwise
_QUOTED = re.compile(rb">+From ")
_TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")  # how a header begins: RFC 5322, 2.2
_SENDER = re.compile(r"[!-~]{1,256}")
_BLANK = (b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A mail of a mailbox, or why there is none.

    Attributes:
        number: which of the file, from 1.
        line: where it begins, from 1.
        data: its bytes; empty where it is refused.
        refused: why.
    """

    number: int
    line: int
    data: bytes
    refused: str = ""


def is_mailbox(start: bytes) -> bool:
    """Whether a file that begins so is a mailbox."""
    return start.startswith(b"From ")


def is_mail(start: bytes) -> bool:
    """Whether what begins so can be a mail: its first line is one of a header."""
    return _FIELD.match(start) is not None


class _Cutter:
    """Takes lines, gives mails."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self.line = self._begun = self._number = self._size = 0
        self._mail: list[bytes] = []
        self._blank = b""  # an empty line that may be the one before a postmark

    def take(self, part: bytes, *, starts: bool) -> Iterator[Piece]:
        """A line, or a further part of one that is longer than is read at once."""
        self.line += starts
        if starts and (not self._number or _POSTMARK.match(part)):
            yield from self.end()
            self._number, self._begun, self._size, self._mail = self._number + 1, self.line, 0, []
            return
        self._keep(self._blank)
        self._blank = b""
        if starts and part in _BLANK:
            self._blank = part
        else:
            self._keep(part[1:] if starts and _QUOTED.match(part) else part)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most_bytes:
            self._mail = []
        else:
            self._mail.append(part)

    def end(self) -> Iterator[Piece]:
        """The mail is over."""
        if not self._number:
            return
        mail, self._mail, self._blank = b"".join(self._mail), [], b""
        refused = ""
        if self._size > self._most_bytes:
            refused = f"it has {self._size} bytes; a mail has at most {self._most_bytes}"
        elif not is_mail(mail):
            refused = "it does not begin with a line of a header, as a mail does"
        yield Piece(self._number, self._begun, b"" if refused else mail, refused)


def cut_mailbox(file: BinaryIO, most_bytes: int) -> Iterator[Piece]:
    """The mails of a mailbox, one after the other; none has more than so many bytes."""
    cutter, starts = _Cutter(most_bytes), True
    while part := file.readline(_READ_BYTES):
        yield from cutter.take(part, starts=starts)
        starts = part.endswith(b"\n")
    yield from cutter.end()


def mailbox_entry(raw: bytes, sender: str, at_s: int) -> bytes:
    """A mail as it stands in a mailbox; one without an end of its last line gets it."""
    when = datetime.fromtimestamp(at_s, UTC).strftime("%a %b %e %H:%M:%S %Y")
    who = sender if _SENDER.fullmatch(sender) else "MAILER-DAEMON"
    end = b"\n" if raw.endswith(b"\n") else b"\n\n"
    return f"From {who} {when}\n".encode() + _TO_QUOTE.sub(rb">\1", raw) + end
