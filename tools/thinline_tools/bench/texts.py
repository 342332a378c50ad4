"""SMS1: a text from the send key to Kannel's callback, beside a bare ESME on the same message centre, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from thinline_tools.bench.figures import Figure, median_of
from thinline_tools.bench.messaging import in_namespace, missing

__all__ = ["sms1"]

_TEXTS = 300
_BEFORE = 20  # of each, not counted
_EACH_S = 0.1  # for one of either: each of them sends five a second
_HOLD = "≤ 2"


def sms1(folder: Path, texts: int = _TEXTS, before: int = _BEFORE) -> list[Figure]:
    """The 99th percentile of ours, divided by that of the bare one; and the medians."""
    what = "from the send key to Kannel's callback, p99 ÷ a bare ESME's on the same message centre"
    why = missing()
    if why:
        return [Figure("SMS1", what, None, "ratio", hold=_HOLD, reason=why)]
    order = {"folder": str(folder.resolve()), "texts": texts, "before": before, "each_s": _EACH_S}
    command = in_namespace([sys.executable, "-m", "thinline_tools.bench.texters"])
    ran = subprocess.run(command, input=json.dumps(order) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, list[float]] = json.loads(ran.stdout.splitlines()[-1])
    ours, bare = sorted(told["ours"]), sorted(told["bare"])
    late = _late(ours), _late(bare)
    return [
        Figure("SMS1", what, late[0] / late[1], "ratio", late[1], texts, hold=_HOLD),
        Figure("SMS1.p99", "the same of ours", late[0], "ms", late[1], texts),
        Figure("SMS1.p50", "the median of ours", median_of(ours), "ms", median_of(bare), texts),
    ]


def _late(sorted_ms: list[float]) -> float:
    return sorted_ms[min(len(sorted_ms) - 1, int(len(sorted_ms) * 0.99))]
