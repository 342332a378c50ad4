"""Jobs that a worker should never be given: what a hostile input would make a parser do."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from thinline.errors import LocalError
from thinline_server.workers.jobs import Job

__all__ = ["JOBS"]

_KEPT: list[bytes] = []


def _pid(data: bytes) -> bytes:
    return str(os.getpid()).encode()


def _echo(data: bytes) -> bytes:
    print("a library says something", flush=True)
    return data


def _wait(data: bytes) -> bytes:
    """Say in a fifo that it began, and never end."""
    if data:
        with open(data, "wb"):
            pass
    signal.pause()
    return b""


def _spin(data: bytes) -> bytes:
    while True:
        pass


def _eat(data: bytes) -> bytes:
    """As many megabytes as it is told."""
    return str(len(bytearray(int(data) << 20))).encode()


def _keep(data: bytes) -> bytes:
    _KEPT.append(b"x" * (int(data) << 20))
    return _pid(data)


def _die(data: bytes) -> bytes:
    os.kill(os.getpid(), int(data))
    return b""


def _leave(data: bytes) -> bytes:
    os._exit(0)


def _lie(data: bytes) -> bytes:
    os.write(0, b"\xff" * 100)
    signal.pause()
    return b""


def _refuse(data: bytes) -> bytes:
    raise LocalError("it is no mail")


def _fail(data: bytes) -> bytes:
    raise ValueError("a bug")


def _recurse(data: bytes) -> bytes:
    return _recurse(data)


def _write(data: bytes) -> bytes:
    with Path(os.fsdecode(data)).open("wb", buffering=0) as file:
        file.write(b"x")
    return b""


def _open(data: bytes) -> bytes:
    return str(len([os.open("/dev/null", os.O_RDONLY) for _ in range(100)])).encode()


def _environment(data: bytes) -> bytes:
    return "\n".join(sorted(os.environ)).encode()


def _modules(data: bytes) -> bytes:
    return "\n".join(sys.modules).encode()


JOBS: Mapping[str, Job] = {
    "die": _die,
    "eat": _eat,
    "echo": _echo,
    "environment": _environment,
    "fail": _fail,
    "keep": _keep,
    "leave": _leave,
    "lie": _lie,
    "modules": _modules,
    "open": _open,
    "pid": _pid,
    "recurse": _recurse,
    "refuse": _refuse,
    "spin": _spin,
    "wait": _wait,
    "write": _write,
}
