"""Mail out: alice's handset sends, and sees what became of it, whatever the relay does. X7, H10, spec OUT."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from gates import Gate
from line_client import LineClient, Submit
from pier import Pier
from relays import Relaying
from smtp_talk import kept
from thinline.commands import DELETE_SEEN_BYTES
from thinline.errands import ErrandState
from thinline.intents import Create, write_intent
from thinline.items import Blob, content_digest
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, DeliveryState, Mail
from thinline_server.config import MailSettings
from thinline_server.gateways.base import GatewayState
from thinline_server.outside import Due, ReadItem, Settle
from thinline_server.requests import Refused
from thinline_server.services.mail.relay import Relay
from thinline_server.services.mail.rules import MAIL_OUT, SEND_AGAIN, SUBMIT
from thinline_server.services.mail.submission import Patience
from waiting import until

pytestmark = pytest.mark.system

TEA = b"mail     tea"
BODY = b"At four?\n"
BOB, CAROL = "bob@far.test", "carol@far.test"
HASTY = Patience(command_s=0.5, answer_s=0.5, first_s=0.0, longest_s=0.0)
PATIENT = Patience(command_s=0.5, answer_s=0.5)


@dataclass
class Desk:
    """Alice's handset, and the server behind it."""

    gate: Gate
    pier: Pier
    alice: LineClient
    relay: Relay

    def send(self, *to: str, subject: str = "Tea?") -> None:
        """Write a mail and send it."""
        blob = Blob("body", hashlib.sha256(BODY).digest(), len(BODY))
        mail = Mail(folder="drafts", to=[Address(address=one) for one in to], subject=subject)
        draft = Content(mail.SerializeToString(), (blob,))
        seen = content_digest(2, draft.fields, draft.blobs, dead=False)[:DELETE_SEEN_BYTES]
        self.pier.feed(self.alice, Submit(*write_intent(Create(TEA, 2, draft)), (BODY,)))
        self.pier.feed(self.alice, Submit(SUBMIT, mail_pb2.Submit(item=TEA, seen=seen).SerializeToString()))
        self.relay.wake()

    def again(self, *to: str) -> None:
        """Alice says that it may go once more."""
        self.pier.feed(self.alice, Submit(SEND_AGAIN, mail_pb2.SendAgain(item=TEA, recipients=to).SerializeToString()))
        self.relay.wake()

    def shows(self) -> list[str]:
        """What her handset shows of each recipient."""
        deliveries = Mail.FromString(self.alice.heads[TEA].fields).deliveries
        names = (DeliveryState.Name(one.state).removeprefix("DELIVERY_STATE_") for one in deliveries)
        return [f"{name} {one.reason}".strip() for name, one in zip(names, deliveries, strict=True)]


@asynccontextmanager
async def desk(relay: Relaying | None, patience: Patience = HASTY, **settings: Any) -> AsyncIterator[Desk]:
    gate = Gate()
    pier = Pier(gate.served)
    gate.operate_by(pier)
    alice = pier.client("alice", follows=[5])
    gate.account("bob")
    place = f"127.0.0.1:{relay.port}" if relay else ""
    mail = MailSettings(relay=place, **{"relay_tls": "none", **settings})
    gateway = Relay(mail, gate.outside(*([("127.0.0.1", relay.port)] if relay else [])), patience)
    running = asyncio.ensure_future(gateway.run(gate.told.append))
    try:
        with capture_logs():
            yield Desk(gate, pier, alice, gateway)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_mail_goes_out_once_to_all_its_recipients() -> None:
    """Spec OUT-2, MAIL-7: and the handset sees it."""
    async with Relaying() as relay, desk(relay) as alice:
        alice.send(BOB, CAROL)
        assert alice.shows() == ["QUEUED", "QUEUED"]
        await until(lambda: alice.shows() == ["SENT 250 taken"] * 2)
        await alice.relay.finish()
        assert alice.gate.states == ["IDLE", "CONNECTED"]
    (given,) = relay.taken
    assert (given.sender, given.recipients) == ("alice@thinline.test", (BOB, CAROL))
    assert b"Message-ID: <%b@thinline.test>" % TEA.hex().encode() in given.raw
    assert given.raw.endswith(b"At four?\r\n")


async def test_a_mail_to_an_account_of_this_server_needs_no_relay() -> None:
    async with desk(None) as alice:
        alice.send("bob@thinline.test", "eve@thinline.test", CAROL)
        await until(lambda: "QUEUED" not in alice.shows())
        told = alice.shows()
    assert told[0] == "DELIVERED"
    assert told[1] == "FAILED There is no such account here."
    assert told[2].startswith("FAILED This server sends no mail to others")
    (task,) = kept(alice.gate)
    assert (task.name, (task.parts or (b"",))[0].count(b"At four?")) == ("bob", 1)


async def test_what_the_relay_did_not_take_is_tried_again() -> None:
    async with Relaying({"DATA.": "451 not now"}) as relay, desk(relay) as alice:
        alice.send(BOB)
        await until(lambda: relay.connections > 2)
        assert alice.shows() == ["QUEUED 451 not now"]
        relay.answers.clear()
        await until(lambda: alice.shows() == ["SENT 250 taken"])
    assert [given.recipients for given in relay.taken[-1:]] == [(BOB,)]


async def test_what_nobody_can_say_is_shown_and_sent_again_by_its_owner_only() -> None:
    """X7, spec OUT-6."""
    async with Relaying({"DATA.": "cut!"}) as relay, desk(relay) as alice:
        alice.send(BOB)
        await until(lambda: alice.shows()[0].startswith("UNKNOWN"))
        alice.relay.wake()
        relay.answers.clear()
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(relay.taken) == 1
        alice.again(BOB)
        await until(lambda: alice.shows() == ["SENT 250 taken"])
    assert len(relay.taken) == 2


async def test_where_the_relay_removes_duplicates_it_is_sent_again_by_itself() -> None:
    """Spec OUT-6, OUT-8: the same bytes under the same Message-ID."""
    async with Relaying({"DATA.": "cut!"}) as relay, desk(relay, relay_deduplicates=True) as alice:
        alice.send(BOB)
        await until(lambda: len(relay.taken) > 1)
        relay.answers.clear()
        await until(lambda: alice.shows() == ["SENT 250 taken"])
    assert len({given.raw for given in relay.taken}) == 1


async def test_a_relay_that_does_not_answer_is_asked_once_for_all() -> None:
    """The gateway says so, and when it tries again."""
    relay = Relaying()
    async with relay:
        pass  # its port is nobody's now
    async with desk(relay, PATIENT) as alice:
        alice.send(BOB)
        await until(lambda: "does not answer" in alice.shows()[0])
        assert alice.shows()[0].startswith("QUEUED 127.0.0.1:")
        told = alice.gate.told[-1]
        assert told.state is GatewayState.BACKING_OFF
        assert told.until_ms == alice.gate.now_ms + 30_000
        assert alice.gate.served.operate(Due((MAIL_OUT,), 1))[0].next_due_ms >= told.until_ms


async def test_what_was_refused_for_days_is_given_up() -> None:
    async with Relaying({"DATA.": "451 not now"}) as relay, desk(relay) as alice:
        alice.gate.now_ms += 3 * 86_400_000
        alice.send(BOB)
        await until(lambda: alice.shows() == ["FAILED given up: 451 not now"])


async def test_what_is_not_begun_is_not_sent() -> None:
    """Spec OUT-7; H10: an account that went back meanwhile."""
    async with Relaying() as relay, desk(relay) as alice:
        tables = alice.gate.served.store._tables
        account = tables.account(alice.alice.sim.account)
        assert account is not None
        alice.gate.before[ReadItem] = lambda: setattr(account, "careful", True)
        alice.send(BOB)
        await until(lambda: relay.connections == 1)
        await alice.relay.finish()
        assert alice.shows() == ["QUEUED"]
    assert relay.taken == []


async def test_a_mail_that_can_not_be_written_or_read_fails_with_its_reason() -> None:
    async with desk(None) as alice:
        alice.gate.answers[ReadItem] = Refused(Reason.STORE_FAILED, "part body is damaged on the server's disk")
        alice.send(BOB)
        await until(lambda: alice.shows() == ["FAILED part body is damaged on the server's disk"])


async def test_an_account_that_can_not_take_it_just_now_may_later() -> None:
    async with desk(None) as alice:
        alice.gate.answers[Settle] = Refused(Reason.LIMIT)
        alice.send("bob@thinline.test")
        await until(lambda: sum(isinstance(one, Settle) for one in alice.gate.asked) >= 2)
        asked = [one for one in alice.gate.asked if isinstance(one, Settle)]
        assert [one.ends[0].state for one in asked[:2]] == [ErrandState.DELIVERED, ErrandState.QUEUED]
