"""Mail to exim and back: a mail from the handset lies in a mailbox of Dovecot's, and the answer comes to the handset.

The counterparts are Debian's own programs; see tests/support/counterparts.py. Must 1 of mail.
"""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path

import pytest

from certificates import Authority
from counterparts import Elsewhere, elsewhere, free_ports
from line_client import LineClient, Submit
from live import LiveLine, grpc_to
from mail_town import MailTown
from serving import ServeProcess, serving
from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Create, write_intent
from thinline.items import Blob, content_digest
from thinline.merge import Content
from thinline.types import Collection
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, DeliveryState, Mail
from thinline_server.services.mail.rules import SUBMIT

ITEM = b"mail     tea"
BODY = "Blåbær, at four?\n.\nAnd the cat.\n".encode()
CAROL, DAVE, EVE = "carol@outside.test", "dave@outside.test", "eve@outside.test"
WORDS = "tea=0D=0ABcc:_eve=40outside.test=0D=0A=0D=0AAll_is_lost."  # as an encoded word
STRANGERS = f"""From: =?utf-8?q?{WORDS}?= <{CAROL}>
To: alice@thinline.test, {DAVE}
Subject: =?utf-8?q?{WORDS}?=
Message-ID: <cake@outside.test>
References: <tea@outside.test>
 <Bcc:eve@outside.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

At four?
--b
Content-Type: image/jpeg
Content-Disposition: attachment; filename="=?utf-8?q?{WORDS}?="
Content-Transfer-Encoding: base64

Y2F0
--b--
"""
OURS = {"From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version"}
PARTS = {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
ON_THE_WAY = {"Return-Path", "Delivered-To", "Received"}


def draft() -> tuple[Content, bytes]:
    """A mail to carol, and to somebody whom nobody knows; and how its sender saw it."""
    to = [Address(name="Carol Çelik", address=CAROL), Address(address="nobody@nowhere.test")]
    fields = Mail(folder="drafts", to=to, subject="Tea, with blåbær?", date_s=1_254_355_200).SerializeToString()
    content = Content(fields, (Blob("body", sha256(BODY).digest(), len(BODY)),))
    return content, content_digest(2, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]


def shown(alice: LineClient) -> list[str]:
    """What her handset shows of each recipient."""
    deliveries = Mail.FromString(alice.heads[ITEM].fields).deliveries if ITEM in alice.heads else []
    return [DeliveryState.Name(one.state).removeprefix("DELIVERY_STATE_") for one in deliveries]


def came_from(alice: LineClient) -> dict[str, Mail]:
    """Mails that came, by their senders."""
    mails = (Mail.FromString(head.fields) for item, head in alice.heads.items() if item != ITEM)
    return {mail.sender.address: mail for mail in mails}


def smtp_port(server: ServeProcess) -> int:
    (told,) = (one["why"] for one in server.ask("status")["gateways"] if one["name"] == "mail in")
    return int(told.rpartition(":")[2])


def settings(ports: list[int], folder: Path) -> dict[str, str]:
    """By STARTTLS and with a password, to a relay that an authority of the operator's vouches for."""
    told = {"RELAY": f"localhost:{ports[1]}", "RELAY_USER": "alice", "RELAY_PASSWORD": "tea", "LISTEN": "127.0.0.1:0"}
    return {f"THINLINE_MAIL__{name}": value for name, value in told.items()} | {
        "THINLINE_MAIL__RELAY_CA": str(folder / "relay.pem")
    }


async def arrived(there: Elsewhere, subject: str, address: str = CAROL) -> EmailMessage:
    """What lies in somebody's mailbox under that subject, as a library of others' reads it."""
    async with asyncio.timeout(20):
        while True:
            for raw in there.mails(address):
                message = message_from_bytes(raw, policy=default)
                if message["Subject"] == subject:
                    assert isinstance(message, EmailMessage)
                    return message
            await asyncio.sleep(0)


def answer(there: Elsewhere, to: EmailMessage) -> EmailMessage:
    """What carol's mail program writes back."""
    told = EmailMessage()
    told["From"], told["To"], told["Subject"] = CAROL, str(to["From"]), f"Re: {to['Subject']}"
    told["In-Reply-To"], told["Message-ID"] = str(to["Message-ID"]), "<answer@outside.test>"
    told.set_content("With pleasure. Crème brûlée too.\n")
    with smtplib.SMTP("127.0.0.1", there.smtp) as program:
        program.send_message(told)
    return told


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServeProcess, Elsewhere]]:
    """A server, and the mail system on the other side: each starts once for the tests of this file."""
    folder = tmp_path_factory.mktemp("exim")
    ports, authority = free_ports(5), Authority("outside.test")
    (folder / "relay.pem").write_bytes(authority.pem)
    with (
        serving(folder, **settings(ports, folder)) as server,
        elsewhere(smtp_port(server), ports, authority) as there,
    ):
        yield server, there
        assert server.terminate() == 0


@pytest.mark.slow  # two programs start, and exim's queue runs
async def test_a_mail_goes_to_exim_and_the_answer_comes_back(world: tuple[ServeProcess, Elsewhere]) -> None:
    """Must 1: spec MAIL-3, MAIL-6, MAIL-7; X7, X8, T6."""
    server, there = world
    async with AsyncExitStack() as stack:
        server.ask("account.add", name="alice")
        code = server.ask("account.enroll", name="alice")["code"]
        alice = LineClient("alice", code, follows=[Collection.COLLECTION_MAIL])
        line = await stack.enter_async_context(LiveLine(alice, grpc_to(server.address)))
        assert await line.connect(), line
        content, seen = draft()
        line.feed(Submit(*write_intent(Create(ITEM, 2, content)), (BODY,)))
        line.feed(Submit(SUBMIT, mail_pb2.Submit(item=ITEM, seen=seen).SerializeToString()))
        await line.until(lambda: shown(alice) in (["SENT", "SENT"], ["SENT", "FAILED"]))  # a bounce may be quick
        came = await arrived(there, "Tea, with blåbær?")
        assert (came["From"], came["To"], came["Subject"]) == (
            "alice@thinline.test",
            "Carol Çelik <carol@outside.test>, nobody@nowhere.test",
            "Tea, with blåbær?",
        )
        assert came["Message-ID"] == f"<{ITEM.hex()}@thinline.test>"
        assert came.get_content() == BODY.decode()
        await asyncio.to_thread(answer, there, came)
        await line.until(lambda: {CAROL, "Mailer-Daemon@localhost"} <= came_from(alice).keys())
        await line.until(lambda: shown(alice) == ["SENT", "FAILED"])  # spec MAIL-13
        back = came_from(alice)[CAROL]
        assert back.subject == "Re: Tea, with blåbær?"
        assert back.first_line.startswith("With pleasure")
        assert back.thread == ITEM[:8], "it is of the conversation that alice began (spec MAIL-8)"
        assert "failed" in came_from(alice)["Mailer-Daemon@localhost"].subject, "nobody is nowhere, and she hears of it"


@pytest.mark.slow  # exim's queue runs
async def test_what_is_done_on_a_handset_lies_in_mailboxes_far_away(
    world: tuple[ServeProcess, Elsewhere], tmp_path: Path
) -> None:
    """Must 1 and 3: answered to all, with a file, and sent on; no stranger's CR LF is a header, or a mail to eve."""
    server, there = world
    evil = tmp_path / "plan\r\nBcc: eve@outside.test\r\n\r\n.txt"
    evil.write_bytes(b"Cake at four.")
    async with MailTown(server).person("bea") as bea:
        raw = STRANGERS.replace("alice@", "bea@").encode()
        await asyncio.to_thread(bring, there, raw, "bea@thinline.test")
        await bea.press("jump wheel-down ok")
        await bea.sees("tea Bcc: eve@outside.test")
        await bea.press("ok")
        await bea.sees("At four?")
        await bea.choose("Reply to all")
        await bea.handset.verb(f"attach {evil}")
        await bea.press("'With pleasure.' send")
        await bea.choose("Forward")
        await bea.press(f"'{CAROL}' down down down down 'See below.' send")
        lost = "tea Bcc: eve@outside.test All is lost."
        answers = [await arrived(there, f"Re: {lost}", one) for one in (CAROL, DAVE)]
        onward = await arrived(there, f"Fwd: {lost}")
        sent = DeliveryState.DELIVERY_STATE_SENT
        await bea.handset.until(lambda: [one.state for one in bea.mails()[f"Fwd: {lost}"][0].deliveries] == [sent])
    for came in (*answers, onward):
        assert set(came.keys()) <= OURS | PARTS | ON_THE_WAY
    for came in answers:
        assert [one.addr_spec for one in came["To"].addresses] == [CAROL]
        assert [one.addr_spec for one in came["Cc"].addresses] == [DAVE]
        assert came["In-Reply-To"] == "<cake@outside.test>"
        text, file = came.iter_parts()
        assert text.get_content().strip() == "With pleasure."
        assert (file.get_filename(), file.get_content()) == ("plan  Bcc: eve@outside.test    .txt", "Cake at four.")
        assert set(file.keys()) <= PARTS
    text, mail = onward.iter_parts()
    assert text.get_content().strip() == "See below."
    (cat,) = mail.get_content().iter_attachments()
    assert cat.get_content() == b"cat", "it went with the mail, and never was on the handset"
    assert there.mails(EVE) == []


def bring(there: Elsewhere, raw: bytes, to: str) -> None:
    """By exim, as anybody may."""
    with smtplib.SMTP("127.0.0.1", there.smtp) as program:
        program.sendmail(CAROL, [to], raw)
