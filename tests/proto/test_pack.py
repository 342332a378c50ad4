"""Text packed for the air: it comes to what it says, as far as it came, or it is refused."""

from __future__ import annotations

from random import Random

import brotli
import pytest

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.pack import pack, steps_of, unpack, unpack_begun
from thinline.reasons import Reason
from thinline.squeeze import squeeze

_TELLER = Random(5)
WORDS = ("Alice", "Bob", "tea", "garden", "weather", "children", "tunnel", "train", "harbour", "light", "rain", "bread")
STORY = " ".join(f"{_TELLER.choice(WORDS)} {_TELLER.randrange(10_000)}" for _ in range(3_000)).encode()
PACKED = pack(STORY)


def refused(data: bytes, size: int) -> tuple[int, str]:
    with pytest.raises(RemoteError) as caught:
        unpack(data, size)
    return caught.value.reason, caught.value.detail


@pytest.mark.parametrize("text", [b"", b"t", "お茶".encode(), STORY, STORY * 9])
def test_there_and_back(text: bytes) -> None:
    """Spec WEB-18: and another's decoder reads it."""
    packed = pack(text)
    assert unpack(packed, len(text)) == text
    assert unpack_begun(packed, len(text)) == text
    assert brotli.decompress(packed) == text


def test_it_is_shorter_than_a_frame() -> None:
    assert len(PACKED) < len(squeeze(STORY, 0))


def test_what_came_can_be_read_before_the_rest() -> None:
    """Spec WEB-18: as much as each step tells, and never anything else."""
    steps = steps_of(PACKED, len(STORY))
    assert steps == sorted(steps)
    assert steps[-1] == (len(STORY), len(PACKED))
    for size, end in steps:
        said = unpack_begun(PACKED[:end], len(STORY))
        assert len(said) == size
        assert STORY.startswith(said)
    few = steps_of(PACKED, 2_000)
    assert few == steps[: len(few)]
    assert few[-2][0] < 2_000 <= few[-1][0]
    assert steps_of(b"", 9) == []


def test_what_is_broken_is_refused() -> None:
    """Spec WEB-6."""
    assert refused(b"no text", 100) == (Reason.MALFORMED, "packed text that is broken")
    for data, size in ((b"", 100), (PACKED[:500], len(STORY)), (PACKED, len(STORY) - 1), (PACKED, len(STORY) + 1)):
        assert refused(data, size) == (Reason.MALFORMED, "another size than told")


def test_a_bomb_is_not_inflated() -> None:
    """Spec PAGE-5, WEB-6: T5."""
    assert refused(pack(bytes(64 << 20)), 5_000) == (Reason.MALFORMED, "another size than told")
    assert refused(PACKED, LIMITS.page_bytes + 1)[0] == Reason.TOO_LARGE
