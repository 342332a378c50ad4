"""What the message centre brings is on the disk before it is answered, and once, though the answer is lost. X8."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from centres import receipt_of, text_from
from gates import Gate
from line_client import LineClient
from pier import Pier
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline.types import Collection
from thinline.v1.sms_pb2 import Text
from thinline_server.outside import Due, FindAccount, Settle, Take
from thinline_server.requests import AddAccount, Refused
from thinline_server.services.sms.events import Came
from thinline_server.services.sms.inbound import Inbound
from thinline_server.services.sms.pdu import Status
from thinline_server.services.sms.rules import SMS_IN

ALICE, CAROL = "+15551000001", "+441200000001"
TEA = text_from(CAROL, ALICE, b"With pleasure")


@dataclass
class Session:
    """A session that may be gone by the time of the answer."""

    lost: bool = False
    answers: list[int] = field(default_factory=list)

    def answer(self, sequence: int, status: int) -> bool:
        self.answers.append(status)
        return not self.lost


class Sending:
    """Texts that go out; `waited` counts who waited for them."""

    prefix = "centre/"
    waited = 0

    async def settled(self) -> None:
        self.waited += 1


@dataclass
class Desk:
    gate: Gate
    alice: LineClient
    inbound: Inbound
    sending: Sending

    async def brings(self, message: object, session: Session | None = None) -> list[int]:
        """The answers to a message."""
        session = session or Session()
        with capture_logs():
            await self.inbound.came(Came(1, message), session)  # type: ignore[arg-type]
        return session.answers

    def shows(self) -> list[str]:
        return [Text.FromString(head.fields).text for head in self.alice.heads.values()]


@pytest.fixture
def desk() -> Desk:
    gate, sending = Gate(), Sending()
    pier = Pier(gate.served)
    gate.operate_by(pier)
    gate.served.operate(AddAccount("alice", ALICE))
    alice = pier.client("alice", follows=[int(Collection.COLLECTION_SMS)])
    return Desk(gate, alice, Inbound(gate.outside(), sending), sending)


async def test_a_text_whose_answer_was_lost_is_one_text(desk: Desk) -> None:
    """X8: what the centre was not answered it brings again."""
    assert await desk.brings(TEA, Session(lost=True)) == [Status.OK]
    assert await desk.brings(TEA) == [Status.OK]
    assert desk.shows() == ["With pleasure"]
    assert await desk.brings(TEA) == [Status.OK]
    assert desk.shows() == ["With pleasure"] * 2, "and what is said again is another"


async def test_only_so_many_lost_answers_are_remembered(desk: Desk) -> None:
    for number in range(257):
        await desk.brings(text_from(CAROL, ALICE, b"%d" % number), Session(lost=True))
    await desk.brings(text_from(CAROL, ALICE, b"0"))
    await desk.brings(text_from(CAROL, ALICE, b"256"))
    assert len(desk.shows()) == 258


async def test_a_part_waits_on_the_disk(desk: Desk) -> None:
    """Spec SMS-7."""
    part = text_from(CAROL, ALICE, b"\5\0\3\7\2\1With ", esm_class=0x40)
    assert await desk.brings(part) == [Status.OK]
    (task,) = desk.gate.served.operate(Due((SMS_IN,), 9))[0].tasks
    assert task.parts == (b"With ",)
    assert desk.shows() == []


@pytest.mark.parametrize(
    ("broken", "answer"),
    [
        (Take, Refused(Reason.STORE_FAILED)),
        (Take, LocalError("this server is closed")),
        (Take, ValueError("a bug")),
        (FindAccount, Refused(Reason.STORE_FAILED)),
    ],
)
async def test_what_was_not_kept_is_brought_again(desk: Desk, broken: type, answer: object) -> None:
    desk.gate.answers[broken] = answer
    assert await desk.brings(TEA) == [Status.TEMPORARY]
    del desk.gate.answers[broken]
    assert await desk.brings(TEA) == [Status.OK]
    assert desk.shows() == ["With pleasure"]


async def test_what_is_for_nobody_is_not_brought_again(desk: Desk) -> None:
    assert await desk.brings(text_from(CAROL, "+15559", b"Tea?")) == [Status.INVALID_DESTINATION]


async def test_word_of_nothing_that_is_known_waits_for_what_goes_out(desk: Desk) -> None:
    """Spec SMS-6."""
    assert await desk.brings(receipt_of("m9")) == [Status.OK]
    assert desk.sending.waited == 1
    assert [type(one) for one in desk.gate.asked] == [Settle, Settle]


async def test_word_that_says_nothing_final_is_answered_and_let_be(desk: Desk) -> None:
    assert await desk.brings(receipt_of("m9", "ENROUTE")) == [Status.OK]
    assert await desk.brings(text_from(CAROL, ALICE, b"read", esm_class=0x08)) == [Status.OK]
    assert desk.gate.asked == []
    assert desk.shows() == []
