"""The operator's verbs: how each is read from a request of the control socket, and how its answer is told.

Pure but for what it asks the server. A further verb is one line of the table and one of the list in `control`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from thinline.convert import ID_BYTES
from thinline.errors import LocalError
from thinline.reasons import Reason, name_of, sentence_of
from thinline.types import Collection
from thinline_server.requests import AccountInfo, AddAccount, ListAccounts, NewCode, Refused, Request, Revoke

__all__ = ["ControlRefused", "Operated", "obey"]


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
class _Verb:
    read: Callable[[Mapping[str, Any], Operated], Request]
    tell: Callable[[Any, Any, Operated], Any]


def _text(arguments: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = arguments.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise ControlRefused(Reason.MALFORMED.name, f"give {name} as a text")
    return value


def _handset(arguments: Mapping[str, Any]) -> bytes:
    told = _text(arguments, "handset")
    try:
        handset = bytes.fromhex(told)
    except ValueError:
        handset = b""
    if len(handset) != ID_BYTES:
        sentence = f"{told!r} is not a handset: give its {2 * ID_BYTES} hexadecimal digits, as the account shows them"
        raise ControlRefused(Reason.MALFORMED.name, sentence)
    return handset


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
        raise ControlRefused(Reason.INVALID.name, f"there is no account {request.name}")
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
        lambda told, _server: Revoke(_handset(told)),
        lambda answer, request, _server: {"account": answer.account.hex(), "handset": request.handset.hex()},
    ),
}


async def obey(server: Operated, arguments: Any) -> Any:
    """Do what one request says; its result.

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
    request = verb.read(arguments, server)
    answer = await server.operate(request)
    if isinstance(answer, Refused):
        raise ControlRefused(name_of(answer.reason), answer.detail or sentence_of(answer.reason))
    return verb.tell(answer, request, server)
