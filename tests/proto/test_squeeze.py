"""Compression of single frames: it comes to what it says, or it is refused."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.reasons import Reason
from thinline.squeeze import DICTIONARIES, best_dictionary, inflate, inflate_begun, squeeze, squeeze_pieces
from thinline.testing.samples import HEAD

TEXT = HEAD.fields * 3


@pytest.mark.parametrize("dictionary", DICTIONARIES)
def test_there_and_back_and_shorter(dictionary: int) -> None:
    """Spec FRAME-8."""
    squeezed = squeeze(TEXT, dictionary)
    assert len(squeezed) < len(TEXT)
    assert inflate(squeezed, dictionary, len(TEXT)) == TEXT


def test_nothing_is_carried_from_frame_to_frame() -> None:
    """Spec FRAME-8: the second is no shorter for the first, and needs it not."""
    assert squeeze(TEXT, 1) == squeeze(TEXT, 1)


def test_the_newest_dictionary_of_both_is_chosen() -> None:
    """Spec FRAME-10."""
    assert best_dictionary([0, 1]) == 1
    assert best_dictionary([2, 1, 0]) == 2
    assert best_dictionary([1]) == 1
    assert best_dictionary([0, 99]) == 0
    assert best_dictionary([]) == 0


def refused(data: bytes, dictionary: int, size_bytes: int) -> str:
    with pytest.raises(RemoteError) as caught:
        inflate(data, dictionary, size_bytes)
    assert caught.value.reason is Reason.MALFORMED
    return caught.value.detail


def test_what_does_not_come_to_its_size_is_refused() -> None:
    """Spec FRAME-9: one byte beyond it is never made."""
    squeezed = squeeze(TEXT, 0)
    assert refused(squeezed, 0, len(TEXT) - 1) == "another size than told"
    assert refused(squeezed, 0, len(TEXT) + 1) == "another size than told"
    assert refused(squeezed[:-3], 0, len(TEXT)) == "another size than told"
    assert refused(squeeze(bytes(10_000_000), 0), 0, 100) == "another size than told"


def test_what_is_not_zstd_or_of_another_dictionary_is_refused() -> None:
    """Spec FRAME-9."""
    assert refused(b"not zstd", 0, 8) == "broken zstd frame"
    assert refused(squeeze(TEXT, 0), 99, len(TEXT)) == "unknown dictionary"


@given(st.binary(max_size=80), st.sampled_from(DICTIONARIES), st.integers(0, 200))
def test_any_bytes_inflate_or_are_refused(data: bytes, dictionary: int, size_bytes: int) -> None:
    """T8."""
    try:
        assert len(inflate(data, dictionary, size_bytes)) == size_bytes
    except RemoteError as error:
        assert error.reason is Reason.MALFORMED  # noqa: PT017


WORDS = ("Alice", "Bob", "tea", "garden", "weather", "children", "tunnel", "train", "harbour", "light", "rain", "bread")
_TELLER = Random(5)
STORY = " ".join(f"{_TELLER.choice(WORDS)} {_TELLER.randrange(10_000)}" for _ in range(10_000)).encode()


def in_steps(data: bytes, dictionary: int = 0) -> bytes:
    return b"".join(squeeze_pieces([data[at : at + 2_048] for at in range(0, len(data), 2_048)], dictionary))


@pytest.mark.parametrize("dictionary", DICTIONARIES)
def test_what_came_can_be_read_before_the_rest(dictionary: int) -> None:
    """The first fifth of the bytes says about the first fifth of the text, and the whole is one frame as any other."""
    squeezed = in_steps(STORY, dictionary)
    said = inflate_begun(squeezed[: len(squeezed) // 5], dictionary, len(STORY))
    assert len(STORY) // 10 < len(said) < len(STORY) // 3
    assert STORY.startswith(said)
    assert inflate(squeezed, dictionary, len(STORY)) == STORY
    assert len(squeezed) < 1.2 * len(squeeze(STORY, dictionary)) + 200


def test_a_short_text_has_one_step_and_an_empty_one_too() -> None:
    assert inflate(in_steps(b"tea"), 0, 3) == b"tea"
    assert inflate(in_steps(b""), 0, 0) == b""
    assert inflate_begun(b"", 0, 3) == b""


def test_the_beginning_of_a_frame_says_no_more_than_the_whole_was_told_to() -> None:
    """Spec FRAME-9."""
    with pytest.raises(RemoteError, match="another size than told"):
        inflate_begun(in_steps(STORY), 0, len(STORY) - 1)
    with pytest.raises(RemoteError, match="broken zstd frame"):
        inflate_begun(b"not zstd", 0, 8)
