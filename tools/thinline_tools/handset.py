"""`thinline handset`: one handset in this terminal, or played by a script; its server beside it where none is named.

Each handset has a name and a folder of that name: its SIM, its log, and the embedded server's folders. A folder is held
by one process, so several handsets on one machine have several names. What a library writes on standard error while
the terminal is full goes into the log.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from thinline.bearers.grpc_stream import Tls
from thinline.errors import LocalError
from thinline_emulator import Handset, Options, simcard_file
from thinline_emulator.console import NoHandset, ask_handset, open_console
from thinline_emulator.profiles import load_profile, load_radio
from thinline_emulator.record import Recorder, watch
from thinline_emulator.script import Script
from thinline_emulator.terminal.ability import Ability, ask_terminal, chosen
from thinline_emulator.terminal.face import Face, Looks
from thinline_emulator.terminal.themes import styles_of
from thinline_emulator.verbs import Answer
from thinline_emulator.wire import Packet, write_packet
from thinline_tools.cast import open_terminal
from thinline_tools.places import NAMES, Crashed, Wanted, own_folder
from thinline_tools.playing import Verdict, load_script, play_shown, play_unseen
from thinline_tools.running import CONSOLE, base_folder, running_handsets
from thinline_tools.whole import whole_file

__all__ = ["Heard", "Session", "Wishes", "ask", "main", "only_ascii"]

_EARLY = 1_000  # packets that a pane is told when it comes; where none comes, they are in nobody's way


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; empty for what was not.

    Attributes:
        keys: pressed as soon as it is on.
    """

    name: str = ""
    server: str = ""
    code: str = ""
    ca: Path | None = None
    sim: Path | None = None
    profile: str = "classic"
    radio: str = ""
    theme: str = "night"
    pictures: str = "auto"
    ascii_only: bool = False
    wire: Path | None = None
    script: Path | None = None
    record: Path | None = None
    cast: Path | None = None
    headless: bool = False
    keys: str = ""


def only_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the locale says that the terminal has no UTF-8. Where nothing is said, today's terminals have it."""
    said = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "utf-8"
    return "utf-8" not in said.lower() and "utf8" not in said.lower()


def main(wishes: Wishes) -> int:
    """Show a handset until somebody quits, or play a script on one, and tell what became of it.

    Returns:
        0; 1 where a script was stopped, 3 where something was not as it expects.

    Raises:
        ScriptBad: the script is none.
        LocalError: there is no terminal, or something that was asked for does not exist.
    """
    script = load_script(wishes.script) if wishes.script else None
    if wishes.script and wishes.record and wishes.script.resolve() == wishes.record.resolve():
        raise LocalError(f"--record would write over the script that is played, {wishes.script}: name another file")
    seen = sys.stdin.isatty() and sys.stdout.isatty() and not wishes.headless
    if not seen and script is None:
        raise LocalError("a handset needs a terminal; without one give it a --script, or use thinline_emulator.Handset")
    load_profile(wishes.profile)
    if wishes.radio:
        load_radio(wishes.radio)
    styles_of(wishes.theme)
    chosen(wishes.pictures, Ability())
    with own_folder(_wanted(wishes)) as folder, _errors_into(folder / "log"):
        verdict, told = _lived(Session(wishes, folder, script, seen=seen))
    print("".join(f"{line}\n" for line in told), end="", flush=True)
    if verdict is None:
        return 0
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    print(verdict.told(columns), file=sys.stderr if verdict.code else sys.stdout)
    return verdict.code


def _lived(session: Session) -> tuple[Verdict | None, list[str]]:
    """One life; a crash is written into the log and told in a sentence."""
    try:
        return asyncio.run(session.live())
    except asyncio.CancelledError:
        raise LocalError("stopped by a signal") from None
    except Exception as raised:
        error = _inmost(raised)
        if isinstance(error, LocalError | OSError):
            raise error from None
        traceback.print_exc()
        log = session.folder / "log"
        raise Crashed(f"the handset crashed, which is our mistake: {log} says where") from error


def _inmost(error: BaseException) -> BaseException:
    """What a group of tasks made a group of, where it was one alone."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


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
        running = running_handsets(os.environ)
        raise NoHandset(
            f"no handset called {name} runs; " + (f"there are {', '.join(running)}" if running else "none does")
        ) from None


def _wanted(wishes: Wishes) -> Wanted:
    """Which handset.

    A script and a recording begin with a world of which all is known, so without a name, a SIM and a server they get a
    new one, which is gone when they end.
    """
    name = wishes.name or (wishes.sim.stem if wishes.sim else "")
    passing = bool(wishes.script or wishes.record) and not (name or wishes.server)
    return Wanted(name, wishes.server, wishes.code, elsewhere=bool(wishes.sim), passing=passing)


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


class Session:
    """One handset's life in this process.

    Args:
        wishes: what was asked for.
        folder: its own.
        script: what is to be done to it, if anything.
        seen: whether there is a terminal to show it in.
    """

    def __init__(self, wishes: Wishes, folder: Path, script: Script | None, *, seen: bool) -> None:
        self.folder = folder
        self._wishes = wishes
        self._script = script
        self._seen = seen
        self._sim = wishes.sim or folder / "sim"
        self._ca = Tls(wishes.ca.read_bytes()) if wishes.ca and wishes.server else None
        base = base_folder(os.environ)
        self._passing = not folder.is_relative_to(base)
        named = script.steps[0].handset if script and script.steps else ""
        self._name = (named or NAMES[0]) if self._passing else folder.name

    async def live(self) -> tuple[Verdict | None, list[str]]:
        """Live it; how the script ended, and what else to say."""
        recorder = Recorder(self._name) if self._wishes.record else None
        self._write(recorder)  # better now than never
        myself = asyncio.current_task()
        assert myself is not None
        _at_a_signal(myself.cancel)
        try:
            async with AsyncExitStack() as stack:
                verdict, handset = await self._live(stack, recorder)
            return verdict, self._told(handset)  # its battery is pulled by now: what that destroyed is known
        finally:
            self._write(recorder)

    def _write(self, recorder: Recorder | None) -> None:
        if self._wishes.record and recorder:
            with whole_file(self._wishes.record) as file:
                file.write(recorder.done().encode())

    async def _live(self, stack: AsyncExitStack, recorder: Recorder | None) -> tuple[Verdict | None, Handset]:
        wishes = self._wishes
        heard = Heard(stack, wishes.wire)
        terminal = open_terminal(stack, wishes.cast, self._name, seen=self._seen)
        handset, beside = await self._switched_on(stack, heard, recorder)
        await stack.enter_async_context(open_console(handset, self.folder / CONSOLE))
        await handset.key(wishes.keys)
        face = None
        if self._seen or wishes.cast:
            face = Face(handset, _looks(wishes, self.folder, self._sim), *terminal)
            heard.tell(face)
            _at_a_signal(face.leave)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch(recorder, handset)) if recorder else None
            verdict = await self._used(handset, beside, face)
            if watching:
                watching.cancel()
        return verdict, handset

    async def _used(self, handset: Handset, beside: dict[str, Handset], face: Face | None) -> Verdict | None:
        """By a script or by somebody, or both."""
        if self._wishes.script and self._script:
            play = (self._wishes.script, self._script, handset, beside)
            return await (play_unseen(*play) if face is None else play_shown(*play, face))
        assert face is not None, "without a script there is a terminal"
        gc.freeze()  # what is loaded stays; a collection that goes through all of it would hold up a key
        await face.run()
        return None

    async def _switched_on(
        self, stack: AsyncExitStack, heard: Heard, recorder: Recorder | None
    ) -> tuple[Handset, dict[str, Handset]]:
        """The handset, and those that a script names beside it: they are its owner's too."""
        wishes = self._wishes
        card = simcard_file.load(self._sim)
        enrolled = card is not None and bool(card.certificate)
        others = dict.fromkeys(step.handset for step in (self._script.steps if self._script else ()))
        names = list(others)[1:]
        code, connect = wishes.code, None
        beside: dict[str, Handset] = {}
        if wishes.server:
            if not (enrolled or code):
                raise LocalError(
                    f"the SIM {self._sim} is not enrolled: give --code, from `thinline account enroll NAME`"
                )
            if names:
                raise LocalError(f"the script has {len(names) + 1} handsets: play it without --server")
        else:
            print(f"{self._name}: starting a server in {self.folder}", flush=True)
            from thinline_server.config import load_settings  # only here: a server takes a second to load
            from thinline_server.logs import configure_logs
            from thinline_tools.household import open_household

            configure_logs(load_settings())
            household = await stack.enter_async_context(open_household(self.folder, self._name, web=True))
            connect = household.connect
            code = code or ("" if enrolled else await household.code())
            for name in names:
                options = Options(radio=wishes.radio, connect=connect)
                other = Handset("", await household.code(), None, wishes.profile, options)
                beside[name] = await stack.enter_async_context(other)
        options = Options(radio=wishes.radio, tls=self._ca, connect=connect, wire=heard, recorder=recorder)
        handset = Handset(wishes.server, code, self._sim, wishes.profile, options)
        return await stack.enter_async_context(handset), beside

    def _told(self, handset: Handset) -> list[str]:
        """What to say at its end: what was lost, and where the rest is."""
        lost = handset.autopsies[-1].text().splitlines() if handset.autopsies else []
        made = [(self._wishes.record, "recorded"), (self._wishes.cast, "cast"), (self._wishes.wire, "wire")]
        said = [f"{what}: {path}" for path, what in made if path]
        if self._passing:
            return [*lost, *said] if self._seen else said
        said += [f"SIM: {self._sim}", f"log: {self.folder / 'log'}"]
        if not self._wishes.server:
            said.append(f"the server's data: {self.folder / 'data'}, its key and marks: {self.folder / 'state'}")
        return [*lost, *said]


def _at_a_signal(end: Callable[[], object]) -> None:
    """End so when whoever could answer is gone."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)


class Heard:
    """Who hears of packets: the recording, and the wire pane once there is one."""

    def __init__(self, stack: AsyncExitStack, recording: Path | None) -> None:
        self._file: TextIO | None = None
        self._early: deque[Packet] = deque(maxlen=_EARLY)
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
    ascii_only = wishes.ascii_only or only_ascii(os.environ)
    # A cast is played in other terminals than this one.
    asked = sys.stdin.isatty() and wishes.pictures != "none" and not (wishes.cast or plain or ascii_only)
    ability = ask_terminal(sys.stdin.fileno(), os.environ) if asked else Ability()
    pictures = chosen(wishes.pictures, ability)
    return Looks(wishes.theme, plain, ascii_only, place, true_color, pictures, ability.cell)


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
