"""The samples are one frame of each kind, and every kind."""

from __future__ import annotations

from typing import get_args

from thinline.frames import DownFrame, UpFrame
from thinline.testing import samples


def test_every_kind_once() -> None:
    assert [type(frame) for frame in samples.UP_FRAMES] == list(get_args(UpFrame))
    assert [type(frame) for frame in samples.DOWN_FRAMES] == list(get_args(DownFrame))
