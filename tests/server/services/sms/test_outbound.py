"""One text and the fates of its messages: what becomes of the whole. X7, spec SMS-6."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from structlog.testing import capture_logs

from gates import Gate
from thinline.errands import ErrandState
from thinline.reasons import Reason
from thinline.v1.sms_pb2 import Text
from thinline_server.outside import Begin, Begun, End, FindAccount, Settle, Settled, Task
from thinline_server.requests import Refused
from thinline_server.services.sms.events import Answered, Unanswered, Unsent
from thinline_server.services.sms.outbound import Outbound
from thinline_server.services.sms.pdu import Message, Status
from thinline_server.services.sms.wire import Fate

DETAIL = Text(text="tea " * 100).SerializeToString()  # three messages
TASK = Task(1, bytes(16), "alice", 30, b"text     tea", "+4412", 0, 0, bytes(16), DETAIL, (), "+15551")
OK, REFUSED, BUSY = (Answered(0, status, "m") for status in (Status.OK, Status.INVALID_DESTINATION, Status.TEMPORARY))
LOST, UNSENT = Unanswered(0), Unsent(0)


@dataclass
class Session:
    """One that has its answers ready; the next session takes the place of one that is spent."""

    fates: list[Fate]
    given: list[Message] = field(default_factory=list)

    async def submit(self, message: Message) -> Fate:
        self.given.append(message)
        await asyncio.sleep(0)
        return self.fates.pop(0)

    def drain(self) -> None:
        self.fates.clear()


def outbound(gate: Gate, *, centre: bool = True) -> Outbound:
    gate.answers = {FindAccount: None, Begin: Begun(frozenset({1})), Settle: Settled({}, frozenset(), {})}
    gate.now_ms = 0
    return Outbound(gate.outside(), centre=centre, prefix="centre/")


def ends(gate: Gate) -> list[End]:
    return [end for one in gate.asked if isinstance(one, Settle) for end in one.ends]


@pytest.mark.parametrize(
    ("fates", "state", "reason"),
    [
        ((OK, OK, OK), "SENT", ""),
        ((OK, LOST, OK), "UNKNOWN", "whether it took the text nobody can say"),
        ((REFUSED, LOST, OK), "UNKNOWN", "nobody can say"),
        ((OK, REFUSED, OK), "FAILED", "Only 2 of 3 messages were sent. The message centre refuses it: the number"),
        ((REFUSED, REFUSED, REFUSED), "FAILED", "the number does not exist"),
        ((BUSY, BUSY, BUSY), "QUEUED", "status 0x64"),
        ((UNSENT, UNSENT, UNSENT), "QUEUED", "not reached"),
    ],
)
async def test_a_text_is_what_its_messages_are(fates: tuple[Fate, ...], state: str, reason: str) -> None:
    """X7: it is sent when all of it is, and never again by itself when some of it may be."""
    gate = Gate()
    out, session, worked = outbound(gate), Session(list(fates)), list[None]()
    out.bound(session, lambda: worked.append(None))  # type: ignore[arg-type]
    await out.send(TASK)
    (end,) = ends(gate)
    assert end.state.name == state
    assert reason in end.reason
    assert len(worked) == fates.count(OK)
    assert end.names == (("centre/m",) * 3 if state == "SENT" else ())


async def test_what_was_not_sent_goes_by_the_next_session() -> None:
    """X7: the first message is with the centre; the others certainly are not."""
    gate = Gate()
    out, first, second = outbound(gate), Session([OK, UNSENT, UNSENT]), Session([OK, OK])
    out.bound(first, lambda: None)  # type: ignore[arg-type]
    sending = asyncio.ensure_future(out.send(TASK))
    while len(first.given) < 3:
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    out.apart("the connection was lost", 10)
    out.bound(second, lambda: None)  # type: ignore[arg-type]
    await sending
    assert second.given == first.given[1:]
    assert ends(gate)[0].state is ErrandState.SENT


async def test_where_there_is_no_session_it_waits_for_one() -> None:
    gate = Gate()
    out = outbound(gate)
    out.apart("wrong password", 9_000)
    await out.send(TASK)
    assert ends(gate) == [End(1, ErrandState.QUEUED, "wrong password", 9_500)]
    gate.now_ms = 3 * 86_400_000
    await out.send(TASK)
    assert ends(gate)[1] == End(1, ErrandState.FAILED, "given up: wrong password")


async def test_nothing_is_begun_when_the_server_ends_or_the_account_went_back() -> None:
    """Spec OUT-7."""
    gate = Gate()
    out, session = outbound(gate), Session([OK])
    out.bound(session, lambda: None)  # type: ignore[arg-type]
    gate.answers[Begin] = Begun(frozenset())
    await out.send(TASK)
    assert ends(gate) == []
    out.finish()
    await out.send(TASK)
    assert ends(gate)[0].state is ErrandState.QUEUED
    assert session.given == []


async def test_who_has_no_number_and_what_has_no_centre() -> None:
    gate = Gate()
    await outbound(gate).send(replace(TASK, number=""))
    await outbound(gate, centre=False).send(TASK)
    assert [end.state.name for end in ends(gate)] == ["FAILED", "FAILED"]


async def test_word_waits_until_what_goes_out_is_noted() -> None:
    """Spec SMS-6: a receipt may be quicker than the answer."""
    gate = Gate()
    out, session = outbound(gate), Session([OK, OK, OK])
    await out.settled()
    out.bound(session, lambda: None)  # type: ignore[arg-type]
    sending = asyncio.ensure_future(out.send(TASK))
    await asyncio.sleep(0)
    await out.settled()
    assert len(ends(gate)) == 1
    await sending


async def test_what_could_not_be_noted_is_told_to_the_operator() -> None:
    gate = Gate()
    out = outbound(gate, centre=False)
    gate.answers[Settle] = Refused(Reason.STORE_FAILED)
    with capture_logs() as logs:
        await out.send(TASK)
    assert logs[0]["event"] == "what became of a text could not be noted"
