"""Where handsets live on this machine: a folder each, by name, and which of them a new process may take.

A folder holds a SIM, a log, a console socket, and the folders of its server where the handset has one of its own.
One process has it at a time. A SIM is enrolled with one server; which one stands beside it, so that nobody is offered a
handset that the server does not know.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from thinline.errors import LocalError
from thinline_emulator import simcard_file
from thinline_server.state import FolderTaken, lock_folder
from thinline_tools.running import base_folder

__all__ = ["NAMES", "Crashed", "Wanted", "own_folder"]

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
_SERVER = "server"  # the file that says which; none for a server of its own


class Crashed(LocalError):
    """A mistake of ours; the folder that holds the log must stay."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which handset; empty for what was not said.

    Attributes:
        name: its own, and its folder's.
        server: HOST:PORT; empty for a server of its own.
        code: it is to be enrolled, so it must not be yet.
        elsewhere: its SIM is not in its folder.
        passing: it is gone when it ends.
    """

    name: str = ""
    server: str = ""
    code: str = ""
    elsewhere: bool = False
    passing: bool = False


@contextmanager
def own_folder(wanted: Wanted) -> Iterator[Path]:
    """The folder of a handset, held as long as the block runs.

    Raises:
        LocalError: there is none to be had; the message says what to do.
    """
    if wanted.passing:
        with _passing_folder() as folder:
            yield folder
        return
    base = base_folder(os.environ)
    for name in [wanted.name] if wanted.name else _by_promise(base, wanted):
        try:
            lock = lock_folder(base / name)
        except FolderTaken:
            continue
        try:
            objection = _objection(base / name, wanted)
            if objection and wanted.name:
                raise LocalError(objection)
            if not objection:
                if wanted.server and not wanted.elsewhere:
                    (base / name / _SERVER).write_text(f"{wanted.server}\n")
                yield base / name
                return
        finally:
            lock.release()
    busy = f"a handset called {wanted.name} runs already" if wanted.name else f"{', '.join(NAMES)} are all taken"
    raise LocalError(f"{busy}; give another --name")


def _by_promise(base: Path, wanted: Wanted) -> list[str]:
    """The usual names, those first that are at home with that server."""
    return sorted(NAMES, key=lambda name: not (_enrolled(base / name) and not _objection(base / name, wanted)))


def _objection(folder: Path, wanted: Wanted) -> str:
    """Why it is not that one; empty where it may be."""
    if wanted.elsewhere or not _enrolled(folder):
        return ""
    told = folder / _SERVER
    home = told.read_text().strip() if told.exists() else ""
    if home != wanted.server:
        return f"{folder.name} is enrolled with {home or 'a server of its own'}; give another --name"
    if wanted.code:
        return f"{folder.name} is enrolled already: leave --code out, or give another --name"
    return ""


def _enrolled(folder: Path) -> bool:
    card = simcard_file.load(folder / "sim")
    return card is not None and bool(card.certificate)


@contextmanager
def _passing_folder() -> Iterator[Path]:
    """A folder that goes when it is left; after a crash it stays, for its log."""
    folder = Path(tempfile.mkdtemp(prefix="thinline-"))
    try:
        yield folder
    except Crashed:
        raise
    except BaseException:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)
