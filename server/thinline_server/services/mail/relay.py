"""Mail out: to accounts of this server by its own hand, to everybody else through the operator's relay.

All recipients of a mail go in one conversation, and each has a fate of its own. An attempt is on the disk before the
relay hears of the mail; what the relay answers is, before anybody else does (spec OUT; X7).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

import structlog

from thinline.errands import ErrandState
from thinline.errors import LocalError
from thinline.types import Collection
from thinline_server.config import MailSettings, read_place
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.gateways.dial import DialFailed, DialRefused
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.outside import Begin, Begun, End, FindAccount, ItemRead, ReadItem, Settle, Spool, Task
from thinline_server.requests import Refused
from thinline_server.services.mail.compose import Outgoing, compose
from thinline_server.services.mail.rules import MAIL_IN, MAIL_OUT
from thinline_server.services.mail.smtp_in import account_name
from thinline_server.services.mail.submission import Fate, Letter, Patience, RelayFailed, Submission, relay_context

__all__ = ["Relay"]

_log = structlog.get_logger("thinline.mail")

_AT_ONCE = 8  # mails
_IN_HAND = 256  # recipients


class Relay:
    """The gateway.

    Args:
        settings: of mail.
        outside: what it works with.
        patience: with the relay.
    """

    name = "mail out"
    collection: int = Collection.COLLECTION_MAIL
    kinds = frozenset({MAIL_OUT})

    def __init__(self, settings: MailSettings, outside: Outside, patience: Patience | None = None) -> None:
        self._settings = settings
        self._outside = outside
        self._patience = patience or Patience()
        self._context = relay_context(settings.relay_ca)
        queue = Queue(
            self.kinds, _AT_ONCE, _IN_HAND, settings.relay_deduplicates, together=lambda task: (task.account, task.item)
        )
        self._loop = ErrandLoop(outside, queue, self._send)
        self._tell: Tell = lambda _standing: None
        self._failures = 0  # to speak to the relay, one after another
        self._not_before_ms = 0

    def wake(self) -> None:
        """There is mail."""
        self._loop.wake()

    async def finish(self) -> None:
        """Let the relay answer what it was given."""
        await self._loop.finish()

    async def run(self, tell: Tell) -> None:
        """Work through the queue."""
        self._tell = tell
        tell(Standing(GatewayState.IDLE))
        await self._loop.run()

    # One mail

    async def _send(self, tasks: tuple[Task, ...]) -> None:
        """All recipients of one mail that are due."""
        first = tasks[0]
        raw = await self._written(first)
        if isinstance(raw, Fate):
            await self._settle(tasks, dict.fromkeys((task.target for task in tasks), raw))
            return
        outer = [task for task in tasks if not account_name(task.target, self._settings.domain)]
        for task in tasks:
            if task not in outer:
                await self._hand_over(task, raw)
        if outer:
            await self._submit(outer, raw)

    async def _written(self, task: Task) -> bytes | Fate:
        """The mail as it goes out, or why it does not."""
        read = await self._outside.operate(ReadItem(task.account, task.item))
        if isinstance(read, Refused):
            return Fate(ErrandState.FAILED, read.detail or "the mail is not there any more")
        assert isinstance(read, ItemRead)
        domain, content = self._settings.domain, read.version.content
        outgoing = Outgoing(task.name, domain, task.item, content, read.parts)
        try:
            return await asyncio.to_thread(compose, outgoing)
        except LocalError as error:
            return Fate(ErrandState.FAILED, str(error))

    async def _hand_over(self, task: Task, raw: bytes) -> None:
        """To an account of this server: its mail and what the sender's shows of it, in one transaction."""
        account = await self._outside.operate(FindAccount(account_name(task.target, self._settings.domain)))
        if not isinstance(account, bytes):
            await self._settle([task], {task.target: Fate(ErrandState.FAILED, "There is no such account here.")})
            return
        told = {"from": f"{task.name}@{self._settings.domain}", "to": task.target, "by": ""}
        spool = await asyncio.to_thread(Spool, account, MAIL_IN, (raw,), json.dumps(told).encode())
        settled = await self._outside.operate(Settle((End(task.errand, ErrandState.DELIVERED, spool=spool),)))
        if isinstance(settled, Refused) or settled.refused:
            await self._settle([task], {task.target: Fate(ErrandState.QUEUED, "The account can not take it just now.")})

    # By way of the relay

    async def _submit(self, tasks: Sequence[Task], raw: bytes) -> None:
        targets = tuple(task.target for task in tasks)
        if not self._settings.relay:
            sentence = "This server sends no mail to others: its operator has named no relay."
            await self._settle(tasks, dict.fromkeys(targets, Fate(ErrandState.FAILED, sentence)))
            return
        if self._outside.now_ms() < self._not_before_ms:  # others were told a moment ago
            await self._settle(tasks, dict.fromkeys(targets, Fate(ErrandState.QUEUED, "The relay does not answer.")))
            return
        submission = Submission(self._settings, self._context, self._patience)
        try:
            await submission.open(await self._outside.dial(*read_place(self._settings.relay)))
        except (DialFailed, DialRefused, RelayFailed) as error:
            await submission.close()
            self._failed(error)
            await self._settle(tasks, dict.fromkeys(targets, Fate(ErrandState.QUEUED, str(error))))
            return
        try:
            await self._converse(submission, tasks, raw)
        finally:
            await submission.close()

    async def _converse(self, submission: Submission, tasks: Sequence[Task], raw: bytes) -> None:
        """From the durable mark to the durable fate (spec OUT-2)."""
        errands = tuple(task.errand for task in tasks)
        begun = await self._outside.operate(Begin(errands, self._settings.relay_deduplicates))
        if not isinstance(begun, Begun):
            return
        begun_tasks = [task for task in tasks if task.errand in begun.errands]
        if not begun_tasks:
            return
        sender = f"{tasks[0].name}@{self._settings.domain}"
        fates = await submission.send(Letter(sender, tuple(task.target for task in begun_tasks), raw))
        self._worked()
        await self._settle(begun_tasks, fates)

    def _worked(self) -> None:
        self._failures = 0
        self._not_before_ms = 0
        self._tell(Standing(GatewayState.CONNECTED))

    def _failed(self, error: Exception) -> None:
        """Nobody else needs to try before the relay had time to recover."""
        state = error.state if isinstance(error, RelayFailed) else GatewayState.BACKING_OFF
        self._failures += 1
        self._not_before_ms = self._outside.now_ms() + self._wait_ms(self._failures)
        self._tell(Standing(state, str(error), self._not_before_ms))

    def _wait_ms(self, failures: int) -> int:
        wait_s = min(self._patience.first_s * 2 ** min(failures - 1, 20), self._patience.longest_s)
        return int(1_000 * wait_s * (0.75 + 0.5 * self._outside.chance()))

    async def _settle(self, tasks: Sequence[Task], fates: Mapping[str, Fate]) -> None:
        """Put on the disk what became of them."""
        ends = tuple(self._end(task, fates[task.target]) for task in tasks)
        settled = await self._outside.operate(Settle(ends))
        if isinstance(settled, Refused) or settled.refused:
            _log.error("what became of a mail could not be noted", errands=[task.errand for task in tasks])

    def _end(self, task: Task, fate: Fate) -> End:
        now_ms = self._outside.now_ms()
        if fate.state is not ErrandState.QUEUED:
            return End(task.errand, fate.state, fate.reason, now_ms)
        if now_ms - task.queued_ms >= 1_000 * self._patience.give_up_s:
            return End(task.errand, ErrandState.FAILED, f"given up: {fate.reason}")
        due_ms = max(self._not_before_ms, now_ms + self._wait_ms(task.tries + 1))
        return End(task.errand, ErrandState.QUEUED, fate.reason, due_ms)
