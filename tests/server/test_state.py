"""The state folder: the key, the marks, the epochs, and who may not come back. H2, H14."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from thinline.errors import LocalError
from thinline_server.state import FolderTaken, Mark, State, lock_folder, open_state, service_key

ALICE, BOB = b"alice\0\0\0", b"bob\0\0\0\0\0"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = open_state(tmp_path, Random(1).randbytes, 0)
    yield opened
    opened.close()


def reopened(state: State, folder: Path) -> State:
    state.close()
    return open_state(folder, Random(2).randbytes, 0)


def test_the_service_key_is_made_once_and_is_nobody_else_s(tmp_path: Path) -> None:
    key = service_key(tmp_path, Random(1).randbytes)
    assert service_key(tmp_path, Random(2).randbytes) == key
    assert (tmp_path / "service.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["service.key"]


def test_a_key_that_was_half_written_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "service.key.new").write_bytes(b"half")
    assert len(service_key(tmp_path, Random(1).randbytes).private) == 32


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "service.key").write_bytes(b"short")
    with pytest.raises(LocalError, match="5 bytes, not 32"):
        service_key(tmp_path, Random(1).randbytes)


def test_epochs_only_rise(state: State, tmp_path: Path) -> None:
    """H2."""
    assert state.raise_epoch(ALICE, 2) == 2
    assert state.raise_epoch(ALICE, 2) == 3
    assert state.raise_epoch(ALICE, 9) == 9
    assert state.raise_epoch(BOB, 2) == 2
    state.mark([Mark(ALICE, 4, 17, b"c" * 16)])
    assert reopened(state, tmp_path).raise_epoch(ALICE, 2) == 10


def test_a_mark_is_the_newest_and_what_was_lost_is_kept(state: State) -> None:
    state.mark([Mark(ALICE, 1, 5, b"a" * 16), Mark(BOB, 1, 1, b"b" * 16)])
    state.mark([Mark(ALICE, 1, 7, b"c" * 16)])
    assert set(state.marks()) == {Mark(ALICE, 1, 7, b"c" * 16), Mark(BOB, 1, 1, b"b" * 16)}
    state.raise_epoch(ALICE, 2)
    assert state.lost(ALICE) == [Mark(ALICE, 1, 7, b"c" * 16)]
    assert Mark(ALICE, 2, 0, b"") in state.marks()
    assert state.lost(BOB) == []


def test_revocations_stay(state: State, tmp_path: Path) -> None:
    """H14."""
    assert not state.revoked(b"handset1")
    state.revoke(b"handset1", ALICE, 5)
    state.revoke(b"handset1", ALICE, 6)
    assert state.revoked(b"handset1")
    again = reopened(state, tmp_path)
    assert again.revoked(b"handset1")
    assert not again.revoked(b"handset2")


def test_a_code_belongs_to_the_first_key(state: State, tmp_path: Path) -> None:
    """H14."""
    assert state.spend(b"code", b"alice's key")
    assert state.spend(b"code", b"alice's key")
    assert not state.spend(b"code", b"mallory's")
    again = reopened(state, tmp_path)
    assert not again.spend(b"code", b"mallory's")
    assert again.spend(b"code", b"alice's key")


def test_a_folder_is_one_server_s(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    lock = lock_folder(folder)
    with pytest.raises(FolderTaken, match=r"another server is running on .*data; stop it first"):
        lock_folder(folder)
    lock.release()
    lock.release()
    lock_folder(folder).release()
    assert folder.stat().st_mode & 0o777 == 0o700
