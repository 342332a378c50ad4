"""Sending forms and fetching files: what is made of the commands, and what their items show of how far they are.

Both make an item of the server's and one errand. What was filled into a form is the errand's only: it stands in no
item, and is forgotten as soon as nothing is to be sent any more (spec WEB-12).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from google.protobuf.message import DecodeError, Message

from thinline.commands import Changes, Decision, Rejection, Rule, Touches, View, grow
from thinline.convert import require
from thinline.errands import Errand, ErrandKind, ErrandState, Progress
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, NO_REVISION, Head
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import web_pb2
from thinline.v1.web_pb2 import Download, FetchFile, PostForm, Posting
from thinline_server.services.fields import with_fields
from thinline_server.services.text import cut_line
from thinline_server.services.web.submission import fields_bytes

__all__ = ["ERRANDS", "FETCH_FILE", "POST_FORM", "RULES", "WEB_FILE", "WEB_POST"]

POST_FORM, FETCH_FILE = 18, 19  # kinds of commands
WEB_POST, WEB_FILE = 3, 4  # kinds of errands
_TITLE_CHARACTERS = 256
_REASON_CHARACTERS = 160
_POSTING, _DOWNLOAD = (
    next(number for number, one in TYPES.items() if one.message is message) for message in (Posting, Download)
)
_QUEUED = web_pb2.TRANSFER_STATE_QUEUED


def _read(schema: type[PostForm] | type[FetchFile], body: bytes) -> PostForm | FetchFile:
    try:
        message = schema.FromString(body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a command's body") from error
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    return message


def _touches(schema: type[PostForm] | type[FetchFile]) -> Callable[[bytes], Touches]:
    return lambda body: Touches((_read(schema, body).item,))


def _made(item: bytes, item_type: int, message: Message, errand: Errand, view: View) -> Decision:
    """An item of the server's with its errand; where the item is there, all was done (spec CMD-13)."""
    if item in view.items:
        return Changes((), told=(item,))
    content = Content(message.SerializeToString(deterministic=True))
    reason = view.check(item_type, content)
    if reason is not None:
        return Rejection(reason)
    head = Head(item, 0, NO_REVISION, item_type, content.fields, ())
    return Changes((grow(None, head),), errands=(errand,))


def _post(body: bytes, view: View) -> Decision:
    """Spec WEB-12, WEB-13."""
    told = _read(PostForm, body)
    assert isinstance(told, PostForm)
    if fields_bytes(told.fields) > LIMITS.form_bytes:
        return Rejection(Reason.INVALID)
    posting = Posting(title=cut_line(told.title, _TITLE_CHARACTERS), at_s=told.at_s, state=_QUEUED)
    detail = PostForm(page=told.page, form=told.form, fields=told.fields).SerializeToString()
    return _made(told.item, _POSTING, posting, Errand(WEB_POST, told.item, "", detail), view)


def _fetch(body: bytes, view: View) -> Decision:
    """Spec WEB-15."""
    told = _read(FetchFile, body)
    assert isinstance(told, FetchFile)
    if fields_bytes(told.pick.fields) > LIMITS.form_bytes:
        return Rejection(Reason.INVALID)
    download = Download(name=cut_line(told.name, _TITLE_CHARACTERS), at_s=told.at_s, state=_QUEUED)
    return _made(told.item, _DOWNLOAD, download, Errand(WEB_FILE, told.item, "", body), view)


def _progress(item_type: int, content: Content, progress: Progress) -> Content | None:
    """The item as far as it has come; a file with its bytes."""
    state = web_pb2.TransferState.ValueType(_STATES[progress.state])
    reason = cut_line(progress.reason, _REASON_CHARACTERS)
    if item_type == _POSTING:
        told = with_fields(content, Posting(state=state, reason=reason), "state", "reason")
        return told if told != content else None
    if item_type != _DOWNLOAD:
        return None
    download = Download(state=state, reason=reason)
    names = ["state", "reason"]
    if progress.blobs:
        came = Download.FromString(progress.shown)
        download.name, download.media_type = came.name, came.media_type
        names += ["media_type", *(["name"] if came.name else [])]
    told = with_fields(content, download, *names)
    others = tuple(blob for blob in content.blobs if blob.name not in {one.name for one in progress.blobs})
    told = Content(told.fields, tuple(sorted((*others, *progress.blobs), key=lambda blob: blob.name)))
    return told if told != content else None


_STATES: Mapping[ErrandState, int] = {
    ErrandState.QUEUED: web_pb2.TRANSFER_STATE_QUEUED,
    ErrandState.SENDING: web_pb2.TRANSFER_STATE_SENDING,
    ErrandState.UNKNOWN: web_pb2.TRANSFER_STATE_UNKNOWN,
    ErrandState.SENT: web_pb2.TRANSFER_STATE_SENT,
    ErrandState.DELIVERED: web_pb2.TRANSFER_STATE_DELIVERED,
    ErrandState.FAILED: web_pb2.TRANSFER_STATE_FAILED,
}

RULES: Mapping[int, Rule] = {
    POST_FORM: Rule("post form", _touches(PostForm), _post),
    FETCH_FILE: Rule("fetch file", _touches(FetchFile), _fetch),
}
ERRANDS: Mapping[int, ErrandKind] = {
    WEB_POST: ErrandKind("form out", progress=_progress),
    WEB_FILE: ErrandKind("file in", repeatable=True, progress=_progress),
}
