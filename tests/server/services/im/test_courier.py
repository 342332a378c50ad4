"""What could not be handed over at once: to bob while his account is careful, to nobody, to alice herself. IM-9."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from gates import Gate
from line_client import LineClient, Submit
from pier import Pier
from thinline.types import Collection
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Message
from thinline_server.outside import Settle
from thinline_server.services.im.courier import Courier
from thinline_server.services.im.rules import ERRANDS, SEND_MESSAGE
from waiting import until

FOLLOWS = [Collection.COLLECTION_IM]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


class Street:
    """Alice and bob with their handsets, and the courier's gate."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.pier = Pier(self.gate.served)
        self.gate.operate_by(self.pier)
        self.alice = self.pier.client("alice", follows=FOLLOWS)
        self.bob = self.pier.client("bob", follows=FOLLOWS)

    def say(self, peer: str, item: bytes = b"message  tea") -> None:
        body = im_pb2.SendMessage(item=item, peer=peer, text="Tea?", at_ms=5)
        self.pier.feed(self.alice, Submit(SEND_MESSAGE, body.SerializeToString()))

    def careful(self, whose: LineClient, *, careful: bool) -> None:
        store = self.gate.served.store
        account = store._tables.account(whose.sim.account)
        assert account is not None
        store._begin()
        store._tables.set_epoch(account, account.epoch + careful, careful=careful)
        store._commit()


def said(client: LineClient) -> list[Message]:
    return [Message.FromString(head.fields) for head in client.heads.values()]


@asynccontextmanager
async def running(street: Street) -> AsyncIterator[Courier]:
    courier = Courier(street.gate.outside())
    task = asyncio.ensure_future(courier.run(street.gate.told.append))
    try:
        yield courier
    finally:
        await courier.finish()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_for_nobody_fails_and_says_so() -> None:
    """Spec IM-9."""
    street = Street()
    street.say("nobody")
    street.say("bob@far.test", b"message  far")
    async with running(street) as courier:
        await until(lambda: {one.state for one in said(street.alice)} == {im_pb2.MESSAGE_STATE_FAILED})
        assert courier.kinds == set(ERRANDS)
    assert {one.reason for one in said(street.alice)} == {"There is nobody of that name here."}
    assert said(street.bob) == []
    assert street.gate.states == ["IDLE"]


async def test_what_alice_says_to_herself_is_there() -> None:
    street = Street()
    street.say("alice")
    async with running(street):
        await until(lambda: len(street.alice.heads) == 2)
    assert {(one.peer, one.out, one.at_ms) for one in said(street.alice)} == {
        ("alice", out, said(street.alice)[0].at_ms) for out in (True, False)
    }


async def test_a_careful_account_takes_nothing_and_the_writer_sees_it() -> None:
    street = Street()
    street.careful(street.bob, careful=True)
    street.say("bob")
    async with running(street):
        await until(lambda: said(street.alice)[0].reason != "")
    (told,) = said(street.alice)
    assert (told.state, told.reason) == (im_pb2.MESSAGE_STATE_QUEUED, "Their account does not take anything just now.")
    assert said(street.bob) == []
    (end,) = (end for one in street.gate.asked if isinstance(one, Settle) for end in one.ends if not end.hand)
    assert end.due_ms > street.gate.now_ms


async def test_what_waited_for_a_careful_account_comes_once_also_under_a_later_epoch() -> None:
    """Spec OUT-13, IM-6; H10, X7: handing over twice is as once, so nobody has to ask whether it was."""
    street = Street()
    street.careful(street.bob, careful=True)
    street.say("bob")
    street.careful(street.bob, careful=False)
    street.careful(street.alice, careful=True)
    street.careful(street.alice, careful=False)
    async with running(street):
        await until(lambda: len(said(street.bob)) == 1)
        await until(lambda: said(street.alice)[0].state == im_pb2.MESSAGE_STATE_DELIVERED)
    assert said(street.alice)[0].at_ms == said(street.bob)[0].at_ms
