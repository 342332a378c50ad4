"""An export leaves nothing out, and is JSON."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace

from desks import DeskBench, bob, head_of_contact, item_id
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.intents import Create, Delete
from thinline.items import Blob, Head, Revision
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_emulator.export import export
from thinline_emulator.outbox import Entry
from town import fields_of

FACE = Blob("face", b"f" * 32, 6)
BACK = Blob("back", b"b" * 32, 9)


def test_everything_held_is_in_it() -> None:
    memory = DeskBench(bob()).memory
    memory.cache.take(replace(head_of_contact(bob(), 2, 2, copy_of=item_id(1)), blobs=(FACE, BACK)))
    memory.cache.keep_part(FACE.hash, b"a face")
    memory.cache.take(Head(item_id(3), 3, Revision(2, bytes(8)), 1, dead=True, ancestors=(bytes(8),)))
    memory.cache.take(Head(item_id(4), 4, Revision(1, bytes(8)), 77, b"?"), 2)
    memory.cache.take(Head(item_id(5), 5, Revision(1, bytes(8)), 1, b"\xff"))
    memory.make(Entry(Delete(item_id(1), b"12345678"), {}))
    memory.outbox.ready(0.0)
    memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.EDITED, Point(1, b""), ()))
    memory.make(Entry(Create(item_id(6), 1, Content(fields_of("Carol"), (FACE,))), {FACE.hash: b"a face"}))
    told = json.loads(json.dumps(export(memory, "alice", 3)))
    assert (told["account"], told["life"], told["salvage"]) == ("alice", 3, False)
    assert told["seen"] == [{"position": 1, "proof": bytes(16).hex()}]
    items = {one["item"]: one for one in told["items"]}
    assert set(items) == {item_id(number).hex() for number in (1, 2, 3, 4, 5)}
    copy = items[item_id(2).hex()]
    assert copy["reads"]["name"] == "Bob Børgesen"
    assert copy["copy_of"] == item_id(1).hex()
    assert [one["content"] and b64decode(one["content"]) for one in copy["parts"]] == [b"a face", None]
    assert items[item_id(3).hex()]["deleted"]
    assert items[item_id(4).hex()]["reads"] is None
    assert items[item_id(5).hex()]["reads"] is None
    assert [one["what"] for one in told["only_here"]] == ["new: Carol"]
    assert b64decode(told["only_here"][0]["parts"][FACE.hash.hex()]) == b"a face"
    assert [(one["what"], one["reason"]) for one in told["rejected"]] == [("deleted: Bob Børgesen", Reason.EDITED)]
