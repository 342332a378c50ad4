"""P1: durable outcomes a second, against a bare gRPC echo of the same shape."""

from __future__ import annotations

import asyncio
from pathlib import Path

from thinline_tools.bench.baseline import echo_rate
from thinline_tools.bench.figures import Figure, median_of, spread_of
from thinline_tools.bench.processes import child, served

__all__ = ["p1"]

_HANDSETS = 64
_OUTSTANDING = 8
_ROUNDS = 3
_MEASURE_S = 5.0
_WARM_S = 1.0
_FRAME_BYTES = 261  # the mean of a command, 213, and its outcome, 310, as handed to the bearer


def p1(folder: Path) -> list[Figure]:
    """Ours and the baseline take turns."""
    ours: list[float] = []
    single: list[float] = []
    worst: list[float] = []
    echoes: list[float] = []
    with served(folder) as server, child("thinline_tools.bench.fleet") as fleet:
        fleet.tell({"server": server.ask("status")["listen"], "codes": server.codes(_HANDSETS), "edit": True})
        fleet.answer()
        for _ in range(_ROUNDS):
            fleet.tell({"warm_s": _WARM_S, "measure_s": _MEASURE_S, "outstanding": _OUTSTANDING})
            told = fleet.answer()
            ours.append(told["per_s"])
            worst.append(told["p99_ms"])
            echoes.append(_echo())
        fleet.tell({"warm_s": _WARM_S, "measure_s": _MEASURE_S, "outstanding": 1})
        single.append(fleet.answer()["per_s"])
        synchronous = server.ask("status")["synchronous"]
    assert synchronous == "EXTRA", f"synchronous was {synchronous} in the run"
    rate, echo = median_of(ours), median_of(echoes)
    what = "durable outcomes a second ÷ echoed messages a second, 64 handsets with 8 outstanding each"
    return [
        Figure("P1", what, rate / echo, "ratio", echo, _ROUNDS, spread_of(ours), hold="≥ 0.4, aim 0.8"),
        Figure("P1.rate", "durable outcomes a second", rate, "1/s", echo, _ROUNDS, spread_of(ours)),
        Figure("P1.one", "the same with 1 outstanding each", median_of(single), "1/s"),
        Figure("P1.p99", "from the edit to its outcome, 99th percentile", median_of(worst), "ms", n=_ROUNDS),
    ]


def _echo() -> float:
    with child("thinline_tools.bench.baseline") as baseline:
        port = int(baseline.line())
        return asyncio.run(
            echo_rate(
                port,
                connections=_HANDSETS,
                outstanding=_OUTSTANDING,
                size_bytes=_FRAME_BYTES,
                warm_s=_WARM_S,
                measure_s=_MEASURE_S,
            )
        )
