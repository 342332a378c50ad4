"""Mails in the usual shapes, as raw bytes, each with what a reader has to find in it.

`mails(seed, count)` goes through the shapes of `mail_shapes` in turn and varies each by the seed. The bytes come from
templates and not from a library, and what is expected stands beside each template. Tests compare with it; bench and
demo use the same mails as their mix, of 6 KB on the average: so the same seed gives the same mails for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from thinline.testing.mail_draw import Draw, FileSample, MailSample
from thinline.testing.mail_shapes import SHAPES

__all__ = ["FileSample", "MailSample", "mail", "mails"]


def mail(seed: int, number: int) -> MailSample:
    """The mail of that number."""
    name = list(SHAPES)[number % len(SHAPES)]
    draw = Draw(Random(f"mail {seed} {number}"), name, number)
    return SHAPES[name](draw)


def mails(seed: int, count: int) -> Iterator[MailSample]:
    """So many mails, no two of one Message-ID."""
    return (mail(seed, number) for number in range(count))
