"""Opening a SQLite file so that a commit is a promise, and bringing its schema up to date.

The order matters: `synchronous=EXTRA` stands before the conversion to WAL, or a power cut may bring the conversion's
journal back to life and roll everything since away; and the folder is synced before anybody hears of the file (D10).
One connection holds the file exclusively: no shared memory, and none of the faults that need a second one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import apsw

from thinline.errors import LocalError

__all__ = [
    "CHECKPOINT_PAGES",
    "STATE_SCHEMA",
    "STORE_SCHEMA",
    "DatabaseRefused",
    "Migration",
    "migrate",
    "open_database",
    "sync_folder",
]

CHECKPOINT_PAGES = 4_096  # of 4 KB, in the log, before they are brought into the file
_CACHE_KB = 65_536


class DatabaseRefused(LocalError):
    """The file is not one that this version may write to; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of a schema: carried out whole, in one transaction, and never edited once released."""

    number: int
    script: str

    @property
    def checksum(self) -> bytes:
        """SHA-256 of the script."""
        return hashlib.sha256(self.script.encode()).digest()


def _shipped(folder: str) -> tuple[Migration, ...]:
    found = (one for one in files(__package__).joinpath(folder).iterdir() if one.name.endswith(".sql"))
    steps = sorted((int(one.name.removesuffix(".sql")), one.read_text("utf-8")) for one in found)
    assert [number for number, _ in steps] == list(range(1, len(steps) + 1)), f"{folder} has gaps"
    return tuple(Migration(number, script) for number, script in steps)


STORE_SCHEMA = _shipped("migrations")
STATE_SCHEMA = _shipped("state_migrations")

_RECORD = """CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, checksum BLOB NOT NULL, at_ms INTEGER NOT NULL) STRICT"""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_database(
    path: str,
    schema: Sequence[Migration],
    now_ms: int,
    *,
    vfs: str | None = None,
    sync_folder: Callable[[Path], None] = sync_folder,
) -> apsw.Connection:
    """A connection whose commits are on stable storage when they return.

    Args:
        path: the file, or `:memory:`.
        schema: its migrations, all of them.
        now_ms: since 1970, noted beside each migration.
        vfs: name of the SQLite VFS below; tests inject faults there.
        sync_folder: makes the names in a folder durable.

    Raises:
        DatabaseRefused: SQLite did not take a setting, or the schema is of a later version or another hand.
    """
    connection = apsw.Connection(path, vfs=vfs)
    try:
        _configure(connection, in_memory=path == ":memory:")
        migrate(connection, schema, now_ms)
        if path != ":memory:":
            sync_folder(Path(path).resolve().parent)
    except BaseException:
        connection.close()
        raise
    return connection


def _pragma(connection: apsw.Connection, name: str, value: object, expected: object) -> None:
    connection.pragma(name, value)
    found = connection.pragma(name)
    if found != expected:
        raise DatabaseRefused(f"SQLite answered {found} where {name}={value} was asked for")


def _configure(connection: apsw.Connection, *, in_memory: bool) -> None:
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    _pragma(connection, "locking_mode", "exclusive", "exclusive")
    _pragma(connection, "synchronous", "extra", 3)  # before WAL: see above
    journal = "memory" if in_memory else "wal"
    _pragma(connection, "journal_mode", journal, journal)
    _pragma(connection, "foreign_keys", 1, 1)
    _pragma(connection, "temp_store", 2, 2)  # memory
    _pragma(connection, "cache_size", -_CACHE_KB, -_CACHE_KB)
    # A checkpoint that SQLite runs by itself swallows a failed sync: the store runs its own (D7).
    connection.wal_autocheckpoint(0)


def migrate(connection: apsw.Connection, schema: Sequence[Migration], now_ms: int) -> None:
    """Carry out the migrations that the file lacks.

    Raises:
        DatabaseRefused: the file is of a later version, or a migration it has is not the one shipped.
    """
    version = connection.pragma("user_version")
    assert isinstance(version, int)
    if version > len(schema):
        raise DatabaseRefused(f"the file has schema {version}, this version knows {len(schema)}: upgrade the server")
    if version:
        found = {row[0]: row[1] for row in connection.execute("SELECT number, checksum FROM migrations")}
        for step in schema[:version]:
            if found.get(step.number) != step.checksum:
                raise DatabaseRefused(f"migration {step.number} of the file is not the one of this version")
    for step in schema[version:]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(_RECORD)
            connection.execute(step.script)
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (step.number, step.checksum, now_ms))
            connection.pragma("user_version", step.number)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
