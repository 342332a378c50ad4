"""A folder of blobs: durable on return, or an error that says whether there was room. D7, D9."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from thinline_server import blobs as subject
from thinline_server.blobs import BlobsFailed, FolderBlobs, blob_key

KEY = blob_key(b"account1", b"hash")


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def test_what_is_put_is_got_until_it_is_deleted(blobs: FolderBlobs, tmp_path: Path) -> None:
    assert blobs.get(KEY) is None
    blobs.put(KEY, b"first")
    blobs.put(KEY, b"a photo")
    assert blobs.get(KEY) == b"a photo"
    assert FolderBlobs(tmp_path / "blobs").get(KEY) == b"a photo"
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert blobs.get(KEY) is None


def test_keys_are_of_one_account() -> None:
    """T2."""
    assert blob_key(b"account1", b"hash") == "6163636f756e7431/68617368"
    assert blob_key(b"account2", b"hash") != KEY


def test_file_and_folders_are_synced_before_put_returns(blobs: FolderBlobs, tmp_path: Path) -> None:
    """D9: by trace."""
    synced: list[str] = []
    fsync = os.fsync

    def traced(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}").removeprefix(str(tmp_path)))
        fsync(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", traced)
        blobs.put(KEY, b"a photo")
    assert [Path(name).parent.name for name in synced[:1]] == ["fresh"]
    assert synced[1:] == [f"/blobs/{KEY.split('/')[0]}", "/blobs"]


def test_a_large_one_is_synced_piece_by_piece(blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync of all of it would hold up everybody's commits."""
    sizes: list[int] = []
    monkeypatch.setattr(subject, "_PIECE_BYTES", 1_000)
    monkeypatch.setattr(subject, "_sync_file", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    blobs.put(KEY, bytes(2_500))
    assert sizes == [1_000, 2_000, 2_500]
    assert blobs.get(KEY) == bytes(2_500)


def test_what_was_not_written_whole_has_no_name_and_leaves_nothing(
    blobs: FolderBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9."""
    fresh = tmp_path / "blobs" / "fresh"
    blobs.put(KEY, b"a photo")

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(subject, "_sync_file", fail)
    with pytest.raises(BlobsFailed):
        blobs.put(KEY, b"another")
    assert list(fresh.iterdir()) == []
    assert blobs.get(KEY) == b"a photo"
    (fresh / "left over").write_bytes(b"by a kill")
    assert FolderBlobs(tmp_path / "blobs").get(KEY) == b"a photo"
    assert list(fresh.iterdir()) == []


@pytest.mark.parametrize(("number", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False)])
def test_a_failed_sync_is_an_error(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch, number: int, full: bool
) -> None:
    """D7."""

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(subject, "_sync_file", fail)
    with pytest.raises(BlobsFailed) as caught:
        blobs.put(KEY, b"a photo")
    assert caught.value.full is full


def test_what_is_in_the_way_is_an_error(blobs: FolderBlobs, tmp_path: Path) -> None:
    (tmp_path / "blobs" / KEY).mkdir(parents=True)
    for verb in (blobs.delete, lambda key: blobs.put(key, b"")):
        with pytest.raises(BlobsFailed):
            verb(KEY)


def test_a_folder_that_cannot_be_read_is_an_error(blobs: FolderBlobs, tmp_path: Path) -> None:
    (tmp_path / "blobs" / KEY.split("/")[0]).write_bytes(b"a file")
    with pytest.raises(BlobsFailed):
        blobs.get(KEY)
