"""The mail system on the other side: Debian's exim with Dovecot behind it, in a folder and on ports of their own.

    with elsewhere(thinline_port) as there:
        ... there.submission is a relay with STARTTLS and AUTH; there.mails("carol@outside.test") came to her ...

Both want to be started by root, and give their rights away: who is not root, or lacks a program, skips with the reason.
Processes are ended by their id.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from certificates import Authority

__all__ = ["Elsewhere", "elsewhere", "free_ports"]

_CONF = Path(__file__).resolve().parents[1] / "fixtures" / "counterparts"
_NEEDED = {"exim4": "exim4-daemon-light", "dovecot": "dovecot-imapd", "/usr/lib/dovecot/lmtp": "dovecot-lmtpd"}
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A mail system that runs.

    Attributes:
        smtp: port where anybody brings mail for outside.test and thinline.test.
        submission: port of a relay for who logs in as alice with the password `tea`.
    """

    folder: Path
    smtp: int
    submission: int

    def mails(self, address: str) -> list[bytes]:
        """What lies in somebody's mailbox."""
        box = self.folder / "dovecot" / "mail" / address / "Maildir" / "new"
        return [one.read_bytes() for one in sorted(box.iterdir())] if box.exists() else []

    def said(self) -> str:
        """Its logs, for a failure."""
        logs = [*(self.folder / "exim" / "log").glob("*"), self.folder / "dovecot" / "dovecot.log"]
        return "\n".join(one.read_text() for one in logs if one.exists())


def free_ports(count: int) -> list[int]:
    """Ports that nobody has just now."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def _missing() -> str:
    """Why it can not run here, or nothing."""
    absent = [f"{program} (apt package {package})" for program, package in _NEEDED.items() if not shutil.which(program)]
    if absent:
        return f"left out: mail to exim and back: {', '.join(absent)} is missing"
    return "" if os.geteuid() == 0 else "left out: mail to exim and back: this is not root"


@contextmanager
def elsewhere(thinline: int, ports: list[int], authority: Authority) -> Iterator[Elsewhere]:
    """Run it.

    Args:
        thinline: port where thinline.test takes mail.
        ports: five free ones; the first is its SMTP, the second the relay's.
        authority: vouches for the relay as localhost.
    """
    why = _missing()
    if why:
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="thinline-mail-"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    names = ("@SMTP@", "@SUBMISSION@", "@LMTP@", "@IMAP@", "@IMAPS@")
    told = dict(zip(names, map(str, ports), strict=True)) | {"@THINLINE@": str(thinline), "@DIR@": str(folder)}
    _furnish(folder, told, authority)
    there = Elsewhere(folder, ports[0], ports[1])
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"]))
        running.append(subprocess.Popen(["exim4", "-C", folder / "exim.conf", "-bdf", "-q1s"]))
        for port in ports[:3]:
            _wait(port, running, there)
        yield there
    finally:
        for process in running:
            process.terminate()
            process.wait(_PATIENCE_S)
        shutil.rmtree(folder)


def _furnish(folder: Path, told: dict[str, str], authority: Authority) -> None:
    for name in ("exim/spool", "exim/log", "dovecot/run", "dovecot/state", "dovecot/mail"):
        (folder / name).mkdir(parents=True)
    certificate, key = authority.issue(folder)
    for program in ("exim", "dovecot"):
        shutil.copy(certificate, folder / program / "cert.pem")
        shutil.copy(key, folder / program / "key.pem")
        text = (_CONF / f"{program}.conf").read_text()
        for name, value in told.items():
            text = text.replace(name, value)
        (folder / f"{program}.conf").write_text(text)
        (folder / f"{program}.conf").chmod(0o644)
    (folder / "exim" / "passwd").write_text("alice: tea\n")
    people = "".join(f"{name}@outside.test:{{PLAIN}}tea\n" for name in ("carol", "dave", "eve"))
    (folder / "dovecot" / "users").write_text(people)
    for path in (folder / "exim", *(folder / "exim").rglob("*")):
        shutil.chown(path, "Debian-exim", "Debian-exim")
    shutil.chown(folder / "dovecot" / "mail", "nobody", "nogroup")


def _wait(port: int, running: list[subprocess.Popen[bytes]], there: Elsewhere) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        assert all(process.poll() is None for process in running), there.said()
        assert time.monotonic() < until_s, there.said()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            continue
        return
