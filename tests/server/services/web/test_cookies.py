"""A jar by RFC 6265: who gets a cookie back, for how long, and what is never kept."""

from __future__ import annotations

import pytest

from thinline_server.services.web.cookies import Jar

NOW_S = 1_800_000_000
TEA = "https://tea.example/shop/cart"


def jar(*lines: str, address: str = TEA) -> Jar:
    made = Jar(lambda: NOW_S)
    made.keep(address, lines)
    return made


@pytest.mark.parametrize(
    ("line", "to", "not_to"),
    [
        ("a=1", ("https://tea.example/shop/", "http://tea.example/shop/x"), ("https://tea.example/", "https://x.tea.example/shop/")),
        ("a=1; Path=/", ("https://tea.example/", "https://tea.example:8443/x"), ("https://green-tea.example/",)),
        ("a=1; Path=/; Domain=.tea.example", ("https://tea.example/", "https://x.tea.example/"), ("https://atea.example/",)),
        ("a=1; Path=/shop", ("https://tea.example/shop", "https://tea.example/shop/x"), ("https://tea.example/shopping",)),
        ("a=1; Path=/; Secure", ("https://tea.example/",), ("http://tea.example/",)),
        ("a=1; Path=/; Expires=Wed, 01 Jan 2031 00:00:00 GMT", ("https://tea.example/",), ()),
        ("a=1; Path=/; Expires=Wed, 01-Jan-2020 00:00:00 GMT", (), ("https://tea.example/",)),
        ("a=1; Path=/; Max-Age=60; Expires=Wed, 01 Jan 2020 00:00:00 GMT", ("https://tea.example/",), ()),
        ("a=1; Path=/; Max-Age=0", (), ("https://tea.example/",)),
        ("a=1; Path=/; Domain=coffee.example", (), ("https://tea.example/", "https://coffee.example/")),
        ("a=1; Path=/; Domain=example", (), ("https://tea.example/", "https://coffee.example/")),
        ("novalue", (), ("https://tea.example/shop/",)),
        ("=1", (), ("https://tea.example/shop/",)),
        ("a=1\x00", (), ("https://tea.example/shop/",)),
        (f"a={'1' * 4_096}", (), ("https://tea.example/shop/",)),
    ],
)  # fmt: skip
def test_who_gets_it_back(line: str, to: tuple[str, ...], not_to: tuple[str, ...]) -> None:
    """Spec WEB-11."""
    kept = jar(line)
    assert [kept.cookies(address) for address in to] == ["a=1"] * len(to)
    assert [kept.cookies(address) for address in not_to] == [""] * len(not_to)


def test_a_country_s_second_level_is_nobody_s() -> None:
    kept = jar("a=1; Domain=co.uk; Path=/", "b=2; Domain=tea.co.uk; Path=/", address="https://www.tea.co.uk/")
    assert kept.cookies("https://www.tea.co.uk/") == "b=2"
    assert kept.cookies("https://coffee.co.uk/") == ""


def test_an_address_of_numbers_is_one_host() -> None:
    kept = jar("a=1; Domain=0.0.1; Path=/", "b=2; Domain=127.0.0.1; Path=/", address="http://127.0.0.1:8080/")
    assert kept.cookies("http://127.0.0.1:9/") == "b=2"
    assert kept.cookies("http://1.127.0.0.1/") == ""


def test_plain_text_sets_nothing_secure() -> None:
    assert jar("a=1; Secure; Path=/", address="http://tea.example/").cookies(TEA) == ""


def test_the_longest_path_comes_first_and_the_last_value_holds() -> None:
    kept = jar("a=1; Path=/", "b=2; Path=/shop", "a=3; Path=/")
    assert kept.cookies(TEA) == "b=2; a=3"


def test_it_is_bounded() -> None:
    """T5."""
    kept = jar(*(f"a{number}=1" for number in range(60)))
    assert [one.name for one in kept.live()] == [f"a{number}" for number in range(10, 60)]
    for number in range(400):
        kept.keep(f"https://tea{number}.example/", ["a=1"])
    assert len(kept.live()) == 300


def test_it_is_stored_listed_and_cleared() -> None:
    kept = jar("a=1; Path=/; Max-Age=60", "b=2; Path=/; Domain=tea.example")
    kept.keep("https://coffee.example/", ["c=3"])
    again = Jar(lambda: NOW_S + 61, kept.stored)
    assert [(one.host, one.name, one.wide) for one in again.live()] == [
        ("tea.example", "b", True),
        ("coffee.example", "c", False),
    ]
    again.clear("tea.example")
    assert [one.name for one in again.live()] == ["c"]
    again.clear()
    assert (again.live(), again.stored) == ([], b"")
