"""The table of errands by itself: one row for an item, a kind and a target; what is of a later version left alone."""

from __future__ import annotations

import pytest

from letters import LETTER, WORD
from powered import People, PoweredServer
from thinline.errands import Errand, ErrandState, Standing
from thinline_server.store.context import Context
from thinline_server.store.queue import Kept, is_full, keep, move, queue, read
from thinline_server.store.tables import Account

BOB = b"contact  bob"


@pytest.fixture
def context(server: PoweredServer) -> Context:
    return server.store._context


@pytest.fixture
def alice(people: People, context: Context) -> Account:
    account = context.tables.account(people.alice.account)
    assert account is not None
    return account


def all_of(context: Context) -> list[Kept]:
    found = (read(context, number) for (number,) in context.tables.rows("SELECT errand FROM errands ORDER BY 1"))
    return [one[0] for one in found if one]


def test_a_command_s_errand_is_one_row_however_often_it_is_made(context: Context, alice: Account) -> None:
    """Spec OUT-11."""
    errands = [Errand(WORD, BOB, "bob@far.test"), Errand(WORD, BOB, "bob@home.test")]
    assert queue(context, alice, errands) == {WORD}
    assert queue(context, alice, errands[:1]) == {WORD}
    (first, second) = all_of(context)
    assert (first.target, first.item, first.state, first.epoch) == ("bob@far.test", BOB, 1, 1)
    assert first.standing(alice) == Standing(ErrandState.QUEUED, 1, 1, careful=False)
    move(context, second, ErrandState.FAILED, 0, epoch=1, tries=7)
    alice.epoch = 2
    queue(context, alice, errands)
    assert [(one.state, one.epoch, one.tries) for one in all_of(context)] == [(1, 1, 0), (1, 2, 0)]


def test_what_is_spooled_is_a_row_each_time(context: Context, alice: Account) -> None:
    numbers = [keep(context, alice, LETTER, b"h" * 32, b"detail") for _ in range(2)]
    assert [(one.errand, one.item, one.parts, one.detail) for one in all_of(context)] == [
        (number, b"", b"h" * 32, b"detail") for number in numbers
    ]
    assert not is_full(context, alice)


def test_a_kind_of_a_later_version_waits_for_it(context: Context, alice: Account) -> None:
    errand = keep(context, alice, LETTER, b"", b"")
    context.tables.execute("UPDATE errands SET kind = 99999")
    assert read(context, errand) is None
    assert read(context, errand + 1) is None
    with pytest.raises(AssertionError, match="its own kinds"):
        queue(context, alice, [Errand(99_999, BOB, "bob@far.test")])
