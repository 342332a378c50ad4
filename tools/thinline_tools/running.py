"""Where the handsets of this machine are: a folder each, and in it a console socket while one runs."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from thinline.bearers.unix import unix_address

__all__ = ["CONSOLE", "base_folder", "running_handsets"]

CONSOLE = "console.sock"


def base_folder(environ: Mapping[str, str]) -> Path:
    """Where the handsets' folders are."""
    named = environ.get("XDG_STATE_HOME", "")
    base = Path(named) if named.startswith("/") else Path.home() / ".local" / "state"
    return base / "thinline" / "handsets"


def running_handsets(environ: Mapping[str, str]) -> list[str]:
    """Names of those that listen on their console; a socket that a killed one left over does not count."""
    return sorted(path.parent.name for path in base_folder(environ).glob(f"*/{CONSOLE}") if _listens(path))


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
        try:
            with unix_address(path) as address:
                knock.connect(address)
        except OSError:
            return False
    return True
