"""The vocabulary: each kind of frame goes one way and waits in one class."""

from __future__ import annotations

from typing import get_args

import pytest

from thinline import frames
from thinline.frames import Class, Direction
from thinline.limits import LIMITS
from thinline.v1 import line_pb2


def named(kinds: str) -> set[str]:
    return set(kinds.split())


CLASSES = {
    (Class.CONTROL, Direction.UP): named("Enrol Hello Proof"),
    (Class.CONTROL, Direction.DOWN): named("Enrolled Challenge Welcome Refusal"),
    (Class.CONTROL, Direction.BOTH): named("Credit Beat Goodbye"),
    (Class.INTERACTIVE, Direction.UP): named("Command Ask"),
    (Class.INTERACTIVE, Direction.DOWN): named("Outcome Answer"),
    (Class.INTERACTIVE, Direction.BOTH): named("Soft"),
    (Class.SYNC, Direction.DOWN): named("Window"),
    (Class.BULK, Direction.BOTH): named("Chunk"),
}


def test_directions_and_classes_are_those_of_the_specification() -> None:
    """Spec FRAME-6."""
    kinds = {*get_args(frames.UpFrame), *get_args(frames.DownFrame)}
    found: dict[tuple[Class, Direction], set[str]] = {}
    for kind in kinds:
        found.setdefault((kind.CLASS, kind.DIRECTION), set()).add(kind.__name__)
    assert found == CLASSES


@pytest.mark.parametrize(
    ("message", "frames_of_it"), [(line_pb2.Up, frames.UpFrame), (line_pb2.Down, frames.DownFrame)]
)
def test_the_schema_has_the_same_kinds(message: type[line_pb2.Up] | type[line_pb2.Down], frames_of_it: object) -> None:
    """Spec FRAME-8: squeezed stands beside them, as another form of each."""
    bodies = {field.name for field in message.DESCRIPTOR.oneofs_by_name["body"].fields}
    assert bodies == {kind.__name__.lower() for kind in get_args(frames_of_it)} | {"squeezed"}


def test_what_both_ends_say_stands_in_both_schemas_and_control_comes_first() -> None:
    """Spec FLOW-1."""
    assert sorted(Class) == [Class.CONTROL, Class.INTERACTIVE, Class.SYNC, Class.BULK]
    assert frames.VERSION == 1
    assert LIMITS.seen_points > 1
