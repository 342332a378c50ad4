"""The web: what is kept of it, and what no server takes."""

from __future__ import annotations

from google.protobuf.message import Message

from examples import Example
from line_client import Submit
from thinline.commands import DELETE_SEEN_BYTES
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import content_digest
from thinline.limits import LIMITS
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import web_pb2
from thinline.v1.web_pb2 import Bookmark, Field

__all__ = ["EXAMPLES"]

TEA = b"web      tea"
BOOKMARK = 3


def content(kept: Message) -> Content:
    return Content(kept.SerializeToString())


def submit(intent: Intent) -> Submit:
    return Submit(*write_intent(intent))


MARKED = content(Bookmark(title="Tea", address="https://tea.example/", labels=["drinks"], at_s=86_400))
NAMED = content(Bookmark(title="Tea, daily", address="https://tea.example/", labels=["drinks", "daily"], at_s=86_400))
MARK = submit(Create(TEA, BOOKMARK, MARKED))
SEEN = content_digest(BOOKMARK, MARKED.fields, MARKED.blobs, dead=False)[:DELETE_SEEN_BYTES]

ORDER, LEAVES = b"web    order", b"web   leaves"
FORM = web_pb2.PostForm(
    item=ORDER, page=bytes(16), form=1, fields=[Field(control=1, value="Assam")], title="Tea", at_s=9
)
LONG = web_pb2.PostForm(item=ORDER, page=bytes(16), form=1, fields=[Field(control=1, value="x" * LIMITS.form_bytes)])
FILE = web_pb2.FetchFile(item=LEAVES, address="https://tea.example/leaves.pdf", name="leaves.pdf", at_s=9)
POST, FETCH = Submit(18, FORM.SerializeToString()), Submit(19, FILE.SerializeToString())

EXAMPLES = (
    Example("bookmark a page", MARK),
    Example("rename a bookmark", submit(Change(TEA, difference(MARKED, NAMED, TYPES[BOOKMARK].merges))), (MARK,)),
    Example(
        "bookmark an address that breaks a line",
        submit(Create(TEA, BOOKMARK, content(Bookmark(address="https://tea.example/\r\nHost: bob")))),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.INVALID,
        heads=0,
    ),
    Example("send a form", POST),
    Example("send a form that was sent", POST, (POST,)),
    Example(
        "fill too much into a form",
        Submit(18, LONG.SerializeToString()),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.INVALID,
        heads=0,
    ),
    Example("fetch a file to keep", FETCH),
    Example("delete a bookmark", submit(Delete(TEA, SEEN)), (MARK,)),
)
