"""One text to its number: handed over where that is one of this server's, or given to the message centre.

A text of several messages is sent when the centre took them all, and delivered when each has its receipt. A message
that was certainly not sent may wait for the next session; one that may have been makes the whole text UNKNOWN (X7).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence

import structlog

from thinline.errands import ErrandState
from thinline.numbers import read_number
from thinline.v1.sms_pb2 import Text
from thinline_server.gateways.base import Outside
from thinline_server.outside import Begin, Begun, End, FindAccount, Settle, Settled, Task
from thinline_server.services.sms.coding import parts_out
from thinline_server.services.sms.events import Answered, Unanswered
from thinline_server.services.sms.numbers import address_of
from thinline_server.services.sms.pdu import Message, Status
from thinline_server.services.sms.wire import Fate, Wire

__all__ = ["Outbound"]

_log = structlog.get_logger("thinline.sms")

_HEADER = 0x40
_RESUME_S = 120.0  # for the next session, where some messages of a text are with the centre already
_GIVE_UP_MS = 3 * 24 * 3_600_000
_LATER_MS = 60_000
_TEMPORARY = (Status.SYSTEM_ERROR, Status.TEMPORARY, Status.THROTTLED, Status.QUEUE_FULL)
_WORDS = {Status.INVALID_DESTINATION: "the number does not exist", Status.SYSTEM_ERROR: "it has a fault"}
_NO_NUMBER = "No number to text from: the operator gives this account one."
_NO_CENTRE = "No message centre is named: this server texts its own numbers only."
_UNKNOWN = "The message centre did not answer; whether it took the text nobody can say."


class Outbound:
    """All texts that go out.

    Args:
        outside: what it works with.
        centre: whether there is a message centre.
        prefix: before the names that the centre gives to messages, so that they are of this one.
    """

    def __init__(self, outside: Outside, *, centre: bool, prefix: str) -> None:
        self._outside = outside
        self._centre = centre
        self.prefix = prefix
        self._wire: Wire | None = None
        self._worked: Callable[[], None] = lambda: None
        self._bound = asyncio.Event()
        self._why, self._until_ms = "The message centre was not reached yet.", 0
        self._ending = False
        self._busy: set[asyncio.Future[None]] = set()

    def bound(self, wire: Wire, worked: Callable[[], None]) -> None:
        """There is a session; `worked` is called for each message that it takes."""
        self._wire, self._worked = wire, worked
        self._bound.set()

    def apart(self, why: str, until_ms: int) -> None:
        """There is none, until a time at least."""
        self._wire = None
        self._bound.clear()
        self._why, self._until_ms = why, until_ms

    def finish(self) -> None:
        """Begin nothing more, and send nothing that is not sent yet."""
        self._ending = True
        if self._wire is not None:
            self._wire.drain()

    async def settled(self) -> None:
        """Until what is under way now is on the disk with its answers: word of it may have been quicker."""
        if self._busy:
            await asyncio.wait(tuple(self._busy), timeout=_RESUME_S)

    async def send(self, task: Task) -> None:
        """One text, to its end or to a later attempt."""
        busy: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._busy.add(busy)
        try:
            await self._settle(await self._sent(task))
        finally:
            busy.set_result(None)
            self._busy.discard(busy)

    async def _sent(self, task: Task) -> End | None:
        source = read_number(task.number)
        if source is None:
            return End(task.errand, ErrandState.FAILED, _NO_NUMBER)
        if await self._outside.operate(FindAccount(number=task.target)) is not None:
            handed = End(task.errand, ErrandState.DELIVERED, hand=True)
            settled = await self._outside.operate(Settle((handed,)))
            if isinstance(settled, Settled) and not settled.refused:
                return None
            return self._later(task, "The other account can not take it just now.", _LATER_MS)
        if not self._centre:
            return End(task.errand, ErrandState.FAILED, _NO_CENTRE)
        if self._wire is None or self._ending:
            wait_ms = max(self._until_ms - self._outside.now_ms(), 0) + 500
            return self._later(task, self._why, wait_ms)
        begun = await self._outside.operate(Begin((task.errand,)))
        if not isinstance(begun, Begun) or task.errand not in begun.errands:
            return None
        return self._end(task, await self._submit(_messages(task, source)))

    async def _submit(self, messages: Sequence[Message]) -> list[Fate | None]:
        """Each message's fate; None where it was not sent and will not be."""
        fates: list[Fate | None] = [None] * len(messages)
        while (wire := self._wire) is not None:
            left = [at for at, fate in enumerate(fates) if fate is None]
            for at, fate in zip(left, await asyncio.gather(*(wire.submit(messages[at]) for at in left)), strict=True):
                if isinstance(fate, Answered | Unanswered):
                    fates[at] = fate
                if isinstance(fate, Answered) and fate.status == Status.OK:
                    self._worked()
            if None not in fates or not any(fates) or self._ending:
                break
            if self._wire is wire:
                self._bound.clear()
            try:
                async with asyncio.timeout(_RESUME_S):
                    await self._bound.wait()
            except TimeoutError:
                break
        return fates

    def _end(self, task: Task, fates: Sequence[Fate | None]) -> End:
        count = len(fates)
        if any(isinstance(fate, Unanswered) for fate in fates):
            return End(task.errand, ErrandState.UNKNOWN, _UNKNOWN)
        answers = [fate for fate in fates if isinstance(fate, Answered)]
        taken = [answer for answer in answers if answer.status == Status.OK]
        names = tuple(f"{self.prefix}{answer.name}" for answer in taken if answer.name)
        if len(taken) == count:
            return End(task.errand, ErrandState.SENT, names=names)
        refused = next((answer.status for answer in answers if answer.status != Status.OK), None)
        why = self._why if refused is None else f"The message centre refuses it: {_word(refused)}"
        if taken:
            return End(task.errand, ErrandState.FAILED, f"Only {len(taken)} of {count} messages were sent. {why}")
        if refused is None or refused in _TEMPORARY:
            return self._later(task, why, _LATER_MS if refused else 500)
        return End(task.errand, ErrandState.FAILED, why)

    def _later(self, task: Task, why: str, wait_ms: int) -> End:
        now_ms = self._outside.now_ms()
        if now_ms - task.queued_ms >= _GIVE_UP_MS:
            return End(task.errand, ErrandState.FAILED, f"given up: {why}")
        return End(task.errand, ErrandState.QUEUED, why, now_ms + wait_ms)

    async def _settle(self, end: End | None) -> None:
        """Put on the disk what became of it."""
        if end is None:
            return
        settled = await self._outside.operate(Settle((end,)))
        if not isinstance(settled, Settled) or settled.refused:
            _log.error("what became of a text could not be noted", errand=end.errand, state=end.state.name)


def _word(status: int) -> str:
    return _WORDS.get(Status(status), f"status {status:#x}") if status in set(Status) else f"status {status:#x}"


def _messages(task: Task, source: str) -> list[Message]:
    """As they go out: the same at each attempt."""
    text = Text.FromString(task.detail)
    reference = hashlib.sha256(task.token).digest()[0]
    scheme, parts = parts_out(text.text, reference, flash=text.flash)
    esm_class = _HEADER if len(parts) > 1 else 0
    sender, to = address_of(source), address_of(task.target)
    return [Message(sender, to, esm_class, scheme, part, receipt=True) for part in parts]
