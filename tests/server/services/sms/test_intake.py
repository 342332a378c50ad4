"""Parts that lie on the disk become items, also those of a server that ended in between. X8, spec SMS-7, SMS-8."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from structlog.testing import capture_logs

from gates import Gate
from line_client import LineClient
from pier import Pier
from thinline.reasons import Reason
from thinline.types import Collection
from thinline.v1.sms_pb2 import Text
from thinline_server.gateways.base import GatewayFailed
from thinline_server.outside import Due, Settle, Spool, Task
from thinline_server.requests import Refused
from thinline_server.services.sms.arrival import Arrival
from thinline_server.services.sms.coding import Coding
from thinline_server.services.sms.headers import Place
from thinline_server.services.sms.intake import Intake
from thinline_server.services.sms.rules import SMS_IN
from waiting import until

WAIT_MS = 600_000
WORDS = {1: b"Tea ", 2: b"at four", 3: b"?"}


@dataclass
class Desk:
    """Alice's handset, and the server behind it."""

    gate: Gate
    pier: Pier
    alice: LineClient
    intake: Intake

    def lay(self, *numbers: int) -> None:
        """Parts of a text are kept on the disk."""
        for number in numbers:
            part = Arrival("+4412", "+15551", Coding.GSM, False, WORDS[number], Place(7, 3, number))
            self.pier.operate(Spool(self.alice.sim.account, SMS_IN, (part.data,), part.detail()))
        self.intake.wake()

    def shows(self) -> list[str]:
        """What her handset has."""
        return sorted(Text.FromString(head.fields).text for head in self.alice.heads.values())

    def kept(self) -> tuple[Task, ...]:
        """What waits on the disk."""
        return tuple(self.gate.served.operate(Due((SMS_IN,), 100))[0].tasks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """One life of the gateway."""
        self.intake = Intake(self.gate.outside(), WAIT_MS)
        task = asyncio.ensure_future(self.intake.run(self.gate.told.append))
        try:
            with capture_logs():
                yield
        finally:
            await self.intake.finish()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def desk() -> Desk:
    gate = Gate()
    store = gate.served.store
    store._context = replace(store._context, now_ms=lambda: gate.now_ms)
    pier = Pier(gate.served)
    gate.operate_by(pier)
    alice = pier.client("alice", follows=[int(Collection.COLLECTION_SMS)])
    return Desk(gate, pier, alice, Intake(gate.outside(), WAIT_MS))


async def test_parts_become_one_text(desk: Desk) -> None:
    async with desk.running():
        desk.lay(3, 1, 1)
        await until(lambda: len(desk.intake._waiting) == 3)
        assert desk.shows() == []
        assert len(desk.kept()) == 3
        desk.lay(2)
        await until(lambda: desk.shows() == ["Tea at four?"])
        assert desk.kept() == ()
        desk.lay(2)
        await until(lambda: desk.kept() == ())
        assert desk.shows() == ["Tea at four?"]
        assert desk.gate.states == ["IDLE"]


async def test_parts_survive_the_server_and_wait_from_when_they_came(desk: Desk) -> None:
    """X8, D1."""
    desk.lay(1)
    async with desk.running():
        await until(lambda: len(desk.intake._waiting) == 1)
    desk.gate.now_ms += WAIT_MS // 2
    desk.lay(3)
    async with desk.running():
        await until(lambda: len(desk.intake._waiting) == 2)
        assert desk.shows() == []
        desk.gate.now_ms += WAIT_MS // 2
        desk.intake.wake()
        await until(lambda: desk.shows() == ["Tea  […] ?"])
        desk.lay(2)
        await until(lambda: desk.shows() == ["Tea  […] ?", "[…] at four […]"])


async def test_what_is_damaged_or_refused_holds_up_nobody(desk: Desk) -> None:
    async with desk.running():
        desk.gate.answers[Settle] = Refused(Reason.STORE_FAILED)
        desk.lay(1, 2, 3)
        await until(lambda: any(isinstance(one, Settle) for one in desk.gate.asked))
        del desk.gate.answers[Settle]
        asked = len(desk.gate.asked)
        desk.intake.wake()
        await until(lambda: len(desk.gate.asked) > asked)
        assert desk.shows() == [], "it lies until the next start"
    async with desk.running():
        await until(lambda: desk.shows() == ["Tea at four?"])


async def test_a_store_that_does_not_answer_ends_it_by_name(desk: Desk) -> None:
    desk.gate.answers[Due] = Refused(Reason.STORE_FAILED, "the disk is full")
    with pytest.raises(GatewayFailed, match="the disk is full"):
        await desk.intake.run(desk.gate.told.append)
