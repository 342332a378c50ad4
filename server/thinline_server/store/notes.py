"""Notes: what a service keeps of an account beside its history, by name, replaced as a whole.

Cookies, tokens and passwords are such: what lies in the store is sealed with a key of the state folder (T9). A note
that does not open, because that folder was lost, is as none at all; its owner logs in again.
"""

from __future__ import annotations

import structlog

from thinline.reasons import Reason
from thinline_server.outside import ReadNote, WriteNote
from thinline_server.requests import Refused
from thinline_server.store.context import Context

__all__ = ["NOTE_BYTES", "read_note", "write_note"]

NOTE_BYTES = 2 * 1024 * 1024

_log = structlog.get_logger("thinline.store")

_READ = "SELECT value FROM notes WHERE account = ? AND name = ?"
_WRITE = """INSERT INTO notes (account, name, value) VALUES (?, ?, ?)
  ON CONFLICT (account, name) DO UPDATE SET value = excluded.value"""


def _place(account: bytes, name: str) -> bytes:
    return account + name.encode()


def read_note(context: Context, request: ReadNote) -> bytes:
    """What was noted; empty where nothing was."""
    row = context.tables.row(_READ, (request.account, request.name))
    if row is None:
        return b""
    told = context.state.vault.open(_place(request.account, request.name), bytes(row[0]))
    if told is None:
        _log.warning("a note does not open with this state folder's key", name=request.name)
    return told or b""


def write_note(context: Context, request: WriteNote) -> bytes | Refused:
    """Note it; the value that holds from now on."""
    if context.tables.account(request.account) is None:
        return Refused(Reason.INVALID, "there is no such account")
    if len(request.value) > NOTE_BYTES:
        return Refused(Reason.TOO_LARGE)
    sealed = context.state.vault.seal(_place(request.account, request.name), request.value, context.draw)
    context.tables.execute(_WRITE, (request.account, request.name, sealed))
    return request.value
