"""One mail to one relay over a connected socket: what became of it for each recipient, and no claim that is not so.

The mail is sent in two steps, all of it and then the line that ends it. A connection that is lost before that line
leaves has certainly not been given the mail; one that is lost behind it may have been, and nobody can say (X7).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
from aiosmtplib import SMTP

from thinline.errands import ErrandState
from thinline_server.config import MailSettings, SettingsError, read_place
from thinline_server.gateways.base import GatewayState

__all__ = ["Fate", "Letter", "Patience", "RelayFailed", "Submission", "relay_context"]

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_PIECE_BYTES = 65_536
_FLUSHED_S = 0.005  # between two looks at what is still in the buffer
_UNKNOWN = "The connection was lost before the relay answered; whether it took the mail nobody can say."


class RelayFailed(Exception):
    """The relay could not be spoken to, and has certainly taken nothing; `state` is the gateway's."""

    def __init__(self, sentence: str, state: GatewayState = GatewayState.BACKING_OFF) -> None:
        super().__init__(sentence)
        self.state = state


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the relay may take, and how long it is tried; RFC 5321, 4.5.3.2 and 4.5.4.1.

    Attributes:
        command_s: for an answer to a command, and for each piece of the mail to leave.
        answer_s: for the answer to the mail.
        first_s, longest_s: between attempts.
        give_up_s: after it was queued.
    """

    command_s: float = 120.0
    answer_s: float = 600.0
    first_s: float = 30.0
    longest_s: float = 3_600.0
    give_up_s: float = 3 * 24 * 3_600.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the envelope and the bytes of RFC 5322."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the mail for a recipient: a state, and in the relay's words why."""

    state: ErrandState
    reason: str


def relay_context(authority: Path | None) -> ssl.SSLContext:
    """Who the relay must be vouched for by: the system's authorities, or the operator's own.

    Raises:
        SettingsError: the file is of no use.
    """
    try:
        return ssl.create_default_context(cafile=str(authority) if authority else None)
    except (OSError, ssl.SSLError) as error:
        told = f"mail.relay_ca: {authority} is no PEM file of an authority: {error.strerror or error}"
        raise SettingsError(told) from error


def _answered(code: int, message: str) -> Fate:
    """The relay's word for a recipient, or for the mail."""
    reason = f"{code} {message}"
    if 200 <= code < 300:
        return Fate(ErrandState.SENT, reason)
    if 400 <= code < 500:
        return Fate(ErrandState.QUEUED, reason)
    if 500 <= code < 600:
        return Fate(ErrandState.FAILED, reason)
    return Fate(ErrandState.UNKNOWN, f"the relay answered {reason}")


class Submission:
    """A conversation with the relay.

    Args:
        settings: whose relay it is.
        context: for TLS.
        patience: with it.
    """

    def __init__(self, settings: MailSettings, context: ssl.SSLContext, patience: Patience) -> None:
        self._settings = settings
        self._context = context
        self._patience = patience
        self._host = read_place(settings.relay)[0]
        self._client: SMTP | None = None

    async def open(self, connected: socket.socket) -> None:
        """From the greeting to the login.

        Raises:
            RelayFailed: it does not want us, or is not who it should be.
        """
        settings = self._settings
        self._client = client = SMTP(
            hostname=self._host,
            sock=connected,
            local_hostname=settings.domain,
            timeout=self._patience.command_s,
            use_tls=settings.relay_tls == "implicit",
            start_tls=False,
            tls_context=self._context,
        )
        try:
            await client.connect()
            if settings.relay_tls == "starttls":
                await client.starttls(server_hostname=self._host)
            if settings.relay_user:
                await client.login(settings.relay_user, settings.relay_password.get_secret_value())
            await client.ehlo()
        except aiosmtplib.SMTPAuthenticationError as error:
            state = GatewayState.BAD_CREDENTIALS if 500 <= error.code < 600 else GatewayState.BACKING_OFF
            raise RelayFailed(f"the relay does not let us in: {error.code} {error.message}", state) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise RelayFailed(f"the relay refuses: {_words(error)}") from error

    async def send(self, letter: Letter) -> Mapping[str, Fate]:
        """Hand over one mail; the fate of each recipient. Whatever happens, it has one."""
        fates: dict[str, Fate] = {}
        try:
            await self._address(letter, fates)
            wanted = [one for one in letter.recipients if one not in fates]
            if wanted:
                fates |= dict.fromkeys(wanted, await self._hand_over(letter.raw))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            later = Fate(ErrandState.QUEUED, f"the relay did not go on: {_words(error)}")
            fates = {one: fates.get(one, later) for one in letter.recipients}
        return fates

    async def _address(self, letter: Letter, fates: dict[str, Fate]) -> None:
        client = self._connected()
        options = [f"SIZE={len(letter.raw)}"] if client.supports_extension("size") else []
        if not letter.raw.isascii() and client.supports_extension("8bitmime"):
            options.append("BODY=8BITMIME")
        wide = not all(one.isascii() for one in (letter.sender, *letter.recipients))
        if wide and not client.supports_extension("smtputf8"):
            fates.update(dict.fromkeys(letter.recipients, Fate(ErrandState.FAILED, "the relay takes ASCII only")))
            return
        encoding = "utf-8" if wide else "ascii"
        try:
            await client.mail(letter.sender, options=[*options, *(["SMTPUTF8"] if wide else [])], encoding=encoding)
        except aiosmtplib.SMTPResponseException as error:
            fates.update(dict.fromkeys(letter.recipients, self._refused(error)))
            return
        for recipient in letter.recipients:
            try:
                await client.rcpt(recipient, encoding=encoding)
            except aiosmtplib.SMTPResponseException as error:
                fates[recipient] = self._refused(error)

    def _refused(self, error: aiosmtplib.SMTPResponseException) -> Fate:
        """Nothing was handed over yet, so what makes no sense is no riddle either."""
        fate = _answered(error.code, error.message)
        certain = fate.state in (ErrandState.QUEUED, ErrandState.FAILED)
        return fate if certain else Fate(ErrandState.QUEUED, fate.reason)

    async def _hand_over(self, raw: bytes) -> Fate:
        """The mail, and the line that ends it."""
        client = self._connected()
        ready = await client.execute_command(b"DATA")
        if ready.code != 354:
            fate = _answered(ready.code, ready.message)
            return fate if fate.state is ErrandState.FAILED else Fate(ErrandState.QUEUED, fate.reason)
        text = _LINE_ENDS.sub(b"\r\n", raw).replace(b"\n.", b"\n..")
        text = (b"." if text.startswith(b".") else b"") + text + (b"" if text.endswith(b"\r\n") else b"\r\n")
        for at in range(0, len(text), _PIECE_BYTES):
            await self._leave(text[at : at + _PIECE_BYTES])
        try:
            answer = await client.execute_command(b".", timeout=self._patience.answer_s)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Fate(ErrandState.UNKNOWN, f"{_UNKNOWN} ({_words(error)})")
        return _answered(answer.code, answer.message)

    async def _leave(self, piece: bytes) -> None:
        """Hand a piece to the system, and return when it has it all."""
        transport = self._connected().transport
        async with asyncio.timeout(self._patience.command_s):
            while True:
                if transport is None or transport.is_closing():
                    raise aiosmtplib.SMTPServerDisconnected("the connection was lost in the middle of the mail")
                if piece:
                    transport.write(piece)  # type: ignore[attr-defined]  # a stream's
                    piece = b""
                elif not transport.get_write_buffer_size():  # type: ignore[attr-defined]
                    return
                await asyncio.sleep(_FLUSHED_S if transport.get_write_buffer_size() else 0)  # type: ignore[attr-defined]

    async def close(self) -> None:
        """Say goodbye, if anybody listens."""
        client = self._client
        if client is None:
            return
        try:
            await client.quit(timeout=5.0)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            pass  # it is over all the same
        finally:
            client.close()

    def _connected(self) -> SMTP:
        assert self._client is not None, "open comes first"
        return self._client


def _words(error: BaseException) -> str:
    code = getattr(error, "code", None)
    told = str(getattr(error, "message", "") or error) or type(error).__name__
    return f"{code} {told}" if code else told
