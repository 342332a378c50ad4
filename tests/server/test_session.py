"""One link of the server, as ladders: what it asks of the store, what it says, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from line_client import Sim
from pier import NOW_MS
from thinline import frames
from thinline.codec import encode_body, number_body
from thinline.frames import Direction, Disposition, KeepUntil
from thinline.history import Point
from thinline.identity import Certificate, ServiceKey
from thinline.limits import LIMITS
from thinline.link import Say
from thinline.machine import Hang, Lost, Room
from thinline.reasons import Reason, sentence_of
from thinline.testing import samples
from thinline.testing.ladder import Ladder
from thinline.types import Collection
from thinline.v1 import line_pb2
from thinline.windows import Cursor
from thinline_server.asks import CORE_ASKS, GET_PART, LIST_HEADS, PUT_BLOB
from thinline_server.handshake import Admitted, Policy
from thinline_server.requests import (
    Applied,
    Apply,
    BlobRead,
    GetBlob,
    Greet,
    Greeting,
    HeadsRead,
    Identify,
    Known,
    PutBegin,
    PutChunk,
    PutState,
    ReadWindow,
    Refused,
    WindowRead,
)
from thinline_server.session import Answered, Dirty, Need, Over, Session, Softened

CONTACTS, NOTES = Collection.COLLECTION_CONTACTS, Collection.COLLECTION_NOTES
KEY = ServiceKey(bytes(32))
ACCOUNT = b"account1"
HANDSET = b"handset1"
ALICE = Sim("alice")
ALICE.take(KEY.certify(Certificate(ACCOUNT, HANDSET, ALICE.public, Point(1, bytes(16)), "alice")))
AMPLE = 1 << 20
PIECES = LIMITS.pieces
DATA = Random(1).randbytes(5_000)  # does not compress
HELLO = replace(samples.HELLO, handset=HANDSET, credit=AMPLE, dictionaries=())
HASH = bytes(range(32))
ITEM = bytes(range(12))


class Sitting:
    """A session as a machine."""

    def __init__(self) -> None:
        policy = Policy(KEY, lambda size: bytes(size))
        self.session = Session(1, policy, CORE_ASKS, secure=True)

    def handle(self, event: Any, now: float) -> list[Any]:
        return self.session.handle(event, now, NOW_MS, full=False)


def greeting(disposition: int = Disposition.DISPOSITION_DELTA) -> Greeting:
    return Greeting(disposition, samples.POINT, 1, KeepUntil.KEEP_UNTIL_DURABLE, None, 0, careful=False)


def ladder_to_welcome(hello: frames.Hello = HELLO, disposition: int = Disposition.DISPOSITION_DELTA) -> Ladder:
    """Up to the welcome; what the session does behind it comes next."""
    ladder = Ladder(Sitting(), Direction.DOWN)
    ladder.feed(hello).expect(Need(Identify(HANDSET), "handshake"))
    ladder.feed(Answered("handshake", Known(ACCOUNT, HANDSET, ALICE.public, revoked=False))).expect(frames.Challenge)
    digest = sha256(number_body(1, encode_body(hello, Direction.UP))).digest()
    ladder.feed(ALICE.prove(frames.Challenge(bytes(16)), hello, digest))
    ladder.expect(Need(Greet(ACCOUNT, hello), "handshake"))
    return ladder.feed(Answered("handshake", greeting(disposition)))


def live(hello: frames.Hello = HELLO) -> Ladder:
    """Welcome, and nothing to sync."""
    ladder = ladder_to_welcome(replace(hello, follows=()))
    ladder.expect(Admitted, frames.Welcome)
    return ladder


def synced(hello: frames.Hello = HELLO) -> tuple[Ladder, Any]:
    """Welcome, contacts sent; returns the tag under which windows are asked for."""
    ladder = ladder_to_welcome(hello)
    *_, need = ladder.skip()
    assert isinstance(need, Need)
    ladder.feed(Answered(need.tag, window((), 7))).expect(frames.Window)
    return ladder, need.tag


def window(heads: tuple[Any, ...], position: int, *, current: bool = True) -> WindowRead:
    point = Point(position, bytes(16))
    sent = frames.Window(CONTACTS, heads, Cursor.at(position).encode(), point, not current)
    return WindowRead(sent, current)


def refusal(reason: Reason, *, command: int = 0, ask: int = 0, retry_after_ms: int = 0) -> frames.Refusal:
    return frames.Refusal(reason, sentence_of(reason), retry_after_ms, command, ask)


# To the welcome


def test_from_hello_to_the_first_window() -> None:
    """Spec SYNC-1: the judgement comes before anything else."""
    ladder = ladder_to_welcome()
    admitted, welcome, need = ladder.skip()
    assert isinstance(welcome, frames.Welcome)
    assert isinstance(admitted, Admitted)
    assert need == Need(ReadWindow(ACCOUNT, CONTACTS, b"", 2_500 // PIECES, 2_000_000, floor=7), need.tag)
    told = window((samples.HEAD,), 7)
    ladder.feed(Answered(need.tag, told)).expect(told.window)


def test_a_refused_hello_ends_the_link() -> None:
    ladder = Ladder(Sitting(), Direction.DOWN)
    ladder.feed(replace(HELLO, version=9))
    refused, hang, over = ladder.skip()
    assert (refused.reason, type(hang)) == (Reason.VERSION, Hang)
    assert over == Over(Reason.VERSION, refused.sentence)


def test_the_store_s_answer_to_a_link_that_is_gone_is_nobody_s() -> None:
    ladder = Ladder(Sitting(), Direction.DOWN)
    ladder.feed(HELLO).expect(Need)
    ladder.feed(Lost(1, "cut")).expect(Hang, Over(0, "cut"))
    ladder.feed(Answered("handshake", None)).expect()


# Windows


def test_no_window_is_made_without_credit() -> None:
    """Spec SYNC-10."""
    ladder = ladder_to_welcome(replace(HELLO, credit=0))
    ladder.expect(Admitted, frames.Welcome)
    ladder.feed(frames.Credit(2_500)).expect(Need)


def test_no_window_is_made_without_room() -> None:
    """Spec SYNC-10, FLOW-5."""
    ladder, _ = synced()
    ladder.feed(Room(1, 0)).expect()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect()
    ladder.feed(Room(1, 8_192)).expect(Need)


def test_one_window_at_a_time_until_all_is_sent() -> None:
    """Spec SYNC-4."""
    ladder = ladder_to_welcome()
    *_, need = ladder.skip()
    part = window((samples.HEAD,), 3, current=False)
    ladder.feed(Answered(need.tag, part))
    said, again = ladder.skip()
    assert said == part.window
    assert again.request.cursor == part.window.cursor
    ladder.feed(Answered(need.tag, window((samples.HEAD,), 7))).expect(frames.Window)


def test_a_change_while_a_window_is_read_makes_another() -> None:
    ladder, tag = synced()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(Dirty(frozenset({CONTACTS, NOTES}))).expect()  # notes are not followed
    ladder.feed(Answered(tag, window((samples.HEAD,), 8))).expect(frames.Window, Need)


def test_a_window_that_tells_nothing_new_is_not_said() -> None:
    ladder, tag = synced()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(Answered(tag, window((), 7))).expect()


def test_a_window_that_the_store_refuses_ends_the_link_with_a_time() -> None:
    ladder, tag = synced()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(Answered(tag, Refused(Reason.STORE_FAILED)))
    goodbye, hang, over = ladder.skip()
    assert (goodbye.reason, goodbye.retry_after_ms) == (Reason.STORE_FAILED, 5_000)
    assert (type(hang), over.reason) == (Hang, Reason.STORE_FAILED)


@pytest.mark.parametrize(
    ("told", "cut"),
    [(0, LIMITS.chunk_bytes), (1, LIMITS.chunk_least_bytes), (2_500, 2_500), (10**6, LIMITS.chunk_bytes)],
)
def test_windows_are_cut_for_the_radio(told: int, cut: int) -> None:
    """Spec FLOW-8."""
    *_, need = ladder_to_welcome(replace(HELLO, chunk_bytes=told)).skip()
    assert need.request.room_bytes == cut // PIECES


# Commands


def test_a_command_is_judged_by_the_store_and_its_outcome_said() -> None:
    ladder = live()
    ladder.feed(samples.COMMAND).expect(Need(Apply(ACCOUNT, HANDSET, 3, samples.COMMAND), samples.COMMAND))
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME, frozenset({CONTACTS})))).expect(samples.OUTCOME)


def test_the_outcome_moves_the_cursor_where_all_else_was_sent() -> None:
    """Spec SYNC-14."""
    ladder, tag = synced()
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME, frozenset({CONTACTS}))))
    moved = Cursor.at(samples.OUTCOME.point.position).encode()
    ladder.expect(replace(samples.OUTCOME, collection=CONTACTS, cursor=moved))
    ladder.feed(Dirty(frozenset({CONTACTS})))
    ladder.expect(Need(ReadWindow(ACCOUNT, CONTACTS, moved, 2_500 // PIECES, 2_000_000, floor=7), tag))


def test_the_outcome_moves_no_cursor_while_a_window_is_read() -> None:
    ladder, _ = synced()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME, frozenset({CONTACTS}))))
    ladder.expect(samples.OUTCOME)


def test_the_outcome_moves_no_cursor_past_a_window_that_waits_for_room() -> None:
    """H6: it is said before the window, and a link that ends between them would take what is in the window with it."""
    ladder, tag = synced()
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Room(1, 0)).expect()
    ladder.feed(Answered(tag, window((samples.HEAD,), 8))).expect()
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME, frozenset({CONTACTS})))).expect()
    ladder.feed(Room(1, AMPLE)).expect(samples.OUTCOME, frames.Window, Need)


def test_the_outcome_moves_no_cursor_where_two_collections_changed() -> None:
    ladder, _ = synced()
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME, frozenset({CONTACTS, NOTES}))))
    ladder.expect(samples.OUTCOME, Need)


@pytest.mark.parametrize("reason", [Reason.GAP, Reason.BUSY, Reason.FULL, Reason.BLOB_MISSING])
def test_not_now_is_said_of_the_command_alone(reason: Reason) -> None:
    ladder = live()
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Refused(reason, retry_after_ms=9)))
    ladder.expect(refusal(reason, command=1, retry_after_ms=9))


@pytest.mark.parametrize("reason", [Reason.CLONE, Reason.OLD_LIFE])
def test_two_handsets_of_one_identity_end_the_link(reason: Reason) -> None:
    """X3, spec CMD-11, CMD-12."""
    ladder = live()
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Refused(reason)))
    said, goodbye, hang, over = ladder.skip()
    assert said == refusal(reason, command=1)
    assert goodbye == frames.Goodbye(reason, sentence_of(reason))
    assert (type(hang), over) == (Hang, Over(reason, sentence_of(reason)))


def test_more_open_commands_than_the_limit_are_refused() -> None:
    """Spec CMD-23."""
    ladder = live()
    for number in range(1, LIMITS.commands_open + 1):
        ladder.feed(replace(samples.COMMAND, number=number)).expect(Need)
    ladder.feed(replace(samples.COMMAND, number=99)).expect(refusal(Reason.LIMIT, command=99, retry_after_ms=1_000))
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME))).expect(frames.Outcome)
    ladder.feed(replace(samples.COMMAND, number=99)).expect(Need)


def test_in_salvage_commands_wait_and_nothing_is_synced() -> None:
    """Spec SALV-3, SALV-5; H4."""
    ladder = ladder_to_welcome(disposition=Disposition.DISPOSITION_SALVAGE)
    ladder.expect(Admitted, frames.Welcome)
    ladder.feed(samples.COMMAND).expect(refusal(Reason.SALVAGE_FIRST, command=1))
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect()
    ladder.feed(frames.Ask(1, LIST_HEADS, b"")).expect(Need)


# Asks, and parts behind them


def ask_part(number: int) -> frames.Ask:
    body = line_pb2.GetPart(item=ITEM, name="face", hash=HASH).SerializeToString()
    return frames.Ask(number, GET_PART, body)


def part_coming(ladder: Ladder, number: int, data: bytes) -> None:
    ladder.feed(ask_part(number)).expect(Need)
    request = GetBlob(ACCOUNT, ITEM, "face", HASH)
    ladder.feed(Answered((ask_part(number), request), BlobRead(line_pb2.ENCODING_IDENTITY, data, len(data))))


def test_an_ask_is_answered_from_the_store() -> None:
    """Spec ASK-2."""
    ladder = live()
    ask = frames.Ask(5, LIST_HEADS, line_pb2.ListHeads(collection=CONTACTS).SerializeToString())
    ladder.feed(ask)
    (need,) = ladder.skip()
    ladder.feed(Answered(need.tag, HeadsRead((), b"")))
    ladder.expect(frames.Answer(5, b""))


def test_asks_that_can_not_be_answered_are_refused_each_by_itself() -> None:
    """Spec ASK-2, ASK-3."""
    ladder = live()
    ladder.feed(frames.Ask(1, 99, b"")).expect(refusal(Reason.UNKNOWN_KIND, ask=1))
    ladder.feed(frames.Ask(2, GET_PART, b"\xff"))
    (malformed,) = ladder.skip()
    assert (malformed.reason, malformed.ask) == (Reason.MALFORMED, 2)
    ladder.feed(ask_part(3))
    (need,) = ladder.skip()
    ladder.feed(Answered(need.tag, Refused(Reason.NO_SUCH_PART))).expect(refusal(Reason.NO_SUCH_PART, ask=3))


def test_more_open_asks_than_the_limit_are_refused() -> None:
    """Spec ASK-7."""
    ladder = live()
    for number in range(1, LIMITS.asks_open + 1):
        ladder.feed(frames.Ask(number, LIST_HEADS, b"")).expect(Need)
    ladder.feed(frames.Ask(99, LIST_HEADS, b"")).expect(refusal(Reason.LIMIT, ask=99, retry_after_ms=1_000))


def test_a_part_goes_down_behind_its_answer_within_credit() -> None:
    ladder = live(replace(HELLO, chunk_bytes=532 * PIECES, credit=600))
    part_coming(ladder, 1, DATA[:1_200])
    answer, *chunks = ladder.skip()
    assert answer.more
    assert [(chunk.offset, len(chunk.data)) for chunk in chunks] == [(0, 500), (500, 500)]  # FLOW-2: one may overhang
    ladder.feed(frames.Credit(5_000)).expect(frames.Chunk(1, 1_000, DATA[1_000:1_200], last=True))


def test_bulk_leaves_the_last_of_the_credit_to_windows() -> None:
    """Spec FLOW-13: a change is told at once although the handset granted no more."""
    ladder, tag = synced(replace(HELLO, chunk_bytes=532 * PIECES, credit=399 * PIECES))
    part_coming(ladder, 1, DATA)
    answer, *chunks = ladder.skip()
    assert answer.more
    assert [chunk.offset for chunk in chunks] == [0, 500, 1_000]
    ladder.feed(Dirty(frozenset({CONTACTS}))).expect(Need)
    ladder.feed(Answered(tag, window((), 9))).expect(frames.Window)


def test_an_outcome_waits_for_one_chunk_at_most() -> None:
    """Must 8, on the server's side: chunks are made as late as there is room, and control and outcomes go first."""
    ladder = live(replace(HELLO, chunk_bytes=532 * PIECES))
    ladder.feed(Room(1, 600)).expect()
    part_coming(ladder, 1, DATA)
    ladder.skip()
    ladder.feed(samples.COMMAND).expect(Need)
    ladder.feed(Answered(samples.COMMAND, Applied(samples.OUTCOME)))
    assert not any(isinstance(one, frames.Outcome) for one in ladder.skip()), "the bearer is full"
    ladder.feed(Room(1, 600))
    first, *rest = ladder.skip()
    assert first == samples.OUTCOME
    assert len(rest) <= 1


def test_a_part_comes_up_in_chunks_and_is_told_to_be_durable() -> None:
    ladder = live()
    ask = frames.Ask(4, PUT_BLOB, line_pb2.PutBlob(hash=HASH, size=4).SerializeToString())
    ladder.feed(ask).expect(Need(PutBegin(ACCOUNT, HASH, 4), (ask, PutBegin(ACCOUNT, HASH, 4))))
    ladder.feed(Answered((ask, PutBegin(ACCOUNT, HASH, 4)), PutState(0, whole=False)))
    ladder.expect(frames.Answer(4, b"", more=True))
    chunk = frames.Chunk(4, 0, b"face", last=True)
    ladder.feed(chunk).expect(Need(PutChunk(ACCOUNT, HASH, 4, 0, b"face"), chunk))
    ladder.feed(Answered(chunk, PutState(4, whole=True)))
    ladder.expect(frames.Answer(4, line_pb2.PutReady(offset=4).SerializeToString()))
    ladder.feed(chunk).expect()  # of an ask that is done


def test_a_refused_chunk_is_said_of_its_ask() -> None:
    ladder = live()
    ask = frames.Ask(4, PUT_BLOB, line_pb2.PutBlob(hash=HASH, size=4).SerializeToString())
    ladder.feed(ask).expect(Need)
    ladder.feed(Answered((ask, PutBegin(ACCOUNT, HASH, 4)), PutState(0, whole=False))).expect(frames.Answer)
    chunk = frames.Chunk(4, 2, b"ce")
    ladder.feed(chunk).expect(Need)
    ladder.feed(Answered(chunk, Refused(Reason.OFFSET))).expect(refusal(Reason.OFFSET, ask=4))


def test_credit_for_what_comes_up_is_renewed_in_good_time() -> None:
    ladder = live()
    size = 8_000
    for number in range(1, LIMITS.credit_bytes // (2 * size) + 2):
        ladder.feed(frames.Chunk(9, number, bytes(size)))  # of no ask: passed over, but it counts
    renewed = [one for one in ladder.skip() if isinstance(one, frames.Credit)]
    assert len(renewed) <= 1
    assert any(isinstance(one, frames.Credit) for one in ladder.said)


def test_beyond_the_credit_the_link_ends() -> None:
    """Spec FLOW-4; a store that does not keep up renews nothing."""
    ladder = live()
    ask = frames.Ask(4, PUT_BLOB, line_pb2.PutBlob(hash=HASH, size=1 << 24).SerializeToString())
    ladder.feed(ask).expect(Need)
    ladder.feed(Answered((ask, PutBegin(ACCOUNT, HASH, 1 << 24)), PutState(0, whole=False))).expect(frames.Answer)
    for number in range(LIMITS.credit_bytes // 8_000 + 1):
        ladder.feed(frames.Chunk(4, 8_000 * number, bytes(8_000))).expect(Need)
    ladder.feed(frames.Chunk(4, 0, b"beyond"))
    goodbye, hang, over = ladder.skip()
    assert (goodbye.reason, type(hang), over.reason) == (Reason.CREDIT, Hang, Reason.CREDIT)


# The rest of a link's life


def test_soft_state_is_kept_by_key_up_to_a_most() -> None:
    """Spec FLOW-10, FLOW-11."""
    sitting = Sitting()
    ladder = live()
    assert isinstance(ladder.machine, Sitting)
    sitting = ladder.machine
    for key in range(LIMITS.soft_keys):
        ladder.feed(frames.Soft(key, b"old", 60)).expect(Softened(frames.Soft(key, b"old", 60)))
    ladder.feed(frames.Soft(LIMITS.soft_keys, b"one more", 60)).expect()
    ladder.feed(frames.Soft(0, b"new", 60)).expect(Softened(frames.Soft(0, b"new", 60)))
    assert sitting.session.soft == {0: b"new"} | dict.fromkeys(range(1, LIMITS.soft_keys), b"old")


def test_whoever_asks_and_does_not_read_is_let_go() -> None:
    """T5: what waits for a reader is bounded."""
    ladder = live()
    ladder.feed(Room(1, 0)).expect()
    over: list[Over] = []
    for number in range(1, LIMITS.queue_frames + 3):
        assert not over
        ladder.feed(frames.Ask(number, LIST_HEADS, b""))
        (need,) = ladder.skip()
        ladder.feed(Answered(need.tag, HeadsRead((), b"")))
        over = [one for one in ladder.skip() if isinstance(one, Over)]
    assert [one.reason for one in over] == [Reason.LIMIT]


def test_a_goodbye_of_the_hub_ends_the_link_and_is_told() -> None:
    ladder = live()
    goodbye = frames.Goodbye(Reason.REPLACED, sentence_of(Reason.REPLACED))
    ladder.feed(Say(goodbye)).expect(goodbye, Hang, Over(Reason.REPLACED, goodbye.sentence))
    ladder.feed(Say(goodbye)).expect()


def test_what_passed_the_table_is_known_here() -> None:
    ladder = live()
    assert isinstance(ladder.machine, Sitting)
    with pytest.raises(AssertionError, match="passed the table"):
        ladder.machine.session._came(frames.Credit(1), None, [])  # type: ignore[arg-type]
