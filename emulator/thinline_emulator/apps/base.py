"""What an app is, and all that it may see and do.

An app is one frozen object shared by all handsets: it draws its state on a screen, and turns a key and its state into
a step. The state is the app's own frozen value, lives in volatile memory and dies with the battery. What an app sees
of the handset is a `Desk`, built when somebody looks or presses a key, and never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from thinline.frames import KeepUntil, Soft
from thinline.intents import Intent
from thinline.items import Blob
from thinline.v1 import line_pb2
from thinline_emulator.asks import Standing, Wish
from thinline_emulator.cache import WHOLE, Stretch
from thinline_emulator.coverage import FULL_BARS
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Char, Key
from thinline_emulator.line import NEVER, Phase
from thinline_emulator.memory import Volatile, only_here_text
from thinline_emulator.overlay import Shelf, Shown, lay_over
from thinline_emulator.pictures import GetPicture
from thinline_emulator.power import Power
from thinline_emulator.raster import Raster
from thinline_emulator.screen import Canvas, Screen, Style

T = TypeVar("T")

__all__ = ["App", "Desk", "Saying", "Speaks", "Step", "TakesFiles", "Watches", "begin_screen", "new_part"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a key did.

    Attributes:
        state: the app's state from now on.
        make: commands for the outbox, in this order.
        beside: the same, of what nobody would undo: that something is read.
        parts: bytes by hash of the new parts that they name; they go up before their commands.
        undo: whether to take back what the newest step made, of whichever app.
        ask: what the server is asked; how each stands is on the desk from then on.
        unask: what nobody waits for any more.
        open: another app to bring to the front.
        close: back to the app behind.
        used: an item that somebody looked at.
        dismiss: an item whose rejected changes may be forgotten.
        note: something to tell, until the next key.
        holds: bytes that the state keeps of what was asked, where an app keeps any.
    """

    state: Any
    make: tuple[Intent, ...] = ()
    beside: tuple[Intent, ...] = ()
    parts: Mapping[bytes, bytes] = field(default_factory=dict)
    undo: bool = False
    ask: tuple[Wish, ...] = ()
    unask: tuple[Wish, ...] = ()
    open: str = ""
    close: bool = False
    used: bytes = b""
    dismiss: bytes = b""
    note: str = ""
    holds: int | None = None


class App(Protocol):
    """One app.

    Attributes:
        name: in scripts and in the registry.
        title: on the screen.
        collection: whose items it keeps; 0 for none.
        share: of the memory for items, against the shares of the other apps.
    """

    name: str
    title: str
    collection: int
    share: float

    def begin(self) -> Any:
        """The state in which it opens."""
        ...

    def view(self, state: Any, desk: Desk) -> Screen:
        """Draw it."""
        ...

    def on_key(self, state: Any, key: Key | Char, desk: Desk) -> Step:
        """Take a key."""
        ...

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """What is asked for without anybody's asking, once all that was announced of its collection has come."""
        ...

    def came(self, state: Any, wish: Wish, desk: Desk) -> Step | None:
        """Something is answered that an app asked for, perhaps another: what follows, or nothing."""
        ...


@runtime_checkable
class TakesFiles(Protocol):
    """An app that does something with files of the machine that the emulator runs on."""

    def on_file(self, state: Any, given: FileGiven, desk: Desk) -> Step:
        """Take one.

        Raises:
            LocalError: not here, or not this one.
        """
        ...


@runtime_checkable
class Watches(Protocol):
    """An app that does something when what came is looked at."""

    collection: int

    def saw(self, state: Any, desk: Desk) -> Step | None:
        """Something of its collection came while it is in front and the screen is lit."""
        ...


class Saying(NamedTuple):
    """Soft state for the server, and how often it is said while somebody has the handset in hand."""

    soft: Soft
    every_s: float


@runtime_checkable
class Speaks(Protocol):
    """An app that tells the server something for a time: that its owner is there, that they type."""

    def says(self, state: Any, desk: Desk) -> tuple[Saying, ...]:
        """What holds now; asked whenever a key was pressed, and behind a welcome while the screen is lit."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The handset as an app sees it.

    Attributes:
        account: whose it is, by name and by id; empty before enrolment.
        apps: what can be opened, in the order of the wheel.
    """

    memory: Volatile
    power: Power
    entropy: Callable[[int], bytes]
    account: str
    account_id: bytes
    apps: tuple[App, ...]
    now: float

    @property
    def enrolled(self) -> bool:
        """Whether it is anybody's."""
        return bool(self.account_id)

    # Items

    def items(self, collection: int) -> list[Shown]:
        """All that is shown of a collection."""
        shelf = self.memory.shelves.setdefault(collection, Shelf())
        return shelf.items(self.memory.cache, self.memory.outbox, collection)

    def arranged(self, collection: int, name: Hashable, arrange: Callable[[list[Shown]], T]) -> T:
        """What is made of all that is shown of a collection: once, as long as that is the same. Not to be changed."""
        items = self.items(collection)
        return self.memory.shelves[collection].arranged(name, items, arrange)

    def item(self, item: bytes) -> Shown | None:
        """One item."""
        return lay_over(self.memory.cache, self.memory.outbox, item)

    # What was asked, and what goes up

    def asked(self, wish: Wish) -> Standing | None:
        """How something stands that was asked for; None where it was not, or its answer had to go: ask again."""
        return self.memory.standing(wish)

    def part(self, blob_hash: bytes, stretch: Stretch = WHOLE) -> bytes | None:
        """A part that is here, or a stretch of it: fetched, or made here and still on its way up."""
        return self.memory.cache.part(blob_hash, stretch) or self.memory.outbox.part(blob_hash)

    def picture(self, wish: GetPicture) -> Raster | None:
        """A picture that was asked for and came; None until then, and after it had to go: ask again."""
        return self.memory.cache.picture(wish.hash, (wish.width, wish.height, wish.colours))

    def going_up(self, item: bytes) -> tuple[int, int] | None:
        """Bytes that are up, and all there are, of the parts of an item's waiting commands; None without any."""
        return self.memory.going_up(item)

    @property
    def undoable(self) -> str:
        """What a step could undo, in words, as in `deleted: Bob`; empty where there is nothing."""
        return self.memory.undo.what

    # Facts

    def trouble(self, collection: int) -> line_pb2.GatewayStatus | None:
        """What keeps a collection from the world, as the server told it on this link; None where nothing does."""
        return self.memory.soft.trouble(collection, self.now) if self.memory.line.live else None

    def soft(self, key: int) -> bytes:
        """What the server told under a key of a service, for the time being; empty where nothing."""
        return self.memory.soft.value(key, self.now) if self.memory.line.live else b""

    @property
    def time(self) -> str:
        """Hours and minutes, as far as the handset knows."""
        at_ms = self.memory.clock.read(self.now)
        return "--:--" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%H:%M")

    @property
    def date(self) -> str:
        """The day, empty while the handset does not know."""
        at_ms = self.memory.clock.read(self.now)
        return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%a %d %b %Y")

    @property
    def bars(self) -> int:
        """The signal, 0 to 4; 0 with the radio off."""
        return self.power.coverage.bars(self.now) if self.power.radio_on else 0

    @property
    def signal(self) -> str:
        """The signal in a few cells."""
        if not self.power.radio_on:
            return "off"
        return f"{self.power.radio.profile.name} {'▂▄▆█'[: self.bars]}{'·' * (FULL_BARS - self.bars)}"

    @property
    def battery(self) -> str:
        """The charge, in as many cells whether it is full or not, so that nothing moves beside it."""
        return f"{'+' if self.power.battery.charger_ma else ''}{self.power.percent(self.now)}%".rjust(4)

    @property
    def link(self) -> str:
        """How the line stands, in a few words."""
        line = self.memory.line
        if self.memory.cache.frozen and line.live:  # spec SALV-6
            return "SALVAGE"
        if line.live:
            return "filling" if self.memory.filling else "linked"
        if not self.enrolled and not line.link:
            return "not enrolled"
        if not self.power.radio_on:
            return "radio off"
        if not self.bars:
            return "no signal"
        if line.phase is Phase.WAITING and line.redial_at < NEVER:
            return f"retry {max(0, round(line.redial_at - self.now))}s"
        return "offline" if line.phase is Phase.DOWN else "connecting"

    @property
    def warnings(self) -> list[str]:
        """What the owner should know all the time, the gravest first."""
        memory, said = self.memory, []
        if memory.cache.frozen:
            said += ["SALVAGE: the server lost data.", "Keep the power on; do not reset.", "New changes stay here."]
        elif memory.welcome is not None and memory.welcome.careful:
            said.append("The server is recovering: do not reset.")
        only_here = memory.only_here
        if only_here:
            said.append(only_here_text(only_here))
        if memory.outbox.rejected:
            said.append(f"{len(memory.outbox.rejected)} not accepted by the server")
        if memory.shed_at < NEVER:
            said.append("Memory is full: items not in a copy will go")
        if memory.welcome is not None and memory.welcome.keep_until == KeepUntil.KEEP_UNTIL_DURABLE:
            said.append("This server keeps no copies")
        return said


def new_part(name: str, data: bytes) -> Blob:
    """A new part of an item, as its command names it; the step brings the bytes along under its hash."""
    return Blob(name, sha256(data).digest(), len(data))


def begin_screen(desk: Desk, title: str, hint: str) -> Canvas:
    """A canvas with the status bar on top and a hint below; what lies between is the app's."""
    profile = desk.power.profile
    canvas = Canvas(profile.cells_wide, profile.cells_high)
    canvas.line(0, f"{desk.time}  {title}", f"{desk.signal} {desk.link} {desk.battery}", Style.INVERSE)
    canvas.line(canvas.height - 1, hint, style=Style.DIM)
    return canvas
