"""A SIM in a file: the only part of a handset that the host's disk ever sees.

The card must survive what the handset dies of, at any moment: so a write goes to a neighbour file,
is synced, takes the name of the old one in a single step, and the folder is synced too. A reader
finds the card before the write or after it, never half of it. The file holds a private key and is
readable by its owner only.
"""

from __future__ import annotations

import os
from pathlib import Path

from thinline_emulator.sim import Sim, decode, encode

__all__ = ["load", "save"]

_OWNER_ONLY = 0o600


def save(path: Path, sim: Sim) -> None:
    """Replace the card at ``path``, durably.

    Raises:
        OSError: The disk refused; the old card is still there.
    """
    scratch = path.with_name(f".{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        _write(os.open(scratch, flags, _OWNER_ONLY), encode(sim))
        os.replace(scratch, path)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> Sim | None:
    """Read the card at ``path``; None when there is none yet.

    Raises:
        SimDamaged: The file is not a whole SIM.
        OSError: The disk refused.
    """
    try:
        return decode(path.read_bytes())
    except FileNotFoundError:
        return None


def _write(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        # A scratch file left by a crash may have been made under other rights.
        os.fchmod(file.fileno(), _OWNER_ONLY)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
