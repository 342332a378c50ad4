"""The web on the other side: Debian's nginx in a folder and on a port of its own, and a small application behind it.

    async with nginx(tmp_path) as tea:
        ... tea.address("/gzip/teas.html") ...

Who lacks nginx skips with the reason. It is ended by its id.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from counterparts import free_ports
from websites import Site, site

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["TEAS", "nginx"]

_CONF = Path(__file__).resolve().parents[1] / "fixtures" / "counterparts" / "nginx.conf"
_PATIENCE_S = 20.0
TEAS = "".join(f"<p>Tea number {number} is drunk by {number * 31 % 977} people.</p>" for number in range(400))
_FORM = """<form method=post action=sum><input type=hidden name=by value=3><input name=a><select name=b>
<option value=10>ten<option value=20>twenty</select><input type=checkbox name=twice value=2><button>Sum</button></form>
<form action=said><input name=q></form>"""


_CONTROLS = """<form method=post action=told enctype=multipart/form-data><input type=hidden name=h value='a "b"'>
<label>Name <input name=n></label><label>Word <input type=password name=p></label><textarea name=t>old</textarea>
<input type=checkbox name=b value=on><label><input type=radio name=r value=1> one</label>
<label><input type=radio name=r value=2> two</label><select name=c><option value=x>X<option value=y>Y</select>
<select name=m multiple><option value=1>A<option value=2>B<option value=3>C</select><input type=file name=f>
<button name=go value=left>Left</button><button name=go value=right>Right</button><input type=reset></form>"""


class _Application:
    """Forms, cookies, digest and what nginx here has no module for."""

    async def form(self, _request: web.Request) -> web.Response:
        return web.Response(text=_FORM, content_type="text/html")

    async def sum(self, request: web.Request) -> web.Response:
        told = await request.post()
        answer = (int(str(told["a"])) + int(str(told["b"]))) * int(str(told.get("twice", "1"))) * int(str(told["by"]))
        basket = f"{request.cookies.get('basket', '')}.{answer}"
        made = web.Response(text=f"<p>The sum is {answer}, after {basket}</p>", content_type="text/html")
        made.set_cookie("basket", basket, path="/app")
        return made

    async def controls(self, _request: web.Request) -> web.Response:
        return web.Response(text=_CONTROLS, content_type="text/html")

    async def told(self, request: web.Request) -> web.Response:
        return web.Response(text="&".join(f"{name}={value!s}" for name, value in (await request.post()).items()))

    async def said(self, request: web.Request) -> web.Response:
        return web.Response(text=f"You said {request.query.get('q')}")

    async def digest(self, request: web.Request) -> web.Response:
        told = request.headers.get("Authorization", "")
        fields = dict(part.strip().split("=", 1) for part in told.removeprefix("Digest ").split(",") if "=" in part)
        fields = {name: value.strip('"') for name, value in fields.items()}
        secret = hashlib.md5(b"alice:tea room:tea").hexdigest()
        asked = hashlib.md5(f"GET:{fields.get('uri')}".encode()).hexdigest()
        proof = ":".join((secret, "n0nce", fields.get("nc", ""), fields.get("cnonce", ""), "auth", asked))
        if hashlib.md5(proof.encode()).hexdigest() != fields.get("response"):
            challenge = 'Digest realm="tea room", nonce="n0nce", qop="auth", algorithm=MD5'
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        return web.Response(text="White tea")

    async def zstd(self, _request: web.Request) -> web.Response:
        told = {"Content-Encoding": "zstd"}
        return web.Response(body=zstd.compress(TEAS.encode()), content_type="text/html", headers=told)

    async def zstd_bomb(self, _request: web.Request) -> web.Response:
        told = {"Content-Encoding": "zstd"}
        return web.Response(body=zstd.compress(bytes(64 << 20)), content_type="text/html", headers=told)

    async def endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        while True:
            await answer.write(b"<p>and more</p>" * 4_096)


@asynccontextmanager
async def nginx(folder: Path, rate: str = "0") -> AsyncIterator[Site]:
    """Run both.

    Args:
        folder: a test's own.
        rate: bytes a second of what is below /slow/, as nginx writes it.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("left out: pages from nginx: nginx (apt package nginx-light) is missing")
    one = _Application()
    names = ("form", "sum", "controls", "told", "said", "digest", "zstd", "zstd_bomb", "endless")
    handlers = {name: getattr(one, name) for name in names}
    async with site({f"/{name}": handler for name, handler in handlers.items()}) as application:
        there = folder / "nginx"
        (there / "html").mkdir(parents=True)
        (there / "html" / "teas.html").write_text(f"<title>Teas</title>{TEAS}")
        (there / "html" / "bomb.gz").write_bytes(gzip.compress(bytes(64 << 20), 1))
        (there / "users").write_text("alice:{PLAIN}tea\n")
        (port,) = free_ports(1)
        told = {"@DIR@": str(there), "@PORT@": str(port), "@APP@": str(application.port), "@RATE@": rate}
        text = _CONF.read_text()
        for name, value in told.items():
            text = text.replace(name, value)
        (there / "nginx.conf").write_text(text)
        process = _start(program, there)
        try:
            await _wait(port, process)
            yield Site(port)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, _PATIENCE_S)


def _start(program: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)


async def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            assert process.poll() is None, "nginx ended"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                await asyncio.sleep(0)
                continue
            return
