"""A gateway of the tests without a network: it spools letters, takes them in, and sends word, over a failing disk.

It keeps what a far side would: how often each errand arrived there. And what a sender would: which letters were
acknowledged. `verify` holds the server to both.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from letters import LETTER, WORD, incoming
from powered import PoweredServer, Told, refill
from thinline.errands import ErrandState
from thinline_server.outside import Begin, Begun, Drawn, Due, End, Settle, Settled, Spool, Spooled, Task

__all__ = ["Postman"]


class Postman:
    """Works for the accounts of some handsets.

    Attributes:
        acknowledged: letters by account.
        random: the run's.
        arrived: at the far side, by token.
        again: errands that the far side certainly did not take, so that they may come once more.
    """

    def __init__(self, server: PoweredServer, random: Random, *whose: Told) -> None:
        self._server = server
        self.random = random
        self.acknowledged: dict[bytes, set[bytes]] = {one.account: set() for one in whose}
        self.arrived: Counter[bytes] = Counter()
        self.again = 0

    def work(self) -> bool:
        """One step, drawn; False where the power went."""
        drawn = self.random.random()
        if drawn < 0.4:
            return self._spool()
        return self._errand(LETTER) if drawn < 0.7 else self._errand(WORD)

    def _spool(self) -> bool:
        account = self.random.choice(sorted(self.acknowledged))
        raw = self.random.randbytes(self.random.randrange(8, 900))
        answers = self._server.answer([Spool(account, LETTER, (raw,))])
        if answers is None:
            return False
        assert isinstance(answers[0], Spooled)
        self.acknowledged[account].add(raw)
        return True

    def _errand(self, kind: int) -> bool:
        answers = self._server.answer([Due((kind,), 1)])
        if answers is None:
            return False
        assert isinstance(answers[0], Drawn)
        for task in answers[0].tasks:
            answers = self._server.answer([Begin((task.errand,))])
            if answers is None:
                return False
            assert answers == [Begun(frozenset({task.errand}))]
            answers = self._server.answer([Settle((self._attempt(task),))])
            if answers is None:
                return False
            assert isinstance(answers[0], Settled)
            assert not answers[0].refused
        return True

    def _attempt(self, task: Task) -> End:
        if task.kind == LETTER:
            assert task.parts is not None
            items = tuple(incoming(part) for part in task.parts)
            return End(task.errand, ErrandState.DELIVERED, source="letters", items=items)
        if self.random.random() < 0.3:
            self.again += 1
            return End(task.errand, ErrandState.QUEUED, "451", due_ms=self._server.now_ms)
        self.arrived[task.token] += 1
        return End(task.errand, ErrandState.SENT)

    def verify(self) -> None:
        """Every letter that was acknowledged is an item or still to be one (D1), and nothing arrived twice (X7, X8)."""
        assert all(count == 1 for count in self.arrived.values()), "sent twice"
        waiting = self._server.one(Due((LETTER,), 10_000))
        assert isinstance(waiting, Drawn)
        for account, letters in self.acknowledged.items():
            spooled = [part for task in waiting.tasks if task.account == account for part in task.parts or ()]
            raw = {blob.hash for head in refill(self._server, account) for blob in head.blobs if blob.name == "raw"}
            assert all(letter in spooled or incoming(letter).origin in raw for letter in letters), "a letter is missing"
