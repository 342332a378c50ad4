"""Errands of alice's: kept, begun, ended, and what is left of them after a restart or a loss. X6 to X8, H10, D9."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from letters import LETTER, WORD, incoming, post, shown
from powered import People, PoweredServer, Told, contact, refill
from thinline.commands import Version
from thinline.errands import Errand, ErrandState, token_of
from thinline.frames import Outcome
from thinline.intents import Create, Delete, write_intent
from thinline.items import Blob, Head, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.outside import (
    Begin,
    Begun,
    Drawn,
    Due,
    End,
    ItemRead,
    ReadItem,
    Report,
    Settle,
    Settled,
    Spool,
    Spooled,
)
from thinline_server.requests import Applied, PutBegin, PutChunk, Refused
from thinline_server.store import errands as served
from thinline_server.store import queue
from thinline_server.store.database import STORE_SCHEMA
from thinline_server.store.errands import DRAWN_BYTES, INLINE_BYTES
from thinline_server.store.packing import unpack_spooled

BOB = b"contact  bob"
FAR = "bob@far.test"
RAW = b"Dear alice, it rains. bob"
LARGE = RAW * 4_000
SENT, FAILED, UNKNOWN, QUEUED = ErrandState.SENT, ErrandState.FAILED, ErrandState.UNKNOWN, ErrandState.QUEUED
STORES = Path(__file__).resolve().parents[2] / "fixtures" / "stores"


def sent_word(server: PoweredServer, alice: Told, *targets: str) -> Outcome:
    """Alice has a contact, and sends word to some addresses of his."""
    answer = server.one(alice.command(*write_intent(Create(BOB, 1, Content(contact("bob"))))))
    alice.answered(alice.number, answer)
    return word(server, alice, *targets)


def word(server: PoweredServer, alice: Told, *targets: str) -> Outcome:
    answer = server.one(alice.command(*post(BOB, *(targets or (FAR,)))))
    alice.answered(alice.number, answer)
    return alice.outcomes[alice.number]


def due(server: PoweredServer, *kinds: int, limit: int = 10, **rest: object) -> Drawn:
    answer = server.one(Due(kinds or (WORD,), limit, **rest))  # type: ignore[arg-type]
    assert isinstance(answer, Drawn)
    return answer


def begin(server: PoweredServer, *errands: int, deduplicates: bool = False) -> frozenset[int]:
    answer = server.one(Begin(errands, deduplicates))
    assert isinstance(answer, Begun)
    return answer.errands


def settle(server: PoweredServer, *ends: End) -> Settled:
    answer = server.one(Settle(ends))
    assert isinstance(answer, Settled)
    return answer


def spool(server: PoweredServer, whose: Told, raw: bytes = RAW) -> int:
    answer = server.one(Spool(whose.account, LETTER, (raw,), b"from bob"))
    assert isinstance(answer, Spooled)
    return answer.errand


def heads(server: PoweredServer, alice: Told) -> list[Head]:
    """Her items, tombstones too, the newest version of each."""
    return list({head.item: head for head in refill(server, alice.account)}.values())


def bob_shows(server: PoweredServer, alice: Told) -> dict[str, str]:
    (found,) = (head for head in heads(server, alice) if head.item == BOB)
    return shown(found.fields)


def lift(server: PoweredServer, alice: Told, epoch: int, *, careful: bool) -> None:
    """What a regress does to an account, and an operator after it."""
    account = server.store._tables.account(alice.account)
    assert account is not None
    server.store._begin()
    server.store._tables.set_epoch(account, epoch, careful=careful)
    server.store._commit()


# Out


def test_a_command_s_errands_are_made_with_its_outcome(server: PoweredServer, people: People) -> None:
    """Spec OUT-1, OUT-8."""
    sent_word(server, people.alice, FAR, "bob@home.test")
    server.boot()
    tasks = due(server).tasks
    assert [(one.name, one.item, one.target, one.tries) for one in tasks] == [
        ("alice", BOB, FAR, 0),
        ("alice", BOB, "bob@home.test", 0),
    ]
    assert tasks[0].token == token_of(people.alice.account, Errand(WORD, BOB, FAR))
    assert (tasks[0].parts, tasks[0].queued_ms) == ((), server.now_ms)
    assert due(server, limit=1).next_due_ms == server.now_ms
    assert due(server, besides=frozenset({tasks[0].errand})).tasks == tasks[1:]


def test_an_errand_goes_forward_and_its_item_shows_it(server: PoweredServer, people: People) -> None:
    """Spec OUT-2, OUT-3, OUT-9."""
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    assert begin(server, task.errand) == {task.errand}
    assert begin(server, task.errand) == frozenset()
    assert due(server) == Drawn((), None, {})
    (before,) = heads(server, people.alice)
    settled = settle(server, End(task.errand, SENT, "250 ok"))
    assert settled == Settled({people.alice.account: frozenset({1})}, frozenset(), {})
    assert bob_shows(server, people.alice) == {FAR: "SENT 250 ok"}
    (after,) = heads(server, people.alice)
    assert after.ancestors[0] == before.revision.digest
    assert settle(server, End(task.errand, UNKNOWN)).refused == {task.errand: Reason.OUT_OF_TURN}
    assert settle(server, End(99, SENT)).refused == {99: Reason.OUT_OF_TURN}
    assert begin(server, 99) == frozenset()


def test_many_ends_of_one_item_are_one_row(server: PoweredServer, people: People) -> None:
    sent_word(server, people.alice, *(f"bob{number}@far.test" for number in range(9)))
    (before,) = heads(server, people.alice)
    settle(server, *(End(task.errand, FAILED, "550") for task in due(server).tasks))
    assert set(bob_shows(server, people.alice).values()) == {"FAILED 550"}
    assert [head.position for head in heads(server, people.alice)] == [before.position + 1]


def test_what_was_not_taken_waits_for_its_time(server: PoweredServer, people: People) -> None:
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    begin(server, task.errand)
    later = server.now_ms + 5_000
    settle(server, End(task.errand, QUEUED, "451 busy", due_ms=later))
    assert bob_shows(server, people.alice) == {FAR: "QUEUED 451 busy"}
    assert due(server) == Drawn((), later, {})
    server.now_ms = later
    (again,) = due(server).tasks
    assert (again.errand, again.tries) == (task.errand, 1)


def test_a_repeated_command_sends_nothing_twice(server: PoweredServer, people: People) -> None:
    """Spec OUT-6, OUT-11; X7: what is sent stays sent, and a person may send again what failed."""
    sent_word(server, people.alice, FAR, "bob@home.test")
    first, second = due(server).tasks
    begin(server, first.errand, second.errand)
    settle(server, End(first.errand, SENT), End(second.errand, FAILED, "550 no"))
    assert due(server).tasks == ()
    word(server, people.alice, FAR, "bob@home.test")
    (again,) = due(server).tasks
    assert (again.errand, again.target, again.tries) == (second.errand, "bob@home.test", 0)


def test_an_item_that_is_gone_shows_nothing_and_is_sent_all_the_same(server: PoweredServer, people: People) -> None:
    outcome = sent_word(server, people.alice)
    head = outcome.heads[0]
    seen = content_digest(1, head.fields, (), dead=False)[:8]
    server.do(people.alice, Delete(BOB, seen))
    read = server.one(ReadItem(people.alice.account, BOB, frozenset({"raw"})))
    assert isinstance(read, ItemRead)
    assert (read.version.head.dead, read.version.head.fields, read.parts) == (True, head.fields, {})
    (task,) = due(server).tasks
    begin(server, task.errand)
    assert settle(server, End(task.errand, SENT)).changed == {}


def test_what_waits_has_a_bound(server: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spec OUT-12."""
    sent_word(server, people.alice)
    monkeypatch.setattr(queue, "LIMITS", replace(LIMITS, errands_open=1))
    refused = server.one(people.alice.command(*post(BOB, "eve@far.test")))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.retry_after_ms) == (Reason.LIMIT, 60_000)
    kept = server.one(Spool(people.alice.account, LETTER, (RAW,)))
    assert isinstance(kept, Refused)
    assert kept.reason is Reason.LIMIT
    spool(server, people.bob)
    (task,) = due(server).tasks
    settle(server, End(task.errand, FAILED))
    people.alice.answered(people.alice.number, server.one(people.alice.again()[0]))
    assert len(due(server).tasks) == 1


# What nobody can say


def test_what_was_under_way_when_the_server_ended_is_unknown(server: PoweredServer, people: People) -> None:
    """Spec OUT-4, OUT-6; X7: it is not sent again by itself, but by a person."""
    sent_word(server, people.alice, FAR, "bob@home.test")
    begin(server, due(server).tasks[0].errand)
    server.boot()
    assert bob_shows(server, people.alice)[FAR].startswith("UNKNOWN The server ended while")
    assert [task.target for task in due(server).tasks] == ["bob@home.test"]
    word(server, people.alice)
    assert {task.target for task in due(server).tasks} == {FAR, "bob@home.test"}


def test_what_is_unknown_goes_again_where_the_next_hop_takes_it_once(server: PoweredServer, people: People) -> None:
    """Spec OUT-6, OUT-8; X7: under the same token."""
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    begin(server, task.errand)
    server.boot()
    (again,) = due(server, deduplicates=True).tasks
    assert (again.errand, again.token, again.tries) == (task.errand, task.token, 1)
    assert begin(server, task.errand) == frozenset()
    assert begin(server, task.errand, deduplicates=True) == {task.errand}


def test_what_was_queued_before_the_store_went_back_is_unknown(server: PoweredServer, people: People) -> None:
    """Spec OUT-5, OUT-7; X7, H10: while nobody knows nothing leaves, and then only what a person wants again."""
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    copy = server.stop()
    server.boot()
    begin(server, task.errand)
    settle(server, End(task.errand, SENT))
    server.store.mark()
    server.stop()
    server.restore(copy)
    assert due(server) == Drawn((), None, {})
    assert begin(server, task.errand) == frozenset()
    assert bob_shows(server, people.alice) == {FAR: "QUEUED"}
    lift(server, people.alice, 2, careful=False)
    assert due(server) == Drawn((), None, {people.alice.account: frozenset({1})})
    assert bob_shows(server, people.alice)[FAR].startswith("UNKNOWN The server's store went back")
    word(server, people.alice)
    assert [again.errand for again in due(server).tasks] == [task.errand]


def test_of_a_careful_account_an_interrupted_errand_waits_unshown(server: PoweredServer, people: People) -> None:
    """Spec OUT-5, OUT-7: what the server writes would have to be merged by handsets that know more."""
    sent_word(server, people.alice)
    begin(server, due(server).tasks[0].errand)
    lift(server, people.alice, 2, careful=True)
    server.boot()
    assert bob_shows(server, people.alice) == {FAR: "QUEUED"}
    lift(server, people.alice, 2, careful=False)
    assert due(server).tasks == ()
    assert bob_shows(server, people.alice)[FAR].startswith("UNKNOWN")


# In


def test_what_was_spooled_is_taken_in_once(server: PoweredServer, people: People) -> None:
    """Spec OUT-1; X8, D9."""
    errand = spool(server, people.alice)
    server.boot()
    (task,) = due(server, LETTER).tasks
    assert (task.errand, task.name, task.parts, task.detail) == (errand, "alice", (RAW,), b"from bob")
    assert (task.item, task.target) == (b"", "")
    begin(server, errand)
    settled = settle(server, End(errand, ErrandState.DELIVERED, source="letters", items=(incoming(RAW),)))
    assert settled.changed == {people.alice.account: frozenset({1})}
    (head,) = heads(server, people.alice)
    assert [blob.name for blob in head.blobs] == ["raw"]
    read = server.one(ReadItem(people.alice.account, head.item, frozenset({"raw", "else"})))
    assert isinstance(read, ItemRead)
    assert (read.version, read.parts) == (Version(head), {"raw": RAW})
    again = spool(server, people.alice)
    settled = settle(server, End(again, ErrandState.DELIVERED, source="letters", items=(incoming(RAW),)))
    assert (settled.changed, settled.refused) == ({}, {})
    assert heads(server, people.alice) == [head]
    assert due(server, LETTER) == Drawn((), None, {})


def test_a_large_letter_lies_beside_the_store(server: PoweredServer, people: People) -> None:
    """D9."""
    assert len(LARGE) > INLINE_BYTES
    errand = spool(server, people.alice, LARGE)
    small = spool(server, people.alice)
    server.boot()
    assert [(task.errand, task.parts) for task in due(server, LETTER).tasks] == [(errand, (LARGE,)), (small, (RAW,))]
    ((name, data),) = unpack_spooled(server.store._tables.rows("SELECT parts FROM errands ORDER BY 1 DESC")[0][0])
    assert (name, data) == (b"", RAW)


def test_a_letter_between_accounts_is_handed_over_in_one_transaction(server: PoweredServer, people: People) -> None:
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    handed = End(task.errand, ErrandState.DELIVERED, spool=Spool(people.bob.account, LETTER, (RAW,)))
    nobody = replace(handed, spool=Spool(b"nobody__", LETTER, (RAW,)))
    assert settle(server, nobody).refused == {task.errand: Reason.INVALID}
    assert bob_shows(server, people.alice) == {FAR: "QUEUED"}
    settled = settle(server, handed)
    assert settled.queued == {LETTER}
    assert not settled.refused
    assert bob_shows(server, people.alice) == {FAR: "DELIVERED"}
    assert [one.name for one in due(server, LETTER).tasks] == ["bob"]


def came_back(server: PoweredServer, alice: Told, target: str = FAR, item: bytes = BOB) -> Settled:
    """A letter that says of a word that it came back; each is another letter."""
    raw = RAW + bytes([len(heads(server, alice))])
    report = Report(WORD, item, target, ErrandState.FAILED, "no such user")
    errand = spool(server, alice, raw)
    items = (incoming(raw),)
    return settle(server, End(errand, ErrandState.DELIVERED, source="letters", items=items, reports=(report,)))


def test_what_came_says_that_what_was_sent_failed(server: PoweredServer, people: People) -> None:
    """Spec MAIL-13, OUT-3: of what was sent or may have been, of one's own account, and in any case of letters."""
    sent_word(server, people.alice, FAR, "bob@home.test", "bob@late.test")
    tasks = due(server).tasks
    begin(server, *(task.errand for task in tasks))
    states = (SENT, UNKNOWN, ErrandState.QUEUED)
    settle(server, *(End(task.errand, state) for task, state in zip(tasks, states, strict=True)))
    for target in (FAR.upper(), "bob@home.test", "bob@late.test", "eve@far.test"):
        assert not came_back(server, people.alice, target).refused
    came_back(server, people.alice, item=b"another item")
    came_back(server, people.bob, "bob@late.test")
    told = {FAR: "FAILED no such user", "bob@home.test": "FAILED no such user", "bob@late.test": "QUEUED"}
    assert bob_shows(server, people.alice) == told
    server.boot()
    assert bob_shows(server, people.alice) == told


def test_what_comes_back_to_a_careful_account_changes_nothing_of_it(server: PoweredServer, people: People) -> None:
    """H10."""
    sent_word(server, people.alice)
    (task,) = due(server).tasks
    begin(server, task.errand)
    settle(server, End(task.errand, SENT))
    lift(server, people.alice, 2, careful=True)
    assert not came_back(server, people.alice).refused
    assert bob_shows(server, people.alice) == {FAR: "SENT"}


def test_what_is_no_item_leaves_its_errand_as_it_was(server: PoweredServer, people: People) -> None:
    errand = spool(server, people.alice)
    broken = replace(incoming(RAW), fields=b"\xff")
    settled = settle(server, End(errand, ErrandState.DELIVERED, source="letters", items=(broken,)))
    assert settled.refused == {errand: Reason.MALFORMED}
    assert [task.errand for task in due(server, LETTER).tasks] == [errand]


def test_a_letter_that_kills_the_server_is_put_aside_and_kept(server: PoweredServer, people: People) -> None:
    """Spec OUT-10; X6: its neighbours go on."""
    errand = spool(server, people.alice)
    for tries in range(LIMITS.errand_starts + 1):
        (task,) = due(server, LETTER).tasks
        assert (task.errand, task.tries) == (errand, tries)
        begin(server, errand)
        server.boot()
    assert due(server, LETTER).tasks == ()
    state, parts = server.store._tables.row("SELECT state, parts FROM errands", ()) or (0, b"")
    assert (state, unpack_spooled(parts)) == (FAILED, [(b"", RAW)])


def test_a_careful_account_takes_in(server: PoweredServer, people: People) -> None:
    """H10, spec OUT-7."""
    lift(server, people.alice, 2, careful=True)
    errand = spool(server, people.alice)
    assert [task.errand for task in due(server, LETTER).tasks] == [errand]
    assert begin(server, errand) == {errand}
    server.boot()
    assert [task.errand for task in due(server, LETTER).tasks] == [errand]


def test_nobody_s_letters_and_endless_ones_are_refused(server: PoweredServer, people: People) -> None:
    for request in (
        Spool(b"nobody__", LETTER, (RAW,)),
        Spool(people.alice.account, LETTER, (bytes(LIMITS.blob_bytes + 1),)),
    ):
        answer = server.one(request)
        assert isinstance(answer, Refused)
        assert answer.reason in (Reason.INVALID, Reason.TOO_LARGE)
    refused = server.one(ReadItem(people.alice.account, BOB))
    assert refused == Refused(Reason.NO_SUCH_ITEM)


def test_one_answer_brings_what_fits_in_memory(
    server: PoweredServer, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T5."""
    assert LIMITS.blob_bytes > DRAWN_BYTES
    monkeypatch.setattr(served, "DRAWN_BYTES", 2 * len(RAW) - 1)
    for number in range(5):
        spool(server, people.alice, RAW[:-1] + bytes([number]))
    drawn = due(server, LETTER)
    assert (len(drawn.tasks), drawn.next_due_ms) == (2, server.now_ms)


def test_a_damaged_part_is_told(server: PoweredServer, people: People) -> None:
    """D8."""
    errand = spool(server, people.alice, LARGE)
    settle(server, End(errand, ErrandState.DELIVERED, source="letters", items=(incoming(LARGE),)))
    (head,) = heads(server, people.alice)
    spool(server, people.alice, LARGE)
    key = f"blobs/{people.alice.account.hex()}/{hashlib.sha256(LARGE).hexdigest()}"
    server.disk.replace(key, b"another")
    assert [task.parts for task in due(server, LETTER).tasks] == [None]
    refused = server.one(ReadItem(people.alice.account, head.item, frozenset({"raw"})))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.STORE_FAILED


# What a command says beside, and what an errand brings for its item


def test_what_a_command_says_beside_is_forgotten_when_nothing_is_to_be_done(
    server: PoweredServer, people: People
) -> None:
    """Spec WEB-12: it is kept while the errand waits or is under way, also over a power cut; sealed (T9)."""
    sent_word(server, people.alice, f"{FAR}\0secret")
    (task,) = due(server).tasks
    assert (task.target, task.detail) == (FAR, b"secret")
    server.restore(server.stop())
    assert begin(server, task.errand) == {task.errand}
    ((lies,),) = server.store._tables.rows("SELECT detail FROM errands")
    assert lies
    assert b"secret" not in bytes(lies)
    settle(server, End(task.errand, ErrandState.FAILED, "no such address"))
    assert server.store._tables.rows("SELECT detail FROM errands") == [(b"",)]
    word(server, people.alice, f"{FAR}\0other")
    assert [task.detail for task in due(server).tasks] == [b"other"]


def test_an_errand_brings_its_item_a_part(server: PoweredServer, people: People) -> None:
    """Spec WEB-15: a part that is not there is brought by nobody."""
    alice = people.alice
    sent_word(server, alice, FAR)
    (task,) = due(server).tasks
    photo = Blob("photo", hashlib.sha256(LARGE).digest(), len(LARGE))
    end = End(task.errand, ErrandState.SENT, "250", blobs=(photo,), shown=b"a photo")
    assert settle(server, end).refused == {task.errand: Reason.BLOB_MISSING}
    server.one(PutBegin(alice.account, photo.hash, photo.size))
    server.one(PutChunk(alice.account, photo.hash, photo.size, 0, LARGE))
    assert settle(server, end).refused == {}
    (head,) = heads(server, alice)
    assert head.blobs == (photo,)
    assert shown(head.fields)[FAR] == "SENT 250 a photo"


# A store from before there were errands


def test_a_store_of_the_first_version_goes_on(server: PoweredServer) -> None:
    """U2: `0001.sqlite` was written by the version before errands, with alice and bob, 24 commands and a code."""
    server.stop()
    server.restore((STORES / "0001.sqlite").read_bytes())
    tables = server.store._tables
    assert server.store._connection.pragma("user_version") == len(STORE_SCHEMA)
    alice = tables.account_named("alice")
    assert alice is not None
    found = {head.item: head for head in refill(server, alice.account)}.values()
    assert [sum(head.dead for head in found), sum(not head.dead for head in found)] == [2, 7]
    assert tables.rows("SELECT count(*) FROM rows") == [(27,)]
    handset = tables.rows("SELECT handset FROM handsets WHERE account = ? ORDER BY done", (alice.account,))[0][0]
    known = tables.handset(handset)
    assert known is not None
    old = next(head for head in found if not head.dead)
    told = Told(alice.account, handset, None, number=known.done)  # type: ignore[arg-type]
    answer = server.one(told.command(*post(old.item, FAR)))
    assert isinstance(answer, Applied)
    assert answer.queued == {WORD}
    assert [task.item for task in due(server).tasks] == [old.item]
