"""What keeps a collection from the world, in words: how its gateway stands, why, and when it tries again."""

from __future__ import annotations

from collections.abc import Mapping

from thinline.v1 import line_pb2
from thinline_emulator.apps.base import Desk

__all__ = ["trouble_text"]

_STATES: Mapping[int, str] = {
    line_pb2.GATEWAY_STATE_BAD_CREDENTIALS: "not let in",
    line_pb2.GATEWAY_STATE_BACKING_OFF: "backing off",
    line_pb2.GATEWAY_STATE_STOPPED: "stopped",
}


def trouble_text(collection: int, desk: Desk) -> str:
    """`mail out: backing off, again in 40 s (the relay refuses)`; empty where nothing is in the way (spec SOFT-2)."""
    told = desk.trouble(collection)
    if told is None:
        return ""
    again, now_ms = "", desk.memory.clock.read(desk.now)
    if told.until_ms and now_ms is not None:
        again = _again(max(0, told.until_ms - now_ms) // 1_000)
    why = f" ({_line(told.why)})" if told.why else ""  # last: it may be long, and is cut
    return f"{_line(told.name)}: {_STATES.get(told.state, 'in trouble')}{again}{why}"


def _again(left_s: int) -> str:
    if not left_s:
        return ", again now"
    return f", again in {left_s} s" if left_s < 120 else f", again in {left_s // 60} min"


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
