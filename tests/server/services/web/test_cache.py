"""The pages that a server holds for a while: whose they are, how many, how large. T2, T5."""

from __future__ import annotations

from thinline.bodies import Body
from thinline_server.pages.order import Made
from thinline_server.services.web.cache import Cache, Held

ALICE, BOB = b"alice001", b"bob00001"
MIB = 1024 * 1024


def held(number: int, size_bytes: int = 10, *, at_ms: int = 0, posting: bytes = b"") -> Held:
    made = Made("Tea", 1, b"", ((1, 1),))
    address = f"http://tea.example/{number}"
    name, document = number.to_bytes(16, "big"), bytes(size_bytes)
    return Held(
        name,
        address,
        f"{address}?",
        200,
        "text/html",
        "",
        False,
        Body(packed=True, dictionary=0, size=1),
        document,
        9,
        made,
        at_ms,
        posting,
    )


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_a_page_is_its_account_s() -> None:
    cache = Cache()
    cache.put(ALICE, held(1))
    assert cache.get(ALICE, name(1)) == held(1)
    assert cache.get(BOB, name(1)) is None


def test_what_was_not_used_for_long_goes_first_and_no_other_account_s() -> None:
    cache = Cache()
    cache.put(BOB, held(0))
    for number in range(64):
        cache.put(ALICE, held(number))
    cache.get(ALICE, name(0))
    cache.put(ALICE, held(64))
    assert cache.get(ALICE, name(1)) is None
    assert cache.get(ALICE, name(0)) is not None
    assert cache.get(BOB, name(0)) is not None


def test_bytes_are_bounded_and_the_newest_page_is_always_there() -> None:
    cache = Cache()
    for number in range(3):
        cache.put(ALICE, held(number, 7 * MIB))
    assert [cache.get(ALICE, name(number)) is not None for number in range(3)] == [False, True, True]
    cache.put(ALICE, held(3, 40 * MIB))
    assert [cache.get(ALICE, name(number)) is not None for number in range(4)] == [False, False, False, True]
    for number in range(40):
        cache.put(number.to_bytes(8, "big"), held(number, 15 * MIB))
    assert cache.get(ALICE, name(3)) is None
    assert cache._bytes <= 256 * MIB


def test_an_address_is_told_again_until_it_is_old_or_something_was_sent() -> None:
    cache = Cache()
    cache.put(ALICE, held(1, at_ms=1_000))
    cache.put(ALICE, held(2, at_ms=1_000, posting=b"posting-item"))
    for asked in ("http://tea.example/1", "http://tea.example/1?"):
        assert cache.opened(ALICE, asked, 1_000) == cache.get(ALICE, name(1))
    assert cache.opened(ALICE, "http://tea.example/1", 1_001) is None
    assert cache.opened(BOB, "http://tea.example/1", 0) is None
    assert cache.opened(ALICE, "http://tea.example/2", 0) is None
    assert cache.answered(ALICE, b"posting-item") == cache.get(ALICE, name(2))
    assert cache.answered(BOB, b"posting-item") is None
    cache.outdate(ALICE)
    assert cache.opened(ALICE, "http://tea.example/1", 1) is None
    assert cache.get(ALICE, name(1)) is not None
