"""Mails in and out: mailboxes (mbox) and single mails (eml) of `thinline import` and `thinline export`.

A mail is taken apart by a worker, as the server does it, and kept byte for byte: it is the same item as if it had come
by SMTP. What comes out is those bytes again, and of what was written here the bytes that were sent.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from thinline.errors import LocalError
from thinline.items import Blob
from thinline.merge import Content
from thinline.types import Collection
from thinline.v1.mail_pb2 import Letter, Mail
from thinline_server.config import MailSettings
from thinline_server.mime.values import ParsedMail
from thinline_server.services.mail.compose import Outgoing, compose
from thinline_server.services.mail.incoming import Arrival, incoming
from thinline_server.services.mail.intake import SOURCE
from thinline_server.services.mail.mbox import cut_mailbox, is_mail, is_mailbox, mailbox_entry
from thinline_server.workers.calls import read_mail
from thinline_server.workers.pool import Pool
from thinline_tools.exchange import (
    Asked,
    Exported,
    Found,
    Imported,
    Progress,
    Trouble,
    hand_in,
    heads_of,
    nobody,
    part_of,
)
from thinline_tools.whole import whole_file

__all__ = ["Owner", "export_files", "export_mailbox", "import_mails"]

_HAND_BYTES, _HAND_MAILS = 4 * 1024 * 1024, 16  # read at once
_READERS = 2
_START_BYTES = 256


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mails, and which.

    Attributes:
        name: of the account.
        settings: of mail, as the server has them.
        folder: into which they go, or of which they are; on the way out None for all.
    """

    name: str
    settings: MailSettings
    folder: str | None = None

    @property
    def address(self) -> str:
        """The account's own."""
        return f"{self.name}@{self.settings.domain}"


# In


@dataclass(frozen=True, slots=True)
class _Raw:
    where: str
    data: bytes
    read_bytes: int


def import_mails(
    server: Asked,
    owner: Owner,
    files: Sequence[Path],
    now_s: int,
    progress: Progress = nobody,
    pool: Pool | None = None,
) -> Imported:
    """Take mailboxes and single mails into a folder of an account; they count as read.

    Args:
        server: its control socket.
        owner: of the account.
        files: mailboxes and mails, told apart by how they begin.
        now_s: since 1970; what has no date of its own came now.
        progress: is told how far it is.
        pool: who reads them, if not workers of its own.

    Raises:
        LocalError: the server said no to all of it.
        OSError: a file cannot be read.
    """
    run = _Import(server, owner, now_s)
    account = server.ask("account.show", name=owner.name)["account"]
    asyncio.run(run.run(account, files, progress, pool or Pool(_READERS)))
    return run.result


class _Import:
    """One run of it."""

    def __init__(self, server: Asked, owner: Owner, now_s: int) -> None:
        self._server = server
        self._arrival = Arrival(now_s, {owner.address}, imported=True, folder=owner.folder or "")
        self._most_bytes = owner.settings.size_bytes
        self.result = Imported()

    async def run(self, account: str, files: Sequence[Path], progress: Progress, pool: Pool) -> None:
        whole = sum(path.stat().st_size for path in files)
        async with pool:
            for some in _handfuls(self._raws(files)):
                found = await asyncio.gather(*(self._found(pool, raw) for raw in some))
                handed = hand_in(self._server, account, SOURCE, found, self.result)
                for read_bytes in await asyncio.to_thread(list, handed):
                    progress(self.result.done, read_bytes / whole)

    async def _found(self, pool: Pool, raw: _Raw) -> Found:
        parsed = await read_mail(pool, raw.data)
        try:
            item = await asyncio.to_thread(incoming, raw.data, parsed, self._arrival)
        except Exception as error:  # as the server does: nothing that came is lost
            parsed = ParsedMail(trouble=f"what was read of it could not be shown ({type(error).__name__})")
            item = incoming(raw.data, parsed, self._arrival)
        left = (f"it is kept whole, but {parsed.trouble}",) if parsed.trouble else ()
        return Found(raw.where, item.origin, item.type, item.fields, dict(item.parts), left, raw.read_bytes)

    # Files

    def _raws(self, files: Sequence[Path]) -> Iterator[_Raw]:
        before = 0
        for path in files:
            size = path.stat().st_size
            with path.open("rb") as file:
                start = file.read(_START_BYTES)
                file.seek(0)
                if is_mailbox(start):
                    yield from self._cut(path, file, before)
                elif not is_mail(start):
                    self._refuse(str(path), "it is neither a mailbox nor a mail: it begins like neither")
                elif size > self._most_bytes:
                    self._refuse(str(path), f"it has {size} bytes; a mail has at most {self._most_bytes}")
                else:
                    yield _Raw(str(path), file.read(), before + size)
            before += size

    def _cut(self, path: Path, file: BinaryIO, before: int) -> Iterator[_Raw]:
        for piece in cut_mailbox(file, self._most_bytes):
            where = f"{path}: mail {piece.number}, line {piece.line}"
            if piece.refused:
                self._refuse(where, piece.refused)
            else:
                yield _Raw(where, piece.data, before + file.tell())

    def _refuse(self, where: str, why: str) -> None:
        self.result.refused += 1
        self.result.troubles.append(Trouble(where, why))


def _handfuls(raws: Iterator[_Raw]) -> Iterator[list[_Raw]]:
    """As many as are read at once."""
    hand: list[_Raw] = []
    for raw in raws:
        if hand and (len(hand) == _HAND_MAILS or sum(len(one.data) for one in hand) + len(raw.data) > _HAND_BYTES):
            yield hand
            hand = []
        hand.append(raw)
    if hand:
        yield hand


# Out


@dataclass(frozen=True, slots=True)
class _Written:
    item: str
    raw: bytes
    sender: str
    date_s: int


def export_mailbox(server: Asked, owner: Owner, to: BinaryIO, progress: Progress = nobody) -> Exported:
    """Write an account's mails, or those of a folder, as a mailbox, in their order, as of one moment.

    Raises:
        LocalError: there is no such account, or it changes faster than it can be read.
        OSError: it cannot be written.
    """
    result = Exported()
    for mail in _mails(server, owner, result, progress):
        if not mail.raw.endswith(b"\n"):
            why = "its last line has no end, which a mailbox can not say: here it has one"
            result.troubles.append(Trouble(mail.item, why, lost=False))
        to.write(mailbox_entry(mail.raw, mail.sender, mail.date_s))
        result.written += 1
    return result


def export_files(server: Asked, owner: Owner, folder: Path, progress: Progress = nobody) -> Exported:
    """Write each mail as a file of its own, `DAY-ITEM.eml`.

    Raises:
        LocalError: there is no such account, or it changes faster than it can be read.
        OSError: it cannot be written.
    """
    result = Exported()
    folder.mkdir(exist_ok=True)
    for mail in _mails(server, owner, result, progress):
        day = datetime.fromtimestamp(mail.date_s, UTC).strftime("%Y-%m-%d")
        with whole_file(folder / f"{day}-{mail.item}.eml") as file:
            file.write(mail.raw)
        result.written += 1
    return result


def _mails(server: Asked, owner: Owner, result: Exported, progress: Progress) -> Iterator[_Written]:
    heads = heads_of(server, owner.name, Collection.COLLECTION_MAIL)
    for done, head in enumerate(heads, 1):
        mail = Mail.FromString(base64.b64decode(head["fields"]))
        if owner.folder is None or mail.folder == owner.folder:
            try:
                raw = _raw(server, owner, head)
            except LocalError as error:
                result.troubles.append(Trouble(f"{head['item']} {mail.subject}".rstrip(), str(error)))
            else:
                sender = mail.sender.address if mail.HasField("sender") else owner.address
                yield _Written(head["item"], raw, sender, mail.date_s)
        progress(result.written, done / len(heads))


def _raw(server: Asked, owner: Owner, head: Mapping[str, Any]) -> bytes:
    """As it came; what was written here as it was, or would be, sent (spec MAIL-7)."""
    came = part_of(server, head, "mail")
    if came is not None:
        return Letter.FromString(came).raw
    parts = {name: data for name in head["parts"] if (data := part_of(server, head, name)) is not None}
    blobs = tuple(Blob(name, bytes.fromhex(told["hash"]), told["size"]) for name, told in head["parts"].items())
    content = Content(base64.b64decode(head["fields"]), blobs)
    raw = compose(Outgoing(owner.name, owner.settings.domain, bytes.fromhex(head["item"]), content, parts))
    return raw if raw.endswith(b"\n") else raw + b"\r\n"  # as a mail ends on its way
