"""The processes of a measurement: a server, its handsets, a baseline; each ended by its id when the bench is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from thinline_tools.fixtures.server import ServerProcess

__all__ = ["Child", "ServedChild", "child", "pss_bytes", "served"]


class Child:
    """A process of the bench, spoken to in lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    @property
    def pid(self) -> int:
        """Its id."""
        return self.process.pid

    def tell(self, order: dict[str, Any]) -> None:
        """Write it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        """Its next line.

        Raises:
            RuntimeError: it ended instead.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"process {self.process.args!r} ended with {self.process.wait()}")
        return line

    def answer(self) -> dict[str, Any]:
        """Its next line, as JSON."""
        answer: dict[str, Any] = json.loads(self.line())
        return answer


@contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    """Run a module of this distribution as a process, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"GRPC_VERBOSITY": "NONE"},
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


class ServedChild(ServerProcess):
    """A real server in a process of its own."""

    def codes(self, count: int, *, first: int = 0) -> list[str]:
        """So many accounts, and a code of each."""
        codes = []
        for number in range(first, first + count):
            self.ask("account.add", name=f"bench{number}")
            codes.append(self.ask("account.enroll", name=f"bench{number}")["code"])
        return codes


@contextmanager
def served(
    folder: Path, listen: str = "127.0.0.1:0", settings: Mapping[str, object] | None = None
) -> Iterator[ServedChild]:
    """A server on a folder, on any port or a given one; ended with SIGTERM."""
    server = ServedChild(folder, listen, settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def pss_bytes(pid: int) -> int:
    """The proportional set size of a process, where the system tells it."""
    return int(psutil.Process(pid).memory_full_info().pss)
