"""What an address of the web may be, read once: T6, before any name is resolved."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.gateways.address import AddressRefused, origin_of, read_address

LOOPBACK = (
    *("http://0177.0.0.1/", "http://2130706433/", "http://127.1/", "http://0x7f000001/", "http://0x7f.1/"),
    *("http://017700000001/", "http://127.0.0.1.0x0/", "http://127.0.0.01/", "http://1.2.3.4.5/", "http://256.1.1.1/"),
    *("http://127%2e0%2e0%2e1/", "http://%31%32%37.0.0.1/", "http://0x/", "http://127.0.0.0x1./"),
)
NO_HOST = (
    *("http:///x", "http:x", "http://[::1/", "http://[fe80::1%25eth0]/", "http://-a.test/"),
    *(
        "http://exa mple.test/",
        "http://a..test/",
        "http://.test/",
        f"http://{'a' * 64}.test/",
        f"http://{'a.' * 130}de",
    ),
    *("http://example.test\\@127.0.0.1/", "http://a.test:port/", "http://a.test:99999/", "http://*.test/", ""),
)
SCHEMES = (
    *("file:///etc/passwd", "gopher://a.test:70/_x", "data:text/html,x", "javascript:alert(1)", "ftp://a.test/"),
    *("dict://a.test:11211/stat", "ws://a.test/", "about:blank", "view-source:http://a.test/", "//a.test/", "a.test"),
)


@pytest.mark.parametrize("written", [*LOOPBACK, *NO_HOST, *SCHEMES])
def test_these_are_no_addresses_that_are_fetched(written: str) -> None:
    """T6."""
    with pytest.raises(AddressRefused):
        read_address(written)


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1"])
def test_an_address_in_signs_of_others_is_the_address(host: str) -> None:
    """T6: so that it is judged as the address it is."""
    assert read_address(f"http://{host}/").raw_host == "127.0.0.1"


@pytest.mark.parametrize("port", [1, 22, 25, 53, 110, 143, 587, 993, 1023, 3306, 5432, 6379, 6667, 9200, 11211, 27017])
def test_ports_of_other_services_are_refused(port: int) -> None:
    """T6."""
    with pytest.raises(AddressRefused, match=f"Port {port} is another service's"):
        read_address(f"http://a.test:{port}/")


@pytest.mark.parametrize("port", [80, 443, 1024, 3000, 8000, 8080, 8443, 18080, 65535])
def test_the_web_s_own_are_not(port: int) -> None:
    assert read_address(f"http://a.test:{port}/").port == port


def test_an_address_is_as_it_goes_on_the_wire() -> None:
    told = str(read_address(" HTTP://Bücher.Test:80/a/../ä b?q=ö\n&x=1#part "))
    assert told == "http://xn--bcher-kva.test/%C3%A4%20b?q=%C3%B6&x=1"


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("//b.test/x", "https://b.test/x"),
        ("../x?y", "https://a.test/x?y"),
        ("?y", "https://a.test/d/page?y"),
        ("http://b.test", "http://b.test/"),
        ("", "https://a.test/d/page?z"),
    ],
)
def test_an_address_may_lean_on_another(written: str, whole: str) -> None:
    assert str(read_address(written, "https://a.test/d/page?z")) == whole


@pytest.mark.parametrize(
    "written", ["file:///etc/passwd", "gopher://b.test/", "//127.1/", "//b.test:25/", "//u:p@b.test/"]
)
def test_what_leans_on_another_is_judged_the_same(written: str) -> None:
    """T6."""
    with pytest.raises(AddressRefused):
        read_address(written, "https://a.test/")


@pytest.mark.parametrize("written", ["http://alice:secret@a.test/", "http://a.test@b.test/", "http://:@a.test/"])
def test_a_name_and_a_password_are_no_part_of_an_address(written: str) -> None:
    with pytest.raises(AddressRefused, match="Leave name and password out"):
        read_address(written)


def test_an_address_is_no_book() -> None:
    with pytest.raises(AddressRefused, match="more than 4096 characters"):
        read_address("http://a.test/" + "x" * 5_000)


@pytest.mark.parametrize("signs", ["ß", "ä.", "\u0301", "٠", "xn--a.", "%", "[", ":"])
def test_a_host_of_thousands_of_signs_costs_nothing(signs: str) -> None:
    """T5: to look what they are in other signs takes a tenth of a second."""
    began_s = time.process_time()
    for _ in range(100):
        with pytest.raises(AddressRefused):
            read_address(f"http://{signs * (4_000 // len(signs))}/")
    assert time.process_time() - began_s < 1.0


def test_an_origin_is_scheme_host_and_port() -> None:
    origins = {origin_of(read_address(one)) for one in ("http://a.test/x", "http://a.test.:80/y", "http://A.TEST?z")}
    assert origins == {("http", "a.test", 80)}
    others = {origin_of(read_address(one)) for one in ("https://a.test/", "http://a.test:81" + "00/", "http://b.test/")}
    assert len(others | origins) == 4


@given(st.text(), st.sampled_from(["", "http://a.test/x"]))
def test_any_text_is_an_address_or_refused(written: str, base: str) -> None:
    """T8."""
    try:
        url = read_address(written, base)
    except AddressRefused:
        return
    assert url.scheme in ("http", "https")
    assert str(url).isascii()
    assert str(url).isprintable()
    assert read_address(str(url)) == url
