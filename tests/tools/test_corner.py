"""The site of our own: every page is there, orders are counted by cookie, and the back room wants a name."""

from __future__ import annotations

import base64

import pytest

from thinline_tools.corner import Request, answer


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "A tea house at the harbour"),
        ("/order", "Order tea"),
        ("/story", "The lamp at the end of the pier"),
        ("/kettle", "noscript"),
        ("/tides", "<td>Day 120</td>"),
        ("/card.pdf", "%PDF-1.4"),
    ],
)
def test_every_page_is_there(path: str, says: str) -> None:
    told = answer(Request(path))
    assert told.status == 200
    assert says in told.body.decode()


def test_a_picture_and_what_is_not_there() -> None:
    assert answer(Request("/boat.png")).body.startswith(b"\x89PNG")
    gone = answer(Request("/<b>"))
    assert (gone.status, b"&lt;b&gt;" in gone.body) == (404, True)
    assert answer(Request("/old")).headers == (("Location", "/story"),)


def test_an_order_is_told_and_counted() -> None:
    body = b"name=Bob+%3CB%3E&tea=Mint&where=along&words=hot&counter=2"
    told = answer(Request("/order", method="POST", body=body))
    assert "Thank you, Bob &lt;B&gt;: Mint without milk, to take along." in told.body.decode()
    assert "Order number 1." in told.body.decode()
    ((name, cookie),) = told.headers
    assert (name, cookie.split(";")[0]) == ("Set-Cookie", "orders=1")
    again = answer(Request("/order", method="POST", headers={"cookie": "a; orders=1"}, body=b"milk=on"))
    assert "Order number 2." in again.body.decode()
    assert "with milk, at your table" in again.body.decode()
    odd = answer(Request("/order", method="POST", headers={"cookie": "orders=x"}))
    assert "Order number 1." in odd.body.decode()


def test_the_tides_are_as_long_as_one_likes() -> None:
    assert 150_000 < len(answer(Request("/tides", "days=1000")).body) < 250_000
    assert len(answer(Request("/tides", "days=999999")).body) == len(answer(Request("/tides", "days=10000")).body)
    assert answer(Request("/tides", "days=x")) == answer(Request("/tides"))


def test_pages_are_found() -> None:
    assert "3 pages with tea" in answer(Request("/find", "q=tea")).body.decode()
    assert "0 pages with" in answer(Request("/find")).body.decode()


def test_the_back_room_wants_a_name() -> None:
    shut = answer(Request("/back"))
    assert (shut.status, shut.headers[0][0]) == (401, "WWW-Authenticate")
    login = f"Basic {base64.b64encode(b'tea:tea').decode()}"
    assert "ginger cake" in answer(Request("/back", headers={"authorization": login})).body.decode()
