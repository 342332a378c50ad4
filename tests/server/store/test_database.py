"""Opening a database: settings that are read back, migrations that are numbered, files that are refused."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from thinline_server.store import database
from thinline_server.store.database import (
    STATE_SCHEMA,
    STORE_SCHEMA,
    DatabaseRefused,
    Migration,
    migrate,
    open_database,
)

ONE = Migration(1, "CREATE TABLE numbers (number INTEGER) STRICT")
TWO = Migration(2, "INSERT INTO numbers VALUES (2)")
BROKEN = Migration(2, "INSERT INTO numbers VALUES (3); INSERT INTO nowhere VALUES (3)")


def test_a_file_is_opened_so_that_a_commit_is_a_promise(tmp_path: Path) -> None:
    """D1, D10."""
    synced: list[Path] = []
    connection = open_database(str(tmp_path / "a.db"), STORE_SCHEMA, 0, sync_folder=synced.append)
    assert synced == [tmp_path.resolve()]
    found = {name: connection.pragma(name) for name in ("synchronous", "journal_mode", "locking_mode", "foreign_keys")}
    assert found == {"synchronous": 3, "journal_mode": "wal", "locking_mode": "exclusive", "foreign_keys": 1}
    assert connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, -1) == 1
    assert connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1) == 0
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


def test_every_shipped_schema_opens_and_says_its_version() -> None:
    for schema in (STORE_SCHEMA, STATE_SCHEMA):
        connection = open_database(":memory:", schema, 7)
        assert connection.pragma("user_version") == len(schema)
        kept = connection.execute("SELECT number, checksum, at_ms FROM migrations ORDER BY number").fetchall()
        assert kept == [(one.number, one.checksum, 7) for one in schema]


def test_a_setting_that_sqlite_does_not_take_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    strict = database._pragma
    monkeypatch.setattr(
        database,
        "_pragma",
        lambda connection, name, value, expected: strict(connection, name, value, "as never"),
    )
    with pytest.raises(DatabaseRefused, match="was asked for"):
        open_database(str(tmp_path / "a.db"), STORE_SCHEMA, 0)


def test_migrations_are_carried_out_once_and_in_order(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    open_database(path, [ONE], 1).close()
    connection = open_database(path, [ONE, TWO], 2)
    assert connection.execute("SELECT number FROM numbers").fetchall() == [(2,)]
    migrate(connection, [ONE, TWO], 3)
    assert connection.execute("SELECT number FROM numbers").fetchall() == [(2,)]
    assert connection.execute("SELECT at_ms FROM migrations").fetchall() == [(1,), (2,)]


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    open_database(path, [ONE], 1).close()
    with pytest.raises(apsw.SQLError):
        open_database(path, [ONE, BROKEN], 2)
    connection = open_database(path, [ONE], 3)
    assert connection.execute("SELECT number FROM numbers").fetchall() == []
    assert connection.pragma("user_version") == 1


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    open_database(path, [ONE, TWO], 1).close()
    with pytest.raises(DatabaseRefused, match="schema 2, this version knows 1: upgrade"):
        open_database(path, [ONE], 2)


def test_a_migration_that_was_edited_after_its_release_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    open_database(path, [ONE], 1).close()
    with pytest.raises(DatabaseRefused, match="migration 1"):
        open_database(path, [Migration(1, ONE.script + " "), TWO], 2)


def test_a_second_connection_is_kept_out(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    first = open_database(path, [ONE], 1)
    with pytest.raises(apsw.BusyError):
        open_database(path, [ONE], 2)
    first.close()
