"""What the message centre brings: texts for the numbers of this server, and word of those that went out.

The centre is answered once it is on the disk. What could not be put there it is told to bring again, and what is for
nobody here, never.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

import structlog

from thinline.errands import ErrandState
from thinline.errors import LocalError
from thinline_server.gateways.base import Outside
from thinline_server.outside import FindAccount, Settle, Settled, Spool, Spooled, Take, Taken, Word
from thinline_server.services.sms.arrival import Arrival, arrival_of, item_of
from thinline_server.services.sms.events import Came
from thinline_server.services.sms.pdu import Message, Status, Tag
from thinline_server.services.sms.receipts import read_receipt
from thinline_server.services.sms.rules import SMS_IN, SMS_OUT, SOURCE

__all__ = ["Inbound"]

_log = structlog.get_logger("thinline.sms")

_KIND_BITS = 0x3C  # of esm_class: what is no text but word of one
_RECEIPTS = (0x04, 0x20)
_LOST = 256  # messages of which the answer was lost that are remembered


class Sending(Protocol):
    """The texts that go out."""

    @property
    def prefix(self) -> str:
        """Before the names of messages."""
        ...

    async def settled(self) -> None:
        """Until what is under way now is on the disk."""
        ...


class Answering(Protocol):
    """The session that something came by."""

    def answer(self, sequence: int, status: int) -> bool:
        """Tell the centre how it went; whether the answer went out."""
        ...


class Inbound:
    """All that comes.

    Args:
        outside: what it works with.
        sending: whose receipts come.
    """

    def __init__(self, outside: Outside, sending: Sending) -> None:
        self._outside = outside
        self._sending = sending
        self._unanswered: dict[bytes, bytes] = {}  # what the centre brings again: by its seal, the item's origin
        self._count = 0

    async def came(self, came: Came, wire: Answering) -> None:
        """One message: put it on the disk, and answer."""
        try:
            status = await self._kept(came.message, wire, came.sequence)
        except LocalError:  # the server ends
            status = Status.TEMPORARY
        except Exception:
            _log.exception("a message of the centre could not be kept")
            status = Status.TEMPORARY
        if status is not None:
            wire.answer(came.sequence, status)

    async def _kept(self, message: Message, wire: Answering, sequence: int) -> int | None:
        """How it went; None where that is answered already."""
        if message.esm_class & _KIND_BITS:
            return await self._heard(message)
        arrival = arrival_of(message)
        account = await self._account(arrival.to)
        if account is None:
            return Status.INVALID_DESTINATION
        if arrival.place is not None:  # its repetition is known by its place
            spooled = await self._outside.operate(Spool(account, SMS_IN, (arrival.data,), arrival.detail()))
            return Status.OK if isinstance(spooled, Spooled) else Status.TEMPORARY
        return await self._take(account, arrival, wire, sequence)

    async def _account(self, number: str) -> bytes | None:
        """Whose it is; a centre may tell a number without its plus."""
        for told in dict.fromkeys((number, f"+{number.removeprefix('+')}", number.removeprefix("+"))):
            account = await self._outside.operate(FindAccount(number=told))
            if isinstance(account, bytes):
                return account
            if account is not None:
                raise LocalError("the store did not answer")
        return None

    async def _take(self, account: bytes, arrival: Arrival, wire: Answering, sequence: int) -> int | None:
        """A whole text. What the centre was not answered it brings again: that is the same item (X8)."""
        seal = arrival.seal
        origin = self._unanswered.pop(seal, None) or self._origin(seal)
        now_ms = self._outside.now_ms()
        item = item_of((arrival,), origin, now_ms)
        taken = await self._outside.operate(Take(account, SOURCE, (item,)))
        if not isinstance(taken, Taken) or any(took.reason for took in taken.items):
            return Status.TEMPORARY
        if not wire.answer(sequence, Status.OK):
            self._unanswered[seal] = origin
            if len(self._unanswered) > _LOST:
                del self._unanswered[next(iter(self._unanswered))]
        return None

    def _origin(self, seal: bytes) -> bytes:
        """Of a text that may be the same as another: somebody says yes twice."""
        self._count += 1
        at = self._outside.now_ms().to_bytes(8, "big") + self._count.to_bytes(8, "big")
        return hashlib.sha256(seal + at).digest()

    async def _heard(self, message: Message) -> int:
        """Word of a text that went out; it may be here before the centre's answer was noted."""
        if message.esm_class & _KIND_BITS not in _RECEIPTS:
            return Status.OK
        named = message.tags.get(Tag.RECEIPTED_MESSAGE, b"").split(b"\0")[0].decode("latin-1")
        receipt = read_receipt(message.text, named, message.number(Tag.MESSAGE_STATE))
        if receipt is None:
            return Status.OK
        state = ErrandState.DELIVERED if receipt.delivered else ErrandState.FAILED
        reason = receipt.reason and f"The message centre says: {receipt.reason}"
        word = Word(SMS_OUT, f"{self._sending.prefix}{receipt.message}", state, reason)
        heard = await self._outside.operate(Settle((), (word,)))
        if isinstance(heard, Settled) and heard.unheard:
            await self._sending.settled()
            heard = await self._outside.operate(Settle((), (word,)))
        if not isinstance(heard, Settled):
            return Status.TEMPORARY
        if heard.unheard:
            _log.info("a receipt is of nothing that is waited for", message=receipt.message)
        return Status.OK
