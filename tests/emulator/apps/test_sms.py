"""Texts as an app: every page is drawn and takes every key, and none of them breaks it."""

from __future__ import annotations

import pytest

from texting import BOB, CAROL, TextBench, text
from thinline.errors import LocalError
from thinline.types import TYPES
from thinline_emulator.apps.face import along
from thinline_emulator.apps.sms import Texts
from thinline_emulator.apps.sms.pages import Menu, Page, Talk, Threads
from thinline_emulator.keys import Key

HEADS = (text(1, BOB, "Tea?"), text(2, CAROL, "Tea!", out=True, state=6, reason="nobody"), text(3, "TEA SHOP", "Sale!"))
PAGES: list[Page] = [
    Threads(),
    Threads(words="bo"),
    Threads(words="+4599"),
    Talk(BOB),
    Talk("TEA SHOP", "half"),
    Menu(Threads()),
    Menu(Talk(CAROL)),
    Menu(Talk("12345"), 99),
]


def test_the_app_says_what_it_keeps() -> None:
    assert Texts().collection == TYPES[9].collection
    assert Texts().begin() == Threads()


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("there", [True, False])
def test_every_page_takes_every_key(page: Page, there: bool) -> None:
    """Also where nothing is there any more."""
    for key in (*(key.value for key in Key), "a", "space"):
        bench = TextBench(*(HEADS if there else ()))
        bench.show(page)
        assert bench.screen
        try:
            bench.keys(key)
        except LocalError as error:
            pytest.fail(f"{key}: {error}")
        assert bench.screen


@pytest.mark.parametrize("lit", [True, False])
def test_what_comes_is_read_where_somebody_looks_at_it(lit: bool) -> None:
    """And not where the screen is dark, or shows something else."""
    bench = TextBench()
    if lit:
        bench.power.light(bench.now)
    else:
        bench.now += 3_600
    bench.show(Talk(BOB))
    bench.memory.cache.take(text(1, BOB, "Tea?"))
    along(Texts.collection, bench.desk)
    assert bench.kinds == ["change"] * lit
    assert not bench.desk.undoable, "nobody undoes that something is read"
    bench.show(Threads())
    bench.memory.cache.take(text(2, BOB, "Tea!"))
    along(Texts.collection, bench.desk)
    assert len(bench.made) == lit
