"""Numbers that depend on a seed and a count, and on nothing else."""

from __future__ import annotations

from thinline_emulator.chance import unit


def test_the_same_seed_and_count_give_the_same_number() -> None:
    assert unit(7, 3) == unit(7, 3)


def test_the_numbers_of_splitmix64() -> None:
    # The first outputs of the reference implementation for the seed 0.
    expected = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)
    assert [unit(0, count) for count in range(3)] == [(word >> 11) * 2.0**-53 for word in expected]


def test_numbers_spread_evenly_over_counts_and_over_seeds() -> None:
    for drawn in (
        [unit(1, count) for count in range(100_000)],
        [unit(seed, 1) for seed in range(100_000)],
    ):
        assert all(0 <= number < 1 for number in drawn)
        tenths = [sum(1 for number in drawn if int(number * 10) == tenth) for tenth in range(10)]
        assert min(tenths) > 9_700
        assert max(tenths) < 10_300
