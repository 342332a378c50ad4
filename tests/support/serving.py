"""A real `thinline serve` as a process of its own, on loopback, in folders of the test.

    with serving(folder) as process:
        code = process.ask("account.enroll", name="alice")["code"]
        ... grpc_to(process.address) ...
        process.kill()

It is up when it says "listening" on its standard error. Processes are ended by their id, whatever happens.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from thinline_server.control import ask_server
from thinline_tools.cli import app

__all__ = ["ROOT", "ServeProcess", "cli", "environment", "serving", "verb"]

ROOT = Path(__file__).resolve().parents[2]
_SOURCES = [str(ROOT / one) for one in ("proto", "emulator", "server", "tools")]
_COMPILED = Path(tempfile.gettempdir()) / f"thinline-tests-{os.getuid()}"
_PATIENCE_S = 30


def environment(**told: str) -> dict[str, str]:
    """The test's own, without settings of whoever runs it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THINLINE_")}
    # Processes are started by the dozen: let the first compile for all, whatever the test's own process does.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(_COMPILED)}
    return kept | compiled | {"PYTHONPATH": os.pathsep.join(_SOURCES)} | told


def cli(*arguments: str, **told: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, as a process."""
    return subprocess.run(
        [sys.executable, "-m", "thinline_tools.cli", *arguments],
        env=environment(**told),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )


def verb(*arguments: str) -> Result:
    """Run the command in this process: for verbs that only ask a server, or fail before there is one."""
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


class ServeProcess:
    """One run of the server.

    Attributes:
        said: the log's lines so far.
        address: HOST:PORT for handsets.
    """

    def __init__(self, folder: Path, *flags: str, listen: str = "127.0.0.1:0", **told: str) -> None:
        self.folder = folder
        self.said: list[dict[str, Any]] = []
        self.address = ""
        self._up = threading.Event()
        command = [sys.executable, "-m", "thinline_tools.cli", "serve", "--data", str(folder / "data")]
        self.process = subprocess.Popen(
            [*command, "--state", str(folder / "state"), "--listen", listen, *flags],
            env=environment(THINLINE_LOG_FORMAT="json", **told),
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_up(self) -> None:
        """Until it listens."""
        assert self._up.wait(_PATIENCE_S), self.said
        assert self.address, f"it ended: {self.said}"

    def ask(self, verb: str, **arguments: Any) -> Any:
        """By its control socket."""
        return ask_server(self.folder / "state", verb, **arguments)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self._gone()

    def terminate(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(by)
        return self.wait()

    def wait(self) -> int:
        """Until it ended; its exit code."""
        self._gone()
        return self.process.returncode

    def events(self, name: str) -> list[dict[str, Any]]:
        """Lines of the log of that event."""
        return [line for line in self.said if line.get("event") == name]

    def end(self) -> None:
        """Whatever happened."""
        if self.process.poll() is None:
            self.process.kill()
        self._gone()

    def _gone(self) -> None:
        self.process.wait(_PATIENCE_S)
        self._reader.join(_PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self._note(line)
        self._up.set()

    def _note(self, line: str) -> None:
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            told = {"event": line.rstrip("\n")}
        self.said.append(told)
        if told.get("event") == "listening":
            self.address = told["listen"]
            self._up.set()


@contextmanager
def serving(folder: Path, *flags: str, listen: str = "127.0.0.1:0", **told: str) -> Iterator[ServeProcess]:
    """A server that is up."""
    process = ServeProcess(folder, *flags, listen=listen, **told)
    try:
        process.wait_until_up()
        yield process
    finally:
        process.end()
