"""Figures: rounds to a median, a line for a person, a row for a program."""

from __future__ import annotations

import json
from pathlib import Path

from thinline_tools.bench.figures import Figure, median_of, shown, spread_of, write_json


def test_rounds_become_a_median_and_a_spread() -> None:
    assert median_of([3.0, 1.0, 2.0]) == 2.0
    assert spread_of([3.0, 1.0, 2.0]) == 1.0
    assert spread_of([0.0, 0.0]) == 0.0


def test_a_figure_is_a_line_with_what_it_must_hold() -> None:
    line = shown(Figure("P1", "outcomes ÷ echoes", 0.5, "ratio", 6_000, hold="≥ 0.4"))
    assert line.split() == ["P1", "0.5", "ratio", "(baseline", "6,000)", "hold", "≥", "0.4", "outcomes", "÷", "echoes"]
    assert "none" in shown(Figure("X1", "nobody to compare with", None, "ratio", reason="kannel is missing"))


def test_the_file_has_the_fields_that_the_bench_promises(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    write_json([Figure("N1", "a reconnect", 235, "bytes", seed=1)], path)
    (row,) = json.loads(path.read_text())
    assert {"id", "what", "value", "unit", "baseline", "n", "spread", "seed"} <= row.keys()
    assert (row["id"], row["value"]) == ("N1", 235)
