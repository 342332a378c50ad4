"""W1 to W4: what a page costs on the air beside what it is, whether all of its words are there, and its price in CPU.

A site of Debian's documents on loopback, a real server, and real handsets on sockets. Bytes are those of all frames in
both directions, as handed to the bearer, from the ask on; each document is read by a handset of an account of its own,
which nothing was opened for before.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from thinline_emulator.host import Handset, Options
from thinline_emulator.wire import Packet
from thinline_tools.bench.documents import DOCUMENTS, Document, missing, reference_words, share, shown_words, weight
from thinline_tools.bench.figures import Figure, spread_of
from thinline_tools.bench.origin import no_nginx, origin
from thinline_tools.bench.processes import ServedChild, child, served
from thinline_tools.bench.reading import pictures, text

__all__ = ["w1", "w3", "w4"]

_READERS = 64
_ROUNDS = 3
_PATIENCE_S = 120.0
_RATE = 40.0  # seconds of the handset in one of the world's
_CHROMIUM = "chromium-headless-shell"


class Told(NamedTuple):
    """What one document came to: bytes on the air and as it is, and the share of its words that is shown."""

    text_bytes: int
    image_bytes: int
    gzip_bytes: int
    file_bytes: int
    share: float

    @property
    def whole(self) -> float:
        return (self.text_bytes + self.image_bytes) / (self.gzip_bytes + self.file_bytes)

    @property
    def text(self) -> float:
        return self.text_bytes / self.gzip_bytes


@contextmanager
def _world(folder: Path, **web: object) -> Iterator[tuple[ServedChild, str]]:
    """A server that may fetch from a site, and how addresses of that begin."""
    with origin(folder / "site") as port:
        settings = {"web__allow": json.dumps([f"127.0.0.1:{port}"])}
        settings |= {f"web__{name}": json.dumps(value) for name, value in web.items()}
        with served(folder, settings=settings) as server:
            yield server, f"http://127.0.0.1:{port}"


def _here() -> list[Document]:
    return [one for one in DOCUMENTS if one.file.is_file()]


def _without(figures: Mapping[str, str], why: str) -> list[Figure]:
    """Figures that can not be had."""
    return [Figure(name, what, None, "", n=0, reason=why) for name, what in figures.items()]


def _code(server: ServedChild, name: str) -> str:
    server.account(name)
    return server.code(name)


async def _told(server: ServedChild, code: str, document: Document, site: str) -> Told:
    """One document, by a handset on gprs as the classic one is."""
    passed = 0

    def count(packet: Packet) -> None:
        nonlocal passed
        passed += len(packet.data)

    options = Options(rate=_RATE, wire=count)
    async with Handset(server=server.address, code=code, options=options) as handset:
        await handset.until("settled", within_s=_PATIENCE_S)
        before = passed
        came = await text(handset, f"{site}/{document.path}")
        after = passed
        await pictures(handset, came.opened)
        taken = after - before, passed - after
    return Told(*taken, *weight(document), share(shown_words(came.page), reference_words(document.html)))


async def _all_told(server: ServedChild, site: str) -> list[Told]:
    return [await _told(server, _code(server, f"reader{number}"), one, site) for number, one in enumerate(_here())]


def w1(folder: Path) -> list[Figure]:
    """W1 and W2 with their second numbers: medians over the documents that are here."""
    what = {
        "W1": "bytes on the air ÷ gzip -9 of the HTML and its pictures' files",
        "W1.text": "the same without pictures on either side",
        "W2": "share of a document's words that are shown, in their order",
        "W2.min": "the same of the worst document",
    }
    if why := no_nginx() or (missing() if not _here() else ""):
        return _without(what, why)
    with _world(folder) as (server, site):
        told = asyncio.run(_all_told(server, site))
    found = {
        "W1": ([one.whole for one in told], "≤ 0.6"),
        "W1.text": ([one.text for one in told], ""),
        "W2": ([one.share for one in told], "≥ 0.99"),
    }
    figures = [
        Figure(name, what[name], median(row), "ratio", n=len(row), spread=spread_of(row), hold=hold, reason=missing())
        for name, (row, hold) in found.items()
    ]
    worst = min(one.share for one in told)
    return [*figures, Figure("W2.min", what["W2.min"], worst, "ratio", n=len(told), reason=missing())]


# CPU


def _spent_s(pid: int) -> float:
    """Seconds of CPU of a process and of all that it started, ended ones too."""
    spent = 0.0
    for one in (process := psutil.Process(pid), *process.children(recursive=True)):
        times = one.cpu_times()
        spent += times.user + times.system + times.children_user + times.children_system
    return spent


async def _priced(server: ServedChild, name: str, addresses: list[str]) -> list[float]:
    """CPU seconds a page, in rounds after one that warms; one handset, every address of its own."""
    rounds = []
    async with Handset(server=server.address, code=_code(server, name), options=Options(radio="wifi")) as handset:
        await handset.until("settled", within_s=_PATIENCE_S)
        for number in range(_ROUNDS + 1):
            before_s = _spent_s(server.pid)
            for address in addresses:
                await text(handset, f"{address}?{number}")
            rounds.append((_spent_s(server.pid) - before_s) / len(addresses))
    return rounds[1:]


def w3(folder: Path) -> list[Figure]:
    """W3 and W3.chromium."""
    what = {
        "W3": "CPU of the server and its children, a page",
        "W3.chromium": "the same of a page that is run in a browser",
    }
    if why := no_nginx() or (missing() if not _here() else ""):
        return _without(what, why)
    with _world(folder) as (server, site):
        addresses = [f"{site}/{one.path}" for one in _here()]
        plain = asyncio.run(_priced(server, "reader", addresses))
    n = len(plain) * len(addresses)
    figures = [Figure("W3", what["W3"], median(plain), "s", n=n, spread=spread_of(plain), reason=missing())]
    if shutil.which(_CHROMIUM) is None:
        why = f"{_CHROMIUM} is missing (apt install {_CHROMIUM})"
        return figures + _without({"W3.chromium": what["W3.chromium"]}, why)
    with _world(folder / "rendering", render=True) as (server, site):
        run = asyncio.run(_priced(server, "reader", [f"{site}/made/program.html"]))
    spread = spread_of(run)
    return [*figures, Figure("W3.chromium", what["W3.chromium"], median(run), "s", n=len(run), spread=spread)]


# Many readers


def w4(folder: Path) -> list[Figure]:
    """W4: pages a second whose last text arrived."""
    what = {"W4": f"pages a second that {_READERS} handsets read, each all documents in its own order"}
    if why := no_nginx() or (missing() if not _here() else ""):
        return _without(what, why)
    with _world(folder) as (server, site), child("thinline_tools.bench.reading") as readers:
        readers.tell({"server": server.address, "codes": server.codes(_READERS)})
        readers.answer()
        readers.tell({"addresses": [f"{site}/{one.path}" for one in _here()]})
        told = readers.answer()
    return [Figure("W4", what["W4"], told["pages"] / told["took_s"], "pages/s", n=told["pages"], reason=missing())]
