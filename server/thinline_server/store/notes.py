"""Notes: what a service keeps of an account beside its history, by name, replaced as a whole."""

from __future__ import annotations

from thinline.reasons import Reason
from thinline_server.outside import ReadNote, WriteNote
from thinline_server.requests import Refused
from thinline_server.store.context import Context

__all__ = ["NOTE_BYTES", "read_note", "write_note"]

NOTE_BYTES = 2 * 1024 * 1024

_READ = "SELECT value FROM notes WHERE account = ? AND name = ?"
_WRITE = """INSERT INTO notes (account, name, value) VALUES (?, ?, ?)
  ON CONFLICT (account, name) DO UPDATE SET value = excluded.value"""


def read_note(context: Context, request: ReadNote) -> bytes:
    """What was noted; empty where nothing was."""
    row = context.tables.row(_READ, (request.account, request.name))
    return bytes(row[0]) if row is not None else b""


def write_note(context: Context, request: WriteNote) -> bytes | Refused:
    """Note it; the value that holds from now on."""
    if context.tables.account(request.account) is None:
        return Refused(Reason.INVALID, "there is no such account")
    if len(request.value) > NOTE_BYTES:
        return Refused(Reason.TOO_LARGE)
    context.tables.execute(_WRITE, (request.account, request.name, request.value))
    return request.value
