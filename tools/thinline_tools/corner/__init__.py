"""The Corner: a small site of our own, so that whoever tries a handset, and every test, has a web without a network.

`answer` is all of it: a function from a request to a response, without effects. `corner_shop` serves it on loopback.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from math import cos, pi
from urllib.parse import parse_qsl

__all__ = ["Request", "Response", "answer"]


_PAGES = {"/": "index.html", "/order": "order.html", "/story": "story.html", "/kettle": "programs.html"}
_FILES = {"/boat.png": "image/png", "/card.pdf": "application/pdf"}
_DAYS, _DAYS_MOST = 120, 10_000
_LUNAR_H = 12.42


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks: the query as it stands behind the question mark, headers by name in small letters."""

    path: str
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What it is answered."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()


def answer(request: Request) -> Response:
    """The site."""
    match request.path:
        case "/order" if request.method == "POST":
            return _ordered(request)
        case "/find":
            return _found(dict(parse_qsl(request.query)).get("q", ""))
        case "/tides":
            days = dict(parse_qsl(request.query)).get("days", "")
            return _page("Tides", _tides(min(int(days), _DAYS_MOST) if days.isdecimal() else _DAYS))
        case "/back":
            return _back(request)
        case "/old":
            return Response(b"", status=302, headers=(("Location", "/story"),))
        case path if path in _PAGES:
            return Response(_read(_PAGES[path]))
        case path if path in _FILES:
            return Response(_read(path[1:]), _FILES[path])
        case path:
            return _page("Not here", f"<p>There is no {escape(path)} at the Corner.</p>", status=404)


def _read(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()


def _page(title: str, html: str, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Response:
    text = (
        f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1>{html}<p><a href='/'>The Corner</a></p>"
    )
    return Response(text.encode(), status=status, headers=headers)


def _ordered(request: Request) -> Response:
    """What was ordered, and how often this customer did."""
    told = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    cookies = dict(one.strip().split("=", 1) for one in request.headers.get("cookie", "").split(";") if "=" in one)
    times = int(cookies.get("orders", "0")) + 1 if cookies.get("orders", "0").isdecimal() else 1
    milk = "with milk" if "milk" in told else "without milk"
    words = f"<p>You said: {escape(told['words'])}</p>" if told.get("words") else ""
    html = (
        f"<p>Thank you, {escape(told.get('name', ''))}: {escape(told.get('tea', ''))} {milk},"
        f" {'to take along' if told.get('where') == 'along' else 'at your table'}.</p>{words}"
        f"<p>Order number {times}.</p>"
    )
    return _page("Your tea", html, headers=(("Set-Cookie", f"orders={times}; Path=/; Max-Age=2592000"),))


def _found(words: str) -> Response:
    """Pages in which the words stand."""
    hits = [path for path, name in _PAGES.items() if words and words.lower() in _read(name).decode().lower()]
    items = "".join([f"<li><a href='{path}'>{path}</a></li>" for path in hits])
    return _page(f"{len(hits)} pages with {words}", f"<ul>{items}</ul>")


def _tides(days: int) -> str:
    """A long table: the height of the water, by day and tide; 1,000 days are 200 KB."""
    rows = []
    for day in range(days):
        for tide in range(4):
            hour = day * 24 + tide * _LUNAR_H / 2
            height = 120 + (60 + 25 * cos(2 * pi * day / 14.77)) * (-1) ** tide
            at = f"{int(hour % 24):02}:{int(hour * 60 % 60):02}"
            rows.append(f"<tr><td>Day {day + 1}</td><td>{at}</td><td>{height:.0f} cm</td></tr>")
    return f"<table><tr><th>Day</th><th>At</th><th>Water</th></tr>{''.join(rows)}</table>"


def _back(request: Request) -> Response:
    """The back room, for who says the name and the password."""
    login = f"Basic {base64.b64encode(b'tea:tea').decode()}"
    if request.headers.get("authorization") == login:
        return _page("The back room", "<p>Today there is ginger cake.</p>")
    wanted = (("WWW-Authenticate", 'Basic realm="The back room"'),)
    return _page("The back room", "<p>Regulars only.</p>", status=401, headers=wanted)
