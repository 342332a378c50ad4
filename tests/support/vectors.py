"""Frozen vectors: what this version says on the wire, byte for byte, with what it means and the sentences it shows.

Each file in tests/vectors is one vector. ``python tests/support/vectors.py`` writes those that are missing and adds
their hashes to SHA256SUMS; it never rewrites one, because a vector stands for what is out there. A new version adds
files. Kinds: ``frame`` (a packet and its frames), ``inflate`` (the same, for reading only: another compressor may give
other bytes), ``refused`` (a packet and its reason), ``bytes`` (inputs and what they give).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from thinline import frames
from thinline.bodies import kept_bytes
from thinline.codec import encode_body, join_packet, number_body, read_frame, squeeze_body
from thinline.commands import CORE_RULES, Changes, View, copy_id, grow, payload_digest
from thinline.frames import Direction, Frame
from thinline.history import Author, Point, Row, advance
from thinline.identity import Certificate, ServiceKey, enrolment_bytes, proof_bytes
from thinline.intents import Change, Create, Delete, Intent, Own, Restore, write_intent
from thinline.items import (
    NO_REVISION,
    Blob,
    Head,
    Revision,
    content_digest,
    digest,
    join_cells,
    next_revision,
    split_fields,
)
from thinline.marks import mark, unmark
from thinline.merge import BlobChange, Content, Edit, FieldChange
from thinline.reasons import Reason
from thinline.search import found, haystack, needles
from thinline.testing import samples
from thinline.types import TYPES, Collection
from thinline.v1 import line_pb2, mail_pb2
from thinline.v1.page_pb2 import BLOCK_KIND_ROW, Block, Cell, Page, Run
from thinline_server.services.mail.compose import thread_of
from thinline_server.services.mail.rules import RULES as MAIL_RULES
from thinline_server.services.mail.rules import SUBMIT

__all__ = ["FOLDER", "RULES", "SUMS", "Vector", "as_json", "made", "write"]

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
SUMS = FOLDER / "SHA256SUMS"
Vector = dict[str, Any]

SHOWS = {
    frames.Enrol: ["FRAME-2", "ID-1", "ID-2"],
    frames.Hello: ["FRAME-2", "LINK-4", "HIST-7", "VER-1", "VER-2"],
    frames.Command: ["CMD-1", "CMD-16"],
    frames.Outcome: ["CMD-20", "SYNC-14"],
    frames.Window: ["SYNC-6", "SYNC-11", "ITEM-8"],
    frames.Welcome: ["SYNC-2", "LINK-16"],
    frames.Chunk: ["PART-1"],
    frames.Refusal: ["REASON-3", "CMD-5"],
    frames.Goodbye: ["REASON-3", "LINK-10"],
}


def as_json(direction: Direction, frame: bytes) -> dict[str, Any]:
    """A frame's message in protobuf's own JSON, under the names of the schema."""
    message = (line_pb2.Up if direction is Direction.UP else line_pb2.Down).FromString(frame)
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def _frames() -> Iterator[tuple[str, Vector]]:
    for direction, alphabet in ((Direction.UP, samples.UP_FRAMES), (Direction.DOWN, samples.DOWN_FRAMES)):
        for number, frame in enumerate(alphabet, 1):
            yield _frame(f"{direction.name.lower()}-{type(frame).__name__.lower()}", direction, (number, frame))
    beats: list[tuple[int, Frame]] = [(7, frames.Beat()), (8, frames.Credit(65_536)), (300, frames.Goodbye())]
    yield _frame("up-packet-of-three", Direction.UP, *beats)
    yield _frame("down-outcome-copied", Direction.DOWN, (9, _copied()))
    rejected = replace(samples.OUTCOME, verdict=frames.Verdict.VERDICT_REJECTED, reason=Reason.EDITED, heads=())
    yield _frame("down-outcome-rejected", Direction.DOWN, (10, rejected))
    empty = frames.Window(1, (), b"\x09", samples.POINT, more=False)
    yield _frame("down-window-empty", Direction.DOWN, (11, empty))


def _copied() -> frames.Outcome:
    copy = replace(samples.HEAD, item=b"copy12345678", copy_of=samples.HEAD.item)
    verdict = frames.Verdict.VERDICT_COPIED
    return replace(samples.OUTCOME, verdict=verdict, heads=(copy, samples.HEAD), collection=1, cursor=b"\x07")


def _frame(name: str, direction: Direction, *numbered: tuple[int, Frame]) -> tuple[str, Vector]:
    packed = [number_body(number, encode_body(frame, direction)) for number, frame in numbered]
    shows = sorted({one for _, frame in numbered for one in SHOWS.get(type(frame), [])} | {"FRAME-6", "FRAME-7"})
    return f"frame-{name}", {
        "kind": "frame",
        "spec": shows,
        "direction": direction.name.lower(),
        "packet": join_packet(packed).hex(),
        "frames": [as_json(direction, one) for one in packed],
    }


def _squeezed() -> Iterator[tuple[str, Vector]]:
    for dictionary in (0, 1, 2):
        body = encode_body(samples.WINDOW, Direction.DOWN)
        packed = number_body(3, squeeze_body(body, Direction.DOWN, dictionary))
        yield (
            f"inflate-dictionary-{dictionary}",
            {
                "kind": "inflate",
                "spec": ["FRAME-8", "FRAME-13"],
                "direction": "down",
                "packet": join_packet([packed]).hex(),
                "frames": [as_json(Direction.DOWN, number_body(3, body))],
            },
        )


def _refused() -> Iterator[tuple[str, Vector]]:
    beat = encode_body(frames.Beat(), Direction.UP)
    bomb = squeeze_body(encode_body(frames.Chunk(1, 0, bytes(9_000)), Direction.UP), Direction.UP, 0)
    cases = {
        "cut-off": (b"\x0a\x05\x08\x01", "MALFORMED", ["FRAME-7"]),
        "not-a-frame": (join_packet([b"\xff\xff"]), "MALFORMED", ["LINK-7"]),
        "bomb": (join_packet([number_body(1, bomb)]), "TOO_LARGE", ["FRAME-5", "FRAME-9"]),
        "too-many-frames": (join_packet([number_body(1, beat)] * 513), "TOO_LARGE", ["FRAME-1"]),
        "wrong-direction": (
            join_packet([number_body(1, encode_body(samples.WELCOME, Direction.DOWN))]),
            "OUT_OF_TURN",
            ["FRAME-6"],
        ),
        "hello-without-seen": (
            join_packet([number_body(1, encode_body(replace(samples.HELLO, seen=()), Direction.UP))]),
            "MALFORMED",
            ["LIMIT-1", "HIST-7"],
        ),
        "command-number-0": (
            join_packet([number_body(1, encode_body(replace(samples.COMMAND, number=0), Direction.UP))]),
            "MALFORMED",
            ["LIMIT-1", "CMD-16"],
        ),
    }
    for name, (packet, reason, shows) in cases.items():
        yield (
            f"refused-{name}",
            {
                "kind": "refused",
                "spec": shows,
                "direction": "up",
                "packet": packet.hex(),
                "reason": reason,
            },
        )


# What is hashed and signed: a rule makes bytes of what is given (numbers, text, and bytes in hex)

Given = dict[str, Any]
_FIELDS = (
    "0a0d426f622042c3b872676573656e12150a066d6f62696c65120b2b343532303330343035302a0f6d657420696e20612074756e6e656c"
)
_ITEM, _HANDSET, _ACCOUNT = (text.encode().hex() for text in ("item12345678", "handset1", "account1"))
_BLOB = {"blob_name": "face", "blob_hash": bytes(range(32)).hex(), "blob_size": 4_711}


def _hex(given: Given, name: str) -> bytes:
    return bytes.fromhex(given[name])


def _blob(given: Given) -> Blob:
    return Blob(given["blob_name"], _hex(given, "blob_hash"), given["blob_size"])


def _chain(given: Given) -> dict[str, bytes]:
    handset, epoch = _hex(given, "handset"), given["epoch"]
    enrolled = Row(1, epoch, handset + bytes(4), NO_REVISION, Author(handset).encode()).encode()
    author = Author(handset, given["life"], given["number"]).encode()
    made = Row(2, epoch, _hex(given, "item"), Revision.decode(_hex(given, "revision")), author).encode()
    first = advance(_hex(given, "chain_0"), enrolled)
    return {"row_1": enrolled, "chain_1": first, "row_2": made, "chain_2": advance(first, made)}


def _point(given: Given) -> dict[str, bytes]:
    seal = ServiceKey(_hex(given, "service_key")).seal
    point = seal.point(_hex(given, "account"), given["position"], _hex(given, "chain"))
    return {"receipt_key": seal.key, "proof": point.proof}


def _revisions(given: Given) -> dict[str, bytes]:
    content = content_digest(given["type"], _hex(given, "fields"), [_blob(given)], dead=False)
    dead = content_digest(given["type"], _hex(given, "fields"), [_blob(given)], dead=True)
    first = next_revision(None, content)
    return {
        "content_digest": content,
        "revision_1": first.encode(),
        "tombstone_digest": dead,
        "revision_2": next_revision(first, dead).encode(),
    }


def _cells(given: Given) -> dict[str, bytes]:
    cells = split_fields(_hex(given, "fields"))
    return {**{str(number): b"".join(records) for number, records in cells.items()}, "joined": join_cells(cells)}


def _create(given: Given) -> dict[str, bytes]:
    return _command(Create(_hex(given, "item"), given["type"], Content(_hex(given, "fields"), (_blob(given),))))


def _change(given: Given) -> dict[str, bytes]:
    seen = digest(b"".join(split_fields(_hex(given, "fields"))[1]))
    named = FieldChange(1, _hex(given, "name"), seen)
    edit = Edit((named, FieldChange(6, add=(_hex(given, "group"),))), (BlobChange("face", None),))
    return {"seen": seen, **_command(Change(_hex(given, "item"), edit))}


def _delete(given: Given) -> dict[str, bytes]:
    seen = content_digest(given["type"], _hex(given, "fields"), [], dead=False)[:8]
    return {"seen": seen, **_command(Delete(_hex(given, "item"), seen))}


def _restore(given: Given) -> dict[str, bytes]:
    seen = content_digest(given["type"], _hex(given, "fields"), [], dead=False)[:8]
    tomb = grow(None, Head(_hex(given, "item"), 0, NO_REVISION, given["type"], _hex(given, "fields"), dead=True))
    intent = Restore(tomb.head.item, seen)
    view = View({tomb.head.item: tomb}, (), b"", 1, 1, TYPES)
    kind, body = write_intent(intent)
    decided = CORE_RULES[kind].decide(body, view)
    assert isinstance(decided, Changes)
    return {"seen": seen, "revision": decided.heads[0].head.revision.encode(), **_command(intent)}


def _search(given: Given) -> dict[str, bytes]:
    """The words of both sides, each behind a space but for typed ones that are found inside words too."""
    body = line_pb2.Search(collection=Collection.COLLECTION_CONTACTS, text=given["text"]).SerializeToString()
    wanted, hay = needles(given["text"]), haystack(given["item_text"])
    assert found(wanted, hay)
    return {"body": body, "typed": "".join(wanted).encode(), "item": hay.encode()}


def _command(intent: Intent) -> dict[str, bytes]:
    kind, body = write_intent(intent)
    return {"body": body, "payload": payload_digest(kind, body)}


def _conflict(given: Given) -> dict[str, bytes]:
    item = _hex(given, "item")
    there = grow(None, Head(item, 0, NO_REVISION, given["type"], _hex(given, "fields")))
    view = View({item: there}, (), _hex(given, "handset"), given["life"], given["number"], TYPES)
    kind, body = write_intent(Change(item, Edit((FieldChange(1, _hex(given, "name"), bytes(8)),))))
    decided = CORE_RULES[kind].decide(body, view)
    assert isinstance(decided, Changes)
    copy = decided.heads[0].head
    return {"copy": copy_id(item, view), "copy_fields": copy.fields, "copy_revision": copy.revision.encode()}


def _enrol(given: Given) -> dict[str, bytes]:
    return {"signed": enrolment_bytes(given["code"], _hex(given, "key"))}


def _proof(given: Given) -> dict[str, bytes]:
    _, hello = read_frame(_hex(given, "hello_frame"), Direction.UP)
    assert isinstance(hello, frames.Hello)
    hello_digest = hashlib.sha256(_hex(given, "hello_frame")).digest()
    return {"hello_digest": hello_digest, "signed": proof_bytes(_hex(given, "nonce"), hello, hello_digest)}


def _certificate(given: Given) -> dict[str, bytes]:
    key = ServiceKey(_hex(given, "service_key"))
    point = Point(given["position"], _hex(given, "proof"))
    account, handset = _hex(given, "account"), _hex(given, "handset")
    certificate = Certificate(account, handset, _hex(given, "key"), point, given["account_name"])
    return {"signed_certificate": key.certify(certificate), "service_public_key": key.public}


def _submit(given: Given) -> dict[str, bytes]:
    item, fields = _hex(given, "item"), _hex(given, "fields")
    seen = content_digest(given["type"], fields, [], dead=False)[:8]
    own = Own(item, SUBMIT, mail_pb2.Submit(item=item, seen=seen).SerializeToString())
    version = grow(None, Head(item, 0, NO_REVISION, given["type"], fields))
    decided = MAIL_RULES[own.kind].decide(own.body, View({item: version}, (), b"", 1, 1, TYPES))
    assert isinstance(decided, Changes)
    return {"seen": seen, **_command(own), "sent_fields": decided.heads[0].head.fields}


def _thread(given: Given) -> dict[str, bytes]:
    return {name: thread_of(value.encode()) for name, value in given.items()}


def _marked(given: Given) -> dict[str, bytes]:
    """A page without blocks, then blocks, as one text; and the page that is read of it."""
    text = mark([Page.FromString(_hex(given, "page")), *map(Block.FromString, map(bytes.fromhex, given["blocks"]))])
    return {"text": text, "read": kept_bytes(unmark(text))}


RULES: dict[str, Callable[[Given], dict[str, bytes]]] = {
    "chain": _chain, "point": _point, "revisions": _revisions, "cells": _cells, "create": _create, "change": _change,
    "delete": _delete, "restore": _restore, "search": _search, "conflict": _conflict, "enrol": _enrol, "proof": _proof,
    "certificate": _certificate, "submit": _submit, "thread": _thread, "marked": _marked,
}  # fmt: skip


def _given() -> Iterator[tuple[str, list[str], Given]]:
    """Each rule, the sentences that it shows, and what it is given."""
    origin, revision = bytes(range(16)).hex(), "01" + bytes(range(8)).hex()
    item = {"item": _ITEM, "type": 1, "fields": _FIELDS}
    author = {"handset": _HANDSET, "life": 3, "number": 300}
    service = {"service_key": bytes(range(32, 64)).hex(), "account": _ACCOUNT}
    key, bobo = bytes(range(32)).hex(), b"\x0a\x04Bobo".hex()
    hello = number_body(1, encode_body(samples.HELLO, Direction.UP)).hex()
    unordered = b"\x2a\x01n\x0a\x03Bob\x32\x01a\xa2\x1f\x03new\x32\x01b".hex()
    chained = {"chain_0": origin, "epoch": 1, "item": _ITEM, "revision": revision, **author}
    yield "chain", ["HIST-1", "HIST-2", "HIST-3"], chained
    yield "point", ["HIST-4"], {**service, "position": 300, "chain": origin}
    yield "revisions", ["ITEM-4", "ITEM-5"], {**item, **_BLOB}
    yield "cells", ["ITEM-2", "ITEM-3"], {"fields": unordered}
    yield "create", ["CMD-1", "CMD-12", "ITEM-1"], {**item, **_BLOB}
    yield "change", ["CMD-1", "CMD-2", "CMD-12"], {**item, "name": bobo, "group": b"\x32\x05chess".hex()}
    yield "delete", ["CMD-1", "CMD-4", "CMD-12"], item
    yield "restore", ["CMD-1", "CMD-12", "CMD-25"], item
    yield "search", ["ASK-9", "ASK-10"], {"text": "BORGE 小龍", "item_text": "Bob Børgesen-Ångström\n李小龍 (Łódź)"}
    yield "conflict", ["CMD-7", "CMD-9", "ITEM-5"], {**item, **author, "name": bobo}
    yield "enrol", ["ID-3"], {"code": "4MZK7Q2T2XW3B5N2C6D2F2GHJR", "key": key}
    yield "proof", ["ID-5"], {"nonce": bytes(range(16)).hex(), "hello_frame": hello}
    certified = {**service, "handset": _HANDSET, "key": key, "position": 1, "proof": origin, "account_name": "alice"}
    yield "certificate", ["ID-4"], certified
    mail = mail_pb2.Mail(subject="Tea?", folder="drafts", first_line="At four.", date_s=1_700_000_000)
    mail.to.add(name="Bob", address="bob@example.org")
    mail.cc.add(address="carol@example.org")
    draft = mail.SerializeToString(deterministic=True).hex()
    yield "submit", ["MAIL-3", "CMD-12"], {"item": _ITEM, "type": 2, "fields": draft}
    yield "marked", ["PAGE-9", "WEB-4"], _page()
    yield (
        "thread",
        ["MAIL-8"],
        {
            "begun": "Message-ID: <tea@example.org>\r\n\r\n",
            "answer": "In-Reply-To: <tea@example.org>\r\nMessage-ID: <yes@example.org>\r\n\r\n",
            "later": "Message-ID: <late@example.org>\r\nReferences: <tea@example.org>\r\n <yes@example.org>\r\n\r\n",
            "ours": "References: <6974656d3132333435363738@thinline.test>\r\n\r\n",
        },
    )


def _page() -> Given:
    """Every mark of PAGE-9 once."""
    link, other = Run(text="tea", link=1), Run(text=" far\n", link=9, image=1, strong=True)
    blocks = [
        Block(runs=[Run(text="Grüner "), link, Run(text="!", control=1, code=True), other]),
        Block(kind=BLOCK_KIND_ROW, cells=[Cell(runs=[Run(text="お茶", emphasis=True)]), Cell()]),
        Block(level=1, marker="•", runs=[Run(text="next", link=10), Run(text="again", link=1)]),
    ]
    return {
        "page": Page(title="Tea").SerializeToString().hex(),
        "blocks": [kept.SerializeToString().hex() for kept in blocks],
    }


def _rules() -> Iterator[tuple[str, Vector]]:
    for rule, shows, given in _given():
        gives = {name: value.hex() for name, value in RULES[rule](given).items()}
        yield f"bytes-{rule}", {"kind": "bytes", "rule": rule, "spec": shows, "given": given, "gives": gives}


def made() -> dict[str, Vector]:
    """Every vector that this version makes, by name."""
    parts = (_frames, _squeezed, _refused, _rules)
    return {name: vector for part in parts for name, vector in part()}


def write(folder: Path) -> list[str]:
    """Add the vectors that are missing, and their hashes; returns their names."""
    added = []
    for name, vector in made().items():
        path = folder / f"{name}.json"
        if path.exists():
            continue
        path.write_text(json.dumps(vector, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        with (folder / SUMS.name).open("a", encoding="utf-8") as sums:
            sums.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
        added.append(name)
    return added


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    print(f"added {len(write(FOLDER))} vectors")
