"""What happens to a handset, and what it says follows: the inputs and outputs beyond those of every machine.

A host carries outputs out in their order. `SimWritten` in particular is on stable storage before what follows it is
begun: a life that the card does not know yet must not be used (spec ID).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from thinline.intents import Intent
from thinline.machine import Dial, Hang, Transmit, WakeAt, WireInput
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.memory import Volatile
from thinline_emulator.radio import RadioProfile
from thinline_emulator.sim import Sim

__all__ = [
    "BodyInput", "Charge", "Denied", "DropLink", "Enrol", "FileGiven", "HandsetInput", "HandsetOutput", "KeyPressed",
    "Make", "MemoryLost", "Notice", "OwnerInput", "PowerOff", "PowerOn", "PullBattery", "Reset", "ScreenChanged",
    "SetBattery", "SetRadio", "SimWritten", "SwitchRadio", "Tunnel", "Undo", "Want",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PowerOn:
    """The switch: memory comes up empty."""


@dataclass(frozen=True, slots=True)
class PowerOff:
    """The battery is taken out, and stays out."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key."""

    key: Key | Char


@dataclass(frozen=True, slots=True)
class Make:
    """A command, as an app or a script makes it; its parts by hash, where they are not on the server."""

    intent: Intent
    parts: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file of the machine that the emulator runs on, for the app in front to do something with."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Undo:
    """What was made last is taken back."""


@dataclass(frozen=True, slots=True)
class Want:
    """Something to be asked of the server."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Enrol:
    """A one-time code to enrol with."""

    code: str


@dataclass(frozen=True, slots=True)
class SetBattery:
    """The charge is so many percent from now on."""

    percent: float


@dataclass(frozen=True, slots=True)
class Charge:
    """The charger, in or out."""

    on: bool


@dataclass(frozen=True, slots=True)
class PullBattery:
    """Out and in again: memory is gone, and the handset starts anew."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A restart; a hard one empties the memory."""

    hard: bool = False


@dataclass(frozen=True, slots=True)
class SwitchRadio:
    """The radio, on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetRadio:
    """Another network."""

    profile: RadioProfile


@dataclass(frozen=True, slots=True)
class Tunnel:
    """No signal for so long."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class DropLink:
    """The connection breaks."""


BodyInput: TypeAlias = SetBattery | Charge | PullBattery | SwitchRadio | SetRadio | Tunnel
OwnerInput: TypeAlias = (
    PowerOn | PowerOff | KeyPressed | FileGiven | Make | Undo | Want | Enrol | Reset | DropLink | BodyInput
)
HandsetInput: TypeAlias = WireInput | OwnerInput


@dataclass(frozen=True, slots=True)
class ScreenChanged:
    """What the screen would show is another; it is drawn by whoever looks."""


@dataclass(frozen=True, slots=True)
class SimWritten:
    """The card says this from now on; store it before going on."""

    sim: Sim


@dataclass(frozen=True, slots=True)
class MemoryLost:
    """The power went. The handset keeps nothing of this memory; the emulator, which cut the power, may look."""

    memory: Volatile
    cause: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the owner."""

    text: str


@dataclass(frozen=True, slots=True)
class Denied:
    """What was asked for can not be done; nothing of it was, and the text says why."""

    text: str


HandsetOutput: TypeAlias = Dial | Transmit | Hang | WakeAt | ScreenChanged | SimWritten | MemoryLost | Notice | Denied
