"""The shapes: lines as SMTP wants them, and what is expected of each is there to be found."""

from __future__ import annotations

from random import Random

import pytest

from thinline.testing.mail_draw import Draw
from thinline.testing.mail_shapes import SHAPES


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_a_mail_with_something_to_read(name: str) -> None:
    for seed in range(30):
        sample = SHAPES[name](Draw(Random(seed), name, seed))
        head, _, body = sample.raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        assert sample.shape == name
        assert (b"\nMessage-ID: <%s>" % sample.message_id.encode()) in head
        assert body
        assert sample.words
        assert max(map(len, sample.raw.splitlines())) <= 998


def test_marks_are_on_the_shapes_that_have_them() -> None:
    drawn = {name: [SHAPES[name](Draw(Random(seed), name, seed)) for seed in range(20)] for name in SHAPES}
    assert {one.signed for one in drawn["signed"]} == {"OpenPGP", "S/MIME"}
    assert all(one.invites and one.files for one in drawn["invitation"])
    assert all(one.bounced for one in drawn["bounce"])
    assert all(one.in_reply_to for one in drawn["answer"])
    assert all(len(one.files) == 2 for shape in ("mixed", "forwarded", "nested") for one in drawn[shape])
    assert {len(one.links) for one in drawn["plain"]} == {0, 1}
    assert all(len(one.links) == 2 for one in drawn["newsletter"])
