"""One SMTP connection: aiosmtpd's protocol, with an end to patience and a bound on what is held.

The library reads a mail line by line into a list, and its clock starts anew with each command; both are a stranger's to
stretch. Here a mail is one buffer, counted together with all others that come in, and a sender who is slower than a
slow modem is hung up on (T5).
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["Bounds", "Desk", "Parcel", "SmtpSession", "plain_address"]

_END = b"\r\n.\r\n"
_PIECE_BYTES = 65_536
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"<({_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>(?: (.*))?")
_COMMANDS = 1_000  # of one kind in a connection; some programs send many mails through one


@dataclass(frozen=True, slots=True)
class Bounds:
    """What strangers may take.

    Attributes:
        mail_bytes: one mail.
        held_bytes: all mails that are on their way in, together.
        connections: at once.
        recipients: of one mail.
        patience_s: for one command, and for a mail beyond what `slowest` allows.
        slowest_bytes_s: what a mail must come in with, on average.
    """

    mail_bytes: int
    held_bytes: int = 256 * 1024 * 1024
    connections: int = 256
    recipients: int = 100
    patience_s: float = 60.0
    slowest_bytes_s: float = 1_000.0


def plain_address(argument: str) -> tuple[str, str] | None:
    """The address and what follows it, of a plain one, as nearly all are: None where it is another."""
    found = _PLAIN.fullmatch(argument)
    return (found[1], found[2] or "") if found else None


class Parcel(Envelope):
    """A mail on its way in; `accounts` are those of this server that it is for, with the address that was named."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[bytes, str] = {}


class Desk(Protocol):
    """Where the connections of one listener meet: what they hold together, and who judges what they bring."""

    bounds: Bounds
    held: int

    async def handle_RCPT(self, server: Any, session: Session, parcel: Parcel, address: str, options: list[str]) -> str:
        """Judge a recipient: the reply."""
        ...

    async def handle_DATA(self, server: Any, session: Session, parcel: Parcel) -> str:
        """Take a mail: the reply."""
        ...


class SmtpSession(SMTP):
    """The protocol of one connection.

    Args:
        desk: the listener's; its `handle_...` are the library's hooks.
        hostname: what it calls itself.
        tls: for STARTTLS.
    """

    line_length_limit = _PIECE_BYTES  # longer lines than 998 are common, and harm nobody

    def __init__(self, desk: Desk, hostname: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            desk,
            data_size_limit=desk.bounds.mail_bytes,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Thinline",
            tls_context=tls,
            timeout=desk.bounds.patience_s,
            command_call_limit={"*": _COMMANDS},
            loop=asyncio.get_running_loop(),
        )
        self._desk = desk
        self._mine = 0  # bytes of what is held
        self._among: set[SmtpSession] = set()

    def watch(self, among: set[SmtpSession]) -> None:
        """Be one of those that are open, for as long as the connection lasts."""
        self._among = among
        among.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        self._among.discard(self)
        super().connection_lost(error)

    def _create_envelope(self) -> Parcel:
        return Parcel()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return plain_address(arg) or super()._getaddr(arg)  # the library's way costs as much as all the rest of a RCPT

    def abandon(self) -> None:
        """Hang up at once."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # a stream's

    async def smtp_DATA(self, arg: str | None) -> None:
        """RFC 5321, 4.1.1.4; what is too much is heard to its end and then refused, within bounds."""
        if await self.check_helo_needed():
            return
        parcel, session = self.envelope, self.session
        assert isinstance(parcel, Parcel)
        assert session is not None
        if not parcel.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        body = bytearray(b"\r\n")  # as if the line before it ended here: then its first line is as any
        try:
            status = await self._receive(body)
            if not status:
                # Transparency, 4.5.2: a dot before a line is the sender's; the body's own last line end stays.
                parcel.content = parcel.original_content = bytes(body[:-3]).replace(b"\r\n.", b"\r\n")[2:]
                status = await self._desk.handle_DATA(self, session, parcel)
        finally:
            self._hold(0)
            self.envelope = self._create_envelope()
        await self.push(status)

    async def _receive(self, body: bytearray) -> str:
        """Read to the end of the mail; empty, or why it is refused."""
        bounds, came, status = self._desk.bounds, 0, ""
        began_s = looked_s = self.loop.time()
        while not body.endswith(_END):
            piece = await self._piece()
            came += len(piece)
            if not status and came > bounds.mail_bytes + len(_END):
                status = f"552 5.3.4 A mail has at most {bounds.mail_bytes} bytes"
            elif not status and self._desk.held + len(piece) > bounds.held_bytes:
                status = "452 4.3.1 Too much mail comes in at once, try again later"
            if came > 2 * bounds.mail_bytes + len(_END):
                await self.push(status)
                self.abandon()
                raise ConnectionResetError("a mail without an end")
            if status:  # only what may be the beginning of its end is kept
                del body[: -len(_END)]
            body += piece
            self._hold(len(body))
            now_s = self.loop.time()
            if now_s - looked_s > bounds.patience_s / 8:
                looked_s = now_s
                self._reset_timeout(max(0.001, bounds.patience_s + came / bounds.slowest_bytes_s - now_s + began_s))
        return status

    def _hold(self, size_bytes: int) -> None:
        """So much of all that is held is this connection's."""
        self._desk.held += size_bytes - self._mine
        self._mine = size_bytes

    async def _piece(self) -> bytes:
        """Up to what may be the end of the mail, or as much as there is room for."""
        try:
            return bytes(await self._reader.readuntil(_END[2:]))
        except asyncio.LimitOverrunError as full:
            return bytes(await self._reader.readexactly(full.consumed))
