"""What a worker is told to make of a picture, and what it made: two headers, each with its bytes behind it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["JOB", "Order", "Print", "read_order", "read_print", "write_order", "write_print"]

JOB = "picture"
_ORDER = struct.Struct("!HHHBQ")
_PRINT = struct.Struct("!HHHHIIB32s")


@dataclass(frozen=True, slots=True)
class Order:
    """How large at most, in how many colours, and how the bytes were stored."""

    width: int
    height: int
    colours: int
    packed: bool
    size: int


class Print(NamedTuple):
    """A raster as it travels; see `PictureInfo`."""

    width: int
    height: int
    colours: int
    clear: int
    full_width: int
    full_height: int
    packed: bool
    hash: bytes
    encoded: bytes


def write_order(order: Order, encoded: bytes) -> bytes:
    """The input of the job."""
    return _ORDER.pack(order.width, order.height, order.colours, order.packed, order.size) + encoded


def read_order(data: bytes) -> tuple[Order, memoryview]:
    """The order, and the part's bytes as they were stored."""
    width, height, colours, packed, size = _ORDER.unpack_from(data)
    return Order(width, height, colours, bool(packed), size), memoryview(data)[_ORDER.size :]


def write_print(made: Print) -> bytes:
    """The result of the job."""
    return _PRINT.pack(*made[:8]) + made.encoded


def read_print(data: bytes) -> Print:
    """What was made."""
    width, height, colours, clear, full_width, full_height, packed, digest = _PRINT.unpack_from(data)
    return Print(width, height, colours, clear, full_width, full_height, bool(packed), digest, data[_PRINT.size :])
