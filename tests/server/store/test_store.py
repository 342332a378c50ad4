"""The door: groups, neighbours, the death of a store, and its marks. D6, D7, X6."""

from __future__ import annotations

import errno

import apsw
import pytest

from powered import People, PoweredServer, contact
from thinline.commands import Decision, Rule, Touches, View
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.blobs import BlobsFailed
from thinline_server.requests import AddAccount, Applied, Identify, Known, ListAccounts, NewCode, Refused
from thinline_server.store import store as subject
from thinline_server.store.store import MARK_EVERY_MS


def create(number: int) -> tuple[int, bytes]:
    return write_intent(Create(number.to_bytes(12, "big"), 1, Content(contact(f"contact {number}"))))


def test_a_group_is_one_commit_and_sees_its_own_work(server: PoweredServer) -> None:
    before = [verb for verb, name in server.disk.trace if verb == "sync"]
    answers = server.answer([AddAccount("alice"), NewCode("alice"), ListAccounts("alice"), AddAccount("alice")])
    assert answers is not None
    assert isinstance(answers[1], str)
    assert answers[2] == (answers[0],)
    assert isinstance(answers[3], Refused)
    after = [verb for verb, name in server.disk.trace if verb == "sync"]
    assert len(after) == len(before) + 1


def test_reading_costs_no_sync(server: PoweredServer, people: People) -> None:
    before = server.disk.operations
    assert isinstance(server.one(Identify(people.alice.handset)), Known)
    assert server.disk.operations == before


def test_what_fails_in_one_request_harms_none_of_its_neighbours(server: PoweredServer, people: People) -> None:
    """X6: and leaves nothing of itself."""

    def fail(body: bytes, view: View) -> Decision:
        context = server.store._context
        account = context.tables.account(people.alice.account)
        assert account is not None
        context.tables.set_epoch(account, 9, careful=True)
        raise KeyError("a bug")

    server.store._context.services.rules[16] = Rule("fail", lambda body: Touches(()), fail)
    group = [
        people.bob.command(*create(1)),
        people.alice.command(16, b""),
        people.alice_too.command(*create(2)),
        people.bob.command(*create(3)),
    ]
    first, failed, third, fourth = server.answer(group) or []
    assert isinstance(failed, Refused)
    assert (failed.reason, failed.retry_after_ms > 0) == (Reason.BUSY, True)
    assert all(isinstance(answer, Applied) for answer in (first, third, fourth))
    listed = server.one(ListAccounts())
    assert isinstance(listed, tuple)
    assert [(one.epoch, one.careful, one.items) for one in listed] == [(1, False, {1: 1}), (1, False, {1: 2})]


def full(blob: bool) -> Exception:
    return BlobsFailed("no room", full=True) if blob else apsw.FullError("no room")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (apsw.FullError("no room"), Reason.FULL),
        (BlobsFailed("no room", full=True), Reason.FULL),
        (OSError(errno.ENOSPC, "no room"), Reason.FULL),
        (OSError(errno.EDQUOT, "no room"), Reason.FULL),
        (OSError(errno.EIO, "broken"), Reason.STORE_FAILED),
        (apsw.IOError("broken"), Reason.STORE_FAILED),
        (apsw.CorruptError("broken"), Reason.STORE_FAILED),
        (BlobsFailed("broken"), Reason.STORE_FAILED),
        (MemoryError(), Reason.STORE_FAILED),
    ],
    ids=repr,
)
def test_a_store_that_failed_is_dead_until_the_next_start(
    server: PoweredServer, people: People, error: Exception, reason: Reason
) -> None:
    """D7."""

    def fail(body: bytes, view: View) -> Decision:
        raise error

    server.store._context.services.rules[16] = Rule("fail", lambda body: Touches(()), fail)
    answers = server.answer([people.bob.command(*create(1)), people.alice.command(16, b"")])
    assert answers == [server.store.failed] * 2
    assert server.store.failed is not None
    assert server.store.failed.reason is reason
    server.store._context.services.rules.clear()
    assert server.one(ListAccounts()) == server.store.failed
    server.store.close()
    server.boot()
    assert isinstance(server.one(people.bob.again()[0]), Applied)


def test_a_mark_that_cannot_be_written_at_the_end_is_no_crash(server: PoweredServer, people: People) -> None:
    server.disk.fail_at(1, apsw.IOError)
    server.store.close()
    assert server.store.failed is not None


def test_marks_are_kept_lazily_and_at_a_clean_stop(server: PoweredServer, people: People) -> None:
    """H2."""
    state = server.store._state
    assert state.marks() == []
    server.now_ms += MARK_EVERY_MS
    people.alice.answered(1, server.one(people.alice.command(*create(1))))
    marks = {mark.account: mark.position for mark in state.marks()}
    assert marks == {people.alice.account: 3, people.bob.account: 1}
    people.bob.answered(1, server.one(people.bob.command(*create(1))))
    assert {mark.account: mark.position for mark in state.marks()} == marks
    server.stop()
    server.boot()
    marks = {mark.account: mark.position for mark in server.store._state.marks()}
    assert marks == {people.alice.account: 3, people.bob.account: 2}


def test_the_log_is_brought_into_the_file_by_the_store_itself(
    server: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7: so that a sync which fails in it is heard of."""
    monkeypatch.setattr(subject, "CHECKPOINT_PAGES", 20)
    begun = len(server.disk.trace)
    for number in range(1, 20):
        people.alice.answered(number, server.one(people.alice.command(*create(number))))
    synced = [name for verb, name in server.disk.trace[begun:] if verb == "sync"]
    assert "/store.db" in synced
    assert server.disk.size("/store.db-wal") < 80 * 4_096
    people.alice.command(*create(20))
    while server.store.failed is None:
        number = max(people.alice.waiting)
        coming = [verb for verb, _ in server.disk.trace]
        server.disk.fail_at(40, apsw.IOError)
        answer = server.one(people.alice.again()[-1])
        if isinstance(answer, Applied):
            people.alice.answered(number, answer)
            people.alice.command(*create(number + 1))
        assert len(coming) < 20_000
    assert server.store.failed.reason is Reason.STORE_FAILED
