"""Cards in and out: contacts of `thinline import` and `thinline export`.

What goes in keeps its text as the part "vcard" and its picture as "photo"; what comes out is that text again, with only
those lines put anew that somebody changed since.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from thinline.errors import LocalError
from thinline.types import TYPES, Collection
from thinline.v1.contacts_pb2 import Contact
from thinline_server.services.contacts.vcard.files import cut_file
from thinline_server.services.contacts.vcard.reading import Card, VcardRefused, read_card
from thinline_server.services.contacts.vcard.writing import write_card
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

__all__ = ["export_cards", "import_cards"]

SOURCE = "vcard"  # in the ids of what was imported
_TYPE = next(number for number, one in TYPES.items() if one.message is Contact)


# In


def import_cards(server: Asked, name: str, files: Sequence[Path], progress: Progress = nobody) -> Imported:
    """Take the cards of files into an account.

    Raises:
        LocalError: the server said no to all of it.
        OSError: a file cannot be read.
    """
    result = Imported()
    whole = sum(path.stat().st_size for path in files)
    account = server.ask("account.show", name=name)["account"]
    for read_bytes in hand_in(server, account, SOURCE, _read_files(files, result), result):
        progress(result.done, read_bytes / whole)
    return result


def _read_files(files: Iterable[Path], result: Imported) -> Iterator[Found]:
    before = 0
    for path in files:
        yield from _read_file(path, before, result)
        before += path.stat().st_size


def _read_file(path: Path, before: int, result: Imported) -> Iterator[Found]:
    with path.open("rb") as file:
        empty = True
        for piece in cut_file(file):
            empty = False
            where = f"{path}: card {piece.number}, line {piece.line}" if piece.number else f"{path}: line {piece.line}"
            why = piece.refused
            if not why:
                try:
                    yield _found(where, piece.data, before + file.tell())
                    continue
                except VcardRefused as refused:
                    why = str(refused)
            result.refused += bool(piece.number)
            result.troubles.append(Trouble(where, why))
        if empty:
            result.troubles.append(Trouble(str(path), "there is no card in it"))


def _found(where: str, data: bytes, read_bytes: int) -> Found:
    card = read_card(data)
    parts = {"vcard": data} | ({"photo": card.photo} if card.photo is not None else {})
    fields = card.contact.SerializeToString(deterministic=True)
    return Found(where, hashlib.sha256(data).digest(), _TYPE, fields, parts, tuple(card.left), read_bytes)


# Out


def export_cards(server: Asked, name: str, to: BinaryIO, progress: Progress = nobody) -> Exported:
    """Write every contact of an account as a card, in their order, as the account stood at one moment.

    Raises:
        LocalError: there is no such account, or it changes faster than it can be read.
        OSError: it cannot be written.
    """
    result = Exported()
    heads = heads_of(server, name, Collection.COLLECTION_CONTACTS)
    for head in heads:
        result.written += 1
        to.write(_card(server, head, result.troubles))
        progress(result.written, result.written / len(heads))
    return result


def _card(server: Asked, head: Mapping[str, Any], troubles: list[Trouble]) -> bytes:
    contact = Contact.FromString(base64.b64decode(head["fields"]))
    where = f"{head['item']} {contact.name or contact.organisation}".rstrip()
    original = photo = None
    try:
        data = part_of(server, head, "vcard")
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
    return part_of(server, head, "photo")
