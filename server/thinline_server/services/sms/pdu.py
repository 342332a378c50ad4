"""SMPP 3.4's protocol data units as bytes: taken apart without trust, put together as the specification has them.

Whatever a peer sends, reading it ends in a value: a unit, None where it is none, or a stream that is out of step and
can only be closed. Nothing longer than `PDU_BYTES` is waited for.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, unique

from thinline_server.services.sms.numbers import Address

__all__ = [
    "PDU_BYTES",
    "Bind",
    "Command",
    "Message",
    "Pdu",
    "Splitter",
    "Status",
    "Tag",
    "read_message",
    "read_word",
    "write_bind",
    "write_message",
    "write_word",
]

PDU_BYTES = 70_000  # the longest there can be: a payload of 64 KB and its fields
_HEADER = struct.Struct(">IIII")
_MOST_SHORT_BYTES = 254
_WORD_BYTES = 65  # of a message's name, with its end
RESPONSE = 0x8000_0000


@unique
class Command(IntEnum):
    """Those that are used here; a response has the highest bit."""

    GENERIC_NACK = 0x8000_0000
    SUBMIT_SM = 0x0000_0004
    SUBMIT_SM_RESP = 0x8000_0004
    DELIVER_SM = 0x0000_0005
    DELIVER_SM_RESP = 0x8000_0005
    UNBIND = 0x0000_0006
    UNBIND_RESP = 0x8000_0006
    BIND_TRANSCEIVER = 0x0000_0009
    BIND_TRANSCEIVER_RESP = 0x8000_0009
    ENQUIRE_LINK = 0x0000_0015
    ENQUIRE_LINK_RESP = 0x8000_0015


@unique
class Status(IntEnum):
    """Those that something is done about (SMPP 3.4, 5.1.3)."""

    OK = 0x00
    INVALID_LENGTH = 0x02
    INVALID_COMMAND = 0x03
    SYSTEM_ERROR = 0x08
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    INVALID_PASSWORD = 0x0E
    INVALID_SYSTEM = 0x0F
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TEMPORARY = 0x64
    PERMANENT = 0x65


@unique
class Tag(IntEnum):
    """Optional parameters (SMPP 3.4, 5.3.1)."""

    RECEIPTED_MESSAGE = 0x001E
    REFERENCE = 0x020C
    SEGMENTS = 0x020E
    SEGMENT = 0x020F
    PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


@dataclass(frozen=True, slots=True)
class Pdu:
    """One unit: its header's fields, and the body behind it."""

    command: int
    status: int
    sequence: int
    body: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """As it is sent."""
        return _HEADER.pack(16 + len(self.body), self.command, self.status, self.sequence) + self.body

    def response(self, status: int = Status.OK, body: bytes = b"") -> Pdu:
        """The answer to it."""
        return Pdu(self.command | RESPONSE, status, self.sequence, body)


class Splitter:
    """Units out of a stream of bytes."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self.broken = False  # out of step: what follows is not looked at

    def feed(self, data: bytes) -> list[Pdu]:
        """Those that are whole now."""
        found: list[Pdu] = []
        if self.broken:
            return found
        self._kept += data
        at = 0
        while len(self._kept) - at >= 16:
            length, command, status, sequence = _HEADER.unpack_from(self._kept, at)
            if not 16 <= length <= PDU_BYTES:
                self.broken = True
                break
            if len(self._kept) - at < length:
                break
            found.append(Pdu(command, status, sequence, bytes(self._kept[at + 16 : at + length])))
            at += length
        del self._kept[:at]
        return found


@dataclass(frozen=True, slots=True)
class Bind:
    """Who asks to be let in."""

    system: str
    password: str = field(repr=False)
    system_type: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What `submit_sm` and `deliver_sm` carry, as far as it is used.

    Attributes:
        esm_class: bits that tell a header before the text, or that it is a receipt.
        coding: how `text` is written.
        receipt: whether the centre is to tell what became of it.
        tags: optional parameters by number.
    """

    source: Address
    destination: Address
    esm_class: int
    coding: int
    text: bytes
    receipt: bool = False
    tags: Mapping[int, bytes] = field(default_factory=dict)

    def number(self, tag: Tag) -> int:
        """An optional parameter that is a number; 0 where it is not told."""
        return int.from_bytes(self.tags.get(tag, b"")[:4], "big")


def _string(text: str, most: int) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"?")[: most - 1] + b"\0"


def write_bind(bind: Bind) -> bytes:
    """The body of `bind_transceiver`, for version 3.4 and all numbers."""
    told = _string(bind.system, 16) + _string(bind.password, 9) + _string(bind.system_type, 13)
    return told + bytes((0x34, 0, 0)) + b"\0"


def _address(address: Address) -> bytes:
    return bytes((address.type, address.plan)) + _string(address.digits, 21)


def write_message(message: Message) -> bytes:
    """The body of `submit_sm` or `deliver_sm`: a text of more than 254 bytes as a payload."""
    long = len(message.text) > _MOST_SHORT_BYTES
    short = b"" if long else message.text
    tags = dict(message.tags) | ({int(Tag.PAYLOAD): message.text} if long else {})
    told = b"\0" + _address(message.source) + _address(message.destination)
    told += bytes((message.esm_class, 0, 0)) + b"\0\0" + bytes((message.receipt, 0, message.coding, 0, len(short)))
    return told + short + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tags.items())


def write_word(word: str) -> bytes:
    """A body that is one string: the name of a message."""
    return _string(word, _WORD_BYTES)


class _Short(Exception):
    """The body ends too early, or a string in it does not end."""


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._body[self._at : self._at + count]
        if len(taken) < count:
            raise _Short
        self._at += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def string(self, most: int) -> str:
        end = self._body.find(b"\0", self._at, self._at + most)
        if end < 0:
            raise _Short
        told = self._body[self._at : end].decode("latin-1")
        self._at = end + 1
        return told

    def address(self) -> Address:
        return Address(self.byte(), self.byte(), self.string(21))

    def tags(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self._at < len(self._body):
            tag, size = struct.unpack(">HH", self.take(4))
            found.setdefault(tag, self.take(size))
        return found


def read_message(body: bytes) -> Message | None:
    """What a body of `submit_sm` or `deliver_sm` says; None where it is none."""
    reader = _Reader(body)
    try:
        reader.string(6)
        source, destination = reader.address(), reader.address()
        esm_class, _protocol, _priority = reader.take(3)
        reader.string(17)
        reader.string(17)
        receipt, _replace, coding, _default, size = reader.take(5)
        text = reader.take(size)
        tags = reader.tags()
    except _Short:
        return None
    text = text or tags.get(Tag.PAYLOAD, b"")
    return Message(source, destination, esm_class, coding, text, bool(receipt & 3), tags)


def read_word(body: bytes) -> str:
    """The string that a body begins with: the name of a message; empty where there is none."""
    try:
        return _Reader(body).string(_WORD_BYTES)
    except _Short:
        return ""
