"""The web on the other side: nginx with pages of all encodings, in a folder and on ports of its own.

    with nginx(application_port) as there:
        ... there.address("/tea.html") is a page, there.address("/gz/bomb.html") is a bomb ...

Who lacks the program skips with the reason. The process is ended by its id.
"""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from certificates import Authority
from counterparts import free_ports

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["TEA", "WebServer", "nginx"]

_CONF = Path(__file__).resolve().parents[1] / "fixtures" / "counterparts" / "nginx.conf"
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
_PATIENCE_S = 20.0
_USERS = "alice:{PLAIN}tea\n"
TEA = "<!doctype html><title>Tea</title>" + "".join(f"<p>Leaf {number}, picked by bob.</p>" for number in range(300))
_BOMB_BYTES = 100 * 1024 * 1024
APP = """<!doctype html><title>Shop</title><noscript>Please switch JavaScript on.</noscript><div id=shop></div>
<script>fetch("/tea.html").then(r => r.text()).then(text => {
  const found = text.match(/Leaf 7,[^<]*/)[0];
  document.getElementById("shop").innerHTML = "<p>On offer: " + found + "</p><a href='/tea.html'>All leaves</a>";
});</script>"""


@dataclass(frozen=True, slots=True)
class WebServer:
    """An nginx that runs.

    Attributes:
        http, https: its ports.
        trust: PEM file of who vouches for it as localhost.
    """

    folder: Path
    http: int
    https: int

    @property
    def trust(self) -> Path:
        return self.folder / "ca.pem"

    def address(self, path: str, scheme: str = "http") -> str:
        """Of one of its pages."""
        return f"{scheme}://localhost:{self.https if scheme == 'https' else self.http}{path}"

    def asked(self) -> list[str]:
        """The first lines of requests that it answered, as its log has them."""
        return [line.split('"')[1] for line in (self.folder / "access.log").read_text().splitlines()]


@contextmanager
def nginx(application: int) -> Iterator[WebServer]:
    """Run it, with an application on that port of this machine behind /app/."""
    program = shutil.which("nginx", path=_PATH)
    if program is None:
        pytest.skip("left out: the web's pages from a real server: nginx (apt package nginx-light) is missing")
    folder = Path(tempfile.mkdtemp(prefix="thinline-nginx-"))  # pytest's own folders are closed to its workers
    folder.chmod(0o755)
    http, https = free_ports(2)
    told = {"@HTTP@": http, "@HTTPS@": https, "@APP@": application, "@DIR@": folder}
    _furnish(folder, told)
    running = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
    try:
        _wait(http, running)
        yield WebServer(folder, http, https)
    finally:
        running.terminate()
        running.communicate(timeout=_PATIENCE_S)
        shutil.rmtree(folder)


@cache
def _bomb(pack: Callable[[bytes], bytes]) -> bytes:
    return pack(bytes(_BOMB_BYTES))


def _furnish(folder: Path, told: dict[str, object]) -> None:
    for name in ("html/gz", "html/zst", "tmp"):
        (folder / name).mkdir(parents=True)
    authority = Authority("The web of the test")
    (folder / "ca.pem").write_bytes(authority.pem)
    authority.issue(folder)
    html = folder / "html"
    (html / "tea.html").write_text(TEA)
    (html / "shop.html").write_text(APP)
    (html / "gz" / "tea.html").write_bytes(gzip.compress(TEA.encode()))
    (html / "zst" / "tea.html").write_bytes(zstd.compress(TEA.encode()))
    (html / "gz" / "bomb.html").write_bytes(_bomb(gzip.compress))
    (html / "zst" / "bomb.html").write_bytes(_bomb(zstd.compress))
    (folder / "users").write_text(_USERS)
    text = _CONF.read_text()
    for name, value in told.items():
        text = text.replace(name, str(value))
    (folder / "nginx.conf").write_text(text)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "tmp").chmod(0o777)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        if running.poll() is not None:
            raise AssertionError(f"nginx did not start: {running.communicate()[1].decode()}")
        assert time.monotonic() < until_s
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            continue
        return
