"""Services' own asks: which gateway answers each kind, and how an answer that could not be had is told.

An ask is one task. It may take as long as its gateway's own bounds let it; the link that asked may be gone by then,
and its answer is dropped. What a stranger's bytes or our own mistakes raise ends the ask and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol, Self, TypeAlias, runtime_checkable

import structlog
from google.protobuf.message import DecodeError

from thinline.errors import RemoteError
from thinline.reasons import Reason
from thinline_server.asks import Reply
from thinline_server.requests import OwnAsk, Refused

__all__ = ["Answer", "Answering", "Answers"]

_log = structlog.get_logger("thinline.gateways")

Answer: TypeAlias = Callable[[bytes, bytes], Awaitable[Reply | Refused]]  # of an account and the ask's body


@runtime_checkable
class Answering(Protocol):
    """A gateway that answers asks."""

    @property
    def answers(self) -> Mapping[int, Answer]:
        """By kind."""
        ...


class Answers:
    """An async context; leaving it ends what is under way.

    Args:
        gateways: all of them; those that answer are asked.
    """

    def __init__(self, gateways: Iterable[object]) -> None:
        answering = [one for one in gateways if isinstance(one, Answering)]
        self._answers = {kind: answer for one in answering for kind, answer in one.answers.items()}
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Take asks."""
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        """End all."""
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def submit(self, ask: OwnAsk, callback: Callable[[Any], None]) -> None:
        """Have an ask answered; `callback` gets a `Reply` or a `Refused`."""
        answer = self._answers.get(ask.kind)
        if answer is None:
            asyncio.get_running_loop().call_soon(callback, Refused(Reason.UNKNOWN_KIND))
            return
        task = self._group.create_task(self._answer(answer, ask, callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, answer: Answer, ask: OwnAsk, callback: Callable[[Any], None]) -> None:
        try:
            told = await answer(ask.account, ask.body)
        except DecodeError:
            told = Refused(Reason.MALFORMED, "not an ask's body")
        except RemoteError as error:
            told = Refused(error.reason, error.detail)
        except Exception:
            _log.exception("an ask was not answered", kind=ask.kind, account=ask.account.hex())
            told = Refused(Reason.INVALID, "the server could not answer this")
        callback(told)
