"""Parts beside the store: squeezed and put on the disk, or read and checked, where nobody's commit waits for it.

A request that brings parts is served twice: the first time it says which of them are missing, the second time, with
these on stable storage, its rows are written (D9). What it judges it judges the second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from thinline_server.blobs import BlobStore
from thinline_server.outside import Kept, KeptPart, Ready, Settle, Spool, Take
from thinline_server.requests import Aside, Failed
from thinline_server.store.context import Context
from thinline_server.store.parts import keep_part, note_part

__all__ = ["Missing", "keep_aside", "note_kept", "ready"]

Missing: TypeAlias = dict[tuple[bytes, bytes], bytes]  # by account and hash


def keep_aside(context: Context, request: Take | Spool | Settle, missing: Missing) -> Aside:
    """Have parts put on the disk, and the request asked again behind that."""
    return Aside(lambda: _keep(context.blobs, request, missing))


def _keep(
    blobs: BlobStore, request: Take | Spool | Settle, missing: Mapping[tuple[bytes, bytes], bytes]
) -> Kept | Failed:
    """In a thread of its own: only the blobs are touched."""
    try:
        parts = tuple(
            KeptPart(account, name, len(data), keep_part(blobs, account, name, data))
            for (account, name), data in missing.items()
        )
    except Exception as error:
        return Failed(error)
    return Kept(request, parts)


def note_kept(context: Context, kept: Kept) -> None:
    """The rows of parts that are on the disk now."""
    for part in kept.parts:
        note_part(context, *part)


def ready(_context: Context, request: Ready) -> Any:
    """What was read aside, as it is."""
    return request.answer
