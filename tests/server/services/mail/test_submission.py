"""One mail to one relay that answers late, wrongly, half, or never: what is told of it is so. X7, T6."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from certificates import Authority
from relays import Relaying
from thinline.errands import ErrandState
from thinline_server.config import MailSettings, SettingsError
from thinline_server.gateways.base import GatewayState
from thinline_server.services.mail.submission import Fate, Letter, Patience, RelayFailed, Submission, relay_context

pytestmark = pytest.mark.system

BOB, CAROL = "bob@far.test", "carol@far.test"
LETTER = Letter("alice@thinline.test", (BOB, CAROL), b"Subject: tea\r\n\r\n.\r\nat four\nor five\r\n..")
SENT, QUEUED, FAILED, UNKNOWN = ErrandState.SENT, ErrandState.QUEUED, ErrandState.FAILED, ErrandState.UNKNOWN
HASTY = Patience(command_s=0.3, answer_s=0.3)


def settings(port: int, **more: Any) -> MailSettings:
    return MailSettings(relay=f"127.0.0.1:{port}", **{"relay_tls": "none", **more})


def connected(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port))
    opened.setblocking(False)
    return opened


async def send(relay: Relaying, letter: Letter = LETTER, patience: Patience = HASTY) -> dict[str, Fate]:
    submission = Submission(settings(relay.port), relay_context(None), patience)
    await submission.open(connected(relay.port))
    try:
        return dict(await submission.send(letter))
    finally:
        await submission.close()


def states(fates: dict[str, Fate]) -> list[str]:
    return [fates[one].state.name for one in (BOB, CAROL)]


async def test_a_mail_arrives_as_it_is_with_one_kind_of_line_end() -> None:
    async with Relaying() as relay:
        fates = await send(relay)
    assert fates == dict.fromkeys((BOB, CAROL), Fate(SENT, "250 taken"))
    (given,) = relay.taken
    assert (given.sender, given.recipients) == ("alice@thinline.test", (BOB, CAROL))
    assert given.raw == b"Subject: tea\r\n\r\n.\r\nat four\r\nor five\r\n..\r\n"


@pytest.mark.parametrize("raw", [b"", b".", b".\r\n", b"..\r\n", b"x\n.\nMAIL FROM:<eve@far.test>", b"x\r.\r"])
async def test_nothing_in_a_mail_is_its_end(raw: bytes) -> None:
    async with Relaying() as relay:
        fates = await send(relay, Letter("alice@thinline.test", (BOB, CAROL), raw))
        assert states(fates) == ["SENT", "SENT"]
    expected = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert relay.taken[0].raw == (expected if expected.endswith(b"\r\n") else expected + b"\r\n")


@pytest.mark.parametrize(
    ("said", "answer", "told"),
    [
        ("MAIL", "450 not now", ["QUEUED", "QUEUED"]),
        ("MAIL", "550 not you", ["FAILED", "FAILED"]),
        ("MAIL", "220 what", ["QUEUED", "QUEUED"]),
        ("MAIL", "cut", ["QUEUED", "QUEUED"]),
        ("MAIL", "hang", ["QUEUED", "QUEUED"]),
        (f"RCPT {BOB}", "550 no such user", ["FAILED", "SENT"]),
        (f"RCPT {BOB}", "450 mailbox busy", ["QUEUED", "SENT"]),
        (f"RCPT {CAROL}", "cut", ["QUEUED", "QUEUED"]),
        ("RCPT", "550 none of them", ["FAILED", "FAILED"]),
        ("DATA", "451 not now", ["QUEUED", "QUEUED"]),
        ("DATA", "554 no mail today", ["FAILED", "FAILED"]),
        ("DATA", "hello", ["QUEUED", "QUEUED"]),
        ("DATA", "cut", ["QUEUED", "QUEUED"]),
        ("DATA", "hang", ["QUEUED", "QUEUED"]),
        ("DATA.", "451 not now", ["QUEUED", "QUEUED"]),
        ("DATA.", "550 spam", ["FAILED", "FAILED"]),
        ("DATA.", "half", ["QUEUED", "QUEUED"]),
        ("DATA.", "cut", ["UNKNOWN", "UNKNOWN"]),
        ("DATA.", "cut!", ["UNKNOWN", "UNKNOWN"]),
        ("DATA.", "hang", ["UNKNOWN", "UNKNOWN"]),
        ("DATA.", "what?", ["UNKNOWN", "UNKNOWN"]),
        ("DATA.", "354 more", ["UNKNOWN", "UNKNOWN"]),
    ],
)
async def test_what_is_told_of_a_mail_is_so(said: str, answer: str, told: list[str]) -> None:
    """X7: what the relay may have is never queued again, and what it has not is never called sent."""
    big = Letter(LETTER.sender, LETTER.recipients, b"Subject: tea\r\n\r\n" + b"x" * 70 * 1_000_000)
    async with Relaying({said: answer}) as relay:
        fates = await send(relay, big if answer == "half" else LETTER, Patience(command_s=0.5, answer_s=0.3))
    assert states(fates) == told
    if "QUEUED" in told and said == "DATA.":
        assert not relay.taken or answer.startswith("4")
    for recipient, fate in fates.items():
        assert (fate.state is SENT) == any(recipient in given.recipients for given in relay.taken) or (
            fate.state in (UNKNOWN, QUEUED, FAILED) and said == "DATA."
        )


async def test_letters_beyond_ascii_go_where_they_are_taken() -> None:
    wide = Letter("alice@thinline.test", ("bø@far.test",), "Subject: blåbær\r\n\r\n".encode())
    async with Relaying() as relay:
        assert (await send(relay, wide))["bø@far.test"].state is FAILED
    async with Relaying(offers=("8BITMIME", "SMTPUTF8")) as relay:
        assert (await send(relay, wide))["bø@far.test"].state is SENT
    assert relay.taken[0].recipients == ("bø@far.test",)


@pytest.mark.parametrize("answer", ["554 go away", "421 later", "cut", "hang", "what"])
async def test_a_relay_that_does_not_greet_has_nothing(answer: str) -> None:
    async with Relaying({"connect": answer}) as relay:
        submission = Submission(settings(relay.port), relay_context(None), HASTY)
        with pytest.raises(RelayFailed) as caught:
            await submission.open(connected(relay.port))
        assert caught.value.state is GatewayState.BACKING_OFF
        await submission.close()


async def test_close_without_open_is_nothing() -> None:
    await Submission(settings(25), relay_context(None), HASTY).close()


# TLS and passwords


def relay_tls(authority: Authority, folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue(folder))
    return context


async def test_the_relay_is_who_the_operator_named(tmp_path: Path) -> None:
    """T6: TLS is verified for the name, and without TLS nothing is sent."""
    authority = Authority("thinline test")
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    async with Relaying(tls=relay_tls(authority, tmp_path)) as relay:
        relay.offers = ("STARTTLS", *relay.offers)
        told = settings(relay.port, relay_tls="starttls", relay_ca=tmp_path / "ca.pem")
        for host, trusted in (("localhost", True), ("other.test", False)):
            submission = Submission(
                told.model_copy(update={"relay": f"{host}:{relay.port}"}), relay_context(told.relay_ca), HASTY
            )
            if trusted:
                await submission.open(connected(relay.port))
                assert states(dict(await submission.send(LETTER))) == ["SENT", "SENT"]
            else:
                with pytest.raises(RelayFailed, match="certificate"):
                    await submission.open(connected(relay.port))
            await submission.close()
        stranger = Submission(told.model_copy(update={"relay": f"localhost:{relay.port}"}), relay_context(None), HASTY)
        with pytest.raises(RelayFailed, match="certificate"):
            await stranger.open(connected(relay.port))
        await stranger.close()
    async with Relaying() as plain:
        submission = Submission(settings(plain.port, relay_tls="starttls"), relay_context(None), HASTY)
        with pytest.raises(RelayFailed, match="STARTTLS"):
            await submission.open(connected(plain.port))
        await submission.close()
    assert len(relay.taken) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [("535 no", GatewayState.BAD_CREDENTIALS), ("454 not now", GatewayState.BACKING_OFF)],
)
async def test_a_wrong_password_is_the_operator_s_matter(answer: str, state: GatewayState, tmp_path: Path) -> None:
    """T9: and is not told in the sentence."""
    authority = Authority("thinline test")
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    async with Relaying({"AUTH": answer}, tls=relay_tls(authority, tmp_path)) as relay:
        relay.offers = ("STARTTLS", "AUTH PLAIN")
        told = MailSettings(
            relay=f"localhost:{relay.port}",
            relay_ca=tmp_path / "ca.pem",
            relay_user="alice",
            relay_password=SecretStr("secret"),
        )
        submission = Submission(told, relay_context(told.relay_ca), HASTY)
        with pytest.raises(RelayFailed) as caught:
            await submission.open(connected(relay.port))
        await submission.close()
    assert caught.value.state is state
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(told)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_is_none_is_a_bad_setting(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(SettingsError, match=r"mail.relay_ca: .*ca.pem is no PEM file of an authority"):
        relay_context(tmp_path / "ca.pem")
