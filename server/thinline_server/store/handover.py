"""Handing over: what a command of one account sends to another of this server is there at the command's own commit.

An errand whose target is an account here needs no gateway, no spool and no further transaction: what it becomes is
written beside the command's own rows, the item shows it as DELIVERED in the revision that the command makes, and
nothing is left to be done (spec OUT-13). Where that may not be now, the errand is queued like any other, and its
gateway has it handed over later; what comes twice has the same id, and is once (spec OUT-14).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from thinline.commands import Changes, Version, grow
from thinline.errands import Errand, ErrandKind, ErrandState, Handed, Parcel, Progress
from thinline.items import NO_REVISION, Head, outside_id
from thinline.reasons import Reason
from thinline_server.outside import Others
from thinline_server.requests import Refused
from thinline_server.store.context import Context
from thinline_server.store.tables import Account
from thinline_server.store.take import unfit
from thinline_server.store.writing import write

__all__ = ["Offer", "hand_over", "offer", "offers", "put"]


@dataclass(frozen=True, slots=True)
class Offer:
    """An errand, and what it becomes in another account."""

    errand: Errand
    kind: ErrandKind
    to: Account
    handed: Handed
    at_ms: int


def offer(context: Context, sender: Account, errand: Errand, version: Version) -> Offer | None:
    """What an errand is to another account of this server, where there is one that takes it now."""
    kind = context.services.errands[errand.kind]
    if kind.hand is None or sender.careful:  # spec OUT-7
        return None
    now_ms = context.floods.moment_ms(context.now_ms())
    told = Parcel(sender.name, sender.number, errand, version.head.type, version.content, now_ms)
    handed = kind.hand(told)
    if handed is None:
        return None
    to = context.tables.account_called(handed.name, handed.number)
    return None if to is None or to.careful else Offer(errand, kind, to, handed, now_ms)


def offers(context: Context, sender: Account, decision: Changes) -> tuple[Offer, ...] | Refused:
    """What of a command's errands may be handed over in its transaction, each in its turn.

    What is for the sender's own account goes the long way: an outcome tells of one change, not of two.
    """
    versions = {version.head.item: version for version in decision.heads}
    found = []
    for errand in decision.errands:
        version = versions.get(errand.item) or context.tables.version(sender.account, errand.item)
        assert version is not None, "an errand has an item"
        offered = offer(context, sender, errand, version)
        if offered is not None and offered.to is not sender:
            found.append(offered)
    for one in found:
        wait_ms = context.floods.wait_ms(sender.account + one.to.account, context.now_ms())
        if wait_ms:  # spec OUT-15
            return Refused(Reason.LIMIT, f"too much at once for {one.to.name}", wait_ms)
    return tuple(found)


def hand_over(
    context: Context, sender: Account, decision: Changes, offered: tuple[Offer, ...]
) -> tuple[Changes, Others]:
    """Write what was offered; the decision with what is left to do, and its items as they show it."""
    done: list[Offer] = []
    touched: list[tuple[bytes, int]] = []
    for one in offered:
        collection = put(context, one)
        if not isinstance(collection, Reason):
            done.append(one)
            touched.append((one.to.account, collection))
    if not done:
        return decision, ()
    heads = tuple([_showing(context, sender, version, done) for version in decision.heads])
    handed = {one.errand for one in done}
    left = tuple([errand for errand in decision.errands if errand not in handed])
    by_account = groupby(sorted(touched), key=lambda pair: pair[0])
    others = tuple([(account, frozenset(one for _, one in pairs if one)) for account, pairs in by_account])
    return replace(decision, heads=heads, errands=left), others


def put(context: Context, offered: Offer) -> int | Reason:
    """Write the item into the other account: the collection that changed, 0 where nothing did, or why it may not be."""
    to, handed = offered.to, offered.handed
    item = outside_id(to.account, handed.source, handed.origin)
    version = context.tables.version(to.account, item)
    dead = version is not None and version.head.dead
    if dead and not handed.revives:
        return 0
    before = version.content if version is not None and not dead else None
    content = handed.become(before)
    if content is None or content == before:
        return 0
    reason = unfit(context, handed.type, content)
    if reason is not None:
        return reason
    head = Head(item, 0, NO_REVISION, handed.type, content.fields, content.blobs)
    return write(context, to, grow(version, head), None)[1]


def _showing(context: Context, sender: Account, version: Version, done: list[Offer]) -> Version:
    """A version that a command makes, with what became of its errands in it: the same step from the one before."""
    head, content = version.head, version.content
    for one in done:
        if one.errand.item == head.item:
            progress = Progress(one.errand.target, ErrandState.DELIVERED, "", one.at_ms)
            content = one.kind.progress(head.type, content, progress) or content
    if content == version.content:
        return version
    parent = context.tables.version(sender.account, head.item)
    return grow(parent, replace(head, fields=content.fields, blobs=content.blobs), version.copy_by)
