"""`thinline handset`: one handset in this terminal, with a server of its own where none is named.

Each handset has a name and a folder of that name: its SIM, its log, and the embedded server's folders. A folder is held
by one process, so several handsets on one machine have several names. What a library writes on standard error while
the terminal is full goes into the log.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from thinline.bearers.grpc_stream import Tls
from thinline.errors import LocalError
from thinline_emulator import Handset, Options, simcard_file
from thinline_emulator.console import NoHandset, ask_handset, open_console
from thinline_emulator.profiles import load_profile, load_radio
from thinline_emulator.terminal.face import Face, Looks
from thinline_emulator.terminal.themes import styles_of
from thinline_emulator.verbs import Answer
from thinline_emulator.wire import Packet, write_packet
from thinline_server.state import FolderLock, FolderTaken, lock_folder
from thinline_tools.household import open_household

__all__ = ["CONSOLE", "NAMES", "Heard", "Wishes", "ask", "base_folder", "main", "only_ascii"]

CONSOLE = "console.sock"
NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; empty for what was not."""

    name: str = ""
    server: str = ""
    code: str = ""
    ca: Path | None = None
    sim: Path | None = None
    profile: str = "classic"
    radio: str = ""
    theme: str = "night"
    ascii_only: bool = False
    wire: Path | None = None


def base_folder(environ: Mapping[str, str]) -> Path:
    """Where the handsets' folders are."""
    named = environ.get("XDG_STATE_HOME", "")
    base = Path(named) if named.startswith("/") else Path.home() / ".local" / "state"
    return base / "thinline" / "handsets"


def only_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the locale says that the terminal has no UTF-8. Where nothing is said, today's terminals have it."""
    said = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "utf-8"
    return "utf-8" not in said.lower() and "utf8" not in said.lower()


def main(wishes: Wishes) -> None:
    """Show a handset until somebody quits, and tell what became of its memory.

    Raises:
        LocalError: there is no terminal, or something that was asked for does not exist.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LocalError("a handset needs a terminal; without one play a script, or use thinline_emulator.Handset")
    load_profile(wishes.profile)
    if wishes.radio:
        load_radio(wishes.radio)
    styles_of(wishes.theme)
    folder, lock = _own_folder(wishes)
    try:
        with _errors_into(folder / "log"):
            told = _lived(wishes, folder)
    finally:
        lock.release()
    print("\n".join(told))


def _lived(wishes: Wishes, folder: Path) -> list[str]:
    """One life; a crash is written into the log and told in a sentence."""
    try:
        return asyncio.run(_live(wishes, folder))
    except (LocalError, OSError):
        raise
    except Exception as error:
        traceback.print_exc()
        raise LocalError(f"the handset crashed, which is our mistake: {folder / 'log'} says where") from error


def ask(name: str, line: str) -> Answer:
    """Have a running handset of this machine carry out a verb; its name, or the path of its socket.

    Raises:
        NoHandset: none of that name runs.
        LocalError: the verb was not carried out.
    """
    base = base_folder(os.environ)
    try:
        return ask_handset(Path(name) if "/" in name else base / name / CONSOLE, line)
    except NoHandset:
        running = sorted(path.parent.name for path in base.glob(f"*/{CONSOLE}"))
        raise NoHandset(
            f"no handset called {name} runs; " + (f"there are {', '.join(running)}" if running else "none does")
        ) from None


def _own_folder(wishes: Wishes) -> tuple[Path, FolderLock]:
    """The folder of the handset's name; of the first name that is free, where none is given."""
    base = base_folder(os.environ)
    wanted = wishes.name or (wishes.sim.stem if wishes.sim else "")
    for name in [wanted] if wanted else NAMES:
        try:
            return base / name, lock_folder(base / name)
        except FolderTaken:
            continue
    raise LocalError(f"a handset called {wanted or 'any of ' + ', '.join(NAMES)} runs already; give another --name")


@contextmanager
def _errors_into(log: Path) -> Iterator[None]:
    """Standard error, of this process and of every library in it, goes to a file."""
    kept = os.dup(2)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    sys.stderr.flush()
    os.dup2(file, 2)
    os.close(file)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


async def _live(wishes: Wishes, folder: Path) -> list[str]:
    """One handset's life in this terminal; what to say at its end."""
    name = folder.name
    sim = wishes.sim or folder / "sim"
    async with AsyncExitStack() as stack:
        card = simcard_file.load(sim)
        enrolled = card is not None and bool(card.certificate)
        heard = Heard(stack, wishes.wire)
        code, connect, ca = wishes.code, None, None
        if wishes.server:
            if not (enrolled or code):
                raise LocalError(f"the SIM {sim} is not enrolled: give --code, from `thinline account enroll NAME`")
            ca = Tls(wishes.ca.read_bytes()) if wishes.ca else None
        else:
            print(f"{name}: starting a server in {folder}", flush=True)
            household = await stack.enter_async_context(open_household(folder, name))
            connect = household.connect
            code = code or ("" if enrolled else await household.code())
        options = Options(radio=wishes.radio, tls=ca, connect=connect, wire=heard)
        handset = await stack.enter_async_context(Handset(wishes.server, code, sim, wishes.profile, options))
        await stack.enter_async_context(open_console(handset, folder / CONSOLE))
        face = Face(handset, _looks(wishes, folder, sim))
        heard.tell(face)
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, face.leave)
        await face.run()
    said = [f"SIM: {sim}", f"log: {folder / 'log'}"]
    if not wishes.server:
        said.append(f"the server's data: {folder / 'data'}, its key and marks: {folder / 'state'}")
    return [*(handset.autopsies[-1].text().splitlines() if handset.autopsies else ()), *said]


class Heard:
    """Who hears of packets: the recording, and the wire pane once there is one."""

    def __init__(self, stack: AsyncExitStack, recording: Path | None) -> None:
        self._file: TextIO | None = None
        self._early: list[Packet] = []
        self._face: Face | None = None
        if recording is not None:
            handle = os.open(recording, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._file = stack.enter_context(os.fdopen(handle, "w", encoding="ascii"))

    def __call__(self, packet: Packet) -> None:
        """A packet passed."""
        if self._file is not None:
            self._file.write(f"{write_packet(packet)}\n")
        if self._face is not None:
            self._face.passed(packet)
        else:
            self._early.append(packet)

    def tell(self, face: Face) -> None:
        """Here is the pane, for what comes and what came."""
        self._face = face
        for packet in self._early:
            face.passed(packet)
        self._early.clear()


def _looks(wishes: Wishes, folder: Path, sim: Path) -> Looks:
    place = f"SIM {_short(sim)}   " + (f"server {wishes.server}" if wishes.server else f"all in {_short(folder)}")
    plain = bool(os.environ.get("NO_COLOR"))
    true_color = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
    return Looks(wishes.theme, plain, wishes.ascii_only or only_ascii(os.environ), place, true_color)


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
