"""The clock's digits, as somebody saw them and agreed."""

from __future__ import annotations

from golden import check_golden
from thinline_emulator.apps.digits import DIGITS_HIGH, large
from thinline_emulator.screen import width


def test_all_of_them() -> None:
    check_golden("digits", "\n\n".join("\n".join(large(time)) for time in ("01:23", "45:67", "89:00", "--:--")))


def test_every_time_is_equally_wide_and_high() -> None:
    for hour in range(24):
        rows = large(f"{hour:02}:{hour * 2 + 11:02}")
        assert len(rows) == DIGITS_HIGH
        assert {width(row) for row in rows} == {21}
