"""What comes from outside and becomes items: cards of a file, mail. The server is the author of these rows.

The id of such an item is made of account, source and raw content, so that what is fetched or imported twice is one
item, on this server or on one that was restored (D6). What somebody deleted is not brought back by its second coming.
"""

from __future__ import annotations

import hashlib

from thinline.commands import grow
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, NO_REVISION, Blob, Head, split_fields
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.requests import Incoming, Refused, Take, Taken, Took
from thinline_server.store.apply import write
from thinline_server.store.context import Context
from thinline_server.store.parts import put_whole
from thinline_server.store.tables import Account

__all__ = ["outside_id", "take"]


def outside_id(account: bytes, source: str, origin: bytes) -> bytes:
    """The id of what came from outside: account, the source's name, and SHA-256 of the raw content."""
    told = source.encode()
    return hashlib.sha256(b"outside" + account + bytes([len(told)]) + told + origin).digest()[:ITEM_ID_BYTES]


def take(context: Context, request: Take) -> Taken | Refused:
    """Write what is not here yet: blobs first, then the rows (D9)."""
    account = context.tables.account_named(request.name)
    if account is None:
        return Refused(Reason.INVALID, f"there is no account {request.name}")
    if not 0 < len(request.source.encode()) <= LIMITS.name_bytes:
        return Refused(Reason.INVALID, f"a source has a name of at most {LIMITS.name_bytes} bytes")
    collections: set[int] = set()
    took = tuple(_take_one(context, account, request.source, one, collections) for one in request.items)
    return Taken(account.account, took, frozenset(collections))


def _take_one(context: Context, account: Account, source: str, one: Incoming, collections: set[int]) -> Took:
    item = outside_id(account.account, source, one.origin)
    version = context.tables.version(account.account, item)
    if version is not None:
        return Took(item, dead=version.head.dead)
    blobs = tuple(Blob(name, hashlib.sha256(data).digest(), len(data)) for name, data in sorted(one.parts))
    reason = _refused(context, one, blobs)
    if reason:
        return Took(item, reason=reason)
    for _, data in one.parts:
        put_whole(context, account.account, data)
    head = Head(item, 0, NO_REVISION, one.type, one.fields, blobs)
    _, collection = write(context, account, grow(None, head), None)
    collections.add(collection)
    return Took(item, new=True)


def _refused(context: Context, one: Incoming, blobs: tuple[Blob, ...]) -> Reason | None:
    try:
        split_fields(one.fields)
    except RemoteError as error:
        return error.reason
    large = len(one.fields) > LIMITS.head_bytes or len(blobs) > LIMITS.blobs_per_item
    if large or any(blob.size > LIMITS.blob_bytes or len(blob.name.encode()) > LIMITS.name_bytes for blob in blobs):
        return Reason.TOO_LARGE
    return context.services.check(one.type, Content(one.fields, blobs))
