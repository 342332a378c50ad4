"""The face without a terminal: keys and mouse through a pipe, and what is looked at is its picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from thinline_emulator import Handset, Options
from thinline_emulator.keys import Key
from thinline_emulator.terminal.device import Picture
from thinline_emulator.terminal.face import Face, Looks, pane_width
from thinline_tools.household import open_household
from waiting import until

RATE = 20.0


class Terminal(DummyOutput):
    """As large as a usual one."""

    def get_size(self) -> Size:
        return Size(rows=24, columns=80)


class CountedFace(Face):
    """Counts how often it is drawn."""

    draws = 0

    def picture(self, width: int, height: int) -> Picture:
        self.draws += 1
        return super().picture(width, height)


class Seen:
    """A face that runs, and the pipe of its keys."""

    def __init__(self, face: CountedFace, keys: PipeInput, running: asyncio.Task[None]) -> None:
        self.face = face
        self.keys = keys
        self.running = running

    @property
    def text(self) -> str:
        return self.face.picture(80, 24).sheet.text()

    async def shows(self, *texts: str) -> None:
        await until(lambda: all(text in self.text for text in texts))

    async def ends(self) -> None:
        await asyncio.wait_for(self.running, 20)


@asynccontextmanager
async def showing(folder: Path) -> AsyncIterator[Seen]:
    with create_pipe_input() as keys:
        async with open_household(folder, "alice") as household:
            options = Options(radio="wifi", rate=RATE, connect=household.connect)
            async with Handset(code=await household.code(), options=options) as handset:
                face = CountedFace(handset, Looks(place="SIM nowhere"), keys, Terminal())
                async with asyncio.TaskGroup() as tasks:
                    seen = Seen(face, keys, tasks.create_task(face.run()))
                    await handset.until("settled")
                    yield seen
                    face.leave()


async def test_keys_are_the_handsets(tmp_path: Path) -> None:
    async with showing(tmp_path) as seen:
        await seen.shows("alice", "SIM nowhere", "60 items held")
        seen.keys.send_text("\t\r")
        await seen.shows("Contacts (60)")
        seen.keys.send_text("\x1b")
        await until(lambda: "Contacts (60)" not in seen.text)
        seen.keys.send_text("\x1b[21~\x1b[B")  # F10 is MENU
        seen.face.quit()
        await seen.ends()


async def test_changes_are_drawn_together_and_a_key_at_once(tmp_path: Path) -> None:
    """However often it changes, it is drawn some thirty times a second, and after the last change once more."""
    async with showing(tmp_path) as seen:
        loop, changes = asyncio.get_running_loop(), seen.face.handset.changes
        drawn, end_s = seen.face.draws, loop.time() + 0.5
        while loop.time() < end_s:
            changes.happen()
            await asyncio.sleep(0)
        assert 1 <= seen.face.draws - drawn <= 20
        drawn, began_s = seen.face.draws, loop.time()
        changes.happen()
        await until(lambda: seen.face.draws > drawn)
        changes.happen()
        await until(lambda: seen.face.draws > drawn + 1)
        assert loop.time() - began_s < 0.8, "not when the clock moved"
        drawn = seen.face.draws
        seen.face.press(Key.JUMP)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen.face.draws == drawn + 1


async def test_help_lies_over_the_screen_until_a_key(tmp_path: Path) -> None:
    async with showing(tmp_path) as seen:
        for key in ("?", "\x1bOP"):
            seen.keys.send_text(key)
            await seen.shows("any key leaves")
            seen.keys.send_text("x")
            await until(lambda: "any key leaves" not in seen.text)
        seen.keys.send_text("\x1bOP\x1bOP")
        await until(lambda: "any key leaves" not in seen.text)


async def test_quitting_asks_where_something_exists_only_here(tmp_path: Path) -> None:
    """What would be lost is named before it is."""
    async with showing(tmp_path) as seen:
        await seen.face.handset.verb("radio off")
        await seen.face.handset.key("jump ok menu")
        seen.keys.send_text("\x1b[200~Bob?\n\x1b[201~\r")  # pasted, and saved
        await seen.shows("1 item exists only here")
        seen.keys.send_text("\x03")
        await seen.shows("Pull the battery?", "new: Bob?")
        seen.keys.send_text("n")
        await until(lambda: "Pull the battery?" not in seen.text)
        assert not seen.running.done()
        seen.keys.send_text("\x11y")
        await seen.ends()


async def test_the_mouse_turns_and_clicks(tmp_path: Path) -> None:
    async with showing(tmp_path) as seen:
        seen.keys.send_text("\x1b[<0;7;6M\x1b[<0;7;6m")  # on JUMP
        await seen.shows("wheel: turn")
        seen.keys.send_text("\x1b[<65;40;12M\x1b[<64;40;12M")
        seen.keys.send_text("\x1b[<0;73;9M\x1b[<0;73;9m\x1b[<0;1;1M\x1b[<0;1;1m")  # on the wheel, and beside all keys
        await seen.shows("Contacts (60)")


async def test_a_dead_handset_says_so_and_takes_the_charger(tmp_path: Path) -> None:
    async with showing(tmp_path) as seen:
        await seen.face.handset.verb("battery 0")
        await seen.shows("put the charger in")
        seen.keys.send_text("a")
        await seen.shows("the handset is off")
        seen.keys.send_text("\x1b[20~")
        await seen.shows("charging")
        seen.face.leave()
        await seen.ends()
        seen.face.leave()


async def test_what_goes_wrong_while_it_draws_is_raised_when_the_terminal_is_restored(tmp_path: Path) -> None:
    class Broken(Face):
        def press(self, key: object) -> None:
            raise ZeroDivisionError

    with create_pipe_input() as keys:
        async with open_household(tmp_path, "alice") as home, Handset(options=Options(connect=home.connect)) as handset:
            keys.send_text("x")
            with pytest.raises(ZeroDivisionError):
                await asyncio.wait_for(Broken(handset, Looks(), keys, Terminal()).run(), 20)


@pytest.mark.parametrize(("columns", "wide"), [(60, 60), (80, 29), (120, 39), (200, 64)])
def test_a_pane_takes_what_the_device_leaves(columns: int, wide: int) -> None:
    assert pane_width(columns) == wide


async def test_the_console_takes_the_keys_and_gives_them_back(tmp_path: Path) -> None:
    async with showing(tmp_path) as seen:
        face = seen.face
        seen.keys.send_text("\x1bOQ")  # F2
        await until(lambda: face.pane == "console")
        seen.keys.send_text("batt\t")
        await until(lambda: face.console.input.text == "battery")
        seen.keys.send_text(" 12\r")
        await until(lambda: face.handset.machine.power.percent(face.handset.now) == 12)
        seen.keys.send_text("\x1b")
        await until(lambda: not face.app.layout.has_focus(face.console.input))
        seen.keys.send_text("\t")
        await seen.shows("wheel: turn")
        seen.keys.send_text("\x1bOQ")
        await until(lambda: face.app.layout.has_focus(face.console.input))
        seen.keys.send_text("\x1bOQ")
        await until(lambda: face.pane == "")
