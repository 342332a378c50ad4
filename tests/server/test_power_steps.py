"""Each kind of store transaction, cut after its first operation on the disk, its second, and so on to the last.

And the same with a sync that fails and a disk that is full. Invariants: D1, D7, D9, D10, H14, U2, X7, X8. Either all
of a transaction is there afterwards or nothing; where it was acknowledged, all of it.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import apsw
import pytest

from examples import Outside, all_outside
from letters import LETTER, WORD, incoming, post, shown
from powered import PoweredServer, Told, check_file, contact, powered, refill
from powervfs import Disk, DiskBlobs
from thinline.errands import ErrandState
from thinline.frames import Command, Verdict
from thinline.history import Seen
from thinline.identity import ServiceKey
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.outside import Begin, Drawn, Due, End, Settle, Spool, Take, Taken, Task
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    Applied,
    Apply,
    BlobRead,
    EnrolHandset,
    GetBlob,
    Greeting,
    Identify,
    Known,
    ListAccounts,
    NewCode,
    PutBegin,
    PutChunk,
    PutState,
    Refused,
    Request,
    Revoke,
)
from thinline_server.store import database
from thinline_server.store.database import STORE_SCHEMA, Migration
from thinline_server.store.parts import read_part, reading
from thinline_server.store.store import Store

ITEM = b"twelve bytes"
PART = bytes(range(256)) * 8
PART_HASH = hashlib.sha256(PART).digest()
CHANCES = 3  # damages drawn for each place of the cut


@dataclass(frozen=True, slots=True)
class Kind:
    """A transaction: what comes before it and its request; and what must hold after it was cut or acknowledged."""

    prepare: Callable[[PoweredServer, Told], Request]
    check: Callable[[PoweredServer, Told, bool], None]


def make(server: PoweredServer, alice: Told) -> Request:
    kind, body = write_intent(Create(ITEM, 1, Content(contact("Bob", "x" * 3_000))))
    return Apply(alice.account, alice.handset, 1, Command(1, 0, 0, kind, body))


def check_make(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    found = {head.item for head in refill(server, alice.account)}
    assert found == {ITEM} or (found == set() and not acknowledged)
    again = server.one(make(server, alice))
    assert isinstance(again, Applied)
    assert again.outcome.verdict == Verdict.VERDICT_APPLIED
    assert info(server).items == {1: 1}


def make_third_time(server: PoweredServer, alice: Told) -> Request:
    request = make(server, alice)
    assert isinstance(request, Apply)
    return replace(request, command=replace(request.command, transmission=3))


def info(server: PoweredServer) -> AccountInfo:
    listed = server.one(ListAccounts("alice"))
    assert isinstance(listed, tuple)
    return listed[0]


def enrol(server: PoweredServer, alice: Told) -> Request:
    code = server.one(NewCode("alice"))
    assert isinstance(code, str)
    return EnrolHandset(code, b"k" * 32)


def check_enrol(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    assert len(info(server).handsets) == info(server).position, "an enrolment is a row"
    assert info(server).position == 2 or not acknowledged


def revoke(server: PoweredServer, alice: Told) -> Request:
    return Revoke(alice.handset)


def check_revoke(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    known = server.one(Identify(alice.handset))
    assert isinstance(known, Known)
    assert known.revoked or not acknowledged
    refused = server.one(alice.hello()) == Refused(Reason.REVOKED)
    assert refused == known.revoked


def put_part(server: PoweredServer, alice: Told) -> Request:
    server.one(PutBegin(alice.account, PART_HASH, len(PART)))
    server.one(PutChunk(alice.account, PART_HASH, len(PART), 0, PART[:1_024]))
    return PutChunk(alice.account, PART_HASH, len(PART), 1_024, PART[1_024:])


def check_part(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    put = server.one(PutBegin(alice.account, PART_HASH, len(PART)))
    assert put == PutState(len(PART), True) or (put == PutState(1_024, False) and not acknowledged)
    assert isinstance(put, PutState)
    if put.whole:  # D9: where the row is, the blob is
        assert read_part(server.blobs, reading(server.store._context, alice.account, PART_HASH)) == PART


def subscribe(server: PoweredServer, alice: Told) -> Request:
    return AddAccount("bob")


def check_subscribe(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    listed = server.one(ListAccounts("bob"))
    assert isinstance(listed, tuple)
    assert listed or not acknowledged


def go_back(server: PoweredServer, alice: Told) -> Request:
    """A hello with a point that this server told, of a row that it has no longer."""
    lost = ServiceKey(bytes(range(32))).seal.point(alice.account, 99, b"c" * 16)
    return replace(alice, seen=Seen(lost)).hello()


def check_go_back(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    before = info(server)
    assert (before.epoch, before.careful) in ((1, False), (2, True), (3, True))
    assert before.careful or not acknowledged
    told = server.one(go_back(server, alice))
    assert isinstance(told, Greeting)
    assert told.careful
    assert told.epoch >= max(before.epoch, 2)


def take_in(one: Outside) -> Kind:
    """What comes from outside: rows and parts together or not at all, and once however often it comes (D9, X8)."""

    def prepare(server: PoweredServer, alice: Told) -> Request:
        return Take(alice.account, one.source, (one.item, one.another(1).item))

    def check(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
        before = info(server)
        assert before.position == 3 or (before.position == 1 and not acknowledged)
        taken = server.one(prepare(server, alice))
        assert isinstance(taken, Taken)
        assert [took.new for took in taken.items] == [before.position == 1] * 2
        assert info(server).position == 3
        for took in taken.items:
            for name, data in one.item.parts:
                read = server.one(GetBlob(alice.account, took.item, name, hashlib.sha256(data).digest()))
                assert isinstance(read, BlobRead), f"{name}: {read!r}"

    return Kind(prepare, check)


# Errands


def send_word(server: PoweredServer, alice: Told) -> Request:
    server.one(make(server, alice))
    return Apply(alice.account, alice.handset, 1, Command(2, 0, 0, *post(ITEM, "bob@far.test")))


def errand(server: PoweredServer, kind: int = WORD) -> Task | None:
    """The one that is due, if there is one."""
    drawn = server.one(Due((kind,), 1))
    assert isinstance(drawn, Drawn)
    return drawn.tasks[0] if drawn.tasks else None


def begin_word(server: PoweredServer, alice: Told) -> Request:
    server.one(send_word(server, alice))
    task = errand(server)
    assert task is not None
    return Begin((task.errand,))


def settle_word(server: PoweredServer, alice: Told) -> Request:
    request = begin_word(server, alice)
    assert isinstance(request, Begin)
    server.one(request)
    return Settle((End(request.errands[0], ErrandState.SENT),))


def shows(server: PoweredServer, alice: Told) -> str:
    """What alice's item shows of the word to bob."""
    heads = {head.item: head for head in refill(server, alice.account)}
    return shown(heads[ITEM].fields).get("bob@far.test", "").split(" ")[0] if ITEM in heads else ""


def check_send_word(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    assert (errand(server) is not None) == (shows(server, alice) == "QUEUED")
    assert shows(server, alice) or not acknowledged


def check_begin_word(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    """X7: begun and not recorded is unknown; not begun is queued still."""
    assert shows(server, alice) == ("UNKNOWN" if acknowledged or errand(server) is None else "QUEUED")


def check_settle_word(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    """X7: never queued again."""
    assert shows(server, alice) == "SENT" or (shows(server, alice) == "UNKNOWN" and not acknowledged)
    assert errand(server) is None


def spool_letter(server: PoweredServer, alice: Told) -> Request:
    return Spool(alice.account, LETTER, (PART,))


def check_spool(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    task = errand(server, LETTER)
    assert task is not None or not acknowledged
    assert task is None or task.parts == (PART,)


def take_letter(server: PoweredServer, alice: Told) -> Request:
    server.one(spool_letter(server, alice))
    task = errand(server, LETTER)
    assert task is not None
    server.one(Begin((task.errand,)))
    return Settle((End(task.errand, ErrandState.DELIVERED, source="letters", items=(incoming(PART),)),))


def check_take(server: PoweredServer, alice: Told, acknowledged: bool) -> None:
    """X8, D9: an item or an errand, never both, never none."""
    items = [head.item for head in refill(server, alice.account)]
    task = errand(server, LETTER)
    assert (len(set(items)), task is not None) in ((1, False), (0, True))
    assert items or not acknowledged


KINDS = {
    "command": Kind(make, check_make),
    "marked command": Kind(make_third_time, check_make),
    "enrolment": Kind(enrol, check_enrol),
    "revocation": Kind(revoke, check_revoke),
    "part": Kind(put_part, check_part),
    "account": Kind(subscribe, check_subscribe),
    "epoch": Kind(go_back, check_go_back),
    "errand of a command": Kind(send_word, check_send_word),
    "errand begun": Kind(begin_word, check_begin_word),
    "errand ended": Kind(settle_word, check_settle_word),
    "letter spooled": Kind(spool_letter, check_spool),
    "letter taken in": Kind(take_letter, check_take),
    **{f"from outside: {name}": take_in(one) for name, one in all_outside().items()},
}
QUICK = ("command", "revocation", "part", "from outside: contacts: a card", "errand ended", "letter taken in")
every_kind = pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, id=name, marks=() if name in QUICK else pytest.mark.slow) for name, kind in KINDS.items()],
)


@cache
def at_rest() -> tuple[Disk, Told]:
    """Alice with one handset, greeted; all stopped and synced."""
    disk = Disk()
    with powered(disk) as server:
        server.boot()
        (alice,) = server.people(("alice", 1))
        alice.greeted(server.one(alice.hello()))
        server.store.close()
    disk.sync_folder()
    return disk, alice


def start(server: PoweredServer) -> Told:
    server.boot()
    return copy.deepcopy(at_rest()[1])


def cut_at(kind: Kind, operation: int, chance: int) -> bool:
    """One run; True where the transaction had come to its end before that operation."""
    disk = at_rest()[0].copy(1_000 * operation + chance)
    with powered(disk, chance) as server:
        alice = start(server)
        request = kind.prepare(server, alice)
        disk.cut_after(operation)
        answers = server.answer([request])
        ended = answers is not None
        if ended:
            assert not isinstance(answers[0], Refused), answers  # type: ignore[index]
            disk.cut()
        disk.reboot()
        server.boot()
        kind.check(server, alice, ended)
        check_file(server)
        server.store.close()
    return ended


@every_kind
def test_a_cut_after_each_operation_leaves_all_or_nothing(kind: Kind) -> None:
    """D1, D9, D10, D11, X8, CMD-19, CMD-24, PART-6, ITEM-14."""
    for operation in range(1, 200):
        ended = [cut_at(kind, operation, chance) for chance in range(CHANCES)]
        if all(ended):
            break
    assert 2 < operation < 199


NEXT = Migration(
    len(STORE_SCHEMA) + 1, "ALTER TABLE accounts ADD COLUMN mail TEXT; CREATE TABLE extra (a INTEGER) STRICT;"
)


def test_a_cut_after_each_operation_of_the_first_migration() -> None:
    """D10, U2: whatever is left of a new store, the next start makes it whole."""
    for operation in range(1, 400):
        disk = Disk(operation)
        with powered(disk) as server:
            disk.cut_after(operation)
            try:
                server.boot()
            except apsw.Error:
                assert disk.off
            ended = not disk.off
            if ended:
                disk.cut()
            disk.reboot()
            server.boot()
            (alice,) = server.people(("alice", 1))
            alice.greeted(server.one(alice.hello()))
            check_file(server)
            server.store.close()
        if ended:
            break
    assert 50 < operation < 399


def test_a_cut_after_each_operation_of_a_later_migration() -> None:
    """U2: the rows are there, under the old schema or the new one."""
    for operation in range(1, 400):
        disk = at_rest()[0].copy(operation)
        with powered(disk) as server:
            disk.cut_after(operation)
            try:
                server.boot((*STORE_SCHEMA, NEXT))
            except apsw.Error:
                assert disk.off
            ended = not disk.off
            if ended:
                disk.cut()
            disk.reboot()
            server.boot((*STORE_SCHEMA, NEXT))
            alice = copy.deepcopy(at_rest()[1])
            alice.greeted(server.one(alice.hello()))
            assert server.store._connection.execute("SELECT mail FROM accounts").fetchall() == [(None,)]
            server.store.close()
        if ended:
            break
    assert 3 < operation < 399


# A disk that fails without a power cut


def fail_at(kind: Kind, operation: int, error: type[apsw.Error]) -> bool:
    """One run; True where the transaction had come to its end before that operation."""
    disk = at_rest()[0].copy(operation)
    with powered(disk) as server:
        alice = start(server)
        request = kind.prepare(server, alice)
        disk.fail_at(operation, error)
        answers = server.answer([request, request])
        assert answers is not None
        if not isinstance(answers[0], Refused):
            return True
        reason = Reason.FULL if error is apsw.FullError else Reason.STORE_FAILED
        assert [one.reason for one in answers if isinstance(one, Refused)] == [reason, reason]
        # The disk would take it now, and its next sync would lie (D7): nothing is acknowledged all the same.
        assert server.answer([ListAccounts()]) == [server.store.failed]
        server.store.close()
        disk.cut()
        disk.reboot()
        server.boot()
        kind.check(server, alice, False)
        check_file(server)
        server.store.close()
    return False


@every_kind
@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError])
def test_after_a_failed_write_or_sync_nothing_is_acknowledged(kind: Kind, error: type[apsw.Error]) -> None:
    """D7: at each operation of each transaction, once; nothing is lost that was acknowledged before."""
    for operation in range(1, 200):
        if fail_at(kind, operation, error):
            break
    assert 2 < operation < 199


# Oracles that never fail prove nothing


def test_without_the_folder_sync_and_the_strict_journal_the_first_migration_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D10: a conversion to WAL whose journal comes back to life takes everything with it."""
    strict = database._pragma

    def lax(connection: apsw.Connection, name: str, value: object, expected: object) -> None:
        if name == "synchronous":
            value, expected = "full", 2
        strict(connection, name, value, expected)

    monkeypatch.setattr(database, "_pragma", lax)
    monkeypatch.setattr(Disk, "sync_folder", lambda disk, folder=None: None)
    lost = 0
    for seed in range(20):
        disk = Disk(seed)
        with powered(disk) as server:
            server.boot()
            monkeypatch.setattr(disk, "unsynced", lambda: [])
            server.people(("alice", 1))
            disk.cut()
            disk.reboot()
            server.boot()
            lost += server.one(ListAccounts("alice")) == ()
    assert lost > 5


def test_a_store_that_lives_on_after_a_failed_sync_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """D7: the disk takes the next write, and what it lost before is missing."""

    def live_on(store: Store, error: BaseException) -> None:
        store._tables.forget()
        if store._connection.in_transaction:
            store._connection.execute("ROLLBACK")

    monkeypatch.setattr(Store, "_die", live_on)
    with pytest.raises(AssertionError):
        test_after_a_failed_write_or_sync_nothing_is_acknowledged(KINDS["command"], apsw.IOError)


@pytest.mark.parametrize("name", ["part", "from outside: contacts: a card"])
def test_blobs_that_are_not_synced_are_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """D9: a row whose blob is only in the kernel's memory."""
    monkeypatch.setattr(DiskBlobs, "put", lambda blobs, key, data: None)
    with pytest.raises((AssertionError, KeyError)):
        test_a_cut_after_each_operation_leaves_all_or_nothing(KINDS[name])
