"""What came by SMTP becomes items: read in a worker, put together here, and gone from the queue in one transaction.

Nothing that came is lost. What kills its worker comes as its header only, what has no readable header comes with the
reason in its place, and what the server itself did not survive three times is taken as it lies (spec OUT-10; T8, X8).
"""

from __future__ import annotations

import asyncio
import json

import structlog

from thinline.errands import ErrandState
from thinline.limits import LIMITS
from thinline_server.config import MailSettings
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.mime.values import ParsedMail
from thinline_server.outside import Begin, Begun, End, Settle, Settled, Task
from thinline_server.services.mail.bounces import reports_of
from thinline_server.services.mail.incoming import Arrival, incoming
from thinline_server.services.mail.rules import MAIL_IN
from thinline_server.workers.calls import read_mail
from thinline_server.workers.wire import WorkerError

__all__ = ["SOURCE", "Intake"]

_log = structlog.get_logger("thinline.mail")

SOURCE = "mail"  # of the items' ids
_BATCHES, _IN_HAND = 4, 32  # of mails; never more than wait for a worker at once
_LARGE_BYTES = 65_536  # from which on a mail is hashed and copied where nobody waits for it
_DAMAGED = "the mail is damaged on the server's disk"
_FATAL = "it could not be read: the server stopped each time it was tried"
_UNFIT = "what was read of it could not be shown"


class Intake:
    """The gateway.

    Args:
        settings: of mail.
        outside: what it works with; its pool is its own.
    """

    name = "mail taken in"
    collection = 0  # its work waits for nobody outside
    kinds = frozenset({MAIL_IN})

    def __init__(self, settings: MailSettings, outside: Outside) -> None:
        self._domain = settings.domain
        self._outside = outside
        self._loop = ErrandLoop(outside, Queue(self.kinds, _BATCHES, _IN_HAND, together=lambda _task: None), self._take)

    def wake(self) -> None:
        """There is mail."""
        self._loop.wake()

    async def finish(self) -> None:
        """Let end what is read just now."""
        await self._loop.finish()

    async def run(self, tell: Tell) -> None:
        """Work through the queue."""
        tell(Standing(GatewayState.IDLE))
        await self._loop.run()

    async def _take(self, tasks: tuple[Task, ...]) -> None:
        """Some mails, begun together, each ended by itself."""
        begun = await self._outside.operate(Begin(tuple(task.errand for task in tasks)))
        if isinstance(begun, Begun):
            await asyncio.gather(*(self._take_one(task) for task in tasks if task.errand in begun.errands))

    async def _take_one(self, task: Task) -> None:
        if not task.parts:
            _log.error("a mail is damaged", errand=task.errand, account=task.account.hex())
            await self._outside.operate(Settle((End(task.errand, ErrandState.FAILED, _DAMAGED),)))
            return
        (raw,) = task.parts
        try:
            parsed = await self._read(task, raw)
        except WorkerError as error:  # nobody had time for it, or the server ends
            _log.info("a mail is read later", errand=task.errand, cause=error.cause.name)
            later = End(task.errand, ErrandState.QUEUED, due_ms=self._outside.now_ms() + 1_000)
            await self._outside.operate(Settle((later,)))
            return
        if not await self._keep(task, raw, parsed) and not await self._keep(task, raw, ParsedMail(trouble=_UNFIT)):
            _log.error("a mail is no item", errand=task.errand, account=task.account.hex())
            await self._outside.operate(Settle((End(task.errand, ErrandState.FAILED, _UNFIT),)))

    async def _read(self, task: Task, raw: bytes) -> ParsedMail:
        """What a worker makes of it; of a mail that is more than a worker can bear, its header.

        Raises:
            WorkerError: FULL or STOPPED: the same may succeed later.
        """
        if task.tries >= LIMITS.errand_starts:  # spec OUT-10
            return ParsedMail(trouble=_FATAL)
        parsed = await read_mail(self._outside.pool, raw)
        if parsed.trouble:
            _log.warning("a mail could not be read", errand=task.errand, trouble=parsed.trouble)
        return parsed

    async def _keep(self, task: Task, raw: bytes, parsed: ParsedMail) -> bool:
        """The item, and the errand's end; False where the store does not take it as one."""
        envelope = json.loads(task.detail)
        own = {f"{task.name}@{self._domain}", str(envelope.get("to", "")).lower()}
        arrival = Arrival(task.queued_ms // 1_000, own)
        try:
            small = len(raw) < _LARGE_BYTES
            item = incoming(raw, parsed, arrival) if small else await asyncio.to_thread(incoming, raw, parsed, arrival)
        except Exception:
            _log.exception("a mail could not be put together", errand=task.errand)
            return False
        reports = reports_of(raw, parsed, self._domain)
        end = End(task.errand, ErrandState.DELIVERED, source=SOURCE, items=(item,), reports=reports)
        settled = await self._outside.operate(Settle((end,)))
        return isinstance(settled, Settled) and not settled.refused
