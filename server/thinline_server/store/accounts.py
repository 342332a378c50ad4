"""Subscribers and their handsets: made, listed, enrolled by a one-time code, revoked.

What must not go back with a restored store, a revocation and a spent code, is in the state folder's log first (H14).
"""

from __future__ import annotations

import base64
import hashlib
import re

import structlog

from thinline.convert import ID_BYTES
from thinline.history import CHAIN_BYTES, Author
from thinline.identity import Certificate
from thinline.items import ITEM_ID_BYTES, NO_REVISION
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.outside import FindAccount, PeersRead, ReadPeers
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    EnrolHandset,
    Enrolment,
    HandsetInfo,
    ListAccounts,
    NewCode,
    Refused,
    Revoke,
    Revoked,
)
from thinline_server.store.context import Context
from thinline_server.store.tables import Account, Handset

__all__ = [
    "add_account",
    "code_hash",
    "enrol_handset",
    "enrolment_row",
    "find_account",
    "list_accounts",
    "new_code",
    "read_peers",
    "revoke",
]

_log = structlog.get_logger("thinline.store")

_CODE_BYTES = 16
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")  # it is the first half of a mail address, too
_NUMBER = re.compile(r"\+?[0-9]{2,15}")


def add_account(context: Context, request: AddAccount) -> AccountInfo | Refused:
    """A new subscriber."""
    if not _NAME.fullmatch(request.name) or len(request.name) > LIMITS.name_bytes:
        return Refused(Reason.INVALID, "a name has small letters, digits and . _ - between them")
    if request.number and not _NUMBER.fullmatch(request.number):
        return Refused(Reason.INVALID, "a number has 2 to 15 digits, and a + where it is international")
    if context.tables.account_named(request.name):
        return Refused(Reason.INVALID, f"the name {request.name} is taken; choose another")
    taken = "SELECT 1 FROM accounts WHERE number = ?"
    if request.number and context.tables.row(taken, (request.number,)):
        return Refused(Reason.INVALID, f"the number {request.number} is taken; choose another")
    origin = context.draw(CHAIN_BYTES)
    account = Account(context.draw(ID_BYTES), request.name, request.number, 1, origin, False, 0, origin)
    context.tables.add_account(account)
    return _info(context, account)


def _info(context: Context, account: Account) -> AccountInfo:
    count = "SELECT collection, count(*) FROM items WHERE account = ? AND dead = 0 GROUP BY collection"
    items = {row[0]: row[1] for row in context.tables.rows(count, (account.account,))}
    ids = "SELECT handset FROM handsets WHERE account = ? ORDER BY handset"
    found = [context.tables.handset(row[0]) for row in context.tables.rows(ids, (account.account,))]
    handsets = tuple(
        HandsetInfo(one.handset, one.life, one.done, one.revoked or context.state.revoked(one.handset))
        for one in found
        if one
    )
    return AccountInfo(
        account.account,
        account.name,
        account.number,
        account.epoch,
        account.position,
        account.careful,
        items,
        handsets,
    )


def list_accounts(context: Context, request: ListAccounts) -> tuple[AccountInfo, ...]:
    """All accounts by name, or the one of that name."""
    if request.name:
        one = context.tables.account_named(request.name)
        return (_info(context, one),) if one else ()
    ids = context.tables.rows("SELECT account FROM accounts ORDER BY name")
    found = (context.tables.account(row[0]) for row in ids)
    return tuple(_info(context, account) for account in found if account)


def find_account(context: Context, request: FindAccount) -> bytes | None:
    """The id behind a name or a number."""
    account = context.tables.account_called(request.name, request.number)
    return account.account if account else None


def read_peers(context: Context, request: ReadPeers) -> PeersRead | None:
    """The accounts that some items are about; None where there is no such account."""
    account = context.tables.account(request.account)
    if account is None:
        return None
    select = "SELECT fields FROM items WHERE account = ? AND collection = ? AND key < ? AND dead = 0"
    rows = context.tables.rows(select, (request.account, request.collection, request.below))
    found = (context.tables.account_named(name) for row in rows if (name := request.name(bytes(row[0]))))
    return PeersRead(account.name, frozenset(one.account for one in found if one is not None))


def code_hash(code: str) -> bytes:
    """What is stored of a code; people may type it in any case, in groups."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(plain.encode()).digest()


def new_code(context: Context, request: NewCode) -> str | Refused:
    """A one-time code for an account."""
    account = context.tables.account_named(request.name)
    if account is None:
        return Refused(Reason.INVALID, f"there is no account {request.name}; account list tells which there are")
    code = base64.b32encode(context.draw(_CODE_BYTES)).decode().rstrip("=")
    now_ms = context.now_ms()
    context.tables.execute("DELETE FROM codes WHERE expires_ms <= ? AND handset IS NULL", (now_ms,))
    context.tables.execute(
        "INSERT INTO codes (code, account, expires_ms) VALUES (?, ?, ?)",
        (code_hash(code), account.account, now_ms + 1_000 * request.life_s),
    )
    return code


def enrol_handset(context: Context, request: EnrolHandset) -> Enrolment | Refused:
    """A code against a certificate; the same code and key give the same certificate again (spec ID-3)."""
    hashed = code_hash(request.code)
    row = context.tables.row("SELECT account, expires_ms, handset FROM codes WHERE code = ?", (hashed,))
    if row is None:
        return Refused(Reason.BAD_CODE)
    account_id, expires_ms, spent_by = row
    if spent_by is not None:
        return _enrolled_again(context, spent_by, request.key)
    if expires_ms <= context.now_ms() or not context.state.spend(hashed, request.key):
        return Refused(Reason.BAD_CODE)
    account = context.tables.account(account_id)
    assert account is not None, "a code has an account"
    handset = context.draw(ID_BYTES)
    enrolment_row(context, account, handset)
    certificate = Certificate(account.account, handset, request.key, context.point(account), account.name)
    signed = context.state.key.certify(certificate)
    context.tables.add_handset(Handset(handset, account.account, request.key, 0, 0, False, signed))
    context.tables.execute("UPDATE codes SET handset = ? WHERE code = ?", (handset, hashed))
    return Enrolment(signed)


def _enrolled_again(context: Context, handset_id: bytes, key: bytes) -> Enrolment | Refused:
    handset = context.tables.handset(handset_id)
    if handset is None or handset.key != key or handset.certificate is None:
        return Refused(Reason.BAD_CODE)
    return Enrolment(handset.certificate)


def enrolment_row(context: Context, account: Account, handset: bytes) -> None:
    """The row that makes a handset part of the history: its id as the item, no revision, number 0 (spec HIST-3)."""
    context.tables.append(account, handset.ljust(ITEM_ID_BYTES, b"\0"), NO_REVISION, Author(handset))


def revoke(context: Context, request: Revoke) -> Revoked | Refused:
    """Never again: the state folder first, so that no restored store brings the handset back (H14, T3)."""
    handset = context.tables.handset(request.handset)
    if handset is None:
        sentence = f"there is no handset {request.handset.hex()}; account show tells those of an account"
        return Refused(Reason.UNKNOWN_HANDSET, sentence)
    context.state.revoke(handset.handset, handset.account, context.now_ms())
    context.tables.revoke(handset)
    _log.warning("handset revoked", account=handset.account.hex(), handset=handset.handset.hex())
    return Revoked(handset.account)
