"""The program that runs a page's programs: a browser without a way out but one, for one page, then it ends.

It is started in namespaces of its own: no network but its loopback interface, on which nothing listens but the door
opened here, and that leads to the gate's proxy. So what goes around the proxy's settings goes nowhere. The order comes
as a line of JSON on its standard input, what came of it as one on its standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import resource
import socket
import struct
import sys
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

from playwright.async_api import BrowserContext, Error, Page, Request, async_playwright

__all__ = ["main"]

_SIOCSIFFLAGS = 0x8914
_UP_RUNNING = 0x1 | 0x40
_PIECE_BYTES = 65_536
_ARGUMENTS = (
    "--no-sandbox",  # needs namespaces of its own; these are ours
    "--proxy-bypass-list=<-loopback>",  # without it loopback goes around the proxy
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--js-flags=--max-old-space-size=256",
)

# What has run, and what is for those who cannot run it, is no part of the page any more.
_DONE = "document.querySelectorAll('script, noscript').forEach(one => one.remove())"


def main() -> None:
    """Do what standard input says."""
    order = json.loads(sys.stdin.buffer.readline())
    _confine(order)
    told = asyncio.run(_shown(order))
    sys.stdout.buffer.write(json.dumps(told).encode())


def _confine(order: Mapping[str, Any]) -> None:
    """Loopback up, the server's folders out of sight, memory bounded for each process."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _UP_RUNNING))
    system = ctypes.CDLL(None, use_errno=True)
    for folder in order["hide"]:
        if os.path.isdir(folder) and system.mount(b"none", os.fsencode(folder), b"tmpfs", 0, b"size=4k"):
            raise OSError(ctypes.get_errno(), "a folder of the server cannot be hidden", folder)
    resource.setrlimit(resource.RLIMIT_DATA, (order["memory_bytes"], order["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def _shown(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """The page as it is once its programs have done their work."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(order["proxy"])
        except OSError:
            writer.close()
            return
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))

    # This is the first process of its namespace, so all others end with it, whether anybody waits for it or not.
    asyncio.get_running_loop().call_later(order["total_s"], os._exit, 1)
    door = await asyncio.start_server(lead, "127.0.0.1", 0)
    port = door.sockets[0].getsockname()[1]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=order["program"], args=[f"--proxy-server=http://127.0.0.1:{port}", *_ARGUMENTS]
        )
        context = await browser.new_context(accept_downloads=False, service_workers="block")
        await _give(context, order)
        told = await _visited(context, order)
        await browser.close()
    door.close()
    return told


async def _visited(context: BrowserContext, order: Mapping[str, Any]) -> Mapping[str, Any]:
    page = await context.new_page()
    hops = [order["address"]]
    page.on("request", lambda request: hops.append(request.url) if _leads(request, page) else None)
    try:
        answer = await page.goto(order["address"], wait_until="load", timeout=1_000 * order["load_s"])
        await _settled(page, order["settle_s"])
        await page.evaluate(_DONE)
        html = await page.content()
    except Error as error:
        return {"address": hops[-1], "failed": error.message.partition("\n")[0]}
    if len(html) > order["html_characters"]:
        return {"address": page.url, "failed": "too large"}
    status = answer.status if answer is not None else 200
    return {"status": status, "address": page.url, "html": html, "cookies": await _made(context, order)}


def _leads(request: Request, page: Page) -> bool:
    """Whether the page itself goes there."""
    return request.is_navigation_request() and request.frame == page.main_frame


async def _settled(page: Page, settle_s: float) -> None:
    """What a page still fetches after it was loaded it has some time for."""
    with contextlib.suppress(Error):
        await page.wait_for_load_state("networkidle", timeout=1_000 * settle_s)


async def _give(context: BrowserContext, order: Mapping[str, Any]) -> None:
    """The account's cookies, which a page's programs do not see."""
    for name, one in SimpleCookie(order["cookies"]).items():
        await context.add_cookies([{"name": name, "value": one.value, "url": order["address"], "httpOnly": True}])


async def _made(context: BrowserContext, order: Mapping[str, Any]) -> list[str]:
    """Cookies that were not given."""
    given = {(name, one.value) for name, one in SimpleCookie(order["cookies"]).items()}
    return [_line(cookie) for cookie in await context.cookies() if (cookie["name"], cookie["value"]) not in given]


def _line(cookie: Mapping[str, Any]) -> str:
    """As a server's header Set-Cookie would say it."""
    parts = [f"{cookie['name']}={cookie['value']}", f"Path={cookie['path']}"]
    if cookie["domain"].startswith("."):
        parts.append(f"Domain={cookie['domain'][1:]}")
    if cookie["expires"] > 0:
        parts.append(f"Max-Age={max(0, round(cookie['expires'] - time.time()))}")
    parts += [name for name, on in (("Secure", cookie["secure"]), ("HttpOnly", cookie["httpOnly"])) if on]
    return "; ".join(parts)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_PIECE_BYTES):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


if __name__ == "__main__":
    main()
