"""A server's store on a disk that loses power, and handsets that hold it to its word.

The store is the server's own, from opening the files to its answers; only the disk, the clock and chance are drawn.
Each handset keeps what it was told (outcomes, points) and what it was not, and asks again as a real one would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from random import Random

import apsw

from examples import Example, Outside
from letters import LETTERS
from powervfs import Disk, DiskBlobs, mounted
from thinline.frames import Command, Follow, Hello, Outcome, Verdict
from thinline.history import Point, Seen, advance
from thinline.identity import ServiceKey, read_certificate
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import Head, content_digest
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact
from thinline_server.outside import Incoming, Take, Taken
from thinline_server.requests import (
    AddAccount,
    Applied,
    Apply,
    EnrolHandset,
    Enrolment,
    Greet,
    Greeting,
    NewCode,
    PutBegin,
    PutChunk,
    PutState,
    ReadWindow,
    Refused,
    Request,
    WindowRead,
)
from thinline_server.services import SERVICES
from thinline_server.services.base import Catalogue
from thinline_server.state import State
from thinline_server.store.database import STATE_SCHEMA, STORE_SCHEMA, Migration, open_database
from thinline_server.store.store import Answer, Store

__all__ = [
    "CONTACTS",
    "Gateway",
    "People",
    "PoweredServer",
    "Step",
    "Told",
    "check_file",
    "contact",
    "powered",
    "refill",
]

CONTACTS = CONTACT = 1  # collection and type
Step = tuple[Request, Callable[[Answer], None]]
_LEAST_BYTES = 16_384
_START_MS = 1_254_355_200_000


def contact(name: str, notes: str = "") -> bytes:
    """The fields of a contact."""
    return Contact(name=name, notes=notes).SerializeToString()


@dataclass(frozen=True, slots=True)
class People:
    """Alice has two handsets, bob has one; all have said hello."""

    alice: Told
    alice_too: Told
    bob: Told


@contextmanager
def powered(disk: Disk, seed: int = 0) -> Iterator[PoweredServer]:
    """A server on a disk, not booted yet."""
    with mounted(disk) as vfs:
        server = PoweredServer(disk, vfs, seed)
        try:
            yield server
        finally:
            server.let_go()


class PoweredServer:
    """Store and state on one disk; `boot` opens them, as after a start of the process.

    Parts are blobs where the seed is even, and lie in their rows where it is odd.
    """

    def __init__(self, disk: Disk, vfs: str, seed: int = 0) -> None:
        self.disk = disk
        self.now_ms = _START_MS
        self.blobs = DiskBlobs(disk, (0, _LEAST_BYTES)[seed % 2])
        self._vfs = vfs
        self._draw = Random(seed).randbytes
        self._key = ServiceKey(bytes(range(32)))  # its file is the subject of another test
        self._open: list[apsw.Connection] = []
        self.store: Store

    def boot(self, schema: Sequence[Migration] = STORE_SCHEMA) -> None:
        """Open what is on the disk. A store from before a cut is let go of as the cut left it."""
        self.let_go()
        state = State(self._connect("/state.db", STATE_SCHEMA), self._key)
        connection = self._connect("/store.db", schema)
        services = Catalogue((*SERVICES, LETTERS))
        self.store = Store(connection, self.blobs, state, services, lambda: self.now_ms, self._draw)

    def _connect(self, path: str, schema: Sequence[Migration]) -> apsw.Connection:
        sync = self.disk.sync_folder
        self._open.append(open_database(path, schema, self.now_ms, vfs=self._vfs, sync_folder=sync))
        return self._open[-1]

    def let_go(self) -> None:
        """Close what is open, whatever the disk says to it."""
        for connection in self._open:
            with suppress(apsw.Error):
                connection.close()
        self._open.clear()

    def answer(self, group: Sequence[Request]) -> list[Answer] | None:
        """The answers that left before the power went; None where it went first. Each left after its sync (D11).

        Parts go first: a handset sends a command once they are up (spec CMD-18).
        """
        are_parts = [isinstance(request, PutBegin | PutChunk) for request in group]
        if len(set(are_parts)) > 1:
            first = self.answer([request for request, is_part in zip(group, are_parts, strict=True) if is_part])
            if first is None:
                return None
            rest = self.answer([request for request, is_part in zip(group, are_parts, strict=True) if not is_part])
            told = {True: iter(first), False: iter(rest or ())}
            return None if rest is None else [next(told[is_part]) for is_part in are_parts]
        answers = self.store.answer(group)
        if self.disk.off:
            return None
        if not all(isinstance(answer, Refused) for answer in answers):
            assert self.disk.unsynced() == [], "acknowledged before the covering sync"
            self.disk.trace.append(("acknowledge", str(len(answers))))
        return answers

    def one(self, request: Request) -> Answer:
        """The answer to one request on a disk that holds."""
        answers = self.answer([request])
        assert answers is not None
        return answers[0]

    def enrol(self, name: str, code: str, key: bytes) -> Told:
        """A handset of an account."""
        enrolment = self.one(EnrolHandset(code, key))
        assert isinstance(enrolment, Enrolment), enrolment
        certificate, _ = read_certificate(enrolment.certificate)
        assert certificate.account_name == name
        return Told(certificate.account, certificate.handset, Seen(certificate.point))

    def greeted_people(self) -> People:
        """Alice and bob."""
        handsets = self.people(("alice", 2), ("bob", 1))
        for handset in handsets:
            handset.greeted(self.one(handset.hello()))
        return People(*handsets)

    def do(self, handset: Told, intent: Intent) -> Outcome:
        """A handset's next command, and its outcome."""
        request = handset.command(*write_intent(intent))
        answer = self.one(request)
        handset.answered(request.command.number, answer)
        return handset.outcomes[request.command.number]

    def stop(self) -> bytes:
        """A clean stop; what an operator may copy of the store meanwhile."""
        self.store.close()
        return self.disk.read("/store.db")

    def restore(self, copy: bytes | None) -> None:
        """Put a copy, or nothing, in the place of the stopped store, and start. The state folder stays (F5)."""
        self.disk.replace("/store.db", copy)
        self.boot()

    def people(self, *handsets: tuple[str, int]) -> list[Told]:
        """Accounts by name with so many handsets each."""
        told = []
        for name, count in handsets:
            self.one(AddAccount(name))
            for number in range(count):
                code = self.one(NewCode(name))
                assert isinstance(code, str)
                told.append(self.enrol(name, code, bytes([number]) * 32))
        return told


@dataclass(slots=True)
class Told:
    """One handset: all that it was told, and what it waits for."""

    account: bytes
    handset: bytes
    seen: Seen
    number: int = 0
    confirmed: int = 0
    heads: dict[bytes, Head] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    waiting: dict[int, Command] = field(default_factory=dict)
    parts: dict[int, tuple[bytes, ...]] = field(default_factory=dict)  # of commands

    def hello(self, *, cursor: bytes = b"") -> Greet:
        """What it says after a reconnect."""
        follows = (Follow(CONTACTS, cursor, 1_000_000),)
        points = self.seen.points
        return Greet(self.account, Hello(1, (1,), self.handset, bytes(8), 1, points, follows, self.confirmed))

    def greeted(self, answer: Answer) -> None:
        """Take a welcome's judgement; nothing here ever goes back, so none may say SALVAGE (H3)."""
        assert isinstance(answer, Greeting), answer
        assert answer.disposition != 4, "a history that went back"
        assert not answer.careful
        self.seen = self.seen.told(answer.point)

    def command(self, kind: int, body: bytes) -> Apply:
        """The next command."""
        self.number += 1
        after = max(self.waiting, default=0)
        command = Command(self.number, after, self.confirmed, kind, body)
        self.waiting[self.number] = command
        return Apply(self.account, self.handset, 1, command)

    def again(self) -> list[Apply]:
        """Everything unanswered, once more, in order (spec CMD-21)."""
        for number, old in self.waiting.items():
            self.waiting[number] = Command(
                old.number, old.after, self.confirmed, old.kind, old.body, old.transmission + 1
            )
        return [Apply(self.account, self.handset, 1, self.waiting[number]) for number in sorted(self.waiting)]

    def steps(self, request: Apply) -> list[Step]:
        """A command behind the parts that it names, and who hears what comes of them."""
        number = request.command.number
        found: list[Step] = []
        for data in self.parts.get(number, ()):
            about = (self.account, sha256(data).digest(), len(data))
            found += [(PutBegin(*about), _put), (PutChunk(*about, 0, data), _put)]
        return [*found, (request, lambda answer: self.answered(number, answer))]

    def answered(self, number: int, answer: Answer) -> None:
        """Take what came for a command."""
        assert isinstance(answer, Applied), answer
        outcome = answer.outcome
        assert outcome.number == number
        del self.waiting[number]
        self.outcomes[number] = outcome
        self.confirmed = min(self.waiting, default=self.number + 1) - 1
        self.seen = self.seen.told(outcome.point)
        for head in outcome.heads:
            self.heads[head.item] = head

    def story(self, example: Example) -> list[Apply]:
        """The commands of a service's example; others may have been here before."""
        requests = []
        for one in (*example.before, example.command):
            requests.append(self.command(one.kind, one.body))
            self.parts[self.number] = one.parts
        return requests

    def living(self) -> list[bytes]:
        """The contacts that it knows and nobody deleted, as far as it knows."""
        return sorted(item for item, head in self.heads.items() if not head.dead and head.type == CONTACT)

    def draw_command(self, random: Random) -> Apply:
        """A create, or an edit or deletion of something known."""
        alive = self.living()
        drawn = random.random()
        if not alive or drawn < 0.4:
            fields = contact(f"Contact {random.randrange(100)}", "x" * random.randrange(600))
            return self.command(*write_intent(Create(random.randbytes(12), 1, Content(fields))))
        head = self.heads[random.choice(alive)]
        if drawn < 0.9:
            new = Contact.FromString(head.fields)
            new.notes = f"edit {random.random()}" * random.randrange(1, 20)
            edit = difference(Content(head.fields), Content(new.SerializeToString()), {})
            return self.command(*write_intent(Change(head.item, edit)))
        digest = content_digest(head.type, head.fields, head.blobs, dead=False)
        return self.command(*write_intent(Delete(head.item, digest[:8])))

    def rejected(self) -> int:
        """How many outcomes were rejections."""
        return sum(one.verdict == Verdict.VERDICT_REJECTED for one in self.outcomes.values())

    def points(self) -> list[Point]:
        """Every point that an outcome told."""
        return [outcome.point for outcome in self.outcomes.values()]


@dataclass(slots=True)
class Gateway:
    """What brings things from outside to an account, and brings again what was not answered."""

    account: bytes
    waiting: list[Take] = field(default_factory=list)
    taken: dict[bytes, Incoming] = field(default_factory=dict)

    def steps(self, *outside: Outside) -> list[Step]:
        """Bring what waits, and these."""
        self.waiting += [Take(self.account, one.source, (one.item,)) for one in outside]
        return [(take, partial(self._took, take)) for take in self.waiting]

    def _took(self, take: Take, answer: Answer) -> None:
        assert isinstance(answer, Taken), answer
        (took,), (item,) = answer.items, take.items
        assert not took.reason
        self.waiting.remove(take)
        self.taken[took.item] = item


def _put(answer: Answer) -> None:
    assert isinstance(answer, PutState), answer


def refill(server: PoweredServer, account: bytes) -> list[Head]:
    """Every item of the account, tombstones too."""
    heads: list[Head] = []
    for collection in sorted({one.collection for one in TYPES.values()}):
        for base in (b"", b"\1"):  # a refill leaves tombstones out; a delta from the enrolment on does not
            cursor, more = base, True
            while more:
                read = server.one(ReadWindow(account, collection, cursor, 60_000, 10_000_000))
                assert isinstance(read, WindowRead)
                heads += read.window.heads
                cursor, more = read.window.cursor, not read.current
    return heads


def check_file(server: PoweredServer) -> None:
    """The file is sound, each chain follows from its rows, and no command's change is there twice (X1)."""
    connection = server.store._connection
    assert connection.pragma("integrity_check") == "ok"
    chain: bytes
    for account, chain in server.store._tables.rows("SELECT account, chain FROM accounts"):
        rows = connection.execute("SELECT position, row, chain FROM rows WHERE account = ? ORDER BY 1", (account,))
        for number, (position, row, told) in enumerate(rows, 1):
            chain = advance(chain, row)
            assert (position, told) == (number, chain)
    doubled = "SELECT count(*) FROM rows WHERE author IS NOT NULL GROUP BY account, author HAVING count(*) > 1"
    assert connection.execute(doubled).fetchone() is None
