"""What is played in the world without a way out: see `airgap`."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Sequence
from ipaddress import IPv6Network
from pathlib import Path
from typing import Any

from airgap import OWN, World
from thinline_server.gateways import dial
from thinline_server.gateways.budget import Allowance, Budgets, Rate
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.gateways.proxy import ProxyBounds
from thinline_server.gateways.render import RenderBounds, Renderer
from thinline_server.gateways.wish import FetchFailed, Wish

__all__ = ["PUBLIC", "fetch_all", "fetch_unguarded", "render_all"]

PUBLIC = ("93.184.216.34", "2606:4700:4700::1111")
HOME, SIXTH = PUBLIC

NEVER = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("168.63.129.16", "192.0.0.8", "192.88.99.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "fc00::1"),
    *("fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "3fff::1"),
)
ENCODED = (
    *("0177.0.0.1", "2130706433", "127.1", "0x7f000001", "017700000001", "0x7f.1", "127.0.0.1.", "①②⑦.⓪.⓪.①"),
    *("127%2e0%2e0%2e1", "localhost", "localhost.", "LOCALHOST", "a.localhost", "[::ffff:7f00:1]", "[0:0::0:1]"),
)
ELSEWHERE = ("file:///etc/hostname", "gopher://127.0.0.1:6379/_INFO", "data:text/plain,x", "ftp://93.184.216.34/")


def _written(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _names(world: World) -> list[str]:
    """Names whose answers lead inside, each in a way of its own."""
    world.names |= {
        "home.test": [[HOME]],
        "rebind.test": [[HOME], ["127.0.0.1"], ["169.254.169.254"]],
        "mixed.test": [["10.0.0.1", "127.0.0.1", HOME, "::1", "fd00::1"]],
        "six.test": [["::1", "fd00::1", "64:ff9b::7f00:1"]],
        "sixth.test": [[SIXTH]],
        "cname.test": [["metadata.inner.test"]],
        "metadata.inner.test": [["169.254.169.254"]],
        "relay.test": [["127.0.0.1"]],
        "own.test": [list(OWN)],
    }
    for number, address in enumerate(NEVER):
        world.names[f"inner{number}.test"] = [[address]]
    return [name for name in world.names if name not in ("home.test", "sixth.test", "relay.test")]


async def fetch_all(world: World) -> dict[str, Any]:
    """Every way inside: literal, encoded, by name, by redirect, by port; and what was dialled for each."""
    names = _names(world)
    # The operator allowed one name at one port. It is allowed there and as that, and nothing else is.
    fetch = Fetcher(Dialer([("relay.test", 8080)]))
    inner = [f"http://{_written(one)}/" for one in NEVER] + [f"http://{one}/" for one in ENCODED]
    inner += [f"http://{_written(one)}:8080/" for one in OWN] + [f"http://{name}/" for name in names]
    inner += [f"http://home.test:{port}/" for port in (22, 25, 6379)]
    inner += ["http://relay.test/", "http://127.0.0.1:8080/", *ELSEWHERE]
    ways = ["http://home.test/", "http://sixth.test/", f"http://[{SIXTH}]/", "http://relay.test:8080/", *inner]
    ways += [f"http://home.test/to?{address}" for address in (*inner, "//127.0.0.1/", "http://home.test/to?//10.0.0.1")]
    return await _fetched(world, fetch, ways)


async def fetch_unguarded(world: World) -> dict[str, Any]:
    """The same world before a gate that believes what Python calls global, to see that the world tells on it."""
    dial._NEVER = ()
    dial._ASSIGNED = IPv6Network("::/0")
    _names(world)
    return await _fetched(world, Fetcher(Dialer()), [f"http://{_written(one)}/" for one in NEVER])


async def _fetched(world: World, fetch: Fetcher, ways: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for account, address in enumerate(ways):
        dialled = len(world.peers)
        try:
            came = (await fetch(Wish(account.to_bytes(8), address))).body.decode()
        except FetchFailed as failed:
            came = failed.cause.name
        told[address] = [came, world.peers[dialled:]]
    return told


SCRIPT = """<!doctype html><title>t</title><p id=out></p>
%s
<script>
const told = {push(word) { document.getElementById("out").append(word + "; "); }};
for (const place of %s) {
  fetch(`http://${place}/fetched`, {mode: "no-cors"}).then(() => told.push(`got ${place}`), () => 0);
  fetch(`http://${place}/fetched`).then(r => r.text()).then(t => told.push(t), () => 0);
  new WebSocket(`ws://${place}/socket`).onopen = () => told.push(`socket ${place}`);
  const image = new Image();
  image.onload = () => told.push(`image ${place}`);
  image.src = `http://${place}/image`;
  navigator.sendBeacon(`http://${place}/beacon`, "x");
}
try { new RTCPeerConnection({iceServers: [{urls: "stun:169.254.169.254:80"}]}).createDataChannel("x"); } catch (e) {}
</script>"""
MARKS = "".join(
    f'<iframe src="http://{place}/frame"></iframe><link rel=prefetch href="http://{place}/pre">'
    f'<link rel=stylesheet href="http://{place}/style"><object data="http://{place}/object"></object>'
    for place in ("127.0.0.1", "127.0.0.1:8080", "169.254.169.254", "[::1]", "rebind.test", "cname.test")
)


async def render_all(world: World, hidden: str) -> dict[str, Any]:
    """Pages whose programs try every way inside: what came, which places were asked for, and who was dialled."""
    _names(world)
    inner = [*(_written(one) for one in NEVER), "127.1", "2130706433", "localhost", "127.0.0.1:22", "127.0.0.1:8080"]
    inner += ["rebind.test", "mixed.test", "six.test", "cname.test", "own.test", "home.test:6379", "relay.test:8080"]
    marks = f"{MARKS}<iframe src='file://{hidden}'></iframe>"
    world.pages["/page"] = (SCRIPT % (marks, json.dumps([*inner, "home.test"]))).encode()
    world.pages["/gone"] = b"<script>location = 'http://169.254.169.254/latest'</script>"
    budgets = Budgets(Allowance(requests=Rate(10_000, 1), misses=Rate(10_000, 1)))
    dialer = _Noting()
    render = Renderer(dialer, budgets, [Path(hidden).parent], RenderBounds(proxy=ProxyBounds(connections=2_000)))

    async def rendered(address: str) -> str:
        try:
            return (await render(Wish(b"alice", f"http://{address}"))).body.decode()
        except FetchFailed as failed:
            return failed.cause.name

    ways = ("home.test/page", "home.test/gone", "home.test/to?http://10.0.0.1/")
    came = await asyncio.gather(*map(rendered, ways))
    return {"came": dict(zip(ways, came, strict=True)), "asked": sorted(dialer.asked), "peers": world.peers}


class _Noting(Dialer):
    """Notes which places it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    async def __call__(self, host: str, port: int, timeout_s: float = 5.0) -> socket.socket:
        self.asked.add(f"{host}:{port}")
        return await super().__call__(host, port, timeout_s)
