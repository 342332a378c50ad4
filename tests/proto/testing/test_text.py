"""Frames told in one line: short, and with names where the wire has numbers."""

from __future__ import annotations

from dataclasses import replace

from thinline.frames import Beat, Goodbye
from thinline.link import Ended
from thinline.machine import Lost
from thinline.testing import samples
from thinline.testing.text import tell


def test_defaults_are_left_out() -> None:
    assert tell(Beat()) == "Beat()"
    assert tell(samples.PROOF) == "Proof(signature=00000000..64B)"
    assert tell(samples.COMMAND).startswith("Command(number=1, kind=1, body=0a0c0001..")


def test_numbers_get_their_names() -> None:
    assert "disposition=REFILL" in tell(samples.WELCOME)
    assert "keep_until=DURABLE" in tell(samples.WELCOME)
    assert "disposition=9," in tell(replace(samples.WELCOME, disposition=9))
    assert tell(Goodbye(107)) == "Goodbye(reason=REPLACED)"
    assert tell(Goodbye(999, "?")) == "Goodbye(reason=REASON_999, sentence='?')"
    assert tell(Lost(1, "tunnel")) == "Lost(wire=1, reason='tunnel')"
    assert tell(Ended(0, "tunnel")) == "Ended(sentence='tunnel')"


def test_heads_show_id_place_and_size() -> None:
    told = tell(samples.WINDOW)
    size = len(samples.HEAD.fields)
    assert f"<00010203..12B @7 r1 {size}B>" in told
    assert "<01020304..12B @6 r2 dead copy of 00010203..12B>" in told
    assert "cursor=07, point=@7, more=True" in told
