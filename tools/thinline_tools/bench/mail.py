"""M1: mails a second, from eight SMTP connections to a linked handset, each durable and with its headers parsed."""

from __future__ import annotations

from pathlib import Path

from thinline_tools.bench.figures import Figure, median_of, spread_of
from thinline_tools.bench.processes import child, served

__all__ = ["m1"]

_MAILS = 2_000
_CONNECTIONS = 8
_ROUNDS = 3
_SEED = 1


def m1(folder: Path) -> list[Figure]:
    """Each round has an account of its own, and mails of its own."""
    rates: list[float] = []
    mean_bytes = 0.0
    with served(folder, settings={"mail__listen": "127.0.0.1:0"}) as server:
        (smtp,) = (one["why"] for one in server.ask("status")["gateways"] if one["name"] == "mail in")
        for number, code in enumerate(server.codes(_ROUNDS)):
            with child("thinline_tools.bench.mailers") as mailers:
                mailers.tell(
                    {
                        "server": server.address,
                        "code": code,
                        "smtp_port": int(smtp.rpartition(":")[2]),
                        "to": f"bench{number}@thinline.test",
                        "seed": _SEED + number,
                        "mails": _MAILS,
                        "connections": _CONNECTIONS,
                    }
                )
                told = mailers.answer()
            rates.append(_MAILS / told["took_s"])
            mean_bytes = told["mean_bytes"]
    what = f"mails a second over {_CONNECTIONS} SMTP connections, until the last was pushed to a linked handset"
    return [
        Figure("M1", what, median_of(rates), "1/s", None, _ROUNDS, spread_of(rates), _SEED, "≥ 100"),
        Figure("M1.mean", "bytes of a mail, on the average", mean_bytes, "bytes", seed=_SEED),
    ]
