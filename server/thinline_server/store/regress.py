"""A history that went back: found at the start by the marks of the state folder, or at a hello by what a handset saw.

Either way the account writes under an epoch above every one ever issued, and is careful until an operator says
otherwise (H2, H10). The epoch is raised once: while an account is careful, its other handsets find the same loss.
"""

from __future__ import annotations

import structlog

from thinline_server.state import Mark
from thinline_server.store.context import Context
from thinline_server.store.tables import Account

__all__ = ["check_marks", "went_back"]

_log = structlog.get_logger("thinline.store")


def went_back(context: Context, account: Account) -> None:
    """Raise the epoch, in the state folder first, and be careful."""
    epoch = context.state.raise_epoch(account.account, account.epoch + 1)
    context.tables.set_epoch(account, epoch, careful=True)
    _log.warning("history went back", account=account.account.hex(), position=account.position, epoch=epoch)


def check_marks(context: Context) -> None:
    """Measure every account against its mark, in the start's own transaction."""
    for mark in context.state.marks():
        account = context.tables.account(mark.account)
        if account is None:
            # Nobody can be told yet; the first of its handsets that comes brings the account back (spec ID-8).
            _log.warning("account is lost", account=mark.account.hex(), position=mark.position, epoch=mark.epoch)
        elif _is_behind(context, account, mark):
            went_back(context, account)


def _is_behind(context: Context, account: Account, mark: Mark) -> bool:
    if account.epoch < mark.epoch:
        return True
    return bool(mark.chain) and context.tables.chain(account, mark.position) != mark.chain
