"""Where an operator hands in files and is handed them: a server by its settings, files by their paths, a count."""

from __future__ import annotations

import codecs
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from thinline_server.config import Settings
from thinline_server.control import calling
from thinline_server.services.mail.mbox import is_mail, is_mailbox
from thinline_tools.cards import export_cards, import_cards
from thinline_tools.exchange import Asked, Exported, Imported, Trouble
from thinline_tools.exchange import Progress as Count
from thinline_tools.letters import Owner, export_files, export_mailbox, import_mails
from thinline_tools.whole import whole_file

__all__ = ["KINDS", "counting", "has_mails", "kind_of", "take_in", "tell", "write_out"]

KINDS = ("vcf", "mbox", "eml")
_CARD = b"BEGIN:VCARD"
_CARD_SUFFIXES, _MAIL_SUFFIXES = (".vcf", ".vcard"), (".eml", ".mbox", ".mbx")
_START_BYTES = 256


# In


def has_mails(path: Path) -> bool:
    """Whether a file is of mails and not of cards: by how it begins, else by its name.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    suffix = path.suffix.lower()
    if suffix in (*_CARD_SUFFIXES, *_MAIL_SUFFIXES):
        return suffix in _MAIL_SUFFIXES
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _CARD in start.upper():
        return False
    return is_mailbox(start) or is_mail(start)


def take_in(settings: Settings, name: str, files: Sequence[Path], folder: str | None = None) -> Imported:
    """Take files of cards and of mails into an account of the server of these settings; mails into that folder.

    Raises:
        LocalError: no server runs there, or it said no.
        OSError: a file cannot be read.
    """
    with calling(settings.state) as server, counting(Console(stderr=True)) as count:
        mails = [path for path in files if has_mails(path)]
        cards = [path for path in files if path not in mails]
        results = [import_cards(server, name, cards, count)] if cards else []
        if mails:
            results.append(import_mails(server, Owner(name, settings.mail, folder), mails, int(time.time()), count))
    first, *others = results
    for other in others:
        first.add(other)
    return first


# Out


def kind_of(to: Path | None) -> str:
    """What is written where nothing else is said: by the name's ending, else cards."""
    suffix = to.suffix.lower().removeprefix(".") if to is not None else ""
    return suffix if suffix in KINDS else "eml" if to is not None and to.is_dir() else "vcf"


def write_out(settings: Settings, owner: Owner, to: Path | None, kind: str) -> Exported:
    """Write an account's contacts or mails into a file, whole or not at all, a folder, or to standard output.

    Raises:
        LocalError: no server runs there, or it said no.
        OSError: it cannot be written.
    """
    with calling(settings.state) as server, counting(Console(stderr=True)) as count:
        if kind == "eml":
            assert to is not None, "there is a folder"
            return export_files(server, owner, to, count)
        if to is None:
            return _write(server, owner, sys.stdout.buffer, kind, count)
        with whole_file(to) as file:
            return _write(server, owner, file, kind, count)


def _write(server: Asked, owner: Owner, to: BinaryIO, kind: str, count: Count) -> Exported:
    if kind == "mbox":
        return export_mailbox(server, owner, to, count)
    return export_cards(server, owner.name, to, count)


def tell(troubles: Iterable[Trouble], said: str) -> None:
    """Troubles on standard error, what was done on standard output."""
    for trouble in troubles:
        print(f"thinline: {trouble.where}: {trouble.why}", file=sys.stderr)
    if said:
        print(said)


@contextmanager
def counting(console: Console) -> Iterator[Count]:
    """A bar on standard error, where a person looks at it: how many so far, the share of the whole, the time left."""
    columns = (TextColumn("{task.fields[done]} done"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, done=0)
        yield lambda done, share: bar.update(task, completed=share, done=done)
