"""The film: frames of one handset as the demo is played, and the same as a cast."""

from __future__ import annotations

import json
from itertools import pairwise

import pyte
import pytest

from thinline.errors import LocalError
from thinline_emulator.script import Script, read_steps
from thinline_emulator.terminal.sheet import Ink
from thinline_tools.demo import Act
from thinline_tools.film import HIGH, READ_S, WIDE, Frame, as_cast, film_style, shoot, stretches

ACTS = [
    Act("Alice's phone is linked.", Script("", read_steps([{"handset": "phone", "until": "settled"}])), ()),
    Act(
        "She looks at her contacts, while the desk looks at its own, and both wait for a minute.",
        Script(
            "", read_steps([{"handset": "phone", "key": "jump ok", "wait": "1m"}, {"handset": "desk", "key": "ok"}])
        ),
        (),
    ),
]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return shoot(ACTS, "phone")


def text(frame: Frame) -> str:
    return "\n".join("".join(ink.text for ink in row) for row in frame.rows)


def test_each_frame_differs_from_the_one_before_and_comes_later(frames: list[Frame]) -> None:
    assert frames[0].at_s == 0.0
    for before, after in pairwise(frames):
        assert before.rows != after.rows
        assert before.at_s < after.at_s
    assert {(len(frame.rows), len(frame.rows[0])) for frame in frames} == {(HIGH, WIDE)}


def test_it_shows_what_the_handset_showed_and_what_is_told(frames: list[Frame]) -> None:
    assert "JUMP" in text(frames[0])
    assert "Alice's phone is linked." in text(frames[0])
    assert any("wheel: turn" in text(frame) for frame in frames)
    assert "Contacts (0)" in text(frames[-1])
    assert "both wait for" in text(frames[-1])


def test_nobody_waits_in_it_as_long_as_in_life(frames: list[Frame]) -> None:
    assert frames[-1].at_s < 6 * READ_S
    spoken = next(frame.at_s for frame in frames if "looks at" in text(frame))
    assert spoken >= READ_S


def test_stretches_laid_over_each_other_are_the_last_frame(frames: list[Frame]) -> None:
    sheet = [[Ink("", "")] * WIDE for _ in range(HIGH)]
    for one in stretches(frames):
        sheet[one.y][one.x : one.x + len(one.inks)] = one.inks
    assert sheet == frames[-1].rows


def test_a_cast_of_it_shows_the_same_in_a_terminal(frames: list[Frame]) -> None:
    head, *events = map(json.loads, as_cast(frames, "A day").splitlines())
    assert (head["version"], head["width"], head["height"], head["title"]) == (2, WIDE, HIGH, "A day")
    assert [at_s for at_s, _, _ in events] == [frame.at_s for frame in frames]
    screen = pyte.Screen(WIDE, HIGH)
    stream = pyte.Stream(screen)
    for frame, (_, _, data) in zip(frames, events, strict=True):
        stream.feed(data)
        assert "\n".join(screen.display) == text(frame)


def test_it_fails_where_the_demo_does() -> None:
    wrong = Act("", Script("", read_steps([{"handset": "phone", "shows": "nobody writes this"}])), ())
    with pytest.raises(LocalError, match="nobody writes this"):
        shoot([wrong], "phone")


def test_its_colours_are_those_of_a_theme() -> None:
    attrs = film_style().get_attrs_for_style_str("class:screen")
    assert attrs.color != attrs.bgcolor
