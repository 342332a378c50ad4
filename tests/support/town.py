"""A town in virtual time: the server's hub over its real store, and real handsets around it, each with its radio.

What the radio takes to carry something is the handset's own affair; the wires behind it are perfect, and a test may
cut them. Time jumps from one wake to the next. What the machines put out beyond orders is kept by handset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from pier import NOW_MS, Served
from thinline.errors import LocalError
from thinline.intents import Create
from thinline.items import ITEM_ID_BYTES
from thinline.machine import Arrived, Dial, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.merge import Content
from thinline.testing.clock import Clock
from thinline.v1 import contacts_pb2
from thinline_emulator.autopsy import Autopsy, examine
from thinline_emulator.events import (
    Denied,
    HandsetInput,
    KeyPressed,
    Make,
    MemoryLost,
    Notice,
    PowerOn,
    ScreenChanged,
    SimWritten,
)
from thinline_emulator.handset import Handset
from thinline_emulator.keys import parse_key
from thinline_emulator.memory import Volatile
from thinline_emulator.overlay import Shown
from thinline_emulator.profiles import HandsetProfile, load_profile
from thinline_emulator.settings import Settings
from thinline_emulator.sim import Sim

__all__ = ["NOW_MS", "Resident", "Town", "contact", "fields_of"]

_ROOM_BYTES = 131_072


def fields_of(name: str, mobile: str = "", notes: str = "") -> bytes:
    """A contact's fields."""
    message = contacts_pb2.Contact(name=name, notes=notes)
    if mobile:
        message.phones.add(label="mobile", value=mobile)
    return message.SerializeToString(deterministic=True)


def contact(item: bytes, name: str, mobile: str = "") -> Make:
    """A command that makes one."""
    return Make(Create(item, 1, Content(fields_of(name, mobile))))


class Resident:
    """A handset, and what came of it.

    Attributes:
        machine: the handset.
        card: what was written to its SIM last.
        lost: memories that it lost, with the cause.
        notices: what it told its owner.
    """

    def __init__(self, name: str, machine: Handset, town: Town) -> None:
        self.name = name
        self._town = town
        self.machine = machine
        self.card: Sim | None = None
        self.lost: list[MemoryLost] = []
        self.notices: list[str] = []
        self.draws = 0  # ScreenChanged
        self.denied = ""

    # A bench for verbs and scripts

    @property
    def autopsies(self) -> list[Autopsy]:
        """Of every memory that it lost."""
        return [examine(one) for one in self.lost]

    @property
    def now(self) -> float:
        """The town's time."""
        return self._town.now

    @property
    def rate(self) -> float:
        """Time jumps."""
        return float("inf")

    def do(self, event: HandsetInput) -> None:
        """Hand it an input."""
        self._town.feed(self, event)

    def set_rate(self, rate: float) -> None:
        """There is none. Raises LocalError."""
        raise LocalError("time jumps here; it has no rate")

    # What it is like

    @property
    def memory(self) -> Volatile:
        """What it holds; it must have power."""
        assert self.machine.memory is not None, "no power"
        return self.machine.memory

    @property
    def screen(self) -> str:
        """What it shows, as text."""
        return self.machine.look(self.now).text()

    def item(self, item: bytes) -> Shown:
        """An item that it shows."""
        shown = self.machine.desk(self.now).item(item)
        assert shown is not None, f"no {item!r}"
        return shown

    def names(self) -> list[str]:
        """The names of the contacts that it shows, sorted."""
        items = self.machine.desk(self.now).items(1)
        return sorted(contacts_pb2.Contact.FromString(shown.content.fields).name for shown in items)


@dataclass(frozen=True, slots=True)
class _To:
    """An input under way: to a resident, or to the server where there is none."""

    whom: Resident | None
    event: Any


class Town:
    """A server and its handsets.

    Attributes:
        served: the hub and its store.
        clock: virtual time.
        residents: by name.
        events: inputs that handsets took so far.
    """

    def __init__(self, served: Served | None = None, profile: HandsetProfile | None = None) -> None:
        self.served = served or Served()
        self.clock: Clock[_To] = Clock()
        self.residents: dict[str, Resident] = {}
        self.events = 0
        self._profile = profile or load_profile("classic")
        self._ends: dict[int, tuple[Resident, int]] = {}
        self._wires: dict[tuple[str, int], int] = {}
        self._next_wire = 1

    @property
    def now(self) -> float:
        """Seconds."""
        return self.clock.now

    def blank(self, name: str, code: str = "") -> Resident:
        """A handset with a blank card, switched on."""
        card = Sim(Random(f"the key of {name}").randbytes(32))
        resident = self.residents[name] = Resident(name, Handset(self.settings(name), card, code, self.now), self)
        self.feed(resident, PowerOn())
        return resident

    def account(self, name: str, *contacts: str) -> None:
        """An account with some contacts, made by a handset that leaves again."""
        self.served.account(name)
        if contacts:
            maker = self.handset(f"{name}'s maker", name)
            for at, one in enumerate(contacts):
                self.feed(maker, contact(at.to_bytes(ITEM_ID_BYTES, "big"), one))
                if at % 64 == 63:
                    self.until(lambda: maker.machine.settled)
            self.until(lambda: maker.machine.settled)
            self.cut(maker)
            del self.residents[maker.name]
            self.clock.forget(maker)

    def handset(self, name: str, account: str = "", sim: Sim | None = None, **settings: Any) -> Resident:
        """A handset of an account, switched on; it enrols where it has no card."""
        code = "" if sim else self.served.code(account or name)
        card = sim or Sim(Random(f"the key of {name}").randbytes(32))
        kind = self.settings(name, **settings)
        resident = self.residents[name] = Resident(name, Handset(kind, card, code, self.now), self)
        self.feed(resident, PowerOn())
        return resident

    def settings(self, name: str, **more: Any) -> Settings:
        """How a handset of that name is made."""
        return Settings(**{"profile": self._profile, "entropy": Random(name).randbytes, **more})

    def linked(self, name: str, account: str = "", **settings: Any) -> Resident:
        """The same, and wait until it has all that it gets."""
        resident = self.handset(name, account, **settings)
        self.until(lambda: resident.machine.settled)
        return resident

    # What happens

    def feed(self, resident: Resident, *events: Any) -> None:
        """Hand inputs to a handset. Raises LocalError for what it denies."""
        for event in events:
            resident.denied = ""
            self._handset(resident, event)
            if resident.denied:
                raise LocalError(resident.denied)

    def keys(self, resident: Resident, words: str) -> None:
        """Press keys, by their words; what is in quotes is typed."""
        for at, stretch in enumerate(words.split("'")):
            for word in stretch if at % 2 else stretch.split():
                self.feed(resident, KeyPressed(parse_key("space" if word == " " else word)))

    def serve(self, event: Any) -> None:
        """Hand an input to the hub."""
        self._orders(self.served.handle(event, self.now))

    def cut(self, resident: Resident) -> None:
        """Cut its connection behind the radio; what was under way is lost."""
        key = (resident.name, resident.memory.line.wire)
        wire = self._wires.pop(key, None)
        if wire is not None:
            del self._ends[wire]
            self._handset(resident, Lost(key[1], "cut"))
            self._orders(self.served.handle(Lost(wire, "cut"), self.now))

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        until_s = self.now + seconds
        while (due_s := self.clock.due_s) is not None and due_s <= until_s:
            self._step()
        self.clock.pass_to(until_s)

    def until(self, condition: Callable[[], bool], within_s: float = 600.0) -> None:
        """Let time pass until something holds."""
        until_s = self.now + within_s
        while not condition():
            due_s = self.clock.due_s
            assert due_s is not None, "nothing will happen any more"
            assert due_s <= until_s, f"not within {within_s:g} s"
            self._step()

    def settle(self, *residents: Resident) -> None:
        """Wait until those handsets, or all, have what was announced and all answers."""
        some = residents or tuple(self.residents.values())
        self.until(lambda: all(one.machine.settled for one in some))

    def _step(self) -> None:
        to = self.clock.jump()
        if to.whom is None:
            self._orders(self.served.handle(to.event, self.now))
        else:
            self._handset(to.whom, to.event)

    def _handset(self, resident: Resident, event: Any) -> None:
        self.events += 1
        for output in resident.machine.handle(event, self.now):
            match output:
                case WakeAt(at_s):
                    self.clock.wake(resident, at_s, _To(resident, Woke()))
                case Transmit(wire, data) if (resident.name, wire) in self._wires:
                    self._later(None, Arrived(self._wires[resident.name, wire], data))
                    self._later(resident, Room(wire, _ROOM_BYTES))
                case Dial(wire):
                    self._connect(resident, wire)
                case Hang(wire) if (resident.name, wire) in self._wires:
                    self._part(self._wires[resident.name, wire])
                case SimWritten(sim):
                    resident.card = sim
                case MemoryLost():
                    resident.lost.append(output)
                case Notice(text):
                    resident.notices.append(text)
                case ScreenChanged():
                    resident.draws += 1
                case Denied(text):
                    resident.denied = text
                case _:
                    assert isinstance(output, Hang | Transmit), output

    def _connect(self, resident: Resident, wire: int) -> None:
        mine, self._next_wire = self._next_wire, self._next_wire + 1
        self._ends[mine] = (resident, wire)
        self._wires[resident.name, wire] = mine
        ends: Iterable[tuple[Resident | None, int]] = ((None, mine), (resident, wire))
        for whom, at in ends:
            self._later(whom, Opened(at))
            self._later(whom, Room(at, _ROOM_BYTES))

    def _orders(self, orders: list[Any]) -> None:
        for order in orders:
            match order:
                case Transmit(wire, data) if wire in self._ends:
                    resident, at = self._ends[wire]
                    self._later(resident, Arrived(at, data))
                    self._later(None, Room(wire, _ROOM_BYTES))
                case Hang(wire) if wire in self._ends:
                    self._part(wire)
                case WakeAt(at_s):
                    self.clock.wake("server", at_s, _To(None, Woke()))
                case _:
                    assert isinstance(order, Hang | Transmit), order

    def _part(self, wire: int) -> None:
        resident, at = self._ends.pop(wire)
        del self._wires[resident.name, at]
        self._later(resident, Lost(at, "hung up"))
        self._later(None, Lost(wire, "hung up"))

    def _later(self, whom: Resident | None, event: Any) -> None:
        self.clock.at(self.now, _To(whom, event))
