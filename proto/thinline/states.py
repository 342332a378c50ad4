"""The conversation of a link as one table, the same for both ends.

A frame moves the link from state to state no matter which end said it: the end that sends consults the table before
sending, the end that receives before believing. A missing key is the protocol error (spec LINK-2).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique

from thinline import frames

__all__ = ["LIVE_FRAMES", "TRANSITIONS", "State", "next_state"]


@unique
class State(Enum):
    """How far the conversation has come."""

    NEW = "new"
    ENROLLING = "enrolling"
    GREETED = "greeted"
    CHALLENGED = "challenged"
    PROVEN = "proven"
    LIVE = "live"
    CLOSED = "closed"


LIVE_FRAMES: tuple[type, ...] = (
    frames.Command,
    frames.Outcome,
    frames.Window,
    frames.Ask,
    frames.Answer,
    frames.Chunk,
    frames.Soft,
    frames.Credit,
    frames.Beat,
    frames.Refusal,  # of a command or an ask
)

_OPEN = (State.NEW, State.ENROLLING, State.GREETED, State.CHALLENGED, State.PROVEN)

TRANSITIONS: Mapping[tuple[State, type], State] = {
    (State.NEW, frames.Enrol): State.ENROLLING,
    (State.ENROLLING, frames.Enrolled): State.NEW,  # the hello follows on the same link
    (State.NEW, frames.Hello): State.GREETED,
    (State.GREETED, frames.Challenge): State.CHALLENGED,
    (State.CHALLENGED, frames.Proof): State.PROVEN,
    (State.PROVEN, frames.Welcome): State.LIVE,
    **{(State.LIVE, kind): State.LIVE for kind in LIVE_FRAMES},
    **{(state, frames.Goodbye): State.CLOSED for state in (*_OPEN, State.LIVE)},
}


def next_state(state: State, frame: frames.Frame) -> State | None:
    """Where a frame leads, whoever says it; None where it may not be said."""
    if isinstance(frame, frames.Refusal) and not (frame.command or frame.ask):
        return TRANSITIONS.get((state, frames.Goodbye))  # of the link: a goodbye of the server's (spec LINK-13)
    return TRANSITIONS.get((state, type(frame)))
