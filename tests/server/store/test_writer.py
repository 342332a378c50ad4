"""The store's thread: groups, order, a clean stop, and what a dead store means for everybody. D6, D7."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue

import pytest

from thinline.reasons import Reason
from thinline_server.requests import Aside, ListAccounts, Refused, Request
from thinline_server.store.store import Answer
from thinline_server.store.writer import GROUP_MOST, Writer

WITHIN_S = 20.0


class FakeStore:
    """Answers with the names asked for; each group waits until it may go on."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.failed: Refused | None = None
        self.entered = threading.Semaphore(0)
        self.may_go = threading.Semaphore(0)
        self.beside = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.bug = False
        self.closed_in = ""

    def serve(self, requests: Sequence[Request]) -> list[Answer | Aside]:
        names = [request.name for request in requests if isinstance(request, ListAccounts)]
        self.groups.append(names)
        self.entered.release()
        assert self.may_go.acquire(timeout=WITHIN_S)
        if self.bug:
            raise KeyError("a bug")
        if self.failed is not None:
            return [self.failed] * len(names)
        return [Aside(self.work) if name == "slow" else name for name in names]

    def work(self) -> Request:
        self.beside.release()
        assert self.may_end.acquire(timeout=WITHIN_S)
        return ListAccounts("slow, done")

    def close(self) -> None:
        self.closed_in = threading.current_thread().name


class Loop:
    """Stands for the event loop: what is posted runs when the test says so."""

    def __init__(self) -> None:
        self._posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.heard: list[Answer] = []
        self.failures: list[Refused] = []

    def post(self, function: Callable[[], None]) -> None:
        self._posted.put(function)

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            self._posted.get(timeout=WITHIN_S)()

    def end_turn(self) -> None:
        """Run what was posted until now."""
        self.turn(self._posted.qsize())


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def writer(store: FakeStore, loop: Loop) -> Iterator[Writer]:
    writer = Writer(store, loop.post, loop.failures.append)  # type: ignore[arg-type]
    writer.start()
    yield writer
    store.may_go.release(1_000)
    store.may_end.release(1_000)
    writer.stop()


def ask(writer: Writer, loop: Loop, *names: str) -> None:
    for name in names:
        writer.submit(ListAccounts(name), loop.heard.append)
    loop.end_turn()


def test_what_comes_while_a_group_commits_is_the_next_group(writer: Writer, store: FakeStore, loop: Loop) -> None:
    ask(writer, loop, "alice")
    assert store.entered.acquire(timeout=WITHIN_S)
    ask(writer, loop, "bob", "carol")
    store.may_go.release(2)
    loop.turn(2)
    assert store.groups == [["alice"], ["bob", "carol"]]
    assert loop.heard == ["alice", "bob", "carol"]


def test_nobody_hears_an_answer_before_the_store_gave_it(writer: Writer, store: FakeStore, loop: Loop) -> None:
    """D6."""
    ask(writer, loop, "alice")
    assert store.entered.acquire(timeout=WITHIN_S)
    assert loop._posted.empty()
    store.may_go.release()
    loop.turn()
    assert loop.heard == ["alice"]


def test_a_group_is_bounded_and_parts_no_batch(writer: Writer, store: FakeStore, loop: Loop) -> None:
    ask(writer, loop, "first")
    assert store.entered.acquire(timeout=WITHIN_S)
    for count in (GROUP_MOST - 1, 2, 1):
        ask(writer, loop, *map(str, range(count)))
    store.may_go.release(3)
    loop.turn(3)
    assert [len(group) for group in store.groups] == [1, GROUP_MOST + 1, 1]


def test_what_was_submitted_in_the_turn_of_a_stop_is_served(store: FakeStore, loop: Loop) -> None:
    writer = Writer(store, loop.post, loop.failures.append)  # type: ignore[arg-type]
    writer.submit(ListAccounts("alice"), loop.heard.append)
    store.may_go.release()
    writer.start()
    writer.stop()
    loop.turn(2)
    assert loop.heard == ["alice"]


def test_a_stop_serves_what_was_submitted_and_closes_in_the_store_s_thread(store: FakeStore, loop: Loop) -> None:
    writer = Writer(store, loop.post, loop.failures.append)  # type: ignore[arg-type]
    ask(writer, loop, "alice", "bob")
    store.may_go.release(2)
    writer.start()
    writer.stop()
    assert store.closed_in == "store"
    loop.turn()
    assert loop.heard == ["alice", "bob"]
    assert loop.failures == []


def test_nobody_waits_for_work_beside_the_store(writer: Writer, store: FakeStore, loop: Loop) -> None:
    store.may_go.release(3)
    ask(writer, loop, "slow")
    assert store.beside.acquire(timeout=WITHIN_S)
    ask(writer, loop, "bob")
    loop.turn()
    assert loop.heard == ["bob"]
    store.may_end.release()
    loop.turn()
    assert loop.heard == ["bob", "slow, done"]


def test_a_stop_waits_for_work_beside_the_store(store: FakeStore, loop: Loop) -> None:
    writer = Writer(store, loop.post, loop.failures.append)  # type: ignore[arg-type]
    ask(writer, loop, "slow", "bob", "slow")
    store.may_go.release(3)
    store.may_end.release(2)
    writer.start()
    writer.stop()
    assert store.closed_in == "store"
    loop.turn(len(store.groups))
    assert loop.heard == ["bob", "slow, done", "slow, done"]


def test_a_dead_store_is_told_once_and_answers_everybody(writer: Writer, store: FakeStore, loop: Loop) -> None:
    """D7."""
    ask(writer, loop, "alice")
    assert store.entered.acquire(timeout=WITHIN_S)
    store.failed = Refused(Reason.FULL, "no room")
    store.may_go.release()
    loop.turn(2)
    store.failed = None
    ask(writer, loop, "bob")
    loop.turn()
    assert loop.heard == [Refused(Reason.FULL, "no room")] * 2
    assert loop.failures == [Refused(Reason.FULL, "no room")]
    assert store.groups == [["alice"]], "the store is not asked again"


def test_a_bug_in_the_store_s_thread_is_a_failed_store(writer: Writer, store: FakeStore, loop: Loop) -> None:
    ask(writer, loop, "alice")
    assert store.entered.acquire(timeout=WITHIN_S)
    store.bug = True
    store.may_go.release()
    loop.turn(2)
    (answer,) = loop.heard
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.STORE_FAILED
    assert loop.failures == [answer]
