"""One request to the web: what comes of it, and that nothing a server decides is without a bound. T5, T6, T8, X7."""

from __future__ import annotations

import base64
import gzip
import ssl
import sys
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from certificates import Authority
from thinline_server.config import SettingsError
from thinline_server.gateways.budget import Allowance, Budgets, Rate
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.gateways.wish import Cause, FetchBounds, Fetched, FetchFailed, Login, Wish
from websites import Handler, Site, raw_site, site

pytestmark = pytest.mark.system

ALICE = b"alice"
SOON = FetchBounds(total_s=0.5, idle_s=0.3)


def fetcher(*sites: Site, names: Sequence[str] = (), bounds: FetchBounds | None = None, **more: Any) -> Fetcher:
    """One whose operator allows these sites."""
    places = [(name, one.port) for one in sites for name in ("127.0.0.1", *names)]

    async def resolve(host: str, _port: int) -> list[str]:
        return ["127.0.0.1"] if host in names else [host]

    return Fetcher(Dialer(places, resolve), bounds=bounds, **more)


def page(text: str, **headers: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=text.encode(), headers={"Content-Type": "text/html", **headers})

    return answer


def sent_to(address: str, status: int = 302) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": address})

    return answer


async def fails(fetch: Fetcher, wish: Wish) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        await fetch(wish)
    return failed.value


async def test_a_page_comes_whole_with_its_headers() -> None:
    async with site({"/p": page("<p>hello", Refresh="5")}) as home:
        told = await fetcher(home)(Wish(ALICE, home.address("/p?q=1"), languages="de,en;q=0.5"))
    assert (told.status, told.body, told.received_bytes, told.hops) == (200, b"<p>hello", 8, ())
    assert (told.address, told.headers["content-type"]) == (home.address("/p?q=1"), "text/html")
    assert told.headers["refresh"] == "5"
    head = home.heads[0]
    assert head["Accept-Language"] == "de,en;q=0.5"
    assert head["Accept-Encoding"] == "gzip, deflate, zstd"
    assert not {"Cookie", "Authorization", "Referer", "Content-Type"} & set(head)


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
async def test_a_body_is_inflated_and_told_as_it_came(encoding: str, pack: Any) -> None:
    body = pack(b"word " * 10_000)

    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    async with site({"/": packed}) as home:
        told = await fetcher(home)(Wish(ALICE, home.address()))
    assert (told.body, told.received_bytes) == (b"word " * 10_000, len(body))


async def test_a_form_is_posted_and_what_it_leads_to_is_got() -> None:
    forms = []

    async def take(request: web.Request) -> web.Response:
        forms.append((request.content_type, await request.read()))
        return web.Response(status=303, headers={"Location": "/done"})

    async with site({"/form": take, "/done": page("done")}) as home:
        wish = Wish(ALICE, home.address("/form"), "", "POST", b"a=1", "application/x-www-form-urlencoded")
        told = await fetcher(home)(wish)
    assert forms == [("application/x-www-form-urlencoded", b"a=1")]
    assert (home.asked, told.hops) == ([("POST", "/form"), ("GET", "/done")], (home.address("/form"),))


async def test_a_post_that_is_sent_on_as_it_is_stays_one() -> None:
    async with site({"/a": sent_to("/b", 307), "/b": page("taken")}) as home:
        await fetcher(home)(Wish(ALICE, home.address("/a"), method="POST", body=b"x"))
    assert home.asked == [("POST", "/a"), ("POST", "/b")]


async def test_of_a_head_nothing_but_the_head_comes() -> None:
    async with site({"/": page("hello")}) as home:
        told = await fetcher(home)(Wish(ALICE, home.address(), method="HEAD"))
    assert (told.body, told.headers["content-length"]) == (b"", "5")


async def test_an_address_may_lean_on_the_page_s() -> None:
    async with site({"/a/b": page("here")}) as home:
        assert (await fetcher(home)(Wish(ALICE, "b#c", home.address("/a/x")))).address == home.address("/a/b")


# What is refused


@pytest.mark.parametrize(
    "location",
    [
        *("http://169.254.169.254/latest", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "data:text/html,x"),
        *("//[::ffff:127.0.0.1]/", "//127.1/", "http://10.0.0.1/", "http://a.test:25/", "//alice:secret@a.test/"),
    ],
)
async def test_where_a_server_sends_is_judged_like_an_address(location: str) -> None:
    """T6."""
    async with site({"/": sent_to(location)}) as home:
        failed = await fails(fetcher(home), Wish(ALICE, home.address()))
    assert (failed.cause, failed.sent) == (Cause.ADDRESS, True)


async def test_ten_thousand_hops_end_at_ten() -> None:
    """T5."""
    hops = 0

    async def on(_request: web.Request) -> web.Response:
        nonlocal hops
        hops += 1
        return web.Response(status=302, headers={"Location": f"/{hops % 10_000}"})

    async with site({f"/{number}": on for number in range(10_000)}) as home:
        failed = await fails(fetcher(home), Wish(ALICE, home.address("/0")))
    assert (failed.cause, hops) == (Cause.REDIRECTS, 11)


async def test_an_allowance_lifts_the_rule_of_addresses_and_no_other() -> None:
    """T6."""
    fetch = Fetcher(Dialer([("127.0.0.1", 25), ("127.0.0.1", 6379), ("127.1", 80)]))
    for address in ("http://127.0.0.1:25/", "http://127.0.0.1:6379/", "http://127.1/", "http://127.0.0.1:9/"):
        assert (await fails(fetch, Wish(ALICE, address))).cause is Cause.ADDRESS


async def test_the_environment_s_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """T6."""
    async with site({}) as proxy, site({"/": page("hello")}) as home:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address())
        assert (await fetcher(home)(Wish(ALICE, home.address()))).body == b"hello"
        assert proxy.asked == []


# Bounds

BOMB = gzip.compress(bytes(50 * 1024 * 1024))


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [("gzip", BOMB), ("zstd", zstd.compress(bytes(512 * 1024 * 1024))), ("deflate", BOMB), ("gzip", BOMB[:-9])],
)
async def test_a_bomb_is_refused_before_it_is_large(encoding: str, bomb: bytes) -> None:
    """T5, T8."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with raw_site(head, bomb) as home:
        fetch = fetcher(home, bounds=FetchBounds(body_bytes=2 * 1024 * 1024))
        tracemalloc.start()
        failed = await fails(fetch, Wish(ALICE, home.address()))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert failed.cause is (Cause.MALFORMED if encoding == "deflate" else Cause.TOO_LARGE)
    assert peak_bytes < 6 * 1024 * 1024


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "endless"),
    [
        (CHUNKED, b"1000\r\n" + bytes(4096) + b"\r\n"),
        (CHUNKED, b"1;" + b"x" * 4_000 + b"\r\n.\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536)),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
        (CHUNKED + b"0\r\n", b"Trailer: x\r\n" * 1_000),
        (b"HTTP/1.1 200 OK\r\n", b"X-Name: value\r\n" * 1_000),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536),
        (b"HTTP/1.1 200 ", b"O" * 65_536),
        (b"", b"\r\n" * 4_096),
        (b"", b"220 smtp.test ready\r\n" * 1_000),
    ],
)
async def test_what_never_ends_is_ended(begin: bytes, endless: bytes) -> None:
    """T5, T8: bodies, chunks' extensions, interim answers, trailers, headers, and what is no HTTP at all."""
    async with raw_site(begin, endless=endless) as home:
        fetch = fetcher(home, bounds=FetchBounds(body_bytes=1024 * 1024, total_s=20.0))
        tracemalloc.start()
        failed = await fails(fetch, Wish(ALICE, home.address()))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert failed.cause in (Cause.TOO_LARGE, Cause.MALFORMED)
    assert peak_bytes < 8 * 1024 * 1024


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_byte_now_and_then_is_not_waited_for(begin: bytes) -> None:
    """T5."""
    async with raw_site(begin, endless=b"x", wait_s=0.05) as home:
        failed = await fails(fetcher(home, bounds=SOON), Wish(ALICE, home.address()))
    assert (failed.cause, failed.sent) == (Cause.TOO_SLOW, True)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"\x00" * 100, b"HTTP/1.1 abc\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX\r\n\r\n"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nxx",
    ],
)
async def test_any_answer_is_an_answer_or_a_named_failure(answer: bytes) -> None:
    """T8."""
    async with raw_site(answer) as home:
        try:
            told = await fetcher(home, bounds=SOON)(Wish(ALICE, home.address()))
        except FetchFailed:
            return
    assert told.body in (b"", b"hello", b"xx")


async def test_what_follows_an_answer_is_nobody_s() -> None:
    """T1: no connection is used twice, so a smuggled answer waits for nobody."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    async with raw_site(whole + b"first" + whole + b"other") as home:
        fetch = fetcher(home)
        bodies = [(await fetch(Wish(account, home.address()))).body for account in (b"alice", b"bob", b"alice")]
    assert bodies == [b"first"] * 3


async def test_more_may_be_wished_for_but_not_beyond_what_a_part_holds() -> None:
    async with site({"/": page("x" * 3_000)}) as home:
        fetch = fetcher(home, bounds=FetchBounds(body_bytes=1_000))
        assert (await fails(fetch, Wish(ALICE, home.address()))).cause is Cause.TOO_LARGE
        assert len((await fetch(Wish(ALICE, home.address(), body_bytes=3_000))).body) == 3_000


# Budgets


async def test_an_account_that_fetched_too_much_is_told_when_to_come_back() -> None:
    """T1."""
    allowance = Allowance(requests=Rate(2, 0.5))
    async with site({"/": page("x")}) as home:
        fetch = fetcher(home, budgets=Budgets(allowance), now=lambda: 7.0)
        await fetch(Wish(ALICE, home.address()))
        await fetch(Wish(ALICE, home.address()))
        with structlog.testing.capture_logs() as logged:
            failed = await fails(fetch, Wish(ALICE, home.address("/?secret")))
        assert (failed.cause, failed.wait_s, failed.sent) == (Cause.BUDGET, 2.0, False)
        assert [(entry["account"], entry["host"]) for entry in logged] == [(ALICE.hex(), "127.0.0.1")]
        assert "secret" not in repr(logged)
        assert (await fetch(Wish(b"bob", home.address()))).status == 200


async def test_a_scanner_runs_dry() -> None:
    fetch = Fetcher(Dialer(), now=lambda: 7.0)
    causes = [(await fails(fetch, Wish(ALICE, f"http://10.0.0.{host}/"))).cause for host in range(60)]
    assert causes == [Cause.ADDRESS] * 40 + [Cause.BUDGET] * 20


# Who is told what


class Cookies:
    """A jar that gives each host its name."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Sequence[str]]] = []

    def cookies(self, address: str) -> str:
        return f"at={address.split('/')[2].partition(':')[0]}"

    def keep(self, address: str, lines: Sequence[str]) -> None:
        self.kept.append((address, lines))


async def test_each_hop_gets_the_cookies_of_its_own_address() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        answer = web.Response(status=302, headers={"Location": f"http://b.test:{request.url.port}/b"})
        answer.set_cookie("one", "1")
        answer.set_cookie("two", "2")
        return answer

    jar = Cookies()
    async with site({"/a": elsewhere, "/b": page("here")}) as home:
        fetch = fetcher(home, names=["a.test", "b.test"])
        told = await fetch(Wish(ALICE, home.address("/a", "a.test"), jar=jar))
    assert [head["Cookie"] for head in home.heads] == ["at=a.test", "at=b.test"]
    assert [(address, len(lines)) for address, lines in jar.kept] == [
        (home.address("/a", "a.test"), 2),
        (home.address("/b", "b.test"), 0),
    ]
    assert "set-cookie" not in told.headers


def guarded(scheme: str) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "").startswith(scheme):
            return web.Response(text="the cellar")
        asks = {"Basic": 'Basic realm="cellar"', "Digest": 'Digest realm="cellar", nonce="n", qop="auth"'}[scheme]
        return web.Response(status=401, headers={"WWW-Authenticate": asks})

    return answer


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
async def test_a_login_opens_what_asks_for_one(scheme: str) -> None:
    async with site({"/": guarded(scheme)}) as home:
        fetch, wish = fetcher(home), Wish(ALICE, home.address())
        assert ((await fetch(wish)).status, (await fetch(wish)).realm) == (401, "cellar")
        told = await fetch(replace(wish, login=Login("älice", "sesam")))
    assert (told.status, told.body) == (200, b"the cellar")
    if scheme == "Basic":
        assert home.heads[-1]["Authorization"] == "Basic " + base64.b64encode("älice:sesam".encode()).decode()
    else:
        assert "sesam" not in home.heads[-1]["Authorization"]


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
async def test_a_login_is_shown_to_nobody_it_was_not_given_for(scheme: str) -> None:
    """T6: neither another host nor another port is told, however it asks."""
    async with site({"/": guarded(scheme)}) as thief:
        for host in ("127.0.0.1", "b.test"):
            async with site({"/": sent_to(thief.address("/", host))}) as home:
                fetch = fetcher(home, thief, names=["b.test"])
                told = await fetch(Wish(ALICE, home.address(), login=Login("alice", "sesam")))
                assert told.status == 401
    assert not any("Authorization" in head for head in thief.heads)


async def test_a_login_that_is_wrong_is_tried_once() -> None:
    async def never(_request: web.Request) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})

    async with site({"/": never}) as home:
        told: Fetched = await fetcher(home)(Wish(ALICE, home.address(), login=Login("a", "b")))
    assert (told.status, len(home.asked)) == (401, 2)


# Who it is


async def test_a_server_is_who_its_certificate_says(tmp_path: Path) -> None:
    """T6: TLS is verified for the name of the address, on the socket to the address that was checked."""
    authority = Authority("A test")
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*authority.issue(tmp_path))
    names = ("localhost", "b.test")
    told: dict[tuple[str, bool], Any] = {}
    async with site({"/": page("hello")}, tls) as home:
        for trust in (tmp_path / "ca.pem", None):
            fetch = fetcher(home, names=names, trust=trust)
            for host in ("localhost", "127.0.0.1", "b.test"):
                try:
                    told[host, trust is None] = (await fetch(Wish(ALICE, home.address("/", host)))).body
                except FetchFailed as failed:
                    told[host, trust is None] = (failed.cause, failed.sent)
    refused = (Cause.INSECURE, False)
    assert [told[host, False] for host in ("localhost", "127.0.0.1", "b.test")] == [b"hello", b"hello", refused]
    assert [told[host, True] for host in ("localhost", "127.0.0.1", "b.test")] == [refused] * 3


async def test_what_does_not_speak_tls_is_not_spoken_to() -> None:
    async with site({"/": page("hello")}) as home:
        home.scheme = "https"
        failed = await fails(fetcher(home), Wish(ALICE, home.address()))
    assert (failed.cause, failed.sent) == (Cause.INSECURE, False)


# What may have been done


async def test_what_certainly_never_left_is_told_apart() -> None:
    """X7."""
    async with raw_site(b"") as home:
        failed = await fails(fetcher(home), Wish(ALICE, home.address(), method="POST", body=b"x"))
        assert (failed.cause, failed.sent) == (Cause.UNREACHABLE, True)
        assert home.asked == [("POST", "/")]  # and not again by itself
        fetch = fetcher(home)
    failed = await fails(fetch, Wish(ALICE, home.address(), method="POST", body=b"x"))
    assert (failed.cause, failed.sent) == (Cause.UNREACHABLE, False)


def test_an_authority_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"web\.trust: .* is no PEM file"):
        Fetcher(Dialer(), tmp_path / "none.pem")
