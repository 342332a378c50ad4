"""Unix sockets by their path: bound so that nobody else can speak to one, and named where the path is long.

Both ends of a program's control use them: the server's operators and a running handset's console.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thinline.errors import LocalError

__all__ = ["bind_unix", "unix_address"]

_PATH_BYTES = 100  # what fits into a socket's address everywhere


def bind_unix(path: Path) -> socket.socket:
    """Listen under a passing name, and take the real one when the mode is right."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with unix_address(fresh) as address:
            listening.bind(address)
        fresh.chmod(0o600)
        listening.listen()
        fresh.rename(path)
    except BaseException:
        listening.close()
        raise
    return listening


@contextmanager
def unix_address(path: Path) -> Iterator[str]:
    """The path as a socket's address; a long one by way of its open folder, where the system has such names."""
    if len(os.fsencode(path)) <= _PATH_BYTES:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = Path(f"/proc/self/fd/{descriptor}")
        if not short.exists():
            raise LocalError(f"{path} is too long for a socket: name a folder with a shorter path")
        yield str(short / path.name)
    finally:
        os.close(descriptor)
