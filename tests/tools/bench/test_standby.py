"""A day of standby, small: every heartbeat and push is in it, and it passes in much less than a second (V1)."""

from __future__ import annotations

import pytest

from thinline_tools.bench import standby


def test_a_day_of_three_handsets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "_HANDSETS", 3)
    figures = {figure.id: figure.value or 0.0 for figure in standby.v1()}
    assert figures["V1"] > 1.0, "a day passes in a second"
    assert figures["V1.events"] > 24 * 4 + 40 * 4
    assert figures["V1.300s"] < figures["V1"]
