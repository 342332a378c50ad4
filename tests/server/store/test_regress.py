"""Marks against the store: what is behind is careful, what is not is left alone. H2, H10."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from powered import People, PoweredServer
from thinline_server.state import Mark
from thinline_server.store.regress import check_marks, went_back


def check(server: PoweredServer, *marks: Mark) -> list[str]:
    context = server.store._context
    context.state.mark(marks)
    with capture_logs() as logs:
        check_marks(context)
    return [line["event"] for line in logs]


def test_marks_that_the_history_continues_say_nothing(server: PoweredServer, people: People) -> None:
    account = server.store._tables.account(people.alice.account)
    assert account is not None
    assert check(server, Mark(account.account, 1, account.position, account.chain)) == []
    assert check(server, Mark(account.account, 1, 0, account.origin)) == []
    assert check(server, Mark(account.account, 1, 0, b"")) == []


@pytest.mark.parametrize(
    "ahead", [{"position": 9}, {"chain": b"c" * 16}, {"epoch": 2}], ids=lambda ahead: next(iter(ahead))
)
def test_a_mark_that_is_ahead_raises_the_epoch(server: PoweredServer, people: People, ahead: dict[str, Any]) -> None:
    """Spec HIST-10."""
    account = server.store._tables.account(people.alice.account)
    assert account is not None
    mark = Mark(account.account, 1, account.position, account.chain)._replace(**ahead)
    assert check(server, mark) == ["history went back"]
    assert account.careful
    assert account.epoch == mark.epoch + 1


def test_an_account_that_is_gone_is_named(server: PoweredServer) -> None:
    assert check(server, Mark(b"account1", 1, 5, b"c" * 16)) == ["account is lost"]


def test_the_state_folder_knows_the_epoch_before_the_store_does(server: PoweredServer, people: People) -> None:
    """H2: a store that dies in between is found behind at the next start."""
    context = server.store._context
    account = context.tables.account(people.alice.account)
    assert account is not None
    context.tables.execute("BEGIN", ())
    went_back(context, account)
    context.tables.execute("ROLLBACK", ())
    context.tables.forget()
    assert [mark.epoch for mark in context.state.marks() if mark.account == account.account] == [2]
    assert check(server) == ["history went back"]
