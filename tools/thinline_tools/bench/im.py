"""IM1: how long a message takes from the send key to the other's screen, against two XMPP clients; IM2: how many go."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from thinline_tools.bench.figures import Figure, median_of, spread_of
from thinline_tools.bench.processes import Child, ServedChild, child, served

__all__ = ["im1", "im2"]

_PER_S, _COUNT, _WARM, _ROUNDS = 10, 200, 50, 3  # 600 in all
_PAIRS, _OUTSTANDING, _MEASURE_S, _WARM_S = 32, 4, 10.0, 1.0
_PATIENCE_S = 30.0

_PROSODY = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "presence"; "message"; "iq"; "offline" }}
modules_disabled = {{ "s2s" }}
authentication = "internal_plain"
c2s_require_encryption = true
storage = "internal"
log = {{ warn = "{folder}/prosody.log" }}
VirtualHost "localhost"
  ssl = {{ key = "{folder}/key.pem"; certificate = "{folder}/certificate.pem" }}
"""


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine's loopback names, and its key, as files."""
    paths = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-days", "2", "-subj", "/CN=localhost", "-addext", names]
    command = [*made, "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@contextmanager
def _prosody(folder: Path) -> Iterator[int]:
    """A Prosody with two accounts; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = folder.resolve() / "prosody"
    folder.mkdir(mode=0o755)
    _certificate(folder)
    settings = folder / "prosody.cfg.lua"
    settings.write_text(_PROSODY.format(folder=folder, port=port))
    for name in ("ann", "ben"):
        register = ["prosodyctl", "--config", str(settings), "register", name, "localhost", f"pw-{name}"]
        subprocess.run(register, check=True, capture_output=True)
    process = subprocess.Popen(
        ["prosody", "--config", str(settings), "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.05)


def _people(server: ServedChild, count: int) -> list[tuple[str, str]]:
    return [(f"bench{number}", code) for number, code in enumerate(server.codes(count))]


def _took(chatters: Child) -> list[float]:
    chatters.tell({"count": _COUNT, "per_s": _PER_S, "warm": _WARM})
    told: list[float] = chatters.answer()["took_s"]
    return sorted(told)


def _at(took_s: Sequence[float], share: float) -> float:
    return 1_000 * took_s[min(len(took_s) - 1, int(len(took_s) * share))]


def im1(folder: Path) -> list[Figure]:
    """Ours and theirs take turns."""
    what = "99th percentile from the send key to the other's screen, over TLS ÷ of two XMPP clients through Prosody"
    hold = "≤ 2, aim 1"
    missing = [name for name in ("prosody", "prosodyctl", "openssl") if shutil.which(name) is None]
    missing += [] if find_spec("slixmpp") else ["slixmpp"]
    if missing:
        return [Figure("IM1", what, None, "ratio", hold=hold, reason=f"not here: {', '.join(missing)}")]
    certificate, key = _certificate(folder)
    settings = {"tls_certificate": str(certificate.resolve()), "tls_key": str(key.resolve())}
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    with (
        served(folder / "server", settings=settings) as server,
        _prosody(folder) as port,
        child("thinline_tools.bench.chatters") as chatters,
        child("thinline_tools.bench.jabber") as jabber,
    ):
        chatters.tell({"server": server.address, "authority": certificate.read_text(), "people": _people(server, 2)})
        jabber.tell({"port": port})
        chatters.answer()
        jabber.answer()
        for _ in range(_ROUNDS):
            ours.append(_took(chatters))
            theirs.append(_took(jabber))
    mine, other = ([_at(took_s, 0.99) for took_s in rounds] for rounds in (ours, theirs))
    halves = [median_of([_at(took_s, 0.5) for took_s in rounds]) for rounds in (ours, theirs)]
    p99, baseline = median_of(mine), median_of(other)
    rounds = _ROUNDS * _COUNT
    return [
        Figure("IM1", what, p99 / baseline, "ratio", baseline, rounds, spread_of(mine), hold=hold),
        Figure("IM1.p99", "the same in milliseconds", p99, "ms", baseline, rounds, spread_of(mine)),
        Figure("IM1.p50", "half of them are there within", halves[0], "ms", halves[1], rounds),
    ]


def im2(folder: Path) -> list[Figure]:
    """32 pairs of handsets, as fast as they go."""
    with served(folder) as server, child("thinline_tools.bench.chatters") as chatters:
        chatters.tell({"server": server.address, "authority": "", "people": _people(server, 2 * _PAIRS)})
        chatters.answer()
        chatters.tell({"outstanding": _OUTSTANDING, "warm_s": _WARM_S, "measure_s": _MEASURE_S})
        rate = chatters.answer()["per_s"]
    return [
        Figure("IM2", f"messages a second, {_PAIRS} pairs of handsets with {_OUTSTANDING} outstanding", rate, "1/s")
    ]
