"""Where the bytes of parts are kept: a folder, or later any object store, behind three verbs.

A key is an account and a hash, so the same photo of two accounts is two blobs and nobody learns of the other. What
`put` returned from is on stable storage: file, folder and the folder above (D1, D9). A file has its name once all of it
is there, and it goes to the disk in pieces, because the sync of a large one holds up that of the store's log.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Protocol

from obstore.exceptions import BaseError
from obstore.store import LocalStore

from thinline.errors import LocalError
from thinline_server.store.database import sync_folder

__all__ = ["BlobStore", "BlobsFailed", "FolderBlobs", "blob_key"]


_LEAST_BYTES = 16_384  # below which SQLite writes and reads a row sooner than a file system a file
_PIECE_BYTES = 1024 * 1024
_FRESH = "fresh"  # a folder beside those of the accounts, whose names are hexadecimal: files without a name yet


class BlobsFailed(LocalError):
    """The store of blobs could not write or read; `full` where there is no room."""

    def __init__(self, detail: str, *, full: bool = False) -> None:
        super().__init__(detail)
        self.full = full


class BlobStore(Protocol):
    """What the server asks of a store of blobs.

    Attributes:
        least_bytes: what has less is no blob, but lies in the row of its part.
    """

    least_bytes: int

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes; durable on return. Raises BlobsFailed."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes, or None where there are none. Raises BlobsFailed."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes; not an error where there are none. Raises BlobsFailed."""
        ...


def blob_key(account: bytes, content_hash: bytes) -> str:
    """The key of a part of an account."""
    return f"{account.hex()}/{content_hash.hex()}"


class FolderBlobs:
    """Blobs as files of a folder."""

    least_bytes = _LEAST_BYTES

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.resolve().parent)
        self._folder = folder
        self._fresh = folder / _FRESH
        self._fresh.mkdir(mode=0o700, exist_ok=True)
        for left in self._fresh.iterdir():  # by a server that ended in the middle
            left.unlink()
        self._store = LocalStore(str(folder))
        self._named: set[Path] = set()  # folders whose own name is on stable storage

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes; durable on return."""
        path = self._folder / key
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._write(path, data)
            sync_folder(path.parent)
            if path.parent not in self._named:
                sync_folder(self._folder)
                self._named.add(path.parent)
        except OSError as error:
            raise _failed(error) from error

    def _write(self, path: Path, data: bytes) -> None:
        """A file of that name, whole and synced, or none."""
        descriptor, name = mkstemp(dir=self._fresh)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for at in range(0, max(len(data), 1), _PIECE_BYTES):
                    file.write(memoryview(data)[at : at + _PIECE_BYTES])
                    file.flush()
                    _sync_file(descriptor)
            Path(name).rename(path)
        except OSError:
            with suppress(OSError):
                os.unlink(name)
            raise

    def get(self, key: str) -> bytes | None:
        """The bytes, or None where there are none."""
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _failed(error) from error

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        try:
            self._store.delete(key)
            sync_folder((self._folder / key).parent)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _failed(error) from error


def _sync_file(descriptor: int) -> None:
    os.fsync(descriptor)


def _failed(error: Exception) -> BlobsFailed:
    number = error.errno if isinstance(error, OSError) else None
    full = number in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
    return BlobsFailed(str(error), full=full)
