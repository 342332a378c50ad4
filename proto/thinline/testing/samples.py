"""One frame of each kind, filled in: the handshake that pairs and ladders speak, and the alphabet of round trips.

They belong together: alice's handset says hello, is welcomed with a refill, makes a contact, and is told of it. Tests
vary them with `dataclasses.replace`.
"""

from __future__ import annotations

from thinline.frames import (
    VERSION,
    Answer,
    Ask,
    Beat,
    Challenge,
    Chunk,
    Command,
    Credit,
    Disposition,
    DownFrame,
    Enrol,
    Enrolled,
    Follow,
    Goodbye,
    Hello,
    KeepUntil,
    Outcome,
    Proof,
    Refusal,
    Soft,
    UpFrame,
    Verdict,
    Welcome,
    Window,
)
from thinline.history import Point
from thinline.intents import Create, write_intent
from thinline.items import Blob, Head, content_digest, next_revision
from thinline.merge import Content
from thinline.reasons import Reason, sentence_of
from thinline.types import Collection
from thinline.v1 import contacts_pb2

__all__ = [
    "CHALLENGE",
    "COMMAND",
    "DOWN_FRAMES",
    "HEAD",
    "HELLO",
    "OUTCOME",
    "POINT",
    "PROOF",
    "TOMBSTONE",
    "UP_FRAMES",
    "WELCOME",
    "WINDOW",
]

_ITEM = bytes(range(12))
_CONTACTS = Collection.COLLECTION_CONTACTS
_FIELDS = contacts_pb2.Contact(
    name="Bob Børgesen", phones=[contacts_pb2.Labelled(label="mobile", value="+4520304050")], notes="met in a tunnel"
).SerializeToString()
_FACE = Blob("face", bytes(range(32)), 4711)

POINT = Point(7, bytes(range(16)))
_ENROLMENT = Point(1, bytes(range(16, 32)))
_REVISION = next_revision(None, content_digest(1, _FIELDS, [_FACE], dead=False))

HEAD = Head(_ITEM, 7, _REVISION, 1, _FIELDS, (_FACE,))
TOMBSTONE = Head(
    bytes(range(1, 13)),
    6,
    next_revision(_REVISION, content_digest(1, b"", [], dead=True)),
    1,
    ancestors=(_REVISION.digest,),
    safe_ancestor=_REVISION,
    dead=True,
    copy_of=_ITEM,
)

HELLO = Hello(
    version=VERSION,
    profiles=(1, 2),
    handset=b"alice\0\0\1",
    link=b"link0001",
    life=3,
    seen=(_ENROLMENT,),
    follows=(Follow(_CONTACTS, b"", 2_000_000),),
    battery_percent=80,
    heartbeat_s=1_680,
    chunk_bytes=2_500,
    credit=4_096,
    dictionaries=(0,),
)
CHALLENGE = Challenge(nonce=bytes(16))
PROOF = Proof(signature=bytes(64))
WELCOME = Welcome(
    disposition=Disposition.DISPOSITION_REFILL,
    point=POINT,
    epoch=1,
    keep_until=KeepUntil.KEEP_UNTIL_DURABLE,
    safe=None,
    heartbeat_s=1_680,
    timeout_s=60,
    done=0,
    credit=262_144,
    careful=False,
    time_ms=1_254_355_200_000,
    profiles=(1, 2),
)
_KIND, _BODY = write_intent(Create(_ITEM, 1, Content(_FIELDS, (_FACE,))))
COMMAND = Command(number=1, after=0, confirmed=0, kind=_KIND, body=_BODY)
OUTCOME = Outcome(1, Verdict.VERDICT_APPLIED, 0, POINT, (HEAD,))
WINDOW = Window(_CONTACTS, (HEAD, TOMBSTONE), b"\x07", POINT, more=True)

UP_FRAMES: tuple[UpFrame, ...] = (
    Enrol(VERSION, "4MZK7Q2T9XW3B5N8C6D1F0GHJR", bytes(32), bytes(64)),
    HELLO,
    Proof(bytes(64), b"certificate"),
    COMMAND,
    Ask(1, 3, b"list"),
    Chunk(2, 1_024, b"chunk", last=True),
    Soft(1, b"\x50", 60),
    Credit(8_192),
    Beat(),
    Goodbye(),
)
DOWN_FRAMES: tuple[DownFrame, ...] = (
    Enrolled(b"certificate"),
    Challenge(bytes(range(16)), certificate=True),
    WELCOME,
    Refusal(Reason.BUSY, sentence_of(Reason.BUSY), 40_000, command=1),
    OUTCOME,
    WINDOW,
    Answer(1, b"heads", more=True),
    Chunk(2, 0, b"chunk"),
    Soft(2, b"", 0),
    Credit(524_288),
    Beat(),
    Goodbye(Reason.REPLACED, sentence_of(Reason.REPLACED), 1_000),
)
