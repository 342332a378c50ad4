"""The corpus itself: the same for ever, varied, of a known mean size, and no two mails alike."""

from __future__ import annotations

import hashlib
from itertools import islice
from statistics import mean

from thinline.testing.mail_shapes import SHAPES
from thinline.testing.mails import mail, mails


def test_a_seed_gives_the_same_mails_for_ever() -> None:
    """Figures are told of them: a change here is a change of every figure."""
    digest = hashlib.sha256(b"".join(one.raw for one in mails(1, 56))).hexdigest()
    assert digest == "34ecc0bf5965f25d864e52846c97313751f30b9e53919ed50085fbe09813d7bb"
    assert mail(1, 7) == mail(1, 7)
    assert mail(2, 7).raw != mail(1, 7).raw


def test_the_fixture_mix_has_a_mean_of_6_kb() -> None:
    """As bench.md's M1 asks."""
    assert 5_500 <= mean(len(one.raw) for one in mails(1, 560)) <= 6_500


def test_all_shapes_come_in_turn_and_no_message_id_twice() -> None:
    drawn = list(mails(3, 2 * len(SHAPES)))
    assert [one.shape for one in islice(drawn, len(SHAPES))] == list(SHAPES)
    assert len({one.message_id for one in drawn}) == len(drawn)
