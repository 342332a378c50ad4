"""The one place where a version of an item enters a history: its row, its head, and its place in the order."""

from __future__ import annotations

from thinline.commands import Version
from thinline.history import Author
from thinline.items import Head
from thinline_server.store.context import Context
from thinline_server.store.pending import Listing
from thinline_server.store.tables import Account

__all__ = ["write"]


def write(context: Context, account: Account, version: Version, author: Author | None) -> tuple[Head, int]:
    """Put a version into the history; the head with its position, and its collection."""
    grown = version.head
    position = context.tables.append(account, grown.item, grown.revision, author)
    head = Head(
        grown.item,
        position,
        grown.revision,
        grown.type,
        grown.fields,
        grown.blobs,
        grown.ancestors,
        grown.safe_ancestor,
        grown.dead,
        grown.copy_of,
    )
    collection = context.services.types[head.type].collection
    listed = Listing(collection, context.services.key(head.type, head.fields))
    context.tables.put_version(account.account, Version(head, version.copy_by), listed)
    return head, collection
