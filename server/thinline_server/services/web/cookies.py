"""Cookies: an account's jar, by RFC 6265. What is in it leaves the server only to the sites that put it there.

There is no list of public suffixes here; a Domain is taken where it has two labels, and three below a country's two
letters with a short label before them (`co.uk`), which is who such lists are mostly about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["Cookie", "Jar"]

_COOKIES = 300  # of an account
_HOST_COOKIES = 50
_BYTES = 4_096  # of one
_LONGEST_S = 400 * 24 * 3_600
_SHORT_LABEL = 3


@dataclass(frozen=True, slots=True)
class Cookie:
    """One of them.

    Attributes:
        host: the host that set it, or the domain that it is for.
        wide: whether it is for the hosts below `host` too.
        until_s: since 1970; 0 until it is cleared.
    """

    host: str
    path: str
    name: str
    value: str
    wide: bool = False
    secure: bool = False
    until_s: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What another one replaces it by."""
        return self.host, self.path, self.name


class Jar:
    """The cookies of one account, as `thinline_server.gateways.fetch.Jar` wants them.

    Args:
        now_s: since 1970.
        stored: what `stored` was before.
    """

    def __init__(self, now_s: Callable[[], int], stored: bytes = b"") -> None:
        self._now_s = now_s
        told = json.loads(stored) if stored else []
        self._cookies = {one.key: one for one in (Cookie(**each) for each in told)}

    @property
    def stored(self) -> bytes:
        """All of them."""
        return json.dumps([asdict(one) for one in self.live()]).encode() if self._cookies else b""

    def live(self) -> list[Cookie]:
        """Those whose time is not over, in the order in which they came."""
        now_s = self._now_s()
        return [one for one in self._cookies.values() if not one.until_s or one.until_s > now_s]

    def clear(self, host: str = "") -> None:
        """Forget those of a host; all where it is empty."""
        self._cookies = {key: one for key, one in self._cookies.items() if host and one.host != host}

    def cookies(self, address: str) -> str:
        """The header Cookie for an address: the longest path first (RFC 6265, 5.4)."""
        parts = urlsplit(address)
        host, path = _host(address), parts.path or "/"
        fit = [one for one in self.live() if _fits(one, host, path) and (parts.scheme == "https" or not one.secure)]
        return "; ".join(f"{one.name}={one.value}" for one in sorted(fit, key=lambda one: -len(one.path)))

    def keep(self, address: str, lines: Sequence[str]) -> None:
        """An answer from there came with these headers Set-Cookie."""
        for line in lines:
            cookie = _read(address, line, self._now_s())
            if cookie is None:
                continue
            self._cookies.pop(cookie.key, None)
            if not cookie.until_s or cookie.until_s > self._now_s():
                self._cookies[cookie.key] = cookie
        self._bound(self._cookies.values())

    def _bound(self, kept: Iterable[Cookie]) -> None:
        cookies = list(kept)
        by_host: dict[str, int] = {}
        for cookie in reversed(cookies):
            by_host[cookie.host] = by_host.get(cookie.host, 0) + 1
            if by_host[cookie.host] > _HOST_COOKIES:
                del self._cookies[cookie.key]
        for key in list(self._cookies)[: max(0, len(self._cookies) - _COOKIES)]:
            del self._cookies[key]


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".").lower()


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _fits(cookie: Cookie, host: str, path: str) -> bool:
    """RFC 6265, 5.1.3 and 5.1.4."""
    if not (_below(host, cookie.host) if cookie.wide else host == cookie.host):
        return False
    inside = path.startswith(cookie.path) and (cookie.path.endswith("/") or path[len(cookie.path) :].startswith("/"))
    return path == cookie.path or inside


def _read(address: str, line: str, now_s: int) -> Cookie | None:
    """RFC 6265, 5.2; None for what may not be kept."""
    pair, *attributes = line.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not equals or not name or len(line) > _BYTES or not (name + value).isprintable():
        return None
    folder = urlsplit(address).path.rpartition("/")[0] or "/"
    cookie: Cookie | None = Cookie(_host(address), folder if folder.startswith("/") else "/", name, value)
    until_s: dict[str, int] = {}
    for attribute in attributes:
        told, _, said = (part.strip() for part in attribute.partition("="))
        match told.lower():
            case "domain" if cookie is not None and said.lstrip("."):
                cookie = _widened(cookie, said.lstrip(".").lower())
            case "path" if cookie is not None and said.startswith("/"):
                cookie = replace(cookie, path=said)
            case "secure" if cookie is not None:
                cookie = replace(cookie, secure=True)
            case "max-age" if said.lstrip("-").isdecimal():
                until_s["max-age"] = now_s + min(int(said[:12]), _LONGEST_S) if int(said[:12]) > 0 else 1
            case "expires":
                until_s["expires"] = _date(said, now_s)
            case _:
                pass
    if cookie is None or (cookie.secure and not address.startswith("https:")):
        return None
    return replace(cookie, until_s=until_s.get("max-age", until_s.get("expires", 0)))


def _widened(cookie: Cookie, domain: str) -> Cookie | None:
    """For a domain, where the host is below it and it is somebody's own."""
    labels = domain.split(".")
    country = len(labels[-1]) == 2 and len(labels) > 1 and len(labels[-2]) <= _SHORT_LABEL
    if not _below(cookie.host, domain):
        return None
    if domain == cookie.host:
        return replace(cookie, wide=len(labels) >= 2 + country and not _is_address(domain))
    if len(labels) < 2 + country or _is_address(cookie.host):
        return None
    return replace(cookie, host=domain, wide=True)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _date(said: str, now_s: int) -> int:
    try:
        told = int(parsedate_to_datetime(said.replace("-", " ")).timestamp())
    except (ValueError, OverflowError, TypeError):
        return 0
    return max(1, min(told, now_s + _LONGEST_S))
