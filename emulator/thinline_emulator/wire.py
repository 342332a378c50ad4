"""What passes on the wire, decoded: for the pane beside a handset, and for a recording that is read later.

A `Tap` sits between a bearer and its ear and changes nothing. One recorded line is one packet; its frames are decoded
when somebody looks, by the codec that the handset itself uses.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from thinline.bearers import Bearer, Ear
from thinline.codec import cut_packet, read_frame
from thinline.errors import LocalError, RemoteError
from thinline.frames import Direction

__all__ = ["Packet", "Tap", "Told", "read_packet", "tell", "write_packet"]

_SHOWN_BYTES = 8


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it passed.

    Attributes:
        at_s: in the handset's time.
        mah: what the radio had drawn by then in all.
    """

    at_s: float
    direction: Direction
    data: bytes
    mah: float


@dataclass(frozen=True, slots=True)
class Told:
    """One frame in words; `mah` is what the radio drew since the packet before, told with a packet's first frame."""

    at_s: float
    direction: Direction
    number: int
    kind: str
    size_bytes: int
    mah: float
    detail: str

    def line(self) -> str:
        """Its head."""
        arrow = "↑" if self.direction is Direction.UP else "↓"
        cost = f" {self.mah:.3f} mAh" if self.mah else ""
        return f"{arrow}{self.at_s:8.2f} {self.kind} #{self.number} {self.size_bytes} B{cost}"

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return told | {"direction": self.direction.name.lower()}


class Tap:
    """Between a bearer and its ear; `heard` is called with the direction and the bytes of every packet."""

    def __init__(self, bearer: Bearer, heard: Callable[[Direction, bytes], None]) -> None:
        self._bearer = bearer
        self._heard = heard
        self._ear: Ear | None = None

    def listen(self, ear: Ear) -> None:
        """Whom to pass it on to."""
        self._ear = ear

    def send(self, data: bytes) -> None:
        """Up."""
        self._heard(Direction.UP, data)
        self._bearer.send(data)

    def close(self) -> None:
        """Hang up."""
        self._bearer.close()

    def arrived(self, data: bytes) -> None:
        """Down."""
        self._heard(Direction.DOWN, data)
        if self._ear is not None:
            self._ear.arrived(data)

    def room(self, size_bytes: int) -> None:
        """Pass it on."""
        if self._ear is not None:
            self._ear.room(size_bytes)

    def lost(self, reason: str) -> None:
        """Pass it on."""
        if self._ear is not None:
            self._ear.lost(reason)


def tell(packet: Packet, before_mah: float) -> Iterator[Told]:
    """The frames of a packet in words; one that cannot be read is told as such."""
    mah = packet.mah - before_mah
    try:
        for data in cut_packet(packet.data):
            number, frame = read_frame(data, packet.direction)
            kind = type(frame).__name__.lower() if frame is not None else "unknown"
            yield Told(packet.at_s, packet.direction, number, kind, len(data), mah, _detail(frame))
            mah = 0.0
    except RemoteError as error:
        yield Told(packet.at_s, packet.direction, 0, "unreadable", len(packet.data), mah, str(error))


def _detail(frame: Any) -> str:
    if frame is None:
        return ""
    told = ((one.name, getattr(frame, one.name)) for one in fields(frame))
    return " ".join(f"{name}={_value(value)}" for name, value in told if value not in (None, 0, b"", "", (), False))


def _value(value: Any) -> str:
    match value:
        case bytes():
            more = f"..({len(value)} B)" if len(value) > _SHOWN_BYTES else ""
            return value[:_SHOWN_BYTES].hex() + more
        case tuple() if hasattr(value, "position"):
            return str(value.position)
        case tuple():
            return f"[{len(value)}]"
        case str():
            return repr(value)
        case _ if hasattr(value, "position"):
            return f"@{value.position}"
        case _:
            return str(value)


def write_packet(packet: Packet) -> str:
    """A line of a recording."""
    told = {"at_s": round(packet.at_s, 6), "way": packet.direction.name.lower(), "mah": round(packet.mah, 6)}
    return json.dumps(told | {"data": b64encode(packet.data).decode()})


def read_packet(line: str) -> Packet:
    """The packet of a recorded line.

    Raises:
        LocalError: it is none.
    """
    try:
        told = json.loads(line)
        data = b64decode(told["data"], validate=True)
        return Packet(float(told["at_s"]), Direction[told["way"].upper()], data, float(told["mah"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LocalError(f"this is no recorded packet: {line[:60]!r}") from error
