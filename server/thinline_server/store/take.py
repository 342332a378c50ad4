"""What comes from outside and becomes items: cards of a file, mail. The server is the author of these rows.

The id of such an item is made of account, source and raw content, so that what is fetched or imported twice is one
item, on this server or on one that was restored (X8). What somebody deleted is not brought back by its second coming.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from thinline.commands import grow
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, NO_REVISION, Blob, Head, put_varint, split_fields
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.blobs import BlobStore
from thinline_server.requests import Aside, Failed, Incoming, Refused, Take, TakeKept, Taken, Took
from thinline_server.store.apply import write
from thinline_server.store.context import Context
from thinline_server.store.parts import has_part, keep_part, note_part
from thinline_server.store.tables import Account

__all__ = ["outside_id", "take", "take_kept"]


def outside_id(account: bytes, source: str, origin: bytes) -> bytes:
    """The id of what came from outside: account, the source's name, and SHA-256 of the raw content (spec ITEM-12)."""
    told = source.encode()
    named = b"outside" + account + put_varint(len(told)) + told + origin
    return hashlib.sha256(named).digest()[:ITEM_ID_BYTES]


def take(context: Context, request: Take) -> Taken | Refused | Aside:
    """Write what is not here yet: blobs first, beside the store, then the rows (D9; spec ITEM-14)."""
    if context.tables.account(request.account) is None:
        return Refused(Reason.INVALID, "there is no such account")
    if not 0 < len(request.source.encode()) <= LIMITS.name_bytes:
        return Refused(Reason.INVALID, f"a source has a name of at most {LIMITS.name_bytes} bytes")
    missing: dict[bytes, bytes] = {}
    for one in request.items:
        if not _is_here(context, request, one) and not _refused(context, one, blobs := _blobs(one)):
            parts = zip(blobs, sorted(one.parts), strict=True)
            missing |= {
                blob.hash: data for blob, (_, data) in parts if not has_part(context, request.account, blob.hash)
            }
    if missing:
        return Aside(lambda: _keep(context.blobs, request, missing))
    return take_kept(context, TakeKept(request, ()))


def _keep(blobs: BlobStore, request: Take, missing: Mapping[bytes, bytes]) -> TakeKept | Failed:
    """In a thread of its own: only the blobs are touched."""
    try:
        encodings = {name: keep_part(blobs, request.account, name, data) for name, data in missing.items()}
    except Exception as error:
        return Failed(error)
    return TakeKept(request, tuple((name, len(missing[name]), encoding) for name, encoding in encodings.items()))


def take_kept(context: Context, request: TakeKept) -> Taken:
    """The rows, now that the parts are there."""
    account = context.tables.account(request.take.account)
    assert account is not None, "accounts stay"
    for content_hash, size, encoding in request.kept:
        note_part(context, account.account, content_hash, size, encoding)
    collections: set[int] = set()
    took = tuple(_take_one(context, account, request.take, one, collections) for one in request.take.items)
    return Taken(account.account, took, frozenset(collections))


def _take_one(context: Context, account: Account, request: Take, one: Incoming, collections: set[int]) -> Took:
    item = outside_id(account.account, request.source, one.origin)
    version = context.tables.version(account.account, item)
    if version is not None:  # spec ITEM-13
        return Took(item, dead=version.head.dead)
    blobs = _blobs(one)
    reason = _refused(context, one, blobs)
    if reason:
        return Took(item, reason=reason)
    head = Head(item, 0, NO_REVISION, one.type, one.fields, blobs)
    _, collection = write(context, account, grow(None, head), None)
    collections.add(collection)
    return Took(item, new=True)


def _is_here(context: Context, request: Take, one: Incoming) -> bool:
    item = outside_id(request.account, request.source, one.origin)
    return context.tables.version(request.account, item) is not None


def _blobs(one: Incoming) -> tuple[Blob, ...]:
    return tuple(Blob(name, hashlib.sha256(data).digest(), len(data)) for name, data in sorted(one.parts))


def _refused(context: Context, one: Incoming, blobs: tuple[Blob, ...]) -> Reason | None:
    try:
        split_fields(one.fields)
    except RemoteError as error:
        return error.reason
    large = len(one.fields) > LIMITS.head_bytes or len(blobs) > LIMITS.blobs_per_item
    if large or any(blob.size > LIMITS.blob_bytes or len(blob.name.encode()) > LIMITS.name_bytes for blob in blobs):
        return Reason.TOO_LARGE
    return context.services.check(one.type, Content(one.fields, blobs))
