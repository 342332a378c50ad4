"""What bytes cost on this radio."""

from __future__ import annotations

import pytest

from desks import DeskBench
from thinline_emulator.apps.web.costs import charge_mah, cost_text, spent_text


def test_bytes_become_seconds_and_charge() -> None:
    desk = DeskBench().desk
    profile = desk.power.radio.profile
    second = int(profile.down_bytes_s)
    assert charge_mah(second, desk) == pytest.approx(profile.active_ma / 3_600, rel=0.01)
    assert cost_text(60 * second, desk).split(", ")[1] == "60 s"
    assert cost_text(second, desk).split(", ")[1] == "1.0 s"


def test_a_charge_is_told_with_its_share() -> None:
    desk = DeskBench().desk
    assert spent_text(15.0, desk) == "15.00 mAh, 1.000 %"
    assert spent_text(0.01, desk) == "0.01 mAh, 0.001 %"
