"""The pages of mail, each a frozen state; a page that lies over another knows which to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from thinline.items import Blob
from thinline.merge import Content
from thinline.v1.mail_pb2 import Attachment

__all__ = ["Files", "Folders", "List", "Menu", "Move", "Page", "Read", "Search", "Write"]


@dataclass(frozen=True, slots=True)
class List:
    """Mails, the newest first.

    Attributes:
        folder: which, unless `thread` or `words` say others.
        item: the one that the wheel is at; empty for the first.
        thread: 8 bytes: all mails of that conversation instead.
        words: what was searched for on the server; and the cursors of the answers that are shown.
        asked: the newest stretch that the server was asked for, behind that item, where memory does not hold all.
    """

    folder: str = ""
    item: bytes = b""
    thread: bytes = b""
    words: str = ""
    cursors: tuple[bytes, ...] = (b"",)
    asked: bytes = b""


@dataclass(frozen=True, slots=True)
class Folders:
    """All folders, and the place of the wheel."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """What is being typed to search for."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """One mail, and the line of its text that is on top."""

    item: bytes
    back: List
    top: int = 0


@dataclass(frozen=True, slots=True)
class Files:
    """A mail's attachments, the place of the wheel, and whether that one is open at a line."""

    read: Read
    at: int = 0
    top: int | None = None


NOTHING = Content()
INBOX = List()


@dataclass(frozen=True, slots=True)
class Write:
    """A mail being written.

    Attributes:
        item: the draft that it goes on with; empty for a new one.
        opened: the draft's content when it was opened.
        texts: To, Cc, Bcc, Subject and the text.
        line: the one that is typed at.
        pick: of the people that a typed name may mean.
        files: its attachments, each with its part.
        origin: part of the mail that it answers (`reply`) or sends on (`forward`).
        answers: the mail that it answers, where that was written here and has no such part.
        thread: the conversation.
        source: the mail that it answers or sends on, which is marked when it is sent.
        back: where it came from.
        said: what is in the way of sending it.
    """

    item: bytes = b""
    opened: Content = NOTHING
    texts: tuple[str, ...] = ("", "", "", "", "")
    line: int = 0
    pick: int = 0
    files: tuple[tuple[Attachment, Blob], ...] = ()
    origin: Blob | None = None
    thread: bytes = b""
    source: bytes = b""
    answers: bytes = b""
    back: List | Read = INBOX
    said: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done on a page."""

    back: List | Read | Write
    at: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Where to? The folders, the place of the wheel, and a name being typed for a new one."""

    item: bytes
    back: List | Read
    at: int = 0
    name: str = ""


Page: TypeAlias = List | Folders | Search | Read | Files | Write | Menu | Move
