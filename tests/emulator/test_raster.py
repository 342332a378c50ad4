"""Rasters: pixels, means and shades."""

from __future__ import annotations

import pytest

from thinline_emulator.raster import Raster, luminance

BLACK, WHITE, RED, CLEAR = range(4)
PALETTE = bytes([0, 0, 0, 255, 255, 255, 255, 0, 0, 9, 9, 9])


def raster(*rows: tuple[int, ...]) -> Raster:
    return Raster(len(rows[0]), len(rows), PALETTE, bytes(sum(rows, ())), CLEAR)


def test_a_colour_is_three_bytes_or_clear() -> None:
    assert raster((RED, CLEAR)).colour(RED) == (255, 0, 0)
    assert raster((RED, CLEAR)).colour(CLEAR) is None


def test_a_part_of_it() -> None:
    whole = raster((BLACK, WHITE, RED), (RED, BLACK, WHITE))
    assert whole.crop(1, 0, 2, 2) == raster((WHITE, RED), (BLACK, WHITE))


def test_smaller_is_the_mean_and_larger_is_the_same() -> None:
    whole = raster((BLACK, WHITE), (BLACK, WHITE))
    assert whole.sampled(1, 1) == (((127, 127, 127),),)
    assert whole.sampled(4, 1) == (((0, 0, 0), (0, 0, 0), (255, 255, 255), (255, 255, 255)),)


def test_what_is_mostly_clear_is_not_painted() -> None:
    assert raster((CLEAR, CLEAR, RED)).sampled(1, 1) == ((None,),)
    assert raster((CLEAR, RED)).sampled(1, 1) == (((255, 0, 0),),)
    assert raster((CLEAR,)).sampled(1, 1) == ((None,),)


def test_in_shades_what_is_painted_is_never_blank() -> None:
    assert raster((CLEAR, BLACK, RED, WHITE)).shades(4, 1) == [" ░░█"]
    assert luminance((255, 255, 255)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("width", "height", "palette", "pixels"),
    [(2, 1, PALETTE, b"\0"), (0, 0, PALETTE, b""), (1, 1, PALETTE, b"\4"), (1, 1, b"\0", b"\0"), (1, 1, b"", b"\0")],
)
def test_an_illegal_one_cannot_be_built(width: int, height: int, palette: bytes, pixels: bytes) -> None:
    with pytest.raises(AssertionError):
        Raster(width, height, palette, pixels)
