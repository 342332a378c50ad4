"""The state folder: what must survive the loss of the data folder, and never goes back with it.

The service key, the highest epoch of each account, a lazily kept mark of how far its history came, the revocations
and the spent codes. A store restored from an old copy is measured against it (H2, H14). Each folder of a server is
held by a lock, so that two servers never write to one.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import apsw

from thinline.errors import LocalError
from thinline.identity import ServiceKey
from thinline_server.sealing import Vault
from thinline_server.store.database import STATE_SCHEMA, open_database, sync_folder

__all__ = ["FolderLock", "FolderTaken", "Mark", "State", "lock_folder", "open_state", "service_key"]

_KEY_BYTES = 32
_VAULT = b"thinline secrets 1"  # the key of secrets is drawn from the service key, as that of receipts is


class FolderTaken(LocalError):
    """Another server works on that folder."""


class FolderLock:
    """A folder that is ours until `release`, or until the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another server have it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def lock_folder(folder: Path) -> FolderLock:
    """Hold a folder, made where it is missing.

    Raises:
        FolderTaken: another process holds it.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)  # a file in it is as durable as its folder's name (D10)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderTaken(f"another server is running on {folder}; stop it first") from None
    return FolderLock(descriptor)


class Mark(NamedTuple):
    """A place that an account's history had come to; `chain` is empty where only the epoch is known."""

    account: bytes
    epoch: int
    position: int
    chain: bytes


class State:
    """The log of the state folder; every change is durable when its call returns.

    Attributes:
        key: signs certificates and seals points.
        vault: seals what the store keeps of people's secrets.
    """

    def __init__(self, connection: apsw.Connection, key: ServiceKey) -> None:
        self._connection = connection
        self.key = key
        self.vault = Vault(hmac.digest(key.private, _VAULT, hashlib.sha256))
        self._revoked = {row[0] for row in connection.execute("SELECT handset FROM revoked")}

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def marks(self) -> list[Mark]:
        """All of them."""
        return [Mark(*row) for row in self._connection.execute("SELECT account, epoch, position, chain FROM marks")]

    def mark(self, marks: Iterable[Mark]) -> None:
        """Note how far some histories have come; the store has it already. An epoch is never taken back."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO marks VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " epoch = max(epoch, excluded.epoch), position = excluded.position, chain = excluded.chain",
                marks,
            )

    def raise_epoch(self, account: bytes, at_least: int) -> int:
        """An epoch above every one ever issued to the account (H2). What its mark told is kept among the lost."""
        with self._connection:
            found = self._connection.execute("SELECT epoch FROM marks WHERE account = ?", (account,)).fetchone()
            epoch = max(found[0] + 1, at_least) if found else at_least
            self._connection.execute("INSERT OR IGNORE INTO lost SELECT * FROM marks WHERE account = ?", (account,))
            self._connection.execute(
                "INSERT INTO marks VALUES (?, ?, 0, x'') ON CONFLICT DO UPDATE SET"
                " epoch = excluded.epoch, position = 0, chain = x''",
                (account, epoch),
            )
        return epoch

    def lost(self, account: bytes) -> list[Mark]:
        """Marks of the histories that the store went back from, oldest first."""
        select = "SELECT account, epoch, position, chain FROM lost WHERE account = ? ORDER BY epoch"
        return [Mark(*row) for row in self._connection.execute(select, (account,))]

    def revoke(self, handset: bytes, account: bytes, at_ms: int) -> None:
        """Never again, whatever store is put in place (H14)."""
        with self._connection:
            self._connection.execute("INSERT OR IGNORE INTO revoked VALUES (?, ?, ?)", (handset, account, at_ms))
        self._revoked.add(handset)

    def revoked(self, handset: bytes) -> bool:
        """Whether the log says so."""
        return handset in self._revoked

    def spend(self, code: bytes, key: bytes) -> bool:
        """Give a code, by its hash, to a handset's key; False where another key has it (H14)."""
        with self._connection:
            self._connection.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", (code, key))
            found = self._connection.execute("SELECT key FROM spent WHERE code = ?", (code,)).fetchone()
        assert found is not None
        return bool(found[0] == key)


def service_key(folder: Path, draw: Callable[[int], bytes]) -> ServiceKey:
    """The service key of a state folder, made on the first start; durable before it signs anything.

    Raises:
        LocalError: the file there is not a key.
    """
    path = folder / "service.key"
    if not path.exists():
        fresh = folder / "service.key.new"
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(draw(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        sync_folder(folder)
    private = path.read_bytes()
    if len(private) != _KEY_BYTES:
        raise LocalError(f"{path} is not a service key: it has {len(private)} bytes, not {_KEY_BYTES}")
    return ServiceKey(private)


def open_state(folder: Path, draw: Callable[[int], bytes], now_ms: int) -> State:
    """The state of a folder that is held already, made on the first start."""
    key = service_key(folder, draw)
    return State(open_database(str(folder / "state.db"), STATE_SCHEMA, now_ms), key)
