"""SMTP in: who is taken, and what is kept before it is acknowledged. X8, D1."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from certificates import Authority
from gates import Gate
from smtp_talk import kept, listening, mail, talking
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.config import load_settings
from thinline_server.gateways.base import GatewayFailed, GatewayState, Standing
from thinline_server.outside import FindAccount, Spool
from thinline_server.requests import Refused
from thinline_server.services.mail.smtp_in import SmtpIn, account_name

pytestmark = pytest.mark.system

RAW = b"From: bob@far.test\r\nTo: alice@thinline.test\r\nSubject: tea\r\n\r\n..at four\r\n.\r\n...\r\nbob"


async def test_a_mail_is_kept_as_it_came_before_it_is_acknowledged() -> None:
    """D1, spec OUT-1: dots and all, without a byte of ours in it."""
    gate = Gate()
    async with listening(gate) as port:
        assert await mail(port, "Alice+list@Thinline.TEST", RAW) == 250
        (task,) = kept(gate)
    assert (task.name, task.parts) == ("alice", (RAW + b"\r\n",))
    assert json.loads(task.detail) == {"from": "bob@far.test", "to": "Alice+list@Thinline.TEST", "by": "far.test"}
    assert gate.told == [Standing(GatewayState.CONNECTED, gate.told[0].why)]


async def test_a_mail_for_two_is_kept_for_each_and_a_stranger_is_named() -> None:
    gate = Gate()
    async with listening(gate) as port, talking(port) as talk:
        for offered in ("SIZE 26214400", "8BITMIME", "SMTPUTF8"):
            assert offered in talk.told
        assert "AUTH" not in talk.told
        await talk.say("MAIL FROM:<> BODY=8BITMIME")
        replies = [await talk.say(f"RCPT TO:<{one}>") for one in ("alice@thinline.test", "eve@thinline.test")]
        replies += [await talk.say(f"RCPT TO:<{one}>") for one in ("bob@thinline.test", "bob@far.test", "nobody")]
        assert replies == [250, 550, 250, 550, 550]
        assert await talk.say("DATA x") == 501
        assert await talk.say("DATA") == 354
        assert await talk.raw("Subject: blåbær\r\n.\r\n".encode()) == 250
        assert await talk.say("DATA") == 503
        assert await talk.say("QUIT") == 221
    assert [(task.name, task.parts) for task in kept(gate)] == [
        ("alice", ("Subject: blåbær\r\n".encode(),)),
        ("bob", ("Subject: blåbær\r\n".encode(),)),
    ]


async def test_starttls_where_there_is_a_certificate(tmp_path: Path) -> None:
    authority = Authority("thinline test")
    certificate, key = authority.issue(tmp_path)
    context = ssl.create_default_context(cadata=authority.pem.decode())
    gate = Gate()
    async with listening(gate, tls_certificate=certificate, tls_key=key) as port, talking(port) as talk:
        assert "STARTTLS" in talk.told
        assert await talk.say("STARTTLS") == 220
        await talk.secure(context, "localhost")
        assert await talk.say("EHLO far.test") == 250
        assert "STARTTLS" not in talk.told
        await talk.say("MAIL FROM:<bob@far.test>")
        await talk.say("RCPT TO:<alice@thinline.test>")
        await talk.say("DATA")
        assert await talk.raw(b"x\r\n.\r\n") == 250
    assert len(kept(gate)) == 1


@pytest.mark.parametrize(
    ("request_type", "answer", "code"),
    [
        (Spool, Refused(Reason.LIMIT), 452),
        (Spool, Refused(Reason.TOO_LARGE), 552),
        (Spool, LocalError("this server is closed"), 421),
        (FindAccount, Refused(Reason.STORE_FAILED), 452),
        (FindAccount, LocalError("this server is closed"), 421),
    ],
)
async def test_what_can_not_be_kept_is_not_acknowledged(request_type: type, answer: Any, code: int) -> None:
    """D1, D7."""
    gate = Gate()
    async with listening(gate) as port:
        gate.answers[request_type] = answer
        assert await mail(port, "alice@thinline.test", RAW) == code
    assert kept(gate) == ()


async def test_a_mail_that_goes_in_a_circle_comes_to_its_end() -> None:
    gate = Gate()
    async with listening(gate) as port:
        assert await mail(port, "alice@thinline.test", b"Received: by us\r\n" * 102 + b"\r\nx") == 554


async def test_a_place_that_is_taken_is_tried_again_later() -> None:
    gate = Gate()
    async with listening(gate) as port:
        other = SmtpIn(
            load_settings(flags={"data": Path("/nowhere"), "mail": {"listen": f"127.0.0.1:{port}"}}), gate.outside()
        )
        with pytest.raises(GatewayFailed, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            await other.run(gate.told.append)
        assert caught.value.state is GatewayState.BACKING_OFF


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("alice@thinline.test", "alice"),
        ("ALICE@THINLINE.TEST", "alice"),
        ("alice+tea@thinline.test", "alice"),
        ('"alice"@thinline.test', "alice"),
        ("alice@far.test", ""),
        ("alice", ""),
        ("alice@thinline.test@far.test", ""),
    ],
)
def test_an_address_of_this_server_names_an_account(address: str, name: str) -> None:
    assert account_name(address, "thinline.test") == name
