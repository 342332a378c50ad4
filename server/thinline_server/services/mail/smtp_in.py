"""SMTP in: any mail program writes to alice@domain, and hears that it was taken once it is safe from a power cut.

Nothing is looked into here. What came is kept as it came, with an errand for `intake`; who is not of this server is
refused by name, and nothing is relayed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from dataclasses import replace
from typing import Any

from aiosmtpd.smtp import Session

from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.config import Settings, read_place
from thinline_server.gateways.base import GatewayFailed, GatewayState, Outside, Standing, Tell
from thinline_server.outside import FindAccount, Spool, Spooled
from thinline_server.services.mail.rules import MAIL_IN
from thinline_server.services.mail.smtp_session import Bounds, Parcel, SmtpSession

__all__ = ["SmtpIn", "account_name"]

for _name in ("mail.log", "mail.debug", "mail.error"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # the library logs who writes to whom (T9)

_LARGE_BYTES = 262_144
_HOPS = 100  # Received fields after which a mail goes in a circle
_TEMPORARY = "452 4.3.1 It can not be kept just now, try again later"


def account_name(address: str, domain: str) -> str:
    """The account that an address of this server names, what stands behind a + aside; empty where it is another's."""
    local, at, of = address.rpartition("@")
    if not at or of.lower() != domain:
        return ""
    return local.lower().partition("+")[0].strip('"')


class SmtpIn:
    """The gateway: a listener, and where its connections meet (`smtp_session.Desk`).

    Args:
        settings: the server's.
        outside: what it works with.
        bounds: for strangers, other than usual.
    """

    name = "mail in"
    collection = 0  # who can not write to alice is told so by their own program
    kinds: frozenset[int] = frozenset()

    def __init__(self, settings: Settings, outside: Outside, bounds: Bounds | None = None) -> None:
        self._settings = settings
        self._outside = outside
        self.bounds = replace(bounds or Bounds(0), mail_bytes=settings.mail.size_bytes)
        self.held = 0
        self._open: set[SmtpSession] = set()

    def wake(self) -> None:
        """It has no errands."""

    async def finish(self) -> None:
        """What was not acknowledged yet comes again."""

    async def run(self, tell: Tell) -> None:
        """Listen."""
        host, port = read_place(self._settings.mail.listen)
        tls = self._tls()
        try:
            listener = await asyncio.get_running_loop().create_server(lambda: self._accept(tls), host, port)
        except OSError as error:
            sentence = f"cannot listen on {self._settings.mail.listen}: {error.strerror or error}"
            raise GatewayFailed(GatewayState.BACKING_OFF, sentence) from error
        try:
            bound = listener.sockets[0].getsockname()
            tell(Standing(GatewayState.CONNECTED, f"listens on {bound[0]}:{bound[1]}"))
            await asyncio.Event().wait()
        finally:
            listener.close()
            for session in list(self._open):
                session.abandon()

    def _tls(self) -> ssl.SSLContext | None:
        settings = self._settings
        if settings.tls_certificate is None or settings.tls_key is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
        return context

    def _accept(self, tls: ssl.SSLContext | None) -> asyncio.BaseProtocol:
        if len(self._open) >= self.bounds.connections:
            return _Full()
        session = SmtpSession(self, self._settings.mail.domain, tls)
        session.watch(self._open)
        return session

    # What the library asks

    async def handle_EHLO(
        self, _server: Any, session: Session, _parcel: Parcel, hostname: str, replies: list[str]
    ) -> list[str]:
        """Nobody logs in here."""
        session.host_name = hostname
        return [one for one in replies if not one.startswith("250-AUTH")]

    async def handle_RCPT(
        self, _server: Any, _session: Session, parcel: Parcel, address: str, _options: list[str]
    ) -> str:
        """A recipient of this server, or none."""
        if len(parcel.rcpt_tos) >= self.bounds.recipients:
            return f"452 4.5.3 A mail has at most {self.bounds.recipients} recipients here"
        name = account_name(address, self._settings.mail.domain)
        if not name:
            return "550 5.7.1 This server takes mail for its own accounts only"
        try:
            account = await self._outside.operate(FindAccount(name))
        except LocalError:
            return "421 4.3.2 This server is stopping, come back"
        if not isinstance(account, bytes):
            return "550 5.1.1 There is no such account here" if account is None else _TEMPORARY
        parcel.accounts.setdefault(account, address)
        parcel.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, session: Session, parcel: Parcel) -> str:
        """Keep it for each recipient; then, and only then, say so (D1, X8)."""
        raw = parcel.content
        assert isinstance(raw, bytes)
        if raw[:65_536].lower().count(b"\nreceived:") > _HOPS:
            return "554 5.4.6 This mail goes in a circle"
        for account, address in parcel.accounts.items():
            told = {"from": parcel.mail_from or "", "to": address, "by": str(session.host_name or "")}
            spooled = account, MAIL_IN, (raw,), json.dumps(told).encode()
            # A large one is hashed where nobody waits for it.
            spool = Spool(*spooled) if len(raw) < _LARGE_BYTES else await asyncio.to_thread(Spool, *spooled)
            try:
                answer = await self._outside.operate(spool)
            except LocalError:
                return "421 4.3.2 This server is stopping, come back"
            if not isinstance(answer, Spooled):
                return _TEMPORARY if answer.reason is not Reason.TOO_LARGE else "552 5.3.4 It is too large"
        return "250 2.0.0 Taken, and on the disk"


class _Full(asyncio.Protocol):
    """For who comes when enough are here."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and hang up."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.3.2 Too many connections, come back later\r\n")
        transport.close()
