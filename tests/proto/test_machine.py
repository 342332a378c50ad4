"""The border between machines and their driver: values that compare, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from thinline.machine import Arrived, Dial, Do, Done, Hang, Machine, Opened, Transmit, WakeAt


class Dialler:
    """The smallest machine: it dials once woken."""

    def handle(self, event: Any, now: float) -> Sequence[Any]:
        return [Dial(1), WakeAt(now + 1)]


def test_a_machine_is_anything_that_is_handled() -> None:
    machine: Machine = Dialler()
    assert machine.handle(Opened(1), 2.0) == [Dial(1), WakeAt(3.0)]


def test_inputs_and_orders_are_values() -> None:
    assert Arrived(1, b"x") == Arrived(1, b"x") != Arrived(2, b"x")
    assert len({Do(1, "work"), Do(1, "work"), Done(((2, "result"),))}) == 2
    with pytest.raises(FrozenInstanceError):
        Transmit(1, b"x").data = b"y"  # type: ignore[misc]
    assert Opened(1).loopback
    assert Hang(1, "done").reason == "done"
