"""The talk: what is said when, and what is made of each frame; no link, no radio, no screen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from thinline import frames
from thinline.convert import head_message
from thinline.errors import RemoteError
from thinline.frames import Disposition, KeepUntil, Verdict
from thinline.history import Point
from thinline.identity import Certificate, ServiceKey, enrolment_bytes, proof_bytes, signed_by
from thinline.intents import Create
from thinline.items import Blob, Head, Revision
from thinline.limits import LIMITS
from thinline.link import Say
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.testing.samples import CHALLENGE, WELCOME
from thinline.v1 import line_pb2
from thinline_emulator.asks import AskState, GetPart, Listing, Query, Standing
from thinline_emulator.events import Notice, SimWritten
from thinline_emulator.line import Line
from thinline_emulator.memory import Volatile
from thinline_emulator.outbox import Entry
from thinline_emulator.pictures import GetPicture
from thinline_emulator.profiles import load_radio
from thinline_emulator.radio import Radio
from thinline_emulator.sim import Sim, public_key, with_certificate
from thinline_emulator.talk import Talk, Vitals, Welcomed
from town import fields_of

GPRS = load_radio("gprs")
VITALS = Vitals(80, GPRS)
ENROLMENT = Point(1, bytes(16))
NEWER = Point(9, b"n" * 16)
SERVICE = ServiceKey(b"s" * 32)
BLANK = Sim(b"k" * 32, life=1)
ITEM = b"a" * 12
HEAD = Head(ITEM, 5, Revision(1, bytes(8)), 1, fields_of("Bob"))
FACE = b"a face"
BLOB = Blob("face", hashlib.sha256(FACE).digest(), len(FACE))


def certificate(key: bytes = public_key(BLANK)) -> bytes:
    return SERVICE.certify(Certificate(b"account8", b"handset8", key, ENROLMENT, "alice"))


CARD = with_certificate(BLANK, certificate(), ENROLMENT, 0.0)


def talk(sim: Sim = CARD, entropy: Callable[[int], bytes] | None = None) -> Talk:
    memory = Volatile(10_000, Line(Radio(GPRS, 1), 1), sim.point)
    return Talk(sim, memory, {1: 8_000}, 0, entropy or Random(1).randbytes)


def live(disposition: int = Disposition.DISPOSITION_RESUME, sim: Sim = CARD, **welcome: object) -> Talk:
    one = talk(sim)
    one.up(VITALS)
    one.welcomed(replace(WELCOME, disposition=disposition, point=None, **welcome), 0.0)  # type: ignore[arg-type]
    return one


def outcome(number: int, verdict: int, *heads: Head, reason: int = 0, cursor: bytes = b"") -> frames.Outcome:
    return frames.Outcome(number, verdict, reason, NEWER, heads, 1 if cursor else 0, cursor)


def make(one: Talk, **parts: bytes) -> list[frames.Frame]:
    blobs = (BLOB,) if parts else ()
    one.memory.make(Entry(Create(ITEM, 1, Content(fields_of("Bob"), blobs)), {BLOB.hash: FACE} if parts else {}))
    return list(one.ready(0.0))


def test_a_blank_card_enrols_and_then_says_hello_on_the_same_link() -> None:
    one = talk(BLANK)
    assert not one.able
    assert one.who is None
    one.code = "CODE"
    assert one.able
    (said,) = one.up(VITALS)
    assert isinstance(said, Say)
    enrol = said.frame
    assert isinstance(enrol, frames.Enrol)
    assert signed_by(enrol.key, enrol.signature, enrolment_bytes("CODE", enrol.key))
    written, hello = one.enrolled(frames.Enrolled(certificate()), VITALS, 5.0)
    assert written == SimWritten(with_certificate(BLANK, certificate(), ENROLMENT, 5.0))
    assert isinstance(hello, Say)
    assert isinstance(hello.frame, frames.Hello)
    assert hello.frame.seen == (ENROLMENT,)
    assert one.code == ""


def test_a_certificate_for_another_key_is_refused() -> None:
    one = talk(BLANK)
    with pytest.raises(RemoteError, match="another key"):
        one.enrolled(frames.Enrolled(certificate(b"x" * 32)), VITALS, 0.0)
    assert one.sim == BLANK


def test_hello_says_all_that_the_server_must_know() -> None:
    one = talk()
    make(one)
    one.memory.cache.cursors[1] = b"cursor"
    (said,) = one.up(VITALS)
    assert isinstance(said, Say)
    hello = said.frame
    assert isinstance(hello, frames.Hello)
    assert (hello.handset, hello.life, hello.battery_percent, hello.only_here) == (b"handset8", 1, 80, 1)
    assert hello.follows == (frames.Follow(1, b"cursor", 8_000),)
    assert hello.credit < hello.chunk_bytes <= GPRS.down_bytes_s
    assert one.memory.hello == hello


@pytest.mark.parametrize("asked", [True, False])
def test_the_proof_signs_and_brings_the_certificate_where_it_is_asked_for(asked: bool) -> None:
    one = talk()
    one.up(VITALS)
    hello = one.memory.hello
    assert hello is not None
    (said,) = one.challenged(replace(CHALLENGE, certificate=asked), b"digest")
    assert isinstance(said, Say)
    proof = said.frame
    assert isinstance(proof, frames.Proof)
    assert signed_by(public_key(CARD), proof.signature, proof_bytes(CHALLENGE.nonce, hello, b"digest"))
    assert bool(proof.certificate) == asked


def test_a_welcome_of_an_unknown_disposition_ends_the_link() -> None:
    for disposition in (0, 99):
        (said,) = talk().welcomed(replace(WELCOME, disposition=disposition), 0.0)
        assert isinstance(said, Say)
        assert isinstance(said.frame, frames.Goodbye)
        assert said.frame.reason == Reason.VERSION


def test_a_refill_is_awaited_and_a_resume_is_not() -> None:
    one = live(Disposition.DISPOSITION_REFILL)
    assert one.memory.filling == {1}
    assert one.memory.clock.read(0.0) == WELCOME.time_ms
    one.came(frames.Window(1, (HEAD,), b"1", NEWER, more=True), 0.0)
    assert one.memory.filling == {1}
    one.welcomed(replace(WELCOME, disposition=Disposition.DISPOSITION_DELTA), 0.0)
    assert one.memory.filling == {1}
    one.came(frames.Window(1, (), b"2", NEWER, more=False), 0.0)
    assert one.memory.filling == set()
    assert one.memory.cache.cursors == {1: b"2"}
    assert one.memory.seen.newest == NEWER
    one.memory.filling.add(1)
    one.welcomed(replace(WELCOME, disposition=Disposition.DISPOSITION_RESUME), 0.0)
    assert one.memory.filling == set()


def test_a_salvage_freezes_and_keeps_what_was_seen() -> None:
    one = live()
    one.came(frames.Window(1, (HEAD,), b"1", NEWER, more=False), 0.0)
    salvage = replace(WELCOME, disposition=Disposition.DISPOSITION_SALVAGE, point=Point(3, b"o" * 16))
    out = one.welcomed(salvage, 10_000.0)
    assert [type(output) for output in out] == [Welcomed, Notice]
    assert one.memory.seen.points == (NEWER,)
    assert one.came(frames.Window(1, (replace(HEAD, position=8, dead=True),), b"3", NEWER, more=False), 0.0) == []
    assert make(one) == []
    one.came(outcome(7, Verdict.VERDICT_APPLIED, replace(HEAD, position=8)), 10_000.0)
    assert list(one.memory.cache.heads()) == [HEAD]
    assert one.welcomed(salvage, 10_001.0) == [Welcomed()]  # said once
    one.welcomed(replace(WELCOME, point=NEWER), 10_002.0)
    assert not one.memory.cache.frozen
    assert [type(frame) for frame in one.ready(10_002.0)] == [frames.Command]


def test_a_careful_server_is_told_of_once() -> None:
    one = talk()
    careful = replace(WELCOME, careful=True, point=None)
    assert [type(output) for output in one.welcomed(careful, 0.0)] == [Welcomed, Notice]
    assert one.welcomed(careful, 1.0) == [Welcomed()]


def test_points_go_to_the_card_hourly() -> None:
    """Spec ID-12."""
    one = live()
    window = frames.Window(1, (), b"1", NEWER, more=False)
    assert one.came(window, 10.0) == []
    assert one.came(window, 3_700.0) == [SimWritten(replace(CARD, point=NEWER, written_at_s=3_700.0))]
    assert one.came(window, 3_701.0) == []


def test_without_any_point_nothing_goes_to_the_card() -> None:
    one = live(sim=replace(CARD, point=None))
    assert one.came(frames.Beat(), 0.0) == []
    assert one.memory.seen.points == ()


def test_an_outcome_is_taken_with_its_heads_its_cursor_and_its_parts() -> None:
    one = live()
    sent = make(one, face=FACE)
    assert [type(frame) for frame in sent] == [frames.Ask]  # the part first
    assert list(one.ready(0.0)) == []
    one.came(frames.Answer(1, line_pb2.PutReady(offset=0).SerializeToString(), more=True), 0.0)
    chunk = one.next_chunk(GPRS)
    assert chunk is not None
    assert chunk.data == FACE
    one.came(frames.Answer(1, line_pb2.PutReady(offset=len(FACE)).SerializeToString()), 0.0)
    (command,) = one.ready(0.0)
    assert isinstance(command, frames.Command)
    one.came(outcome(1, Verdict.VERDICT_APPLIED, replace(HEAD, blobs=(BLOB,)), cursor=b"c"), 0.0)
    assert one.memory.cache.part(BLOB.hash) == FACE
    assert one.memory.cache.cursors == {1: b"c"}
    assert len(one.memory.outbox) == 0


@pytest.mark.parametrize(
    ("verdict", "said"), [(Verdict.VERDICT_REJECTED, "did not accept"), (Verdict.VERDICT_COPIED, "both versions")]
)
def test_what_went_otherwise_is_told(verdict: int, said: str) -> None:
    one = live()
    make(one)
    (notice,) = one.came(outcome(1, verdict, reason=Reason.INVALID), 0.0)
    assert isinstance(notice, Notice)
    assert said in notice.text
    assert one.came(outcome(1, verdict), 0.0) == []  # a repeat


def test_a_rejection_for_a_reason_of_a_later_version_is_told_by_its_number() -> None:
    one = live()
    make(one)
    (notice,) = one.came(outcome(1, Verdict.VERDICT_REJECTED, reason=299), 0.0)
    assert notice == Notice("The server did not accept a change: REASON_299")


def test_a_refused_command_waits_and_a_refused_ask_may_be_over() -> None:
    one = live()
    make(one)
    assert one.came(frames.Refusal(Reason.BUSY, "", 1_000, command=1), 0.0) == []
    assert list(one.ready(0.5)) == []
    one.memory.asks.put(GetPart(ITEM, "face", BLOB.hash, BLOB.size))
    list(one.ready(0.5))
    (notice,) = one.came(frames.Refusal(Reason.NO_SUCH_PART, "", ask=1), 0.5)
    assert notice == Notice("The item has no such part.")
    assert one.came(frames.Answer(9, b""), 0.5) == []


@pytest.mark.parametrize("named", [True, False])
def test_a_part_that_came_is_kept_while_its_item_names_it(named: bool) -> None:
    one = live()
    if named:
        one.came(frames.Window(1, (replace(HEAD, blobs=(BLOB,)),), b"1", NEWER, more=False), 0.0)
    one.memory.asks.put(GetPart(ITEM, "face", BLOB.hash, BLOB.size))
    list(one.ready(0.0))
    info = line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=len(FACE), size=len(FACE))
    one.came(frames.Answer(1, info.SerializeToString(), more=True), 0.0)
    one.came(frames.Chunk(1, 0, FACE, last=True), 0.0)
    assert (one.memory.cache.part(BLOB.hash) is not None) == named


PICTURE = GetPicture(ITEM, "face", BLOB.hash, 2, 1)
PIXELS = bytes([255, 0, 0, 0, 0])


@pytest.mark.parametrize("named", [True, False])
def test_a_picture_that_came_is_kept_while_its_item_names_the_part(named: bool) -> None:
    one = live()
    if named:
        one.came(frames.Window(1, (replace(HEAD, blobs=(BLOB,)),), b"1", NEWER, more=False), 0.0)
    one.memory.asks.put(PICTURE)
    list(one.ready(0.0))
    info = line_pb2.PictureInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=5, width=2, height=1, colours=1)
    info.hash = sha256(PIXELS).digest()
    one.came(frames.Answer(1, info.SerializeToString(), more=True), 0.0)
    one.came(frames.Chunk(1, 0, PIXELS, last=True), 0.0)
    assert (one.memory.cache.picture(BLOB.hash, (2, 1, 256)) is not None) == named


def test_a_picture_that_is_none_is_told_where_it_would_be_and_not_as_news() -> None:
    one = live()
    one.memory.want(PICTURE)
    list(one.ready(0.0))
    assert one.came(frames.Refusal(Reason.NO_PICTURE, "it is damaged", ask=1), 0.0) == []
    assert one.memory.standing(PICTURE) == Standing(AskState.REFUSED, reason=Reason.NO_PICTURE)


def test_soft_state_of_a_later_version_is_passed_over() -> None:
    assert live().came(frames.Soft(9, b"?", 1), 0.0) == []


def test_chunks_are_a_second_of_the_rate_at_most() -> None:
    one = live()
    one.memory.make(Entry(Create(ITEM, 1, Content(b"", (replace(BLOB, size=9_000),))), {BLOB.hash: bytes(9_000)}))
    list(one.ready(0.0))
    one.came(frames.Answer(1, line_pb2.PutReady(offset=0).SerializeToString(), more=True), 0.0)
    chunk = one.next_chunk(GPRS)
    assert chunk is not None
    assert len(chunk.data) <= min(GPRS.up_bytes_s, LIMITS.up_frame_bytes)


def test_the_watermark_of_a_welcome_grades() -> None:
    one = live(keep_until=KeepUntil.KEEP_UNTIL_SAFE, safe=Point(5, bytes(16)))
    assert one.memory.cache.safe == Point(5, bytes(16))


def test_a_list_that_came_is_kept_for_whoever_asked() -> None:
    one = live()
    one.memory.want(Listing(1))
    list(one.ready(0.0))
    body = line_pb2.HeadList(heads=[head_message(HEAD)], cursor=b"next").SerializeToString()
    assert one.came(frames.Answer(1, body), 0.0) == []
    assert one.memory.standing(Listing(1)) == Standing(AskState.CAME, items=(HEAD.item,), cursor=b"next")
    assert one.memory.cache.get(HEAD.item) == HEAD


def test_what_a_query_came_to_is_kept_as_it_came() -> None:
    one = live()
    good, bad = Query(16, b"what?"), Query(17, b"how?")
    for wish in (good, bad):
        one.memory.want(wish)
    assert [(ask.kind, ask.body) for ask in one.ready(0.0) if isinstance(ask, frames.Ask)] == [
        (16, b"what?"), (17, b"how?")
    ]  # fmt: skip
    assert one.came(frames.Answer(1, b"that"), 0.0) == []
    assert one.came(frames.Refusal(Reason.UNKNOWN_KIND, "", ask=2), 0.0) != []
    assert one.memory.standing(good) == Standing(AskState.CAME, body=b"that")
    assert one.memory.standing(bad) == Standing(AskState.REFUSED, reason=Reason.UNKNOWN_KIND)


def test_nothing_goes_because_of_a_welcome_or_of_what_a_window_leaves_out() -> None:
    """Spec ITEM-11, SYNC-5."""
    one = live()
    other = replace(HEAD, item=b"b" * 12)
    one.came(frames.Window(1, (HEAD, other), b"1", NEWER, more=False), 0.0)
    for disposition in (Disposition.DISPOSITION_REFILL, Disposition.DISPOSITION_DELTA, Disposition.DISPOSITION_RESUME):
        one.welcomed(replace(WELCOME, disposition=disposition), 0.0)
        assert list(one.memory.cache.heads()) == [HEAD, other]
    one.came(frames.Window(1, (replace(HEAD, position=8),), b"2", NEWER, more=False), 0.0)
    assert {head.item for head in one.memory.cache.heads()} == {HEAD.item, other.item}


def test_soft_state_is_kept_for_its_link() -> None:
    """Spec SOFT-1, FLOW-10."""
    ours = talk()
    assert ours.came(frames.Soft(261, b"x", 60), 10.0) == []
    assert ours.memory.soft.value(261, 69.0) == b"x"
    ours.welcomed(WELCOME, 20.0)
    assert ours.memory.soft.value(261, 20.0) == b""
