"""Commands: each happens once, and its outcome is final (spec CMD).

The pure core decides; here stands what must be remembered: the number done, the outcomes not yet confirmed, the rows
and items that a decision makes, and marks of attempts that had no end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from thinline.commands import (
    Changes,
    Decision,
    Place,
    Rejection,
    Touches,
    View,
    payload_digest,
    place,
)
from thinline.errors import RemoteError
from thinline.frames import Command, Outcome, Verdict
from thinline.history import Author
from thinline.items import Head
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.outside import Others
from thinline_server.requests import Applied, Apply, Refused
from thinline_server.store.context import Context
from thinline_server.store.handover import Offer, hand_over, offers
from thinline_server.store.packing import join_ids, split_ids
from thinline_server.store.queue import is_full, queue
from thinline_server.store.tables import Account, Handset
from thinline_server.store.writing import write

__all__ = ["apply", "is_marked", "mark_trial", "shown"]

_log = structlog.get_logger("thinline.store")

_RETRY_AFTER_MS = 60_000
_REJECTED: int = Verdict.VERDICT_REJECTED  # once: a lookup takes as long as a hash
_OUTCOME = "SELECT digest, verdict, reason, position, items FROM outcomes WHERE handset = ? AND number = ?"
_MARKS = "SELECT marks FROM trials WHERE handset = ? AND number = ?"
_MARK = "INSERT INTO trials VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET marks = marks + 1"
_UNMARK = "DELETE FROM trials WHERE handset = ? AND number = ?"
_HAS_BLOB = "SELECT 1 FROM blobs WHERE account = ? AND hash = ?"


def shown(head: Head) -> Head:
    """A head as it travels: of a tombstone only that it is one."""
    if not head.dead:
        return head
    return Head(
        head.item,
        head.position,
        head.revision,
        head.type,
        ancestors=head.ancestors,
        safe_ancestor=head.safe_ancestor,
        dead=True,
        copy_of=head.copy_of,
    )


def is_marked(context: Context, request: Apply) -> bool:
    """Whether an attempt at this command needs a durable mark first (spec CMD-14)."""
    if request.command.transmission < LIMITS.transmissions_marked:
        return False
    handset = context.tables.handset(request.handset)
    return handset is not None and handset.life == request.life and handset.done < request.command.number


def mark_trial(context: Context, request: Apply) -> None:
    """Note an attempt that has begun; `apply` takes the note back when it ends."""
    context.tables.execute(_MARK, (request.handset, request.command.number))


def apply(context: Context, request: Apply) -> Applied | Refused:
    """Judge a command."""
    tables, command = context.tables, request.command
    handset = tables.handset(request.handset)
    if handset is None or handset.account != request.account:
        return Refused(Reason.UNKNOWN_HANDSET)
    if handset.revoked or context.state.revoked(handset.handset):
        return Refused(Reason.REVOKED)
    if request.life < handset.life:
        return Refused(Reason.OLD_LIFE)
    if request.life > handset.life:
        tables.begin_life(handset, request.life)
    tables.prune(handset, command.confirmed)
    account = tables.account(handset.account)
    assert account is not None, "a handset has an account"
    where = place(handset.done, command.number, command.after)
    if where is Place.REPEAT:
        return _repeat(context, account, handset, command)
    fresh = where is Place.FRESH
    answer = _judge(context, account, handset, command) if fresh else Refused(Reason.GAP)
    if command.transmission >= LIMITS.transmissions_marked:
        tables.execute(_UNMARK, (handset.handset, command.number))
    return answer


def _repeat(context: Context, account: Account, handset: Handset, command: Command) -> Applied | Refused:
    """The stored outcome, with the heads as they are now (X2)."""
    stored = context.tables.row(_OUTCOME, (handset.handset, command.number))
    if stored is None:  # it was confirmed: whoever asks is not who confirmed
        return Refused(Reason.CLONE, "the outcome was confirmed already")
    digest, verdict, reason, position, items = stored
    came = payload_digest(command.kind, command.body)
    if came != digest:
        _log.warning(
            "two payloads under one number",
            handset=handset.handset.hex(),
            number=command.number,
            stored=digest.hex(),
            came=came.hex(),
        )
        return Refused(Reason.CLONE)
    chain = context.tables.chain(account, position)
    assert chain is not None, "rows are kept for ever"
    point = context.seal.point(account.account, position, chain)
    heads = _heads(context, account, split_ids(items), {})
    return Applied(Outcome(command.number, verdict, reason, point, heads))


def _judge(context: Context, account: Account, handset: Handset, command: Command) -> Applied | Refused:
    decision = _poison(context, handset, command) or _decide(context, account, handset, command)
    if isinstance(decision, Refused):
        return decision
    offered: tuple[Offer, ...] = ()
    if isinstance(decision, Changes) and decision.errands:
        found = offers(context, account, decision)
        if isinstance(found, Refused):
            return found
        if len(found) < len(decision.errands) and is_full(context, account):
            return Refused(Reason.LIMIT, "too much waits to be sent", _RETRY_AFTER_MS)
        offered = found
    return _settle(context, account, handset, command, decision, offered)


def _poison(context: Context, handset: Handset, command: Command) -> Rejection | None:
    if command.transmission < LIMITS.transmissions_marked:
        return None
    row = context.tables.row(_MARKS, (handset.handset, command.number))
    if row is None or row[0] <= LIMITS.marks:  # the mark of this very attempt is among them
        return None
    _log.error("command rejected as poison", handset=handset.handset.hex(), number=command.number)
    return Rejection(Reason.POISON)


def _decide(context: Context, account: Account, handset: Handset, command: Command) -> Decision | Refused:
    rule = context.services.rules.get(command.kind)
    if rule is None:
        return Rejection(Reason.UNKNOWN_KIND)
    try:
        touches = rule.touches(command.body)
        for content_hash in touches.blobs:
            if context.tables.row(_HAS_BLOB, (account.account, content_hash)) is None:
                return Refused(Reason.BLOB_MISSING)
        return rule.decide(command.body, _view(context, account, handset, command.number, touches))
    except RemoteError as error:
        return Rejection(error.reason)


def _view(context: Context, account: Account, handset: Handset, number: int, touches: Touches) -> View:
    tables = context.tables
    found = ((item, tables.version(account.account, item)) for item in touches.items)
    copies = (copy for item in touches.copies_of for copy in tables.copies(account.account, item))
    return View(
        {item: version for item, version in found if version is not None},
        tuple(copies),
        handset.handset,
        handset.life,
        number,
        context.services.types,
        context.services.check,
        account.account,
    )


def _settle(
    context: Context,
    account: Account,
    handset: Handset,
    command: Command,
    decision: Decision,
    offered: tuple[Offer, ...],
) -> Applied:
    """Write what was decided: rows, items, errands or what becomes of them elsewhere, outcome and the number done."""
    changed: dict[bytes, Head] = {}
    collections: set[int] = set()
    queued: frozenset[int] = frozenset()
    others: Others = ()
    verdict = _REJECTED
    reason, told = 0, tuple[bytes, ...]()
    if isinstance(decision, Rejection):
        reason = decision.reason.value
    else:
        verdict, told = decision.verdict, decision.told
        if decision.errands:  # in the same transaction (spec OUT-1, OUT-13)
            decision, others = hand_over(context, account, decision, offered)
            queued = queue(context, account, decision.errands)
        for part, version in enumerate(decision.heads):
            author = Author(handset.handset, handset.life, command.number, part)
            head, collection = write(context, account, version, author)
            changed[head.item] = head
            collections.add(collection)
    items = tuple(dict.fromkeys((*changed, *told)))[: LIMITS.heads_per_outcome]
    digest = payload_digest(command.kind, command.body)
    context.tables.judged(handset, command.number, (digest, verdict, reason, account.position, join_ids(items)))
    heads = _heads(context, account, items, changed)
    outcome = Outcome(command.number, verdict, reason, context.point(account), heads)
    return Applied(outcome, frozenset(collections), queued, others)


def _heads(context: Context, account: Account, items: Iterable[bytes], known: Mapping[bytes, Head]) -> tuple[Head, ...]:
    """Heads by id as they are now; what is in `known` is not read again."""
    heads = []
    for item in items:
        head = known.get(item)
        if head is None:
            version = context.tables.version(account.account, item)
            assert version is not None, "an item stays, as a tombstone at least"
            head = version.head
        heads.append(shown(head))
    return tuple(heads)
