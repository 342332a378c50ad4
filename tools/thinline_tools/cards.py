"""Cards in and out: `thinline import` and `thinline export`, by way of a running server's control socket.

Cards are read here and not in the server, so that whatever a file does to its reader it does not do to the server. What
goes in keeps its text as the part "vcard" and its picture as "photo"; what comes out is that text again, with only
those lines put anew that somebody changed since. Whatever is not taken or not written is told, one by one.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from thinline.errors import LocalError
from thinline.types import TYPES, Collection
from thinline.v1.contacts_pb2 import Contact
from thinline_server.services.contacts.vcard.files import cut_file
from thinline_server.services.contacts.vcard.reading import Card, VcardRefused, read_card
from thinline_server.services.contacts.vcard.writing import write_card

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Asked", "Exported", "Imported", "Trouble", "export_cards", "import_cards"]

SOURCE = "vcard"  # in the ids of what was imported
_BATCH_BYTES, _BATCH_ITEMS = 4 * 1024 * 1024, 16  # few, so that others' commits do not wait for theirs
_TRIES = 3
_TYPE = next(number for number, one in TYPES.items() if one.message is Contact)

Progress = Callable[[int, float], None]  # how many cards are done, and what share of the whole that is


class Asked(Protocol):
    """A server's control socket."""

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        """Ask, and wait for the result; see `thinline_server.control.Operator`."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """A card that was not taken, or not taken whole, or a contact that was not written as it was.

    Attributes:
        where: file, number and line of a card; id and name of a contact.
        why: a sentence.
        lost: whether nothing of it came through.
    """

    where: str
    why: str
    lost: bool = True


@dataclass(slots=True)
class Imported:
    """What became of the cards. `dead`: deleted since they were imported first, and left so."""

    new: int = 0
    there: int = 0
    dead: int = 0
    refused: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


@dataclass(slots=True)
class Exported:
    """What was written."""

    written: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


# In


@dataclass(frozen=True, slots=True)
class _Read:
    where: str
    card: Card
    item: Mapping[str, Any]
    attached: tuple[bytes, ...]
    read_bytes: int  # of all files, by then

    @property
    def size(self) -> int:
        """Bytes of its parts."""
        return sum(map(len, self.attached))


def _nobody(_cards: int, _share: float) -> None:
    """Nobody looks on."""


def import_cards(server: Asked, name: str, files: Sequence[Path], progress: Progress = _nobody) -> Imported:
    """Take the cards of files into an account.

    Raises:
        LocalError: the server said no to all of it.
        OSError: a file cannot be read.
    """
    result = Imported()
    whole = sum(path.stat().st_size for path in files)
    account = server.ask("account.show", name=name)["account"]
    for batch in _batches(_read_files(files, result)):
        items, parts = [read.item for read in batch], [part for read in batch for part in read.attached]
        answer = server.ask("items.take", parts, account=account, source=SOURCE, items=items)
        for read, took in zip(batch, answer["items"], strict=True):
            _count(result, read, took)
        cards = result.new + result.there + result.dead + result.refused
        progress(cards, batch[-1].read_bytes / whole)
    return result


def _read_files(files: Iterable[Path], result: Imported) -> Iterator[_Read]:
    before = 0
    for path in files:
        yield from _read_file(path, before, result)
        before += path.stat().st_size


def _read_file(path: Path, before: int, result: Imported) -> Iterator[_Read]:
    with path.open("rb") as file:
        empty = True
        for piece in cut_file(file):
            empty = False
            where = f"{path}: card {piece.number}, line {piece.line}" if piece.number else f"{path}: line {piece.line}"
            why = piece.refused
            if not why:
                try:
                    yield _item(where, piece.data, before + file.tell())
                    continue
                except VcardRefused as refused:
                    why = str(refused)
            result.refused += bool(piece.number)
            result.troubles.append(Trouble(where, why))
        if empty:
            result.troubles.append(Trouble(str(path), "there is no card in it"))


def _item(where: str, data: bytes, read_bytes: int) -> _Read:
    card = read_card(data)
    parts = {"vcard": data} | ({"photo": card.photo} if card.photo is not None else {})
    item = {
        "origin": hashlib.sha256(data).hexdigest(),
        "type": _TYPE,
        "fields": base64.b64encode(card.contact.SerializeToString(deterministic=True)).decode(),
        "parts": {part: len(content) for part, content in parts.items()},
    }
    return _Read(where, card, item, tuple(parts.values()), read_bytes)


def _batches(reads: Iterable[_Read]) -> Iterator[list[_Read]]:
    """So many at once that a request stays within its bounds."""
    batch: list[_Read] = []
    for read in reads:
        if batch and (len(batch) == _BATCH_ITEMS or sum(one.size for one in batch) + read.size > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(read)
    if batch:
        yield batch


def _count(result: Imported, read: _Read, took: Mapping[str, Any]) -> None:
    if took["reason"]:
        result.refused += 1
        result.troubles.append(Trouble(read.where, took["sentence"]))
        return
    result.new += took["new"]
    result.dead += took["dead"]
    result.there += not took["new"] and not took["dead"]
    if took["dead"]:
        result.troubles.append(Trouble(read.where, "it was imported before and deleted since; it stays deleted"))
    result.troubles += [Trouble(read.where, why, lost=False) for why in read.card.left]


# Out


def export_cards(server: Asked, name: str, to: BinaryIO, progress: Progress = _nobody) -> Exported:
    """Write every contact of an account as a card, in their order, as the account stood at one moment.

    Raises:
        LocalError: there is no such account, or it changes faster than it can be read.
        OSError: it cannot be written.
    """
    result = Exported()
    heads = _heads(server, name)
    for head in heads:
        result.written += 1
        to.write(_card(server, head, result.troubles))
        progress(result.written, result.written / len(heads))
    return result


def _heads(server: Asked, name: str) -> list[Mapping[str, Any]]:
    """All contacts of one snapshot: read again where something changed meanwhile."""
    for _ in range(_TRIES):
        account = server.ask("account.show", name=name)
        heads: dict[str, Mapping[str, Any]] = {}
        cursor, more = "", True
        while more:
            where = {"account": account["account"], "collection": Collection.COLLECTION_CONTACTS, "cursor": cursor}
            told = server.ask("items.list", **where)
            heads |= {head["item"]: {**head, "account": account["account"]} for head in told["heads"]}
            cursor = told["cursor"]
            more = bool(cursor)
        if server.ask("account.show", name=name)["position"] == account["position"]:
            return list(heads.values())
    raise LocalError(f"the contacts of {name} change while they are read; try again when it is quieter")


def _card(server: Asked, head: Mapping[str, Any], troubles: list[Trouble]) -> bytes:
    contact = Contact.FromString(base64.b64decode(head["fields"]))
    where = f"{head['item']} {contact.name or contact.organisation}".rstrip()
    original = photo = None
    try:
        data = _part(server, head, "vcard")
        original = read_card(data) if data is not None else None
    except LocalError as error:  # written from what is known of it
        troubles.append(Trouble(where, f"its card cannot be read ({error}); written from its fields", lost=False))
    try:
        photo = _photo(server, head, original)
    except LocalError as error:
        troubles.append(Trouble(where, f"its photo cannot be read: {error}", lost=False))
    return write_card(contact, original, photo, f"urn:thinline:{head['item']}")


def _photo(server: Asked, head: Mapping[str, Any], original: Card | None) -> bytes | None:
    """The picture; not fetched where it is the one of the card."""
    known = original.photo if original else None
    told = head["parts"].get("photo")
    if known is not None and told and hashlib.sha256(known).hexdigest() == told["hash"]:
        return known
    return _part(server, head, "photo")


def _part(server: Asked, head: Mapping[str, Any], part: str) -> bytes | None:
    told = head["parts"].get(part)
    if told is None:
        return None
    where = {"account": head["account"], "item": head["item"], "part": part, "hash": told["hash"]}
    answer = server.ask("items.part", **where)
    return zstd.decompress(answer["data"]) if answer["zstd"] else bytes(answer["data"])
