"""The store's one door: a group of requests in one transaction, one commit, and only then their answers.

A request that fails harms none of its neighbours. After a failed write or sync the store is dead and says so to
everybody until the process has started again (D7).
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import apsw
import structlog

from thinline.reasons import Reason
from thinline_server import outside, requests
from thinline_server.blobs import BlobsFailed, BlobStore
from thinline_server.requests import Apply, Aside, Refused, Request
from thinline_server.services.base import Catalogue
from thinline_server.state import Mark, State
from thinline_server.store import accounts, apply, aside, errands, greet, notes, parts, search, take, windows
from thinline_server.store.context import Context
from thinline_server.store.database import CHECKPOINT_PAGES
from thinline_server.store.regress import check_marks
from thinline_server.store.tables import Tables

__all__ = ["MARK_EVERY_MS", "Answer", "Store"]

_log = structlog.get_logger("thinline.store")

MARK_EVERY_MS = 60_000
_RETRY_AFTER_MS = 2_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

Answer: TypeAlias = (
    requests.Refused
    | requests.Known
    | requests.Greeting
    | requests.Applied
    | requests.WindowRead
    | requests.HeadsRead
    | requests.BlobRead
    | requests.PutState
    | requests.Enrolment
    | requests.AccountInfo
    | tuple[requests.AccountInfo, ...]
    | str
    | requests.Revoked
    | bytes
    | outside.Taken
    | outside.Spooled
    | outside.Drawn
    | outside.Begun
    | outside.Settled
    | outside.ItemRead
    | outside.PeersRead
    | None
)


def _fail(_context: Context, request: requests.Failed) -> NoReturn:
    raise request.error


def _go_on(context: Context, request: outside.Kept) -> Answer | Aside:
    aside.note_kept(context, request)
    return _WITH_PARTS[type(request.request)](context, request.request)


# What is served behind its parts, once these are on the disk.
_WITH_PARTS: Mapping[type, Callable[[Context, Any], Answer | Aside]] = {
    outside.Take: take.take_kept,
    outside.Spool: errands.spool_kept,
    outside.Settle: errands.settle_kept,
    requests.PutBegin: parts.put_kept,
    requests.PutChunk: parts.put_kept,
}

_SERVED: Mapping[type, Callable[[Context, Any], Answer | Aside]] = {
    requests.Identify: greet.identify,
    requests.Greet: greet.greet,
    requests.Apply: apply.apply,
    requests.ReadWindow: windows.read_window,
    requests.ListItems: windows.list_items,
    requests.FindItems: search.find_items,
    requests.GetBlob: parts.get_blob,
    requests.PutBegin: parts.put_begin,
    requests.PutChunk: parts.put_chunk,
    requests.EnrolHandset: accounts.enrol_handset,
    requests.AddAccount: accounts.add_account,
    requests.ListAccounts: accounts.list_accounts,
    requests.NewCode: accounts.new_code,
    requests.Revoke: accounts.revoke,
    requests.Failed: _fail,
    outside.FindAccount: accounts.find_account,
    outside.Take: take.take,
    outside.Spool: errands.spool,
    outside.Due: errands.due,
    outside.Begin: errands.begin,
    outside.Settle: errands.settle,
    outside.ReadItem: parts.read_item,
    outside.ReadNote: notes.read_note,
    outside.ReadPeers: accounts.read_peers,
    outside.WriteNote: notes.write_note,
    outside.Kept: _go_on,
    outside.Ready: aside.ready,
}

# What says that the disk, or the file on it, is not what was promised. All else is a request's own fault, or a bug.
_DISK_ERRORS = (
    apsw.IOError,
    apsw.FullError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.ProtocolError,
    BlobsFailed,
    OSError,
    MemoryError,
)


class Store:
    """Serves requests, one group at a time, in whatever one thread calls it.

    Attributes:
        failed: what every request is answered once the store is dead; None while it lives.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        blobs: BlobStore,
        state: State,
        services: Catalogue,
        now_ms: Callable[[], int],
        draw: Callable[[int], bytes],
    ) -> None:
        self._connection = connection
        self._state = state
        self._tables = Tables(connection)
        self._context = Context(self._tables, state, state.key.seal, blobs, services, now_ms, draw)
        self._marked_ms = now_ms()
        self._log_pages = 0
        self.failed: Refused | None = None
        connection.set_wal_hook(self._wal_grew)
        self._begin()
        check_marks(self._context)
        errands.restart(self._context)
        self._commit()

    def answer(self, group: Sequence[Request]) -> list[Answer]:
        """Carry out a group whole; its answers, in order, once all that they tell is durable (D1, D6, D11)."""
        answers = self.serve(group)
        later = {at: answer for at, answer in enumerate(answers) if isinstance(answer, Aside)}
        told = iter(self.answer([one.work() for one in later.values()]) if later else ())
        return [next(told) if isinstance(answer, Aside) else answer for answer in answers]

    def serve(self, group: Sequence[Request]) -> list[Answer | Aside]:
        """As `answer`, but what has work that needs no transaction is answered with it, to be done elsewhere."""
        if self.failed is None:
            try:
                answers = self._serve(group)
                self._tidy()
            except _DISK_ERRORS as error:
                self._die(error)
            else:
                return answers
        return [self.failed] * len(group)

    def mark(self) -> None:
        """Note in the state folder how far the histories came that moved since the last mark."""
        moved = (self._tables.account(account) for account in self._tables.moved)
        self._state.mark([Mark(one.account, one.epoch, one.position, one.chain) for one in moved if one])
        self._tables.moved.clear()
        self._marked_ms = self._context.now_ms()

    @property
    def synchronous(self) -> str:
        """How SQLite says that it syncs, read back from it (D11)."""
        level = self._connection.pragma("synchronous")
        return {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[int(level)]

    def close(self) -> None:
        """A clean stop: the marks are up to date. A dead store is only let go of."""
        if self.failed is None:
            try:
                self.mark()
            except _DISK_ERRORS as error:
                self._die(error)
        self._connection.close()
        self._state.close()

    # One group

    def _serve(self, group: Sequence[Request]) -> list[Answer | Aside]:
        """Whole, or where something fails in it once more, with a savepoint around each request.

        A savepoint costs a copy of every page that is written under it, and nearly every group is sound.
        """
        try:
            return self._serve_all(group, self._serve_plainly)
        except _DISK_ERRORS:
            raise
        except Exception:
            _log.exception("a request failed; its group is served again, one by one")
            self._tables.forget()
            self._connection.execute("ROLLBACK")
        return self._serve_all(group, self._serve_guarded)

    def _serve_all(self, group: Sequence[Request], serve: Callable[[Request], Answer | Aside]) -> list[Answer | Aside]:
        answers: list[Answer | Aside] = []
        self._begin()
        for request in group:
            if isinstance(request, Apply) and apply.is_marked(self._context, request):
                answers.append(self._serve_marked(request))
            else:
                answers.append(serve(request))
        self._commit()
        return answers

    def _serve_marked(self, request: Apply) -> Answer | Aside:
        """In transactions of its own: what kills the process must not leave marks on its neighbours (spec CMD-14)."""
        self._commit()
        self._begin()
        apply.mark_trial(self._context, request)
        self._commit()
        self._begin()
        answer = self._serve_guarded(request)
        self._commit()
        self._begin()
        return answer

    def _serve_plainly(self, request: Request) -> Answer | Aside:
        return _SERVED[type(request)](self._context, request)

    def _serve_guarded(self, request: Request) -> Answer | Aside:
        """So that a request that fails harms none of its neighbours (X6)."""
        self._tables.execute("SAVEPOINT request")
        try:
            answer = self._serve_plainly(request)
            self._tables.execute("RELEASE request")
        except _DISK_ERRORS:
            raise
        except Exception:
            # A bug, or what only this request brings about: the asker tries again, a command three times.
            _log.exception("request failed", request=type(request).__name__)
            self._tables.forget()
            self._connection.execute("ROLLBACK TO request")
            self._connection.execute("RELEASE request")
            answer = Refused(Reason.BUSY, "the request failed on the server", _RETRY_AFTER_MS)
        return answer

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._tables.execute("COMMIT")

    # After the commit

    def _wal_grew(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _tidy(self) -> None:
        if self._log_pages >= CHECKPOINT_PAGES:
            self._log_pages = 0
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        if self._tables.moved and self._context.now_ms() - self._marked_ms >= MARK_EVERY_MS:
            self.mark()

    def _die(self, error: BaseException) -> None:
        full = isinstance(error, apsw.FullError) or bool(getattr(error, "full", False))
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            full = True
        self.failed = Refused(Reason.FULL if full else Reason.STORE_FAILED, str(error))
        self._tables.forget()
        _log.critical("the store failed; nothing is acknowledged any more", error=str(error), full=full)
