"""Instant messages as an app: every page is drawn and takes every key, and none of them breaks it."""

from __future__ import annotations

import pytest

from chatting import ChatBench, buddy, message
from thinline.errors import LocalError
from thinline.types import TYPES
from thinline_emulator.apps.face import along
from thinline_emulator.apps.im import Messages
from thinline_emulator.apps.im.pages import Add, Edit, Menu, Page, Roster, Talk
from thinline_emulator.keys import Key

HEADS = (
    buddy("bob", name="Bob", bond=3, groups=["trains"]),
    buddy("carol", bond=2),
    message(1, "bob", "Tea?"),
    message(2, "dora", "Tea!", out=True, state=6, reason="nobody"),
)
PAGES: list[Page] = [
    Roster(),
    Roster(words="bo"),
    Talk("bob"),
    Talk("nobody", "half"),
    Add(),
    Edit("bob", ("Bob", "trains")),
    Edit("nobody"),
    Menu(Roster()),
    Menu(Talk("carol")),
    Menu(Talk("dora"), 99),
]


def test_the_app_says_what_it_keeps() -> None:
    app = Messages()
    assert app.collection == TYPES[7].collection == TYPES[8].collection
    assert app.begin() == Roster()


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("there", [True, False])
def test_every_page_takes_every_key(page: Page, there: bool) -> None:
    """Also where nobody is there any more."""
    for key in (*(key.value for key in Key), "a", "space"):
        bench = ChatBench(*(HEADS if there else ()))
        bench.show(page)
        assert bench.screen
        try:
            bench.keys(key)
        except LocalError as error:
            pytest.fail(f"{key}: {error}")
        assert bench.screen


@pytest.mark.parametrize("lit", [True, False])
def test_what_comes_is_read_where_somebody_looks_at_it(lit: bool) -> None:
    """Spec IM-8: and not where the screen is dark, or shows something else."""
    bench = ChatBench(buddy("bob", bond=3))
    if lit:
        bench.power.light(bench.now)
    else:
        bench.now += 3_600
    bench.show(Talk("bob"))
    bench.memory.cache.take(message(1, "bob", "Tea?"))
    along(Messages.collection, bench.desk)
    assert bench.kinds == [22] * lit
    assert not bench.desk.undoable, "nobody undoes that something is read"
    bench.show(Roster())
    bench.memory.cache.take(message(2, "bob", "Tea!"))
    along(Messages.collection, bench.desk)
    assert len(bench.made) == lit
