"""Parts before the rows that name them: small ones with these, others on the disk where nobody's commit waits for it.

A request that brings large parts is served twice: the first time it says which of them are missing, the second time,
with these on stable storage, its rows are written (D9). What it judges it judges the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from thinline_server.outside import Kept, Ready, Settle, Spool, Take
from thinline_server.requests import Aside
from thinline_server.store.context import Context, beside
from thinline_server.store.parts import keep_part, note_part

__all__ = ["Missing", "keep_first", "note_kept", "ready"]

Missing: TypeAlias = dict[tuple[bytes, bytes], bytes]  # by account and hash
_Asked = TypeVar("_Asked", Take, Spool, Settle)
_Answer = TypeVar("_Answer")


def keep_first(
    context: Context, request: _Asked, missing: Missing, go_on: Callable[[Context, _Asked], _Answer]
) -> _Answer | Aside:
    """Have the parts, then the rows of the request: at once where no part is large, else asked again behind them."""

    def kept() -> Kept:
        return Kept(request, tuple(keep_part(context.blobs, *key, data) for key, data in missing.items()))

    if any(len(data) >= context.blobs.least_bytes for data in missing.values()):
        return beside(kept)
    note_kept(context, kept())
    return go_on(context, request)


def note_kept(context: Context, kept: Kept) -> None:
    """The rows of parts."""
    for part in kept.parts:
        note_part(context, part)


def ready(_context: Context, request: Ready) -> Any:
    """What was read aside, as it is."""
    return request.answer
