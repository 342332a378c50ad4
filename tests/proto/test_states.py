"""The conversation's table: what may be said when, by whom, and where it leads."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from thinline import frames
from thinline.frames import Direction, Frame
from thinline.states import LIVE_FRAMES, TRANSITIONS, State, next_state
from thinline.testing import samples

WAY: list[tuple[State, Frame]] = [
    (State.NEW, samples.HELLO),
    (State.GREETED, samples.CHALLENGE),
    (State.CHALLENGED, samples.PROOF),
    (State.PROVEN, samples.WELCOME),
]


def test_the_way_to_a_welcome() -> None:
    """Spec LINK-1, LINK-2."""
    state = State.NEW
    for before, frame in WAY:
        assert state is before
        state = next_state(state, frame) or State.CLOSED
    assert state is State.LIVE


def test_an_enrolment_comes_before_the_hello() -> None:
    """Spec LINK-1."""
    assert TRANSITIONS[State.NEW, frames.Enrol] is State.ENROLLING
    assert TRANSITIONS[State.ENROLLING, frames.Enrolled] is State.NEW
    assert (State.ENROLLING, frames.Hello) not in TRANSITIONS


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("frame", [*samples.UP_FRAMES, *samples.DOWN_FRAMES], ids=lambda one: type(one).__name__)
def test_what_the_table_lacks_may_not_be_said(state: State, frame: Frame) -> None:
    """Spec LINK-2: the table of the specification, row by row."""
    leads = next_state(state, frame)
    if isinstance(frame, frames.Goodbye):
        assert leads is (None if state is State.CLOSED else State.CLOSED)
    elif state is State.LIVE:
        assert leads is (State.LIVE if isinstance(frame, LIVE_FRAMES) else None)
    elif isinstance(frame, LIVE_FRAMES):
        assert leads is None
    else:
        rows = {*((before, type(one)) for before, one in WAY)}
        rows |= {(State.NEW, frames.Enrol), (State.ENROLLING, frames.Enrolled)}
        assert (leads is not None) == ((state, type(frame)) in rows)


def test_a_refusal_of_the_link_ends_it_everywhere() -> None:
    """Spec LINK-13."""
    of_the_link = frames.Refusal(100, "busy")
    assert {next_state(state, of_the_link) for state in State if state is not State.CLOSED} == {State.CLOSED}
    assert next_state(State.CLOSED, of_the_link) is None
    for one in (replace(of_the_link, command=1), replace(of_the_link, ask=1)):
        assert next_state(State.LIVE, one) is State.LIVE
        assert next_state(State.PROVEN, one) is None


def test_every_kind_has_its_place_and_its_way() -> None:
    """Spec FRAME-6."""
    kinds = {*get_args(frames.UpFrame), *get_args(frames.DownFrame)}
    assert {kind for _, kind in TRANSITIONS} == kinds
    both = {*get_args(frames.UpFrame)} & {*get_args(frames.DownFrame)}
    assert {kind for kind in kinds if kind.DIRECTION is Direction.BOTH} == both
