"""What the far side calls what it took, and the word of it that comes later: a text's delivery receipts (spec OUT-16).

One errand may have gone out as several things, each with a name. It is DELIVERED once word of each has come, and FAILED
at the first that was not to be delivered.
"""

from __future__ import annotations

from collections.abc import Iterable

from thinline.errands import ErrandState, may_become
from thinline_server.outside import End, Word
from thinline_server.store import queue
from thinline_server.store.context import Context
from thinline_server.store.queue import Kept
from thinline_server.store.tale import Tale

__all__ = ["WAITED_MS", "hear", "keep"]

WAITED_MS = 7 * 24 * 3_600_000  # for word of something
_KEEP = "INSERT OR REPLACE INTO receipts (name, errand, at_ms) VALUES (?, ?, ?)"
_OTHERS = "SELECT 1 FROM receipts WHERE errand = ? AND name <> ? LIMIT 1"


def keep(context: Context, kept: Kept, names: Iterable[str]) -> None:
    """The far side took something of an errand under these names; what was taken before is forgotten."""
    told = tuple(names)
    if not told:
        return
    now_ms = context.now_ms()
    context.tables.execute("DELETE FROM receipts WHERE errand = ? OR at_ms < ?", (kept.errand, now_ms - WAITED_MS))
    for name in told:
        context.tables.execute(_KEEP, (name, kept.errand, now_ms))


def hear(context: Context, word: Word, tale: Tale) -> bool:
    """Word of something came; whether it is known."""
    row = context.tables.row("SELECT errand FROM receipts WHERE name = ?", (word.name,))
    found = queue.read(context, row[0]) if row is not None else None
    if found is None or found[0].kind != word.kind:
        return False
    kept, kind = found
    if word.state is ErrandState.DELIVERED and context.tables.row(_OTHERS, (kept.errand, word.name)):
        context.tables.execute("DELETE FROM receipts WHERE name = ?", (word.name,))
        return True
    context.tables.execute("DELETE FROM receipts WHERE errand = ?", (kept.errand,))
    account = context.tables.account(kept.account)
    assert account is not None, "an errand has an account"
    if may_become(ErrandState(kept.state), word.state) and not account.careful:
        queue.move(context, kept, word.state, 0, epoch=kept.epoch, tries=kept.tries)
        tale.show(kept, kind, End(kept.errand, word.state, word.reason))
    return True
