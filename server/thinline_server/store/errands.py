"""Errands: kept before anybody hears of them, begun durably, ended together with what their items show (spec OUT).

Every step is a request of a gateway, carried out in one transaction. What a restart or a store that went back makes of
an errand is decided by the pure functions of `thinline.errands`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

import structlog

from thinline.errands import (
    Errand,
    ErrandState,
    after_restart,
    is_fenced,
    may_become,
    may_begin,
    token_of,
)
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.blobs import BlobStore
from thinline_server.outside import (
    Begin,
    Begun,
    Drawn,
    Due,
    End,
    KeptPart,
    Ready,
    Report,
    Settle,
    Settled,
    Spool,
    Spooled,
    Task,
)
from thinline_server.requests import Aside, Refused
from thinline_server.store import queue, receipts
from thinline_server.store.aside import Missing, keep_first
from thinline_server.store.context import Context, beside
from thinline_server.store.handover import offer, put
from thinline_server.store.packing import pack_spooled, unpack_spooled
from thinline_server.store.parts import has_part, read_part, reading
from thinline_server.store.queue import COLUMNS, Kept
from thinline_server.store.tables import Account
from thinline_server.store.take import missing_parts, take_one
from thinline_server.store.tale import Tale

__all__ = [
    "DRAWN_BYTES",
    "INLINE_BYTES",
    "begin",
    "due",
    "restart",
    "settle",
    "settle_kept",
    "spool",
    "spool_kept",
]

_log = structlog.get_logger("thinline.store")

DRAWN_BYTES = 8 * 1024 * 1024  # of spooled content in one answer, unless a single errand has more
INLINE_BYTES = 65_536  # of a spooled part that lies in its errand's row: no file is synced for it
_RETRY_AFTER_MS = 60_000
_GONE_OUT = (ErrandState.SENT, ErrandState.UNKNOWN)

_READY = f"""SELECT {", ".join(f"errands.{one}" for one in COLUMNS.split(", "))}, due_ms FROM errands
  JOIN accounts USING (account) WHERE kind = ? AND state = ? AND (careful = 0 OR ?) ORDER BY due_ms, errand LIMIT ?"""
_SENDING = f"SELECT {COLUMNS} FROM errands WHERE kind = ? AND state = 2 ORDER BY errand"

_Parts: TypeAlias = list[KeptPart | bytes]
Changed: TypeAlias = Mapping[bytes, frozenset[int]]

_LOST = "The server's store went back to an older copy; whether this was sent nobody can say."
_CUT = "The server ended while it sent this; whether it arrived nobody can say."


def _owner(context: Context, kept: Kept) -> Account:
    account = context.tables.account(kept.account)
    assert account is not None, "an errand has an account"
    return account


# In


def spool(context: Context, request: Spool) -> Spooled | Refused | Aside:
    """Content first, then the errand (D9, spec OUT-1)."""
    refused = _unfit(context, request)
    if refused is not None:
        return refused
    return keep_first(context, request, _missing(context, request), spool_kept)


def _unfit(context: Context, request: Spool) -> Refused | None:
    assert request.kind in context.services.errands, "a service spools its own kinds"
    account = context.tables.account(request.account)
    if account is None:
        return Refused(Reason.INVALID, "there is no such account")
    if any(len(part) > LIMITS.blob_bytes for part in request.parts):
        return Refused(Reason.TOO_LARGE)
    if queue.is_full(context, account):
        return Refused(Reason.LIMIT, f"too much waits for {account.name}", _RETRY_AFTER_MS)
    return None


def _missing(context: Context, request: Spool) -> Missing:
    account, hashed = request.account, zip(request.hashes, request.parts, strict=True)
    large = [(name, part) for name, part in hashed if len(part) > INLINE_BYTES]
    return {(account, name): part for name, part in large if not has_part(context, account, name)}


def spool_kept(context: Context, request: Spool) -> Spooled | Refused:
    """The errand, now that its content is there."""
    refused = _unfit(context, request)
    if refused is not None:
        return refused
    account = context.tables.account(request.account)
    assert account is not None, "it is fit"
    inline = (part if len(part) <= INLINE_BYTES else None for part in request.parts)
    parts = pack_spooled(inline, request.hashes)
    errand = queue.keep(context, account, request.kind, parts, request.detail)
    return Spooled(account.account, errand, request.kind)


# Under way


def due(context: Context, request: Due) -> Drawn | Aside:
    """What may be begun now, with what was spooled for it, which is read beside the store."""
    now_ms = context.now_ms()
    tale = Tale(context)
    drawn: list[tuple[Task, _Parts]] = []
    next_due_ms: int | None = None
    room = DRAWN_BYTES
    for due_ms, kept in _ready(context, request):
        if kept.errand in request.besides:
            continue
        if due_ms > now_ms or len(drawn) >= request.limit or room <= 0:
            next_due_ms = due_ms
            break
        kind, account = context.services.errands[kept.kind], _owner(context, kept)
        if is_fenced(kind, kept.standing(account)) and not request.deduplicates:
            queue.move(context, kept, ErrandState.UNKNOWN, now_ms, epoch=account.epoch, tries=kept.tries)
            tale.show(kept, kind, End(kept.errand, ErrandState.UNKNOWN, _LOST))
            continue
        packed = unpack_spooled(kept.parts)
        parts = [reading(context, account.account, name) if name else data for name, data in packed]
        drawn.append((_task(context, account, kept), parts))
        room -= sum(part.size if isinstance(part, KeptPart) else len(part) for part in parts)
    changed = tale.end()
    if any(isinstance(part, KeptPart) for _, parts in drawn for part in parts):
        return beside(lambda: Ready(Drawn(_with_parts(context.blobs, drawn), next_due_ms, changed)))
    return Drawn(_with_parts(context.blobs, drawn), next_due_ms, changed)


def _with_parts(blobs: BlobStore, drawn: list[tuple[Task, _Parts]]) -> tuple[Task, ...]:
    tasks = []
    for task, parts in drawn:
        read = [read_part(blobs, part) if isinstance(part, KeptPart) else part for part in parts]
        sound = tuple(one for one in read if one is not None)
        tasks.append(replace(task, parts=sound if len(sound) == len(read) else None))
    return tuple(tasks)


def _ready(context: Context, request: Due) -> list[tuple[int, Kept]]:
    """Errands that wait, in the order of their due time, and one more than is wanted: it says when the next is due."""
    states = [ErrandState.QUEUED, *([ErrandState.UNKNOWN] if request.deduplicates else [])]
    most = request.limit + len(request.besides) + 1
    rows = []
    for number in request.kinds:
        kind = context.services.errands[number]
        for state in states:
            rows += context.tables.rows(_READY, (number, int(state), kind.repeatable, most))
    rows.sort(key=lambda row: (row[-1], row[0]))
    return [(row[-1], Kept(*row[:-1])) for row in rows]


def _task(context: Context, account: Account, kept: Kept) -> Task:
    return Task(
        kept.errand,
        account.account,
        account.name,
        kept.kind,
        kept.item,
        kept.target,
        kept.tries,
        kept.queued_ms,
        token_of(account.account, Errand(kept.kind, kept.item, kept.target)),
        queue.detail_of(context, kept),
        (),
        account.number,
    )


def begin(context: Context, request: Begin) -> Begun:
    """SENDING, before anything is sent (spec OUT-2)."""
    begun = set()
    for errand in request.errands:
        found = queue.read(context, errand)
        if found is None:
            continue
        kept, kind = found
        account = _owner(context, kept)
        if may_begin(kind, kept.standing(account), deduplicates=request.deduplicates):
            queue.move(context, kept, ErrandState.SENDING, 0, epoch=account.epoch, tries=kept.tries + 1)
            begun.add(errand)
    return Begun(frozenset(begun))


# The end


def settle(context: Context, request: Settle) -> Settled | Aside:
    """Parts first, where an end brings some."""
    missing: Missing = {}
    for end in request.ends:
        found = queue.read(context, end.errand)
        if found is not None and end.items:
            missing |= missing_parts(context, found[0].account, end.source, end.items)
        if end.spool is not None and _unfit(context, end.spool) is None:
            missing |= _missing(context, end.spool)
    return keep_first(context, request, missing, settle_kept)


def settle_kept(context: Context, request: Settle) -> Settled:
    """Move errands, take in what they bring, and let their items show it; hear what came of others."""
    tale = Tale(context)
    queued: set[int] = set()
    refused: dict[int, Reason] = {}
    for end in request.ends:
        reason = _end(context, end, tale, queued)
        if reason is not None:
            refused[end.errand] = reason
    unheard = {word.name for word in request.words if not receipts.hear(context, word, tale)}
    return Settled(tale.end(), frozenset(queued), refused, frozenset(unheard))


def _end(context: Context, end: End, tale: Tale, queued: set[int]) -> Reason | None:
    """One of them; why it stays as it was, where it does."""
    found = queue.read(context, end.errand)
    if found is None or not may_become(ErrandState(found[0].state), end.state):
        return Reason.OUT_OF_TURN
    kept, kind = found
    account = _owner(context, kept)
    for incoming in end.items:
        took = take_one(context, account, end.source, incoming, tale.touched(account.account))
        if took.reason:
            return Reason(took.reason)
    handed_ms = _hand_over(context, account, kept, tale) if end.hand else 0
    if isinstance(handed_ms, Reason):
        return handed_ms
    if end.spool is not None:
        spooled = spool_kept(context, end.spool)
        if isinstance(spooled, Refused):
            return spooled.reason
        queued.add(spooled.kind)
    if not all(has_part(context, account.account, blob.hash) for blob in end.blobs):
        return Reason.BLOB_MISSING
    for report in () if account.careful else end.reports:
        _report(context, account, report, tale)
    if kind.repeatable and end.state is ErrandState.DELIVERED:
        tale.show(kept, kind, end)
        context.tables.execute("DELETE FROM errands WHERE errand = ?", (kept.errand,))
        return None
    queue.move(context, kept, end.state, end.due_ms, epoch=kept.epoch, tries=kept.tries)
    receipts.keep(context, kept, end.names)
    tale.show(kept, kind, end, handed_ms)
    return None


def _hand_over(context: Context, account: Account, kept: Kept, tale: Tale) -> Reason | int:
    """To an account of this server: when, or why not."""
    version = context.tables.version(account.account, kept.item)
    errand = Errand(kept.kind, kept.item, kept.target, queue.detail_of(context, kept))
    offered = offer(context, account, errand, version) if version is not None else None
    if offered is None:
        return Reason.NO_SUCH_ITEM
    collection = put(context, offered)
    if isinstance(collection, Reason):
        return collection
    if collection:
        tale.touched(offered.to.account).add(collection)
    return offered.at_ms


def _report(context: Context, account: Account, report: Report, tale: Tale) -> None:
    """Word of an earlier errand; only what was sent, or may have been, can have come to something (spec MAIL-13)."""
    for kept in queue.of_item(context, account.account, report.item, report.kind):
        if kept.target.casefold() == report.target.casefold() and kept.state in _GONE_OUT:
            queue.move(context, kept, report.state, 0, epoch=kept.epoch, tries=kept.tries)
            tale.show(kept, context.services.errands[kept.kind], End(kept.errand, report.state, report.reason))


def restart(context: Context) -> None:
    """What was under way when the server ended (spec OUT-4, OUT-10), in the start's own transaction.

    Of a careful account nothing is written that its handsets would have to merge: its errands are of an older epoch,
    and `due` says so of them once it is careful no longer.
    """
    tale = Tale(context)
    for number, kind in context.services.errands.items():
        for kept in _sending(context, number):
            account = _owner(context, kept)
            if account.careful and not kind.repeatable:
                queue.move(context, kept, ErrandState.QUEUED, 0, epoch=kept.epoch, tries=kept.tries)
                continue
            state = after_restart(kind, kept.tries)
            queue.move(context, kept, state, context.now_ms(), epoch=kept.epoch, tries=kept.tries)
            tale.show(kept, kind, End(kept.errand, state, _CUT))
            told = {"errand": kept.errand, "kind": kind.name, "state": state.name, "tries": kept.tries}
            _log.warning("errand was interrupted", account=kept.account.hex(), **told)
    tale.end()


def _sending(context: Context, kind: int) -> Iterable[Kept]:
    return [Kept(*row) for row in context.tables.rows(_SENDING, (kind,))]
