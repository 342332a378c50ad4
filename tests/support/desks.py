"""A desk for tests of apps: a handset's memory and power at a chosen moment, without a line or a server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from thinline.frames import KeepUntil
from thinline.history import Point
from thinline.items import Head, Revision
from thinline.link import Link, Role
from thinline.states import State
from thinline.testing.samples import WELCOME
from thinline.v1 import contacts_pb2
from thinline_emulator.apps.base import App, Desk, Step, begin_screen
from thinline_emulator.apps.contacts import Contacts
from thinline_emulator.apps.face import draw, press, take
from thinline_emulator.asks import Wish
from thinline_emulator.coverage import Coverage
from thinline_emulator.keys import Char, Key, keys_of
from thinline_emulator.line import Line, Phase
from thinline_emulator.memory import Volatile
from thinline_emulator.power import Power
from thinline_emulator.profiles import load_profile
from thinline_emulator.radio import Radio
from thinline_emulator.screen import Screen

__all__ = ["DeskBench", "Tile", "bob", "head_of_contact", "item_id"]


def item_id(number: int) -> bytes:
    """The n-th item."""
    return number.to_bytes(12, "big")


def bob() -> contacts_pb2.Contact:
    """A contact with something in every field that the screen shows."""
    contact = contacts_pb2.Contact(
        name="Bob Børgesen", address="Nygade 3, Aarhus", notes="met in a tunnel", organisation="Light Rail"
    )
    for label, value in (("mobile", "+4520304050"), ("work", "+4586112233"), ("fax", "+4586112234")):
        contact.phones.add(label=label, value=value)
    contact.mails.add(label="", value="bob@example.org")
    contact.groups.extend(["friends", "trains"])
    return contact


def head_of_contact(contact: contacts_pb2.Contact, number: int = 1, position: int = 1, copy_of: bytes = b"") -> Head:
    """The contact as the server would tell it."""
    fields = contact.SerializeToString(deterministic=True)
    return Head(item_id(number), position, Revision(1, bytes(8)), 1, fields, copy_of=copy_of)


@dataclass(slots=True)
class Tile:
    """An app that is only there to stand on the wheel."""

    name: str
    title: str
    collection: int = 0
    share: float = 0.0

    def begin(self) -> None:
        """It has no state."""

    def view(self, state: None, desk: Desk) -> Screen:
        """Its title."""
        return begin_screen(desk, self.title, "BACK").screen()

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def came(self, state: None, wish: Wish, desk: Desk) -> Step | None:
        """Nothing."""
        return None

    def on_key(self, state: None, key: Key | Char, desk: Desk) -> Step:
        """Whatever is pressed."""
        return Step(state, close=True)


class DeskBench:
    """One desk over time.

    Attributes:
        memory: what the handset holds.
        now: the second at which somebody looks.
        apps: on the wheel; by default a second one too, that nobody can open.
        account: whose it is.
    """

    def __init__(self, *contacts: contacts_pb2.Contact, welcome: bool = True) -> None:
        profile = load_profile("classic")
        radio = Radio(profile.radio, 1)
        self.power = Power(profile, radio, Coverage())
        self.power.start(0.0)
        self.memory = Volatile(profile.cache_bytes, Line(radio, 1), Point(1, bytes(16)))
        self.now = 60.0
        self.enrolled = True
        self.account = "alice"
        self.apps: tuple[App, ...] = (Contacts(), Tile("calendar", "Calendar"))
        self._entropy = Random(1)
        if welcome:
            self.memory.welcome = WELCOME
            self.memory.cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
            self.memory.clock.set(WELCOME.time_ms, 0.0)
        for number, contact in enumerate(contacts, 1):
            self.memory.cache.take(head_of_contact(contact, number, number))

    @property
    def desk(self) -> Desk:
        """What an app sees now."""
        return Desk(
            self.memory,
            self.power,
            self._entropy.randbytes,
            self.account,
            b"account1" * self.enrolled,
            self.apps,
            self.now,
        )

    @property
    def screen(self) -> str:
        """What the app in front shows."""
        return draw(self.desk).text()

    def keys(self, words: str) -> None:
        """Press keys, and do what follows without a handset around it."""
        for key in keys_of(words):
            self.memory.note = ""
            take(self.memory, press(key, self.desk))

    def open(self, app: App, state: Any = None) -> None:
        """Put an app in front, in a state of its own if one is given."""
        self.memory.focus.append(app.name)
        if state is not None:
            self.memory.screens[app.name] = state

    def link(self) -> None:
        """It is linked."""
        line = self.memory.line
        line.link, line.phase = Link(Role.UP, 1), Phase.OPEN
        line.link.state = State.LIVE

    def careful(self) -> None:
        """The server is recovering."""
        self.memory.welcome = replace(WELCOME, careful=True)
