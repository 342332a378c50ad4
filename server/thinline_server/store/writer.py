"""The store's own thread: what comes while one group commits is the next group.

The loop submits and goes on; answers come back in the loop's thread, all of a group at once. Grouping needs no timer:
a lone request commits alone and at once, and under load the disk's own pace makes the groups. What one turn of the loop
submits is one batch and never parted, so that the outcomes of one packet travel in one packet again. Work that needs no
transaction, such as squeezing a part and putting it on the disk, is done by other threads, so that nobody's commit
waits for it and the disk syncs several parts at once; then the store goes on with what it came to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeAlias

import structlog

from thinline.reasons import Reason
from thinline_server.requests import Aside, Refused, Request
from thinline_server.store.store import Answer, Store

__all__ = ["GROUP_MOST", "Callback", "Writer"]

_log = structlog.get_logger("thinline.store")

GROUP_MOST = 256  # requests, from which on nothing is added to a group
_SIDES = 4  # threads beside the store

Callback: TypeAlias = Callable[[Answer], None]


class _Waiting(NamedTuple):
    request: Request
    callback: Callback
    resumed: bool = False  # it was aside


class _Aside(NamedTuple):
    work: Callable[[], Request]
    callback: Callback


class Writer:
    """Feeds a store from one thread.

    Args:
        store: belongs to that thread from here on, its closing too.
        post: runs a function soon in the loop's thread, as `call_soon_threadsafe` does.
        failed: told once, in the loop's thread, when the store is dead: the program is to end (D7).
    """

    def __init__(
        self, store: Store, post: Callable[[Callable[[], None]], object], failed: Callable[[Refused], None]
    ) -> None:
        self._store = store
        self._post = post
        self._failed = failed
        self._dead: Refused | None = None
        self._batch: list[_Waiting] = []  # of this turn of the loop
        self._queue: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._aside: SimpleQueue[_Aside | None] = SimpleQueue()
        self._sides = [
            threading.Thread(target=self._run_aside, name=f"store-parts-{number}", daemon=True)
            for number in range(_SIDES)
        ]
        self._asides = 0  # under way
        self._ending = False

    def start(self) -> None:
        """Begin to serve."""
        for side in self._sides:
            side.start()
        self._thread.start()

    def submit(self, request: Request, callback: Callback) -> None:
        """Have a request served; the callback gets its answer."""
        self._batch.append(_Waiting(request, callback))
        if len(self._batch) == 1:
            self._post(self._hand_over)

    def _hand_over(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._queue.put(batch)

    def stop(self) -> None:
        """Serve what was submitted, close the store, and return when that is done. Callbacks may still be posted."""
        self._hand_over()
        self._queue.put(None)
        self._thread.join()

    # In the store's thread

    def _run(self) -> None:
        while self._asides or not self._ending:
            group = self._gather()
            if group:
                self._serve(group)
        for _ in self._sides:
            self._aside.put(None)
        for side in self._sides:
            side.join()
        self._store.close()

    def _gather(self) -> list[_Waiting]:
        """Wait for a batch, and take what else is there."""
        group: list[_Waiting] = []
        try:
            while len(group) < GROUP_MOST and not (self._ending and not self._asides):
                batch = self._queue.get(block=not group)
                if batch is None:
                    self._ending = True
                else:
                    self._asides -= sum([waiting.resumed for waiting in batch])
                    group += batch
        except Empty:
            pass
        return group

    def _serve(self, group: list[_Waiting]) -> None:
        answers = self._answers([waiting.request for waiting in group])
        told: list[tuple[Callback, Answer]] = []
        for waiting, answer in zip(group, answers, strict=True):
            if isinstance(answer, Aside):
                self._asides += 1
                self._aside.put(_Aside(answer.work, waiting.callback))
            else:
                told.append((waiting.callback, answer))
        if told:
            self._post(lambda: _deliver(told))

    def _answers(self, requests: list[Request]) -> list[Answer | Aside]:
        if self._dead is not None:
            return [self._dead] * len(requests)
        try:
            answers = self._store.serve(requests)
            dead = self._store.failed
        except Exception as error:
            _log.critical("the store's thread met a bug", exc_info=True)
            dead = Refused(Reason.STORE_FAILED, f"{type(error).__name__}: {error}")
            answers = [dead] * len(requests)
        if dead is not None:
            self._die(dead)
        return answers

    def _die(self, dead: Refused) -> None:
        self._dead = dead
        self._post(lambda: self._failed(dead))

    # In the threads beside it

    def _run_aside(self) -> None:
        while (aside := self._aside.get()) is not None:
            self._queue.put([_Waiting(aside.work(), aside.callback, resumed=True)])


def _deliver(told: list[tuple[Callback, Answer]]) -> None:
    for callback, answer in told:
        callback(answer)
