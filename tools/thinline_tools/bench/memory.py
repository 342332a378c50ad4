"""P4: what one more linked handset costs the server in memory, against an idle stream of a bare gRPC server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from thinline.testing.world import account_sample
from thinline_server.config import load_settings
from thinline_server.engine import start_engine
from thinline_server.requests import AddAccount, NewCode
from thinline_tools.bench.baseline import open_idle
from thinline_tools.bench.figures import Figure, median_of, spread_of
from thinline_tools.bench.processes import Child, child, pss_bytes, served
from thinline_tools.lab.paper import PaperHandset

__all__ = ["p4"]

_FEW, _MANY = 100, 600
_CONTACTS = 100
_ROUNDS = 3
_IDLE_S = 30.0
_SEED = 1


def p4(folder: Path) -> list[Figure]:
    """Ours and the baseline take turns."""
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(_ROUNDS):
        ours.append(_ours(folder / str(number)))
        theirs.append(_baseline())
    slope, baseline = median_of(ours), median_of(theirs)
    what = f"server's PSS per handset from {_FEW} to {_MANY} ÷ the same of a bare gRPC server with idle streams"
    return [
        Figure("P4", what, slope / baseline, "ratio", baseline, _ROUNDS, spread_of(ours), _SEED, "≤ 1.5, aim 1.25"),
        Figure("P4.slope", "bytes of the server's PSS per linked handset", slope, "bytes", baseline, _ROUNDS),
    ]


async def _fill(folder: Path) -> list[str]:
    """Accounts with contacts in a data folder, and a code of each."""
    settings = load_settings(flags={"data": folder / "data", "state": folder / "state", "log_level": "error"})
    codes: list[str] = []
    async with start_engine(settings) as engine:
        for number in range(_MANY):
            name = f"bench{number}"
            await engine.operate(AddAccount(name))
            author = await PaperHandset.of_server(engine.operate, name, number)
            samples = account_sample(_SEED, number, _CONTACTS).contacts
            await asyncio.gather(*(engine.operate(request) for request in author.creates(samples)))
            codes.append(await engine.operate(NewCode(name)))
    return codes


def _settled_pss(pid: int) -> int:
    """After so long without anything to do."""
    time.sleep(_IDLE_S)
    return pss_bytes(pid)


def _ours(folder: Path) -> float:
    """The handsets have their contacts from an earlier server; the one that is measured sees them resume."""
    folder.mkdir()
    codes = asyncio.run(_fill(folder))
    with child("thinline_tools.bench.fleet") as fleet:
        with served(folder) as server:
            listen = server.ask("status")["listen"]
            fleet.tell({"server": listen, "codes": codes, "edit": False})
            fleet.answer()
            _switched(fleet, False, 0, _MANY)
        with served(folder, listen) as server:
            points: list[int] = []
            for first, count in ((0, _FEW), (_FEW, _MANY - _FEW)):
                assert _switched(fleet, True, first, count) == first + count
                points.append(_settled_pss(server.pid))
            _own_sockets(server.pid, _MANY)
    return _slope(points)


def _switched(fleet: Child, radio: bool, first: int, count: int) -> int:
    """Take the radio of some handsets away or give it back; how many are linked then."""
    fleet.tell({"radio": radio, "first": first, "count": count})
    return int(fleet.answer()["linked"])


def _own_sockets(pid: int, count: int) -> None:
    """Every handset has a TCP connection of its own, or the figure means nothing."""
    open_ones = [one for one in psutil.Process(pid).net_connections("tcp") if one.status == "ESTABLISHED"]
    assert len(open_ones) == count, f"{len(open_ones)} connections for {count} handsets"


def _baseline() -> float:
    with child("thinline_tools.bench.baseline") as baseline:
        port = int(baseline.line())

        async def points() -> list[int]:
            few = await open_idle(port, _FEW)
            found = [await asyncio.to_thread(_settled_pss, baseline.pid)]
            many = await open_idle(port, _MANY - _FEW)
            found.append(await asyncio.to_thread(_settled_pss, baseline.pid))
            assert len(few) + len(many) == 2 * _MANY
            return found

        return _slope(asyncio.run(points()))


def _slope(points: Sequence[int]) -> float:
    return (points[1] - points[0]) / (_MANY - _FEW)
