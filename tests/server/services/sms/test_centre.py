"""Texts by a message centre: alice's handset sends and gets them, whatever the centre does. X7, X8, spec SMS, OUT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from centres import MessageCentre, receipt_of, text_from
from gates import Gate
from line_client import LineClient, Submit
from pier import Pier
from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Create, write_intent
from thinline.items import content_digest
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import Collection
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.config import SmsSettings
from thinline_server.outside import Settle, Spool, Take
from thinline_server.requests import AddAccount, Refused
from thinline_server.services.sms.centre import Centre
from thinline_server.services.sms.coding import parts_out
from thinline_server.services.sms.esme import Pace
from thinline_server.services.sms.numbers import number_of
from thinline_server.services.sms.pdu import Message, Status
from thinline_server.services.sms.rules import SEND_TEXT, TEXT_TYPE
from waiting import until

pytestmark = pytest.mark.system

ALICE, BOB, CAROL = "+15551000001", "+15551000002", "+441200000001"
TEA, CAKE = b"text     tea", b"text    cake"
HASTY = Pace(window=4, answer_s=0.3, submit_s=0.3, silence_s=0.2, slow_s=0.01, slowest_s=0.02, again_s=0.01)


@dataclass
class Desk:
    """Alice's handset, and the server behind it."""

    gate: Gate
    pier: Pier
    alice: LineClient
    bob: LineClient
    centre: Centre

    def write(self, to: str, text: str = "Tea?", item: bytes = TEA) -> None:
        """Write a text, and send it."""
        draft = Text(number=to, text=text, out=True, date_s=1_254_355_200)
        self.pier.feed(self.alice, Submit(*write_intent(Create(item, TEXT_TYPE, Content(draft.SerializeToString())))))
        self.send(item)

    def send(self, item: bytes = TEA) -> None:
        """Send it as it is shown."""
        head = self.alice.heads[item]
        seen = content_digest(head.type, head.fields, head.blobs, dead=False)[:DELETE_SEEN_BYTES]
        self.pier.feed(self.alice, Submit(SEND_TEXT, SendText(item=item, seen=seen).SerializeToString()))
        self.centre.wake()

    def shows(self, item: bytes = TEA) -> str:
        """What her handset shows of it."""
        text = Text.FromString(self.alice.heads[item].fields)
        return f"{DeliveryState.Name(text.state).removeprefix('DELIVERY_STATE_')} {text.reason}".strip()

    def came(self, whose: LineClient | None = None) -> list[Text]:
        """What came to somebody."""
        texts = [Text.FromString(head.fields) for head in (whose or self.alice).heads.values()]
        return [text for text in texts if not text.out]


@asynccontextmanager
async def desk(settings: SmsSettings, pace: Pace = HASTY, **numbers: str) -> AsyncIterator[Desk]:
    gate = Gate()
    store = gate.served.store
    store._context = replace(store._context, now_ms=lambda: gate.now_ms)
    pier = Pier(gate.served)
    gate.operate_by(pier)
    for name, number in ({"alice": ALICE, "bob": BOB} | numbers).items():
        gate.served.operate(AddAccount(name, number))
    alice, bob = (pier.client(name, follows=[int(Collection.COLLECTION_SMS)]) for name in ("alice", "bob"))
    port = int(settings.centre.rpartition(":")[2] or 0)
    centre = Centre(settings, gate.outside(("127.0.0.1", port)), pace)
    running = asyncio.ensure_future(centre.run(gate.told.append))
    try:
        with capture_logs():
            yield Desk(gate, pier, alice, bob, centre)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def far(pace: Pace = HASTY, **numbers: str) -> AsyncIterator[tuple[Desk, MessageCentre]]:
    async with MessageCentre() as centre, desk(centre.settings, pace, **numbers) as alice:
        await until(lambda: alice.gate.states[-1:] == ["CONNECTED"])
        yield alice, centre


async def test_a_text_goes_out_once_and_its_receipt_comes_back() -> None:
    """Spec SMS-6, OUT-2, OUT-16."""
    async with far() as (alice, centre):
        alice.write(CAROL, "Tea {or} coffee, €5?")
        assert alice.shows() == "QUEUED"
        await until(lambda: alice.shows() == "SENT")
        (message,) = centre.taken
        assert (number_of(message.source), number_of(message.destination)) == (ALICE, CAROL)
        assert (message.coding, message.text) == parts_first("Tea {or} coffee, €5?")
        assert await centre.bring(receipt_of("m1")) == Status.OK
        await until(lambda: alice.shows() == "DELIVERED")
    assert centre.passwords == ["tea"]


def parts_first(text: str) -> tuple[int, bytes]:
    scheme, parts = parts_out(text, 0, flash=False)
    return scheme, parts[0]


async def test_a_receipt_may_come_before_the_answer() -> None:
    """Spec SMS-6."""
    async with far() as (alice, centre):
        centre.first = True
        alice.write(CAROL)
        await until(lambda: alice.shows() == "DELIVERED")


async def test_a_long_text_is_delivered_once_all_of_it_is() -> None:
    """Spec SMS-4, SMS-6."""
    async with far() as (alice, centre):
        alice.write(CAROL, "tea " * 100)
        await until(lambda: alice.shows() == "SENT")
        assert [message.text[:6][-2:] for message in centre.taken] == [b"\x03\x01", b"\x03\x02", b"\x03\x03"]
        for name in ("m3", "m1"):
            await centre.bring(receipt_of(name))
            assert alice.shows() == "SENT"
        await centre.bring(receipt_of("m2", "UNDELIV", "011"))
        assert alice.shows() == "FAILED The message centre says: not deliverable (011)"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.INVALID_DESTINATION, "FAILED The message centre refuses it: the number does not exist"),
        (0x45, "FAILED The message centre refuses it: status 0x45"),
        (Status.SYSTEM_ERROR, "QUEUED The message centre refuses it: it has a fault"),
    ],
)
async def test_what_the_centre_refuses_is_told_in_its_words(status: int, shown: str) -> None:
    async with far() as (alice, centre):
        centre.statuses = [status]
        alice.write(CAROL)
        await until(lambda: alice.shows() == shown)


async def test_a_centre_that_is_busy_has_its_time() -> None:
    """It is sent again then, and the handset is told what it waits for."""
    async with far() as (alice, centre):
        centre.statuses = [Status.THROTTLED, Status.QUEUE_FULL]
        alice.write(CAROL)
        await until(lambda: alice.shows() == "SENT")
        assert len(centre.taken) == 1
        assert "BACKING_OFF" in alice.gate.states


async def test_what_nobody_can_say_is_shown_and_sent_again_by_its_owner_only() -> None:
    """X7, spec OUT-6."""
    async with far() as (alice, centre):
        centre.cut_after = 1
        alice.write(CAROL)
        await until(lambda: alice.shows().startswith("UNKNOWN"))
        await until(lambda: centre.bound == 2)
        alice.centre.wake()
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(centre.taken) == 1
        alice.send()
        await until(lambda: alice.shows() == "SENT")
        assert len(centre.taken) == 2


async def test_a_message_that_is_not_answered_is_unknown_and_the_session_lives() -> None:
    """X7: slow answers."""
    async with far() as (alice, centre):
        centre.statuses = [None]
        alice.write(CAROL)
        await until(lambda: alice.shows().startswith("UNKNOWN"))
        alice.write(CAROL, item=CAKE)
        await until(lambda: alice.shows(CAKE) == "SENT")
        assert centre.bound == 1


async def test_a_text_that_was_begun_waits_for_the_next_session() -> None:
    """Three messages have a window of two: the third had certainly not been sent (X7)."""
    async with far(Pace(window=2, answer_s=0.3, submit_s=5.0, silence_s=0.2)) as (alice, centre):
        centre.statuses = [Status.OK, None]
        alice.write(CAROL, "tea " * 100)
        await until(lambda: len(centre.taken) == 3)
        centre.cut()
        await until(lambda: alice.shows().startswith("UNKNOWN"))


async def test_a_centre_that_is_silent_is_known_for_dead_within_the_keep_alive() -> None:
    """X7: half open; it is bound again once it hears."""
    async with far() as (alice, centre):
        centre.deaf = True
        await until(lambda: alice.gate.states[-1] == "BACKING_OFF")
        assert alice.gate.told[-1].why == "the message centre does not answer"
        centre.deaf = False
        await until(lambda: alice.gate.states[-1] == "CONNECTED")


async def test_bad_credentials_are_named_and_tried_again() -> None:
    async with MessageCentre() as centre:
        centre.refuse = Status.INVALID_PASSWORD
        async with desk(centre.settings) as alice:
            await until(lambda: alice.gate.states[-1:] == ["BAD_CREDENTIALS"])
            assert alice.gate.told[-1].why == "the message centre does not let us in: wrong password"
            alice.write(CAROL)
            await until(lambda: "wrong password" in alice.shows())
            centre.refuse = Status.OK
            await until(lambda: alice.gate.states[-1] == "CONNECTED")


async def test_a_centre_that_is_not_there_is_dialled_again() -> None:
    async with MessageCentre() as centre:
        pass  # its port is nobody's now
    async with desk(centre.settings) as alice:
        await until(lambda: alice.gate.states[-1:] == ["BACKING_OFF"])
        assert "does not answer" in alice.gate.told[-1].why
        alice.write(CAROL)
        await until(lambda: alice.shows().startswith("QUEUED 127.0.0.1:"))
        async with centre:
            await until(lambda: alice.gate.states[-1] == "CONNECTED")
            alice.gate.now_ms += 120_000
            alice.centre.wake()
            await until(lambda: alice.shows() == "SENT")


async def test_a_centre_that_speaks_something_else_is_left() -> None:
    """PDUs of wrong length."""
    async with far() as (alice, centre):
        centre.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await until(lambda: alice.gate.states[-1] == "BACKING_OFF")
        assert alice.gate.told[-1].why == "the message centre sent what is no SMPP"
        await until(lambda: alice.gate.states[-1] == "CONNECTED")


async def test_a_text_comes_and_is_answered_once_it_is_kept() -> None:
    """Spec SMS-7."""
    async with far() as (alice, centre):
        for _ in range(2):  # carol says it twice
            assert await centre.bring(text_from(CAROL, ALICE, b"With pleasure")) == Status.OK
        assert [(text.number, text.text) for text in alice.came()] == [(CAROL, "With pleasure")] * 2
        assert await centre.bring(text_from(CAROL, "+15559999999", b"?")) == Status.INVALID_DESTINATION
        assert await centre.bring(text_from(CAROL, ALICE.removeprefix("+"), b"No plus")) == Status.OK
        assert len(alice.came()) == 3


async def test_what_the_store_can_not_take_is_brought_again() -> None:
    async with far() as (alice, centre):
        refused: dict[type, Any] = {kind: Refused(Reason.LIMIT) for kind in (Settle, Spool, Take)}
        alice.gate.answers.update(refused)
        assert await centre.bring(text_from(CAROL, ALICE, b"With pleasure")) == Status.TEMPORARY
        assert await centre.bring(text_from(CAROL, ALICE, b"\5\0\3\1\2\1pleasure", esm_class=0x40)) == Status.TEMPORARY
        assert await centre.bring(receipt_of("m1")) == Status.TEMPORARY


async def test_who_has_no_number_and_where_there_is_no_centre_texts_none() -> None:
    async with far(alice="") as (alice, _):
        alice.write(CAROL)
        await until(lambda: alice.shows().startswith("FAILED No number to text from"))
    async with desk(SmsSettings()) as alice:
        alice.write(CAROL)
        await until(lambda: alice.shows().startswith("FAILED No message centre is named"))


async def test_a_text_to_a_number_of_this_server_is_there_at_once() -> None:
    """Spec SMS-5, OUT-13."""
    async with desk(SmsSettings()) as alice:
        alice.write(BOB, "Tea? ☕")
        assert alice.shows() == "DELIVERED"
        assert [(text.number, text.text) for text in alice.came(alice.bob)] == [(ALICE, "Tea? ☕")]


async def test_what_could_not_be_handed_over_at_once_is_later() -> None:
    """Spec SMS-5, OUT-13: bob's account is being recovered."""
    async with desk(SmsSettings()) as alice:
        account = alice.gate.served.store._tables.account(alice.bob.sim.account)
        assert account is not None
        account.careful = True
        alice.write(BOB)
        await until(lambda: alice.shows() != "QUEUED")
        assert alice.shows() == "QUEUED The other account can not take it just now."
        account.careful = False
        alice.gate.now_ms += 120_000
        alice.centre.wake()
        await until(lambda: alice.shows() == "DELIVERED")
        assert len(alice.came(alice.bob)) == 1


async def test_the_server_ends_and_gives_back_what_waits() -> None:
    async with far(Pace(slow_s=30.0)) as (alice, centre):
        centre.statuses = [Status.THROTTLED]
        alice.write(CAROL)
        await until(lambda: alice.gate.states[-1] == "BACKING_OFF")
        async with asyncio.timeout(2):
            await alice.centre.finish()
        assert alice.shows().startswith("QUEUED")


async def test_messages_are_the_same_at_each_attempt() -> None:
    async with far() as (alice, centre):
        centre.cut_after = 3
        alice.write(CAROL, "tea " * 100)
        await until(lambda: alice.shows().startswith("UNKNOWN"))
        await until(lambda: centre.bound == 2)
        alice.send()
        await until(lambda: alice.shows() == "SENT")
        first: list[Message] = centre.taken
        assert {one.text for one in first[:3]} == {one.text for one in first[3:]}


async def test_a_flood_is_bounded_and_nothing_that_was_answered_is_lost() -> None:
    """D1: what is too much at once is told to come again."""
    async with far() as (alice, centre):
        brought = [centre.bring(text_from(CAROL, ALICE, b"%d" % number)) for number in range(300)]
        statuses = await asyncio.gather(*brought)
        assert set(statuses) == {Status.OK, Status.QUEUE_FULL}
        told = {str(number) for number, status in enumerate(statuses) if status == Status.OK}
        assert {text.text for text in alice.came()} == told
        assert alice.gate.states[-1] == "CONNECTED"
