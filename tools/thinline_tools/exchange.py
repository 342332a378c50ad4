"""What every import and export shares: items handed to a running server and read from it, by its control socket.

What comes from a file is made an item here and not in the server, so that whatever a file does to its reader it does
not do to the server. Whatever is not taken or not written is told, one by one.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from thinline.errors import LocalError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Asked", "Exported", "Found", "Imported", "Progress", "Trouble", "hand_in", "heads_of", "nobody", "part_of"]

_BATCH_BYTES, _BATCH_ITEMS = 4 * 1024 * 1024, 16  # few, so that others' commits do not wait for theirs
_TRIES = 3

Progress = Callable[[int, float], None]  # how many are done, and what share of the whole that is


def nobody(_done: int, _share: float) -> None:
    """Nobody looks on."""


class Asked(Protocol):
    """A server's control socket."""

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        """Ask, and wait for the result; see `thinline_server.control.Operator`."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was not taken, or not taken whole, or not written as it was.

    Attributes:
        where: file, number and line; id and name of an item.
        why: a sentence.
        lost: whether nothing of it came through.
    """

    where: str
    why: str
    lost: bool = True


@dataclass(slots=True)
class Imported:
    """What became of it. `dead`: deleted since it was imported first, and left so."""

    new: int = 0
    there: int = 0
    dead: int = 0
    refused: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many there were."""
        return self.new + self.there + self.dead + self.refused

    def add(self, other: Imported) -> None:
        """What became of some more."""
        self.new += other.new
        self.there += other.there
        self.dead += other.dead
        self.refused += other.refused
        self.troubles += other.troubles

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
class Found:
    """Something that was found in a file and is to be an item.

    Attributes:
        where: for a person.
        origin: SHA-256 of its bytes as they came.
        type, fields: the item's.
        parts: bytes by name.
        left: what of it was left out, in sentences.
        read_bytes: of all files, by then.
    """

    where: str
    origin: bytes
    type: int
    fields: bytes
    parts: Mapping[str, bytes]
    left: tuple[str, ...]
    read_bytes: int

    @property
    def size(self) -> int:
        """Bytes of its parts."""
        return sum(map(len, self.parts.values()))

    @property
    def told(self) -> dict[str, Any]:
        """As the control socket takes it."""
        return {
            "origin": self.origin.hex(),
            "type": self.type,
            "fields": base64.b64encode(self.fields).decode(),
            "parts": {name: len(data) for name, data in self.parts.items()},
        }


def hand_in(server: Asked, account: str, source: str, found: Iterable[Found], result: Imported) -> Iterator[int]:
    """Give an account what was found, some at a time; the bytes of all files that were read by then.

    Raises:
        LocalError: the server said no to all of it.
    """
    for batch in _batches(found):
        items, parts = [one.told for one in batch], [part for one in batch for part in one.parts.values()]
        answer = server.ask("items.take", parts, account=account, source=source, items=items)
        for one, took in zip(batch, answer["items"], strict=True):
            _count(result, one, took)
        yield batch[-1].read_bytes


def _batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    """So many at once that a request stays within its bounds."""
    batch: list[Found] = []
    for one in found:
        if batch and (len(batch) == _BATCH_ITEMS or sum(other.size for other in batch) + one.size > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _count(result: Imported, one: Found, took: Mapping[str, Any]) -> None:
    if took["reason"]:
        result.refused += 1
        result.troubles.append(Trouble(one.where, took["sentence"]))
        return
    result.new += took["new"]
    result.dead += took["dead"]
    result.there += not took["new"] and not took["dead"]
    if took["dead"]:
        result.troubles.append(Trouble(one.where, "it was imported before and deleted since; it stays deleted"))
    result.troubles += [Trouble(one.where, why, lost=False) for why in one.left]


# Out


def heads_of(server: Asked, name: str, collection: int) -> list[Mapping[str, Any]]:
    """All items of a collection, of one snapshot: read again where something changed meanwhile.

    Raises:
        LocalError: there is no such account, or it changes faster than it can be read.
    """
    for _ in range(_TRIES):
        account = server.ask("account.show", name=name)
        heads: dict[str, Mapping[str, Any]] = {}
        cursor, more = "", True
        while more:
            where = {"account": account["account"], "collection": collection, "cursor": cursor}
            told = server.ask("items.list", **where)
            heads |= {head["item"]: {**head, "account": account["account"]} for head in told["heads"]}
            cursor = told["cursor"]
            more = bool(cursor)
        if server.ask("account.show", name=name)["position"] == account["position"]:
            return list(heads.values())
    raise LocalError(f"what {name} has changes while it is read; try again when it is quieter")


def part_of(server: Asked, head: Mapping[str, Any], part: str) -> bytes | None:
    """A part of an item; None where it has none of that name.

    Raises:
        LocalError: the server does not give it.
    """
    told = head["parts"].get(part)
    if told is None:
        return None
    where = {"account": head["account"], "item": head["item"], "part": part, "hash": told["hash"]}
    answer = server.ask("items.part", **where)
    return zstd.decompress(answer["data"]) if answer["zstd"] else bytes(answer["data"])
