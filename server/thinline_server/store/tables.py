"""The tables that every subject of the store works with: accounts, handsets, history rows and items.

Accounts and handsets are few and asked for by every command, and who edits an item will edit it again: they are
cached. What commands write is gathered, and written before any other statement runs, so that nobody reads past it. The
caches know nothing of transactions: after a rollback `forget` drops them, and the next request reads what the file has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import apsw

from thinline.commands import Version
from thinline.history import Author, Row, advance
from thinline.items import Head, Revision
from thinline_server.store.packing import split_ancestors, unpack_blobs
from thinline_server.store.pending import Listing, Pending

__all__ = ["HEAD_COLUMNS", "Account", "Handset", "Tables", "read_head"]

_K = TypeVar("_K")
_T = TypeVar("_T")

_CACHED = 65_536  # accounts or handsets
_CACHED_ITEMS = 4_096
_PRUNED_AT_ONCE = 16  # outcomes

HEAD_COLUMNS = "item, position, revision, type, fields, blobs, ancestors, dead, copy_of"
_VERSION = f"SELECT {HEAD_COLUMNS}, copy_by FROM items WHERE account = ? AND "
_VERSION_BY_ID = _VERSION + "item = ?"
_COPIES = _VERSION + "copy_of = ?"
_ACCOUNT = "SELECT account, name, number, epoch, chain, careful FROM accounts WHERE account = ?"
_NEWEST_ROW = "SELECT position, chain FROM rows WHERE account = ? ORDER BY position DESC LIMIT 1"
_HANDSET = "SELECT handset, account, key, life, done, revoked, certificate FROM handsets WHERE handset = ?"
_CHAIN = "SELECT chain FROM rows WHERE account = ? AND position = ?"


@dataclass(slots=True)
class Account:
    """One subscriber, and where their history stands."""

    account: bytes
    name: str
    number: str
    epoch: int
    origin: bytes  # chain(0)
    careful: bool
    position: int
    chain: bytes


@dataclass(slots=True)
class Handset:
    """One handset. `certificate` is as it was given; None where it was adopted."""

    handset: bytes
    account: bytes
    key: bytes
    life: int
    done: int
    revoked: bool
    certificate: bytes | None
    pruned: int = 0  # outcomes up to this number are known to be gone


def read_head(row: tuple[Any, ...]) -> Head:
    """A head from the columns of `HEAD_COLUMNS`."""
    item, position, revision, item_type, fields, blobs, ancestors, dead, copy_of = row[:9]
    return Head(
        item,
        position,
        Revision.decode(revision),
        item_type,
        fields,
        unpack_blobs(blobs) if blobs else (),
        split_ancestors(ancestors),
        None,
        bool(dead),
        copy_of or b"",
    )


def _keep(cache: dict[_K, _T], key: _K, value: _T) -> None:
    if len(cache) >= _CACHED_ITEMS:
        cache.clear()
    cache[key] = value


class Tables:
    """One connection, its statements, and the caches."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self._pending = Pending(connection)
        self._accounts: dict[bytes, Account] = {}
        self._called: dict[tuple[str, str], bytes] = {}
        self._handsets: dict[bytes, Handset] = {}
        self._versions: dict[tuple[bytes, bytes], Version] = {}
        self._copies: dict[tuple[bytes, bytes], tuple[Version, ...]] = {}
        self.moved: set[bytes] = set()  # accounts whose history grew since their last mark

    def execute(self, sql: str, bindings: tuple[Any, ...] = ()) -> apsw.Cursor:
        """Run a statement, after all that was written before."""
        if self._pending:
            self._pending.write()
        return self.connection.execute(sql, bindings)

    def row(self, sql: str, bindings: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The first row of a statement."""
        return self.execute(sql, bindings).fetchone()

    def rows(self, sql: str, bindings: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return self.execute(sql, bindings).fetchall()

    def forget(self) -> None:
        """After a rollback: what is cached, or was to be written, may never have been."""
        self._pending.drop()
        self._accounts.clear()
        self._called.clear()
        self._handsets.clear()
        self._versions.clear()
        self._copies.clear()

    # Accounts

    def account(self, account: bytes) -> Account | None:
        """The account of that id."""
        cached = self._accounts.get(account)
        if cached is None:
            cached = self._load_account(account)
        return cached

    def _load_account(self, account: bytes) -> Account | None:
        row = self.row(_ACCOUNT, (account,))
        if row is None:
            return None
        _, name, number, epoch, origin, careful = row
        position, chain = self.row(_NEWEST_ROW, (account,)) or (0, origin)
        if len(self._accounts) >= _CACHED:
            self._accounts.clear()
        loaded = Account(account, name, number or "", epoch, origin, bool(careful), position, chain)
        self._accounts[account] = loaded
        return loaded

    def account_named(self, name: str) -> Account | None:
        """The account of that name."""
        return self.account_called(name, "")

    def account_called(self, name: str, number: str) -> Account | None:
        """The account of that name or number; of the two, one is empty."""
        found = self._called.get((name, number))
        if found is None:
            row = self.row("SELECT account FROM accounts WHERE name = ? OR number = ?", (name, number))
            if row is None:
                return None
            found = bytes(row[0])
            _keep(self._called, (name, number), found)
        return self.account(found)

    def add_account(self, fresh: Account) -> None:
        """A new one, with an empty history."""
        columns = (fresh.account, fresh.name, fresh.number or None, fresh.epoch, fresh.origin, int(fresh.careful))
        self.execute(
            "INSERT INTO accounts (account, name, number, epoch, chain, careful) VALUES (?, ?, ?, ?, ?, ?)", columns
        )
        self._accounts[fresh.account] = fresh
        self.moved.add(fresh.account)

    def set_epoch(self, account: Account, epoch: int, *, careful: bool) -> None:
        """Write under another epoch from here on."""
        update = "UPDATE accounts SET epoch = ?, careful = ? WHERE account = ?"
        self.execute(update, (epoch, int(careful), account.account))
        account.epoch, account.careful = epoch, careful
        self.moved.add(account.account)

    # Handsets

    def handset(self, handset: bytes) -> Handset | None:
        """The handset of that id, of whatever account."""
        cached = self._handsets.get(handset)
        if cached is None:
            row = self.row(_HANDSET, (handset,))
            if row is None:
                return None
            if len(self._handsets) >= _CACHED:
                self._handsets.clear()
            _, account, key, life, done, revoked, certificate = row
            cached = Handset(handset, account, key, life, done, bool(revoked), certificate)
            self._handsets[handset] = cached
        return cached

    def add_handset(self, fresh: Handset) -> None:
        """A new one."""
        self.execute(
            "INSERT INTO handsets (handset, account, key, life, done, revoked, certificate)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (fresh.handset, fresh.account, fresh.key, fresh.life, fresh.done, int(fresh.revoked), fresh.certificate),
        )
        self._handsets[fresh.handset] = fresh

    def judged(self, handset: Handset, number: int, outcome: tuple[Any, ...]) -> None:
        """A command was judged: digest, verdict, reason, position and items, as columns."""
        self._pending.outcomes.append((handset.handset, number, *outcome))
        self._pending.done[handset.handset] = handset.done = number

    def begin_life(self, handset: Handset, life: int) -> None:
        """Newer: forget the old (spec CMD-11)."""
        self.execute("UPDATE handsets SET life = ?, done = 0 WHERE handset = ?", (life, handset.handset))
        self.execute("DELETE FROM outcomes WHERE handset = ?", (handset.handset,))
        self.execute("DELETE FROM trials WHERE handset = ?", (handset.handset,))
        handset.life, handset.done, handset.pruned = life, 0, 0

    def prune(self, handset: Handset, confirmed: int, at_once: int = _PRUNED_AT_ONCE) -> None:
        """Outcomes that the handset has may go, some at a time; the number done stays (spec CMD-15, X5)."""
        confirmed = min(confirmed, handset.done)
        if confirmed - handset.pruned >= at_once:
            self._pending.pruned[handset.handset] = handset.pruned = confirmed

    def revoke(self, handset: Handset) -> None:
        """Never again."""
        self.execute("UPDATE handsets SET revoked = 1 WHERE handset = ?", (handset.handset,))
        handset.revoked = True

    # History

    def append(self, account: Account, item: bytes, revision: Revision, author: Author | None) -> int:
        """Write the next row of the history; its position."""
        encoded_author = author.encode() if author else Author(bytes(8)).encode()
        position = account.position + 1
        row = Row(position, account.epoch, item, revision, encoded_author).encode()
        chain = advance(account.chain, row)
        self._pending.rows.append((account.account, position, row, chain, encoded_author if author else None))
        account.position, account.chain = position, chain
        self.moved.add(account.account)
        return position

    def chain(self, account: Account, position: int) -> bytes | None:
        """The chain at a position; None where the history has not come so far."""
        if position == account.position:
            return account.chain
        if position == 0:
            return account.origin
        row = self.row(_CHAIN, (account.account, position))
        return row[0] if row else None

    # Items

    def version(self, account: bytes, item: bytes) -> Version | None:
        """One item as it is now."""
        cached = self._versions.get((account, item))
        if cached is None:
            row = self.row(_VERSION_BY_ID, (account, item))
            if row is None:
                return None
            cached = Version(read_head(row), row[9] or b"")
            _keep(self._versions, (account, item), cached)
        return cached

    def copies(self, account: bytes, item: bytes) -> tuple[Version, ...]:
        """Conflict copies of an item, deleted ones too, by id."""
        cached = self._copies.get((account, item))
        if cached is None:
            rows = sorted(self.rows(_COPIES, (account, item)))
            cached = tuple([Version(read_head(row), row[9] or b"") for row in rows])
            _keep(self._copies, (account, item), cached)
        return cached

    def put_version(self, account: bytes, version: Version, listing: Listing) -> None:
        """Store an item's new version in place of the one before."""
        head = version.head
        _keep(self._versions, (account, head.item), version)
        if head.copy_of:
            self._copies.pop((account, head.copy_of), None)
        self._pending.versions[account, head.item] = version, listing
