"""What sites answered to forms, over a restart: the newest few, within bounds, each account its own. T2, T5."""

from __future__ import annotations

from random import Random

from gates import Gate
from thinline.bodies import Body
from thinline_server.pages.order import Made
from thinline_server.services.web.answers import Answers
from thinline_server.services.web.cache import Held

BODY = Body(packed=True, dictionary=0, size=0)


def answer(number: int, document: bytes) -> Held:
    made = Made("Thanks", 0, b"", ((0, 0),))
    posting = number.to_bytes(12, "big")
    return Held(
        bytes(16), "http://tea.example/done", "", 201, "text/html", "utf-8", False, BODY, document, 9, made, 0, posting
    )


async def test_the_newest_are_found_after_a_restart() -> None:
    gate = Gate()
    alice, bob = gate.account("alice"), gate.account("bob")
    for number in range(10):
        await Answers(gate.operate).keep(alice, answer(number, b"<p>Order %d</p>" % number))
    again = Answers(gate.operate)
    assert [await again.find(alice, answer(number, b"").posting) for number in (0, 1)] == [None, None]
    found = await again.find(alice, answer(2, b"").posting)
    assert found is not None
    assert (found.status, found.address, found.body) == (201, "http://tea.example/done", b"<p>Order 2</p>")
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert await again.find(bob, answer(2, b"").posting) is None


async def test_they_are_bounded_and_each_is_kept_once() -> None:
    """T5."""
    gate = Gate()
    alice, chance = gate.account("alice"), Random(5)
    answers = Answers(gate.operate)
    await answers.keep(alice, answer(1, chance.randbytes(300_000)))
    await answers.keep(alice, answer(2, b""))
    assert await answers.find(alice, answer(1, b"").posting) is None
    for number in (3, 4, 5, 6):
        await answers.keep(alice, answer(number, chance.randbytes(250_000)))
    await answers.keep(alice, answer(6, b"another"))
    found = [await answers.find(alice, answer(number, b"").posting) for number in (3, 4, 5, 6)]
    assert [one is not None for one in found] == [False, False, True, True]
    assert found[3] is not None
    assert len(found[3].body) == 250_000
