"""The bench: every figure by its id, measured side by side with its comparison, printed and written as JSON.

A figure's definition stands beside its code. A bench that needs a folder gets one in the tree, on the tree's disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from thinline_tools.bench.figures import Figure, shown, write_json

__all__ = ["BENCHES", "main"]


def _bench(module: str, name: str, *, folder: bool = True) -> Callable[[Path], list[Figure]]:
    """A bench that is imported when it runs: its processes are modules of this package too."""

    def run(path: Path) -> list[Figure]:
        measure = getattr(import_module(f"{__name__}.{module}"), name)
        found: list[Figure] = measure(path) if folder else measure()
        return found

    return run


# The ids that a bench gives, and the bench; a service adds its line.
BENCHES: Mapping[tuple[str, ...], Callable[[Path], list[Figure]]] = {
    ("N1", "N2", "N3"): _bench("size", "sizes", folder=False),
    ("N4",): _bench("size", "mailed", folder=False),
    ("V1",): _bench("standby", "v1", folder=False),
    ("P1",): _bench("throughput", "p1"),
    ("P4",): _bench("memory", "p4"),
    ("M1",): _bench("mail", "m1"),
    ("M2",): _bench("caches", "m2"),
    ("SMS1",): _bench("texts", "sms1"),
    ("W1", "W2"): _bench("web", "w1"),
    ("W3",): _bench("web", "w3"),
    ("W4",): _bench("web", "w4"),
    ("IM1",): _bench("im", "im1"),
    ("IM2",): _bench("im", "im2"),
}


def main(only: Sequence[str] = (), json: Path | None = None) -> int:
    """Run the benches, all or those that give one of these ids; 2 where an id is unknown."""
    known = {one for ids in BENCHES for one in ids}
    unknown = [one for one in only if one not in known]
    if unknown:
        print(f"no such figure: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return 2
    figures: list[Figure] = []
    for ids, bench in BENCHES.items():
        if only and not set(ids) & set(only):
            continue
        print(f"measuring {', '.join(ids)} ...", flush=True)
        folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))
        try:
            found = [one for one in bench(folder) if not only or one.id.split(".")[0] in only]
        finally:
            shutil.rmtree(folder)
        figures += found
        for figure in found:
            print(shown(figure), flush=True)
    if json is not None:
        write_json(figures, json)
    return 0
