"""The operator's verbs: how each is read from a request of the control socket, and how its answer is told.

Pure but for what it asks the server. A further verb is one line of the table and one of the list in `control`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from thinline.convert import ID_BYTES
from thinline.errors import LocalError
from thinline.items import ITEM_ID_BYTES
from thinline.limits import LIMITS
from thinline.reasons import Reason, name_of, sentence_of
from thinline.types import Collection
from thinline.v1 import line_pb2
from thinline_server.outside import Incoming, Take, Taken
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    BlobRead,
    GetBlob,
    HeadsRead,
    ListAccounts,
    ListItems,
    NewCode,
    Refused,
    Request,
    Revoke,
)

__all__ = ["Attached", "ControlRefused", "Operated", "obey"]

_HASH_BYTES = 32


class ControlRefused(LocalError):
    """The server understood and said no.

    Attributes:
        reason: its name in `thinline.reasons`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Operated(Protocol):
    """The server, as the control socket needs it."""

    @property
    def code_life_s(self) -> int:
        """How long an enrolment code is good for."""
        ...

    async def operate(self, request: Request) -> Any:
        """Have the store do something for the operator."""
        ...

    def status(self) -> dict[str, Any]:
        """What the server says of itself."""
        ...

    def linked(self, handset: bytes) -> bool:
        """Whether a handset has a live link."""
        ...

    def stop(self) -> None:
        """End, soon."""
        ...


@dataclass(frozen=True, slots=True)
class Attached:
    """A result with bytes that follow its line."""

    result: Any
    data: bytes


@dataclass(frozen=True, slots=True)
class _Verb:
    read: Callable[[Mapping[str, Any], Operated], Request]
    tell: Callable[[Any, Any, Operated], Any]


def _text(arguments: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = arguments.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise ControlRefused(Reason.MALFORMED.name, f"give {name} as a text")
    return value


def _id(arguments: Mapping[str, Any], name: str, size_bytes: int = ID_BYTES) -> bytes:
    told = _text(arguments, name)
    try:
        named = bytes.fromhex(told)
    except ValueError:
        named = b""
    if len(named) != size_bytes:
        sentence = f"{told!r} is not a {name}: give its {2 * size_bytes} hexadecimal digits, as they are shown"
        raise ControlRefused(Reason.MALFORMED.name, sentence)
    return named


def _number(arguments: Mapping[str, Any], name: str) -> int:
    value = arguments.get(name)
    if type(value) is not int or not 0 <= value < 2**31:
        raise ControlRefused(Reason.MALFORMED.name, f"give {name} as a number")
    return value


def _bytes(arguments: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(arguments, name, ""), validate=True)
    except binascii.Error:
        raise ControlRefused(Reason.MALFORMED.name, f"give {name} in base64") from None


# What goes in from outside, and what goes out


def _read_take(told: Mapping[str, Any], _server: Operated) -> Take:
    items = told.get("items")
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise ControlRefused(Reason.MALFORMED.name, "give items as a list of objects")
    attached = BytesIO(told.get("attached", b""))
    take = Take(_id(told, "account"), _text(told, "source"), tuple(_incoming(one, attached) for one in items))
    if attached.read(1):
        raise _unattached()
    return take


def _incoming(told: Mapping[str, Any], attached: BytesIO) -> Incoming:
    sizes = told.get("parts", {})
    if not isinstance(sizes, dict):
        raise ControlRefused(Reason.MALFORMED.name, "give parts as an object of names and sizes")
    parts = tuple((name, attached.read(_number(sizes, name))) for name in sizes)
    if any(len(data) != sizes[name] for name, data in parts):
        raise _unattached()
    return Incoming(_id(told, "origin", _HASH_BYTES), _number(told, "type"), _bytes(told, "fields"), parts)


def _unattached() -> ControlRefused:
    return ControlRefused(Reason.MALFORMED.name, "attach the bytes of all parts, in their order, and no more")


def _took(answer: Taken, _request: Any, _server: Operated) -> Any:
    return {
        "account": answer.account.hex(),
        "items": [
            {
                "item": one.item.hex(),
                "new": one.new,
                "dead": one.dead,
                "reason": name_of(one.reason) if one.reason else "",
                "sentence": sentence_of(Reason(one.reason)) if one.reason else "",
            }
            for one in answer.items
        ],
    }


def _read_list(told: Mapping[str, Any], _server: Operated) -> ListItems:
    cursor = _bytes(told, "cursor")
    return ListItems(_id(told, "account"), _number(told, "collection"), cursor, LIMITS.heads_per_window)


def _listed(answer: HeadsRead, _request: Any, _server: Operated) -> Any:
    heads = [
        {
            "item": head.item.hex(),
            "type": head.type,
            "position": head.position,
            "fields": base64.b64encode(head.fields).decode(),
            "parts": {blob.name: {"hash": blob.hash.hex(), "size": blob.size} for blob in head.blobs},
        }
        for head in answer.heads
    ]
    return {"heads": heads, "cursor": base64.b64encode(answer.cursor).decode()}


def _read_part(told: Mapping[str, Any], _server: Operated) -> GetBlob:
    item = _id(told, "item", ITEM_ID_BYTES)
    return GetBlob(_id(told, "account"), item, _text(told, "part"), _id(told, "hash", _HASH_BYTES))


def _part(answer: BlobRead, _request: Any, _server: Operated) -> Any:
    squeezed = answer.encoding == line_pb2.ENCODING_ZSTD
    return Attached({"size": answer.size, "zstd": squeezed}, answer.encoded)


# Accounts


def _account(info: AccountInfo, server: Operated) -> dict[str, Any]:
    return {
        "account": info.account.hex(),
        "name": info.name,
        "number": info.number,
        "epoch": info.epoch,
        "position": info.position,
        "careful": info.careful,
        "items": {_collection(number): count for number, count in sorted(info.items.items())},
        "handsets": [
            {
                "handset": one.handset.hex(),
                "life": one.life,
                "done": one.done,
                "revoked": one.revoked,
                "linked": server.linked(one.handset),
            }
            for one in info.handsets
        ],
    }


def _collection(number: int) -> str:
    known = number in Collection.values()
    name = Collection.Name(Collection.ValueType(number)) if known else str(number)
    return name.removeprefix("COLLECTION_").lower()


def _one_account(answer: Any, request: ListAccounts, server: Operated) -> Any:
    if not answer:
        sentence = f"there is no account {request.name}; account list tells which there are"
        raise ControlRefused(Reason.INVALID.name, sentence)
    return _account(answer[0], server)


_VERBS: Mapping[str, _Verb] = {
    "account.add": _Verb(
        lambda told, _server: AddAccount(_text(told, "name"), _text(told, "number", "")),
        lambda answer, _request, server: _account(answer, server),
    ),
    "account.list": _Verb(
        lambda _told, _server: ListAccounts(),
        lambda answer, _request, server: [_account(one, server) for one in answer],
    ),
    "account.show": _Verb(lambda told, _server: ListAccounts(_text(told, "name")), _one_account),
    "account.enroll": _Verb(
        lambda told, server: NewCode(_text(told, "name"), server.code_life_s),
        lambda answer, request, _server: {"name": request.name, "code": answer},
    ),
    "account.revoke": _Verb(
        lambda told, _server: Revoke(_id(told, "handset")),
        lambda answer, request, _server: {"account": answer.account.hex(), "handset": request.handset.hex()},
    ),
    "items.take": _Verb(_read_take, _took),
    "items.list": _Verb(_read_list, _listed),
    "items.part": _Verb(_read_part, _part),
}


async def obey(server: Operated, arguments: Any) -> Any:
    """Do what one request says; its result, or an `Attached`. What was attached to the request is bytes by now.

    Raises:
        ControlRefused: it is not done.
    """
    if not isinstance(arguments, dict):
        raise ControlRefused(Reason.MALFORMED.name, "a request is a JSON object with a verb")
    name = _text(arguments, "verb")
    if name == "status":
        return server.status()
    if name == "stop":
        return {"stopping": True}
    verb = _VERBS.get(name)
    if verb is None:
        known = ", ".join((*_VERBS, "status", "stop"))
        raise ControlRefused(Reason.UNKNOWN_KIND.name, f"there is no verb {name!r}; there are {known}")
    if "attached" in arguments:  # may be many megabytes, to be cut and hashed
        request = await asyncio.to_thread(verb.read, arguments, server)
    else:
        request = verb.read(arguments, server)
    answer = await server.operate(request)
    if isinstance(answer, Refused):
        raise ControlRefused(name_of(answer.reason), answer.detail or sentence_of(answer.reason))
    return verb.tell(answer, request, server)
