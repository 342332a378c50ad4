"""A disk in memory that loses power: a SQLite VFS, a blob store and a folder sync that share one fate.

Between syncs a write is only pending: a cut keeps it, drops it, or keeps some of its 512-byte sectors, each write for
itself, so that what came later may survive what came before. A new name is pending until its folder is synced (for
journals and logs, as in SQLite's own VFS, the sync of the file does that too), and so is a deletion. A failed sync
loses what was pending, and the next one says that all is well, as disks do. Every operation is traced and counted, and
faults are set by that count.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw

from thinline_server.blobs import BlobsFailed, BlobStore

__all__ = ["Disk", "DiskBlobs", "PowerOff", "mounted"]

_SECTOR_BYTES = 512
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
_names = count(1)


class PowerOff(apsw.IOError):
    """What every operation without power fails with."""


@dataclass(slots=True)
class _Write:
    """Bytes at an offset; without bytes, the file cut off there."""

    offset: int
    data: bytes | None


@dataclass(slots=True)
class _File:
    """What a reader sees, what the platter has, and what lies between."""

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    pending: list[_Write] = field(default_factory=list)


def _put(content: bytearray, write: _Write) -> None:
    if write.data is None:
        del content[write.offset :]
        return
    if len(content) < write.offset:
        content.extend(bytes(write.offset - len(content)))
    content[write.offset : write.offset + len(write.data)] = write.data


class Disk:
    """Files by name.

    Attributes:
        trace: every operation, as (verb, name), in order, cuts among them.
        operations: how many there were.
        off: power is gone; whatever is asked fails until `reboot`.
        cuts, torn, dropped: how often each happened, for counters that must not stay at zero.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._files: dict[str, _File] = {}
        self._names: dict[str, _File] = {}  # as the platter has them
        self._moves: list[tuple[str, _File | None]] = []  # names made or deleted since the last folder sync
        self._cut_at: int | None = None
        self._fail_at: dict[int, type[apsw.Error]] = {}
        self.trace: list[tuple[str, str]] = []
        self.operations = 0
        self.off = False
        self.cuts = self.torn = self.dropped = 0

    # Faults

    def cut_after(self, operations: int) -> None:
        """Lose power right after so many more operations."""
        self._cut_at = self.operations + operations

    def fail_at(self, operation: int, error: type[apsw.Error]) -> None:
        """Let one coming operation fail; 1 is the next."""
        self._fail_at[self.operations + operation] = error

    def cut(self) -> None:
        """Lose power now."""
        self.cuts += 1
        self.trace.append(("cut", ""))
        self.off = True
        self._cut_at = None
        for file in {id(one): one for one in (*self._files.values(), *self._names.values())}.values():
            for write in file.pending:
                self._damage(file, write)
            file.pending.clear()
            file.seen = bytearray(file.kept)
        stuck: set[str] = set()
        for name, file_or_none in self._moves:
            if name in stuck or self._random.random() < 0.5:
                stuck.add(name)  # of one name, later changes do not overtake earlier ones
            else:
                self._rename(name, file_or_none)
        self._moves.clear()
        self._files = dict(self._names)

    def _damage(self, file: _File, write: _Write) -> None:
        drawn = self._random.random()
        if drawn < 0.4:
            self.dropped += 1
        elif drawn < 0.8 and write.data:
            self.torn += 1
            for at in range(0, len(write.data), _SECTOR_BYTES):
                if self._random.random() < 0.5:
                    _put(file.kept, _Write(write.offset + at, write.data[at : at + _SECTOR_BYTES]))
        else:
            _put(file.kept, write)

    def reboot(self) -> None:
        """Power is back. Whoever held files open must open them again."""
        self.off = False
        self._fail_at.clear()

    def copy(self, seed: int) -> Disk:
        """The same platter with another chance; only of a disk at rest."""
        assert not self.unsynced()
        twin = copy.deepcopy(self)
        twin._random = Random(seed)
        return twin

    def unsynced(self) -> list[str]:
        """What a cut could take: names of files with pending writes, and pending names."""
        dirty = [name for name, file in self._files.items() if file.pending]
        return dirty + [f"name of {name}" for name, _ in self._moves]

    def replace(self, name: str, data: bytes | None) -> None:
        """What an operator does to a file at rest, durably; None takes it away."""
        for held in (self._files, self._names):
            held.pop(name, None)
        if data is not None:
            self._files[name] = self._names[name] = _File(bytearray(data), bytearray(data))

    # Operations

    def _happen(self, verb: str, name: str) -> None:
        if self.off:
            raise PowerOff("the power is off")
        self.operations += 1
        self.trace.append((verb, name))
        error = self._fail_at.pop(self.operations, None)
        if error is not None:
            raise error(f"injected at {verb} of {name}")

    def _happened(self) -> None:
        if self._cut_at is not None and self.operations >= self._cut_at:
            self.cut()
            raise PowerOff("power cut")

    def exists(self, name: str) -> bool:
        """As a reader sees it."""
        return name in self._files

    def create(self, name: str) -> None:
        """A new, empty file."""
        self._happen("create", name)
        self._files[name] = _File()
        self._moves.append((name, self._files[name]))
        self._happened()

    def read(self, name: str) -> bytes:
        """The whole content."""
        return bytes(self._files[name].seen)

    def peek(self, name: str, size: int, offset: int) -> bytes:
        """Some of it; fewer bytes at the end."""
        if self.off:
            raise PowerOff("the power is off")
        return bytes(self._files[name].seen[offset : offset + size])

    def size(self, name: str) -> int:
        """In bytes."""
        return len(self._files[name].seen)

    def write(self, name: str, data: bytes | None, offset: int) -> None:
        """Bytes at an offset; None cuts the file off there."""
        self._happen("write" if data is not None else "truncate", name)
        write = _Write(offset, data)
        file = self._files[name]
        file.pending.append(write)
        _put(file.seen, write)
        self._happened()

    def sync(self, name: str, *, with_name: bool = False) -> None:
        """Make a file's content durable."""
        file = self._files[name]
        try:
            self._happen("sync", name)
        except apsw.Error:
            file.pending.clear()  # the kernel forgets what it could not write, and the next sync succeeds
            raise
        for write in file.pending:
            _put(file.kept, write)
        file.pending.clear()
        if with_name:
            self._settle(name)
        self._happened()

    def delete(self, name: str, *, with_name: bool) -> None:
        """Take a name away."""
        self._happen("delete", name)
        self._files.pop(name, None)
        self._moves.append((name, None))
        if with_name:
            self._settle(name)
        self._happened()

    def sync_folder(self, folder: Path | None = None) -> None:
        """Make all names durable; there is one folder."""
        self._happen("sync folder", "")
        for name, file in self._moves:
            self._rename(name, file)
        self._moves.clear()
        self._happened()

    def _settle(self, name: str) -> None:
        for moved, file in self._moves:
            if moved == name:
                self._rename(name, file)
        self._moves = [move for move in self._moves if move[0] != name]

    def _rename(self, name: str, file: _File | None) -> None:
        if file is None:
            self._names.pop(name, None)
        else:
            self._names[name] = file


class _Handle:
    """An open file, as SQLite wants it. One that was opened before a cut is dead for ever."""

    def __init__(self, disk: Disk, name: str, flags: int) -> None:
        self._disk = disk
        self._name = name
        self._flags = flags
        self._boot = disk.cuts

    def _live(self) -> Disk:
        if self._boot != self._disk.cuts:
            raise PowerOff("the power was cut")
        return self._disk

    def xRead(self, amount: int, offset: int) -> bytes:
        return self._live().peek(self._name, amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._live().write(self._name, bytes(data), offset)

    def xTruncate(self, size: int) -> None:
        self._live().write(self._name, None, size)

    def xSync(self, flags: int) -> None:
        self._live().sync(self._name, with_name=bool(self._flags & _JOURNALS))

    def xFileSize(self) -> int:
        return self._live().size(self._name)

    def xClose(self) -> None:
        if self._flags & apsw.SQLITE_OPEN_DELETEONCLOSE and self._boot == self._disk.cuts:
            self._disk.delete(self._name, with_name=False)

    def xLock(self, level: int) -> None:
        return None

    def xUnlock(self, level: int) -> None:
        return None

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4_096  # this and the next as SQLite's own VFS on Linux says

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # a torn write here harms no byte beside it


class _Vfs(apsw.VFS):
    """SQLite's view of a disk."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _Handle:  # type: ignore[override]
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        assert path is not None, "nothing temporary goes to the disk"
        if not self._disk.exists(path):
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError(path)
            self._disk.create(path)
        flags[1] = flags[0]
        return _Handle(self._disk, path, flags[0])

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._disk.delete(filename, with_name=bool(syncdir))

    def xAccess(self, pathname: str, flags: int) -> bool:
        return self._disk.exists(pathname)

    def xFullPathname(self, name: str) -> str:
        return name


@contextmanager
def mounted(disk: Disk) -> Iterator[str]:
    """The name of a VFS over a disk, while the block runs."""
    name = f"power-{next(_names)}"
    vfs = _Vfs(name, disk)
    former = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        """SQLite goes on trying to tidy up where it can not tell anybody that it failed."""
        if not isinstance(unraisable.exc_value, PowerOff):
            former(unraisable)

    sys.unraisablehook = hook
    try:
        yield name
    finally:
        sys.unraisablehook = former
        vfs.unregister()


class DiskBlobs(BlobStore):
    """Blobs as files of the same disk, so that one cut takes both; what has less bytes lies in rows."""

    def __init__(self, disk: Disk, least_bytes: int = 0) -> None:
        self._disk = disk
        self.least_bytes = least_bytes

    def put(self, key: str, data: bytes) -> None:
        name = f"blobs/{key}"
        try:
            if self._disk.exists(name):
                self._disk.write(name, None, 0)
            else:
                self._disk.create(name)
            self._disk.write(name, data, 0)
            self._disk.sync(name)
            self._disk.sync_folder()
        except apsw.FullError as error:
            raise BlobsFailed(str(error), full=True) from error
        except apsw.Error as error:
            raise BlobsFailed(str(error)) from error

    def get(self, key: str) -> bytes | None:
        name = f"blobs/{key}"
        return self._disk.read(name) if self._disk.exists(name) else None

    def delete(self, key: str) -> None:
        self._disk.delete(f"blobs/{key}", with_name=False)
