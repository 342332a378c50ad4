"""A service of the tests that has errands: contacts can be sent word, and letters come in as contacts.

post(BOB, "bob@far.test")     a command: bob's item shows "bob@far.test QUEUED", and an errand is made for it
post(BOB, "1.bob@here")       the same to bob's account, which is handed over: a contact of his, named like the target
LETTER                        what a `Spool` keeps, to be taken in by `incoming`
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from thinline.commands import Changes, Decision, Rejection, Rule, Touches, View, revise
from thinline.errands import Errand, ErrandKind, ErrandState, Handed, Parcel, Progress
from thinline.items import ITEM_ID_BYTES
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.outside import Incoming
from thinline_server.services.base import Service

__all__ = ["LETTER", "LETTERS", "POST", "WORD", "Letters", "incoming", "post", "shown"]

POST = 250  # the kind of the command
WORD = 1_250  # outward, of an errand
LETTER = 1_251  # inward


def post(item: bytes, *targets: str) -> tuple[int, bytes]:
    """The command that sends word to some targets, each perhaps with something beside behind a zero: kind and body."""
    return POST, item + "\n".join(targets).encode()


def incoming(raw: bytes) -> Incoming:
    """A letter as an item."""
    origin = hashlib.sha256(raw)
    return Incoming(origin.digest(), 1, Contact(name=origin.hexdigest()).SerializeToString(), (("raw", raw),))


def shown(fields: bytes) -> dict[str, str]:
    """What an item shows, by target: the state's name, and the reason where there is one."""
    lines = (line.split(" ", 1) for line in Contact.FromString(fields).notes.splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def _progress(_type: int, content: Content, progress: Progress) -> Content | None:
    told = Contact.FromString(content.fields)
    lines = shown(content.fields)
    lines[progress.target] = f"{progress.state.name} {progress.reason} {progress.shown.decode()}".strip()
    told.notes = "\n".join(f"{target} {state}" for target, state in lines.items())
    return Content(told.SerializeToString(), (*content.blobs, *progress.blobs))


def _hand(parcel: Parcel) -> Handed | None:
    """To NAME for the target N.NAME@here; of each sender and target one contact, with all words in its notes."""
    target = parcel.errand.target
    local, at, _ = target.partition("@here")
    if not at:
        return None

    def become(content: Content | None) -> Content:
        told = Contact.FromString(content.fields if content else b"")
        told.name = target
        word = f"{parcel.name}: {parcel.errand.detail.decode()}".strip()
        if word not in told.notes.split("\n"):
            told.notes = "\n".join(filter(None, (told.notes, word)))
        return Content(told.SerializeToString())

    origin = hashlib.sha256(parcel.name.encode() + target.encode()).digest()
    name = local.partition(".")[2]
    number = name if name.startswith("+") else ""
    return Handed("word", origin, 1, become, "" if number else name, number, revives=local.startswith("again"))


def _touches(body: bytes) -> Touches:
    return Touches((body[:ITEM_ID_BYTES],))


def _decide(body: bytes, view: View) -> Decision:
    item, targets = body[:ITEM_ID_BYTES], body[ITEM_ID_BYTES:].decode().split("\n")
    version = view.items.get(item)
    if version is None or version.head.dead:
        return Rejection(Reason.NO_SUCH_ITEM)
    content = version.content
    errands = [Errand(WORD, item, one.partition("\0")[0], one.partition("\0")[2].encode()) for one in targets]
    for errand in errands:
        content = _progress(1, content, Progress(errand.target, ErrandState.QUEUED, "", 0)) or content
    return Changes((revise(version, content),), errands=tuple(errands))


class Letters:
    """The service. It owns no items."""

    name = "letters"
    types: Mapping[int, Any] = {}
    rules: Mapping[int, Rule] = {POST: Rule("post", _touches, _decide)}
    asks: frozenset[int] = frozenset()
    errands: Mapping[int, ErrandKind] = {
        WORD: ErrandKind("word", progress=_progress, hand=_hand),
        LETTER: ErrandKind("letter", repeatable=True),
    }

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        return ()

    def key(self, item_type: int, fields: bytes) -> bytes:
        return b""

    def check(self, item_type: int, content: Content) -> Reason | None:
        return None

    def search_text(self, item_type: int, fields: bytes) -> str:
        return ""


LETTERS: Service = Letters()
