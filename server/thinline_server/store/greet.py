"""Links: who a handset is, and the judgement of its hello, in one snapshot and before anything else.

A handset that the store does not know but whose certificate the service key signed is adopted: its account is made
again under a new epoch, so that a server which lost its store salvages instead of turning the last copy away (H8).
"""

from __future__ import annotations

from typing import TypeGuard

import structlog

from thinline.frames import Disposition, Hello, KeepUntil
from thinline.history import CHAIN_BYTES, continues
from thinline.identity import Certificate
from thinline.reasons import Reason
from thinline.welcome import Snapshot, judge
from thinline_server.requests import Greet, Greeting, Identify, Known, Refused
from thinline_server.store.accounts import enrolment_row
from thinline_server.store.context import Context
from thinline_server.store.regress import went_back
from thinline_server.store.tables import Account, Handset
from thinline_server.store.windows import newest_position

__all__ = ["greet", "identify"]

_log = structlog.get_logger("thinline.store")


def identify(context: Context, request: Identify) -> Known | None:
    """Whose handset that is, as far as the store knows."""
    handset = context.tables.handset(request.handset)
    if handset is None:
        return None
    revoked = handset.revoked or context.state.revoked(handset.handset)
    return Known(handset.account, handset.handset, handset.key, revoked)


def greet(context: Context, request: Greet) -> Greeting | Refused:
    """Judge a proven hello."""
    hello = request.hello
    if context.state.revoked(hello.handset):
        return Refused(Reason.REVOKED)
    handset = context.tables.handset(hello.handset)
    if handset is None and _is_of(request.certificate, request):
        handset = _adopt(context, request.certificate)
    if handset is None or handset.account != request.account:
        return Refused(Reason.UNKNOWN_HANDSET)
    if handset.revoked:
        return Refused(Reason.REVOKED)
    if hello.life < handset.life:
        return Refused(Reason.OLD_LIFE)
    if hello.life > handset.life:
        context.tables.begin_life(handset, hello.life)
    context.tables.prune(handset, hello.confirmed, 1)
    account = context.tables.account(handset.account)
    assert account is not None, "a handset has an account"
    return _judged(context, account, handset, hello)


def _is_of(certificate: Certificate | None, request: Greet) -> TypeGuard[Certificate]:
    """Whether the certificate is of the handset that says hello; its signature was checked by the asker."""
    return certificate is not None and (certificate.account, certificate.handset) == (
        request.account,
        request.hello.handset,
    )


def _judged(context: Context, account: Account, handset: Handset, hello: Hello) -> Greeting:
    chains = {
        point.position: chain
        for point in hello.seen
        if (chain := context.tables.chain(account, point.position)) is not None
    }
    newest = {
        follow.collection: newest_position(context, account.account, follow.collection) for follow in hello.follows
    }
    disposition = judge(Snapshot(chains, newest), hello)
    if disposition == Disposition.DISPOSITION_SALVAGE and not account.careful:
        # What this server never told proves nothing of the account: that link alone is in salvage (spec HIST-5).
        lost = (point for point in hello.seen if not continues((point,), chains))
        if any(context.seal.genuine(account.account, point) for point in lost):
            went_back(context, account)
    return Greeting(
        disposition=disposition,
        point=context.point(account),
        epoch=account.epoch,
        keep_until=KeepUntil.KEEP_UNTIL_DURABLE,
        safe=None,
        done=handset.done,
        careful=account.careful,
    )


def _adopt(context: Context, certificate: Certificate) -> Handset:
    """Take a handset, and where it must be its account, from the certificate alone (spec ID-8)."""
    tables = context.tables
    account = tables.account(certificate.account)
    if account is None:
        epoch = context.state.raise_epoch(certificate.account, 2)  # 1 was the first store's
        name = certificate.account_name
        if not name or tables.account_named(name):
            name = f"{name}-{certificate.account.hex()}"
        origin = context.draw(CHAIN_BYTES)
        account = Account(certificate.account, name, "", epoch, origin, True, 0, origin)
        tables.add_account(account)
    handset = Handset(certificate.handset, certificate.account, certificate.key, 0, 0, False, None)
    tables.add_handset(handset)
    enrolment_row(context, account, handset.handset)
    _log.warning("handset adopted", account=account.account.hex(), handset=handset.handset.hex())
    return handset
