"""What came becomes an item, whatever it does to whoever reads it: nothing is lost, nothing is there twice. X6, X8."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from gates import Gate
from line_client import LineClient
from pier import Pier
from readers import Readers
from thinline.errands import ErrandState
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1.mail_pb2 import Letter, Mail
from thinline_server.config import MailSettings
from thinline_server.mime.reading import mail_headers_job
from thinline_server.outside import Begin, ItemRead, ReadItem, Settle, Settled, Spool, Spooled
from thinline_server.services.mail import intake as subject
from thinline_server.services.mail.incoming import incoming
from thinline_server.services.mail.intake import Intake
from thinline_server.services.mail.rules import MAIL_IN
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause
from waiting import until

RAW = (
    b"From: Bob <bob@far.test>\r\nTo: alice@thinline.test, carol@far.test\r\nSubject: tea\r\n"
    b"Date: Thu, 01 Oct 2009 00:00:00 +0000\r\nMessage-ID: <1@far.test>\r\n\r\nAt four?\r\n"
)


class Desk:
    """Alice's handset, and what takes in her mail."""

    def __init__(self, gate: Gate, pier: Pier, alice: LineClient, intake: Intake) -> None:
        self.gate, self.pier, self.alice, self.intake = gate, pier, alice, intake

    def came(self, raw: bytes = RAW, to: str = "Alice@thinline.test") -> int:
        """By SMTP, say."""
        told = json.dumps({"from": "bob@far.test", "to": to, "by": "far.test"}).encode()
        spooled: Spooled = self.pier.operate(Spool(self.alice.sim.account, MAIL_IN, (raw,), told))
        self.intake.wake()
        return spooled.errand

    def mails(self) -> list[Mail]:
        """On her handset."""
        return [Mail.FromString(head.fields) for head in self.alice.heads.values()]

    def whole(self) -> list[bytes]:
        """What her mails were when they came, byte for byte."""
        found = []
        for item in self.alice.heads:
            read = self.pier.operate(ReadItem(self.alice.sim.account, item))
            assert isinstance(read, ItemRead)
            found.append(Letter.FromString(read.parts["mail"]).raw)
        return found

    def state(self, errand: int) -> ErrandState | None:
        """How an errand stands; None once it is gone."""
        row = self.gate.served.store._tables.row("SELECT state FROM errands WHERE errand = ?", (errand,))
        return ErrandState(row[0]) if row else None


@asynccontextmanager
async def desk(readers: Readers | None = None) -> AsyncIterator[Desk]:
    gate = Gate()
    pier = Pier(gate.served)
    gate.operate_by(pier)
    alice = pier.client("alice", follows=[5])
    outside = gate.outside(pool=cast(Pool, readers or Readers()))
    intake = Intake(MailSettings(), outside)
    running = asyncio.ensure_future(intake.run(gate.told.append))
    try:
        with capture_logs():
            yield Desk(gate, pier, alice, intake)
            await intake.finish()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_mail_becomes_an_item_and_its_errand_is_gone() -> None:
    """Spec OUT-10: at its handset, with its own address left out, and whole."""
    async with desk() as alice:
        errand = alice.came()
        await until(alice.mails)
        (mail,) = alice.mails()
        assert (mail.sender.address, mail.subject, mail.first_line) == ("bob@far.test", "tea", "At four?")
        assert [one.address for one in mail.to] == ["carol@far.test"]
        assert alice.whole() == [RAW]
        assert alice.state(errand) is None


async def test_the_same_mail_twice_is_one_item() -> None:
    """X8: brought again, or for two of her addresses."""
    async with desk() as alice:
        errands = [alice.came(), alice.came(to="alice+list@thinline.test"), alice.came(RAW + b"\r\n")]
        await until(lambda: all(alice.state(one) is None for one in errands))
        assert len(alice.mails()) == 2


async def test_many_mails_are_begun_together_and_ended_each_by_itself() -> None:
    readers = Readers()
    async with desk(readers) as alice:
        raws = [RAW.replace(b"tea", b"tea %d" % number) for number in range(70)]
        for raw in raws:
            alice.came(raw)
        await until(lambda: len(alice.mails()) == len(raws))
        assert sorted(alice.whole()) == sorted(raws)
        assert sum(isinstance(one, Begin) for one in alice.gate.asked) < len(raws) // 4
    assert set(readers.jobs) == {"mail"}


@pytest.mark.parametrize("cause", [Cause.TOO_SLOW, Cause.TOO_BIG, Cause.CRASHED, Cause.REFUSED])
async def test_a_mail_that_kills_its_reader_comes_as_its_header(cause: Cause) -> None:
    """T8: with the reason, and whole."""
    async with desk(Readers(cause)) as alice:
        alice.came()
        await until(alice.mails)
        (mail,) = alice.mails()
        assert (mail.subject, mail.first_line) == ("tea", "")
        assert mail.trouble == "it could not be read: it would have taken more memory than it may"
        assert alice.whole() == [RAW]


async def test_a_mail_that_kills_every_reader_comes_with_the_reason() -> None:
    async with desk(Readers(Cause.CRASHED, Cause.CRASHED)) as alice:
        alice.came()
        await until(alice.mails)
        assert alice.mails()[0].trouble.startswith("it could not be read: ")
        assert alice.whole() == [RAW]


async def test_what_a_worker_answers_is_not_believed() -> None:
    """T8."""

    class Liar(Readers):
        async def run(self, job: str, data: bytes, deadline_s: float) -> bytes:
            await super().run(job, data, deadline_s)
            return b"no mail" if job == "mail" else mail_headers_job(data)

    async with desk(Liar()) as alice:
        alice.came()
        await until(alice.mails)
        assert (alice.mails()[0].subject, alice.whole()) == ("tea", [RAW])


@pytest.mark.parametrize("cause", [Cause.FULL, Cause.STOPPED])
async def test_a_mail_that_nobody_has_time_for_is_read_later(cause: Cause) -> None:
    readers = Readers(cause)
    async with desk(readers) as alice:
        alice.gate.now_ms -= 1_000  # so that what is due in a second is due
        alice.came()
        await until(alice.mails)
        assert (alice.mails()[0].trouble, readers.jobs) == ("", ["mail", "mail"])


async def test_a_mail_that_stopped_the_server_three_times_is_taken_as_it_lies() -> None:
    """Spec OUT-10; X6."""
    readers = Readers()
    async with desk(readers) as alice:
        alice.gate.answers[Begin] = None  # not yet
        errand = alice.came()
        tables = alice.gate.served.store._tables
        tables.execute("UPDATE errands SET tries = ? WHERE errand = ?", (LIMITS.errand_starts, errand))
        del alice.gate.answers[Begin]
        alice.intake.wake()
        await until(alice.mails)
        assert alice.mails()[0].trouble.startswith("it could not be read: the server stopped")
        assert (alice.whole(), readers.jobs) == ([RAW], [])


async def test_what_can_not_be_put_together_comes_without_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """X6: a bug of ours costs nobody their mail."""
    right = incoming

    def wrong(raw: bytes, parsed: Any, arrival: Any) -> Any:
        if parsed.subject:
            raise ZeroDivisionError
        return right(raw, parsed, arrival)

    monkeypatch.setattr(subject, "incoming", wrong)
    async with desk() as alice:
        alice.came()
        await until(alice.mails)
        assert (alice.mails()[0].trouble, alice.whole()) == ("what was read of it could not be shown", [RAW])


async def test_what_the_store_does_not_take_is_kept_and_failed() -> None:
    """X6: the others go on."""
    async with desk() as alice:
        alice.gate.answers[Settle] = Settled({}, frozenset(), {1: Reason.INVALID})

        def relent() -> None:
            if sum(isinstance(one, Settle) for one in alice.gate.asked) > 2:
                alice.gate.answers.pop(Settle)

        alice.gate.before[Settle] = relent
        errand = alice.came()
        await until(lambda: alice.state(errand) is ErrandState.FAILED)


async def test_a_damaged_mail_is_failed_and_told() -> None:
    """D8."""
    async with desk() as alice:
        alice.gate.answers[Begin] = None
        large = RAW * 1_000  # it lies beside the store
        errand = alice.came(large)
        alice.gate.served.store._context.blobs.put(
            f"{alice.alice.sim.account.hex()}/{hashlib.sha256(large).hexdigest()}", b"another"
        )
        del alice.gate.answers[Begin]
        alice.intake.wake()
        await until(lambda: alice.state(errand) is ErrandState.FAILED)
        assert alice.mails() == []
