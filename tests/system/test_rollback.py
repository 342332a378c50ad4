"""Five days like that one in October: the server's data folder is put back to an older copy, and a handset comes.

A real server process, real handsets over gRPC. In each run the next hello is answered SALVAGE; the handset discards
nothing, keeps new edits LOCAL, says so on its screen, and can export all that it holds (H3, H4, H8; spec SYNC-2,
SALV-1 to SALV-3). In the last test nothing went back, and nobody cries wolf.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from serving import ServeProcess
from thinline.intents import Create
from thinline.merge import Content
from thinline.v1 import contacts_pb2
from thinline_emulator import Handset, Options
from thinline_emulator.events import DropLink, Make, SwitchRadio

CONTACT = 1
RATE = 20.0  # seconds of the handsets in one of the test's


def item(number: int) -> bytes:
    return number.to_bytes(12, "big")


@dataclass
class Scene:
    """A server whose data folder can be put back, and handsets of alice.

    Attributes:
        made: contacts so far.
    """

    folder: Path
    stack: AsyncExitStack
    process: ServeProcess
    made: int = 0
    handsets: dict[str, Handset] = field(default_factory=dict)

    async def handset(self, name: str) -> Handset:
        """A new handset of alice, linked and filled."""
        code = self.process.ask("account.enroll", name="alice")["code"]
        handset = Handset(server=self.process.address, code=code, options=Options(radio="wifi", rate=RATE))
        await self.stack.enter_async_context(handset)
        await handset.until("settled")
        self.handsets[name] = handset
        return handset

    def make(self, handset: Handset, count: int = 1) -> None:
        """New contacts."""
        for _ in range(count):
            self.made += 1
            fields = contacts_pb2.Contact(name=f"Contact {self.made}").SerializeToString()
            handset.do(Make(Create(item(self.made), CONTACT, Content(fields))))

    def stop(self) -> None:
        """A clean stop of the server."""
        self.process.ask("stop")
        assert self.process.process.wait(30) == 0

    def start(self) -> None:
        """The server again, where it was."""
        self.process = ServeProcess(self.folder, listen=self.process.address)
        self.stack.callback(self.process.end)
        self.process.wait_until_up()

    def copy(self) -> None:
        """A copy of the data folder, of a server that is stopped."""
        shutil.copytree(self.folder / "data", self.folder / "copy")

    def put_back(self) -> None:
        """The copy in place of the data folder."""
        shutil.rmtree(self.folder / "data")
        shutil.copytree(self.folder / "copy", self.folder / "data")


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        process = ServeProcess(folder)
        stack.callback(process.end)
        process.wait_until_up()
        process.ask("account.add", name="alice")
        yield Scene(folder, stack, process)


def held(handset: Handset) -> dict[bytes, bytes]:
    """What its cache holds: items and their fields."""
    memory = handset.machine.memory
    assert memory is not None
    return {head.item: head.fields for head in memory.cache.heads()}


async def copied(scene: Scene, phone: Handset, before: int = 3) -> None:
    """Some contacts are made and a copy is taken; then the server runs on."""
    scene.make(phone, before)
    await phone.until("settled")
    scene.stop()
    scene.copy()
    scene.start()
    await phone.until("settled")


async def older_copy(scene: Scene) -> Handset:
    phone = await scene.handset("phone")
    await copied(scene, phone)
    scene.make(phone, 2)
    await phone.until("settled")
    scene.stop()
    scene.put_back()
    return phone


async def older_copy_that_took_new_writes(scene: Scene) -> Handset:
    phone, desk = await scene.handset("phone"), await scene.handset("desk")
    await copied(scene, phone)
    await desk.until(lambda: len(held(desk)) == 3)
    desk.do(SwitchRadio(False))
    scene.make(phone, 2)
    await phone.until("settled")
    phone.do(SwitchRadio(False))
    scene.stop()
    scene.put_back()
    scene.start()
    desk.do(SwitchRadio(True))
    scene.make(desk, 6)
    await desk.until("settled")
    desk.do(SwitchRadio(False))
    scene.stop()
    phone.do(SwitchRadio(True))
    return phone


async def empty_folder(scene: Scene) -> Handset:
    phone = await scene.handset("phone")
    scene.make(phone, 4)
    await phone.until("settled")
    scene.stop()
    shutil.rmtree(scene.folder / "data")
    return phone


async def in_the_middle_of_a_window(scene: Scene) -> Handset:
    phone, desk = await scene.handset("phone"), await scene.handset("desk")
    await copied(scene, phone)
    desk.do(SwitchRadio(False))
    scene.make(phone, 400)
    await phone.until("settled", within_s=60)
    desk.do(SwitchRadio(True))
    await desk.until(lambda: 3 < len(held(desk)) < 300, within_s=60)
    desk.do(SwitchRadio(False))
    assert desk.machine.memory is not None
    assert desk.machine.memory.filling
    scene.stop()
    scene.put_back()
    desk.do(SwitchRadio(True))
    return desk


async def only_an_outcome(scene: Scene) -> Handset:
    phone = await scene.handset("phone")
    await copied(scene, phone)
    scene.make(phone)
    memory = phone.machine.memory
    assert memory is not None
    await phone.until(lambda: not len(memory.outbox))
    phone.do(DropLink())
    memory.cache.make_room(memory.cache.budget_bytes, ())  # all is DURABLE and may go: only the outcome's point is left
    assert held(phone) == {}
    phone.do(SwitchRadio(False))
    scene.stop()
    scene.put_back()
    phone.do(SwitchRadio(True))
    return phone


RUNS: list[Callable[[Scene], Awaitable[Handset]]] = [
    older_copy,
    older_copy_that_took_new_writes,
    empty_folder,
    in_the_middle_of_a_window,
    only_an_outcome,
]


@pytest.mark.parametrize("went_back", RUNS, ids=lambda run: run.__name__)
async def test_the_next_hello_says_salvage_and_nothing_is_discarded(
    went_back: Callable[[Scene], Awaitable[Handset]], tmp_path: Path
) -> None:
    async with scene(tmp_path) as stage:
        handset = await went_back(stage)
        before = held(handset)
        stage.start()
        await handset.until("salvage")
        assert held(handset) == before
        stage.make(handset)
        await handset.verb("link drop")
        await handset.until("salvage")
        await handset.until("linked")
        memory = handset.machine.memory
        assert memory is not None
        assert len(memory.outbox) == 1, "a new edit stays LOCAL"
        assert held(handset) == before
        await handset.key("back back")
        assert "SALVAGE: the server lost data." in handset.screen.text()
        exported: dict[str, Any] = dict((await handset.verb("export")).data)
        assert {bytes.fromhex(one["item"]) for one in exported["items"]} == set(before)
        assert len(exported["only_here"]) == 1
        assert stage.process.ask("account.show", name="alice")["careful"]


async def test_a_server_that_only_stopped_is_no_alarm(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        phone = await stage.handset("phone")
        await copied(stage, phone)
        await phone.until("linked")
        assert phone.machine.memory is not None
        assert not phone.machine.memory.cache.frozen
        assert not stage.process.ask("account.show", name="alice")["careful"]
