"""What comes from outside and becomes items: cards of a file, mail. The server is the author of these rows.

The id of such an item is made of account, source and raw content, so that what is fetched or imported twice is one
item, on this server or on one that was restored (X8). What somebody deleted is not brought back by its second coming.
"""

from __future__ import annotations

from collections.abc import Iterable

from thinline.commands import grow
from thinline.errors import RemoteError
from thinline.items import NO_REVISION, Head, outside_id, split_fields
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.outside import Incoming, Take, Taken, Took
from thinline_server.requests import Aside, Refused
from thinline_server.store.aside import Missing, keep_first
from thinline_server.store.context import Context
from thinline_server.store.parts import has_part
from thinline_server.store.tables import Account
from thinline_server.store.writing import write

__all__ = ["missing_parts", "take", "take_kept", "take_one", "unfit"]


def take(context: Context, request: Take) -> Taken | Refused | Aside:
    """Write what is not here yet: parts first, then the rows (D9; spec ITEM-14)."""
    if context.tables.account(request.account) is None:
        return Refused(Reason.INVALID, "there is no such account")
    if not 0 < len(request.source.encode()) <= LIMITS.name_bytes:
        return Refused(Reason.INVALID, f"a source has a name of at most {LIMITS.name_bytes} bytes")
    missing = missing_parts(context, request.account, request.source, request.items)
    return keep_first(context, request, missing, take_kept)


def missing_parts(context: Context, account: bytes, source: str, items: Iterable[Incoming]) -> Missing:
    """Parts of what is not here yet, and will be taken, that the disk does not have."""
    missing: Missing = {}
    for one in items:
        here = context.tables.version(account, outside_id(account, source, one.origin)) is not None
        if not here and not _refused(context, one):
            parts = zip(one.blobs, sorted(one.parts), strict=True)
            missing |= {
                (account, blob.hash): data for blob, (_, data) in parts if not has_part(context, account, blob.hash)
            }
    return missing


def take_kept(context: Context, request: Take) -> Taken:
    """The rows, now that the parts are there."""
    account = context.tables.account(request.account)
    assert account is not None, "accounts stay"
    collections: set[int] = set()
    took = tuple(take_one(context, account, request.source, one, collections) for one in request.items)
    return Taken(account.account, took, frozenset(collections))


def take_one(context: Context, account: Account, source: str, one: Incoming, collections: set[int]) -> Took:
    """Write one whose parts are there, unless it is here; the collection that changed is added."""
    item = outside_id(account.account, source, one.origin)
    version = context.tables.version(account.account, item)
    if version is not None:  # spec ITEM-13
        return Took(item, dead=version.head.dead)
    reason = _refused(context, one)
    if reason:
        return Took(item, reason=reason)
    head = Head(item, 0, NO_REVISION, one.type, one.fields, one.blobs)
    _, collection = write(context, account, grow(None, head), None)
    collections.add(collection)
    return Took(item, new=True)


def _refused(context: Context, one: Incoming) -> Reason | None:
    return unfit(context, one.type, Content(one.fields, one.blobs))


def unfit(context: Context, item_type: int, content: Content) -> Reason | None:
    """Why a content that the server is to write can be no item's."""
    try:
        split_fields(content.fields)
    except RemoteError as error:
        return error.reason
    blobs = content.blobs
    large = len(content.fields) > LIMITS.head_bytes or len(blobs) > LIMITS.blobs_per_item
    if large or any(blob.size > LIMITS.blob_bytes or len(blob.name.encode()) > LIMITS.name_bytes for blob in blobs):
        return Reason.TOO_LARGE
    return context.services.check(item_type, content)
