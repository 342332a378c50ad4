"""The pages of contacts, each a frozen state; a page that lies over another knows which to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from thinline.merge import Content
from thinline_emulator.asks import Find

__all__ = [
    "EVERYBODY", "FAVOURITES", "UNDO", "Form", "Groups", "Help", "Line", "List", "Menu", "Page", "Pick", "Versions",
    "View",
]  # fmt: skip

FAVOURITES = "★"  # a group beside those that people make
UNDO = "Undo"


@dataclass(frozen=True, slots=True)
class List:
    """The list.

    Attributes:
        item: the one that the wheel is at; none stands for the line `New contact`.
        group: whom it shows; empty for everybody.
        find: what was typed to find somebody.
        asked: the searches that the server was asked for it, one behind another.
        gone: whether somebody was deleted just now: the menu then opens at its undo.
    """

    item: bytes = b""
    group: str = ""
    find: str = ""
    asked: tuple[Find, ...] = ()
    gone: bool = False


EVERYBODY = List()


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups, and the place of the wheel."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """One contact, and the line of it that is on top."""

    item: bytes
    back: List = EVERYBODY
    top: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a form.

    Attributes:
        field: of the contact.
        label: of a number or an address; its owner may choose another.
        text: what is typed.
        origin: the entry's bytes as they were, for what a later version says in them.
    """

    field: str
    label: str
    text: str = ""
    origin: bytes = b""


@dataclass(frozen=True, slots=True)
class Form:
    """A contact being written.

    Attributes:
        item: the one that is edited; empty for a new one.
        opened: its content when the form was opened.
        lines: what can be typed at.
        at: the line that is.
        back: where it came from.
    """

    item: bytes
    opened: Content
    lines: tuple[Line, ...]
    at: int = 0
    back: List | View = EVERYBODY


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done on a page.

    Attributes:
        back: the page.
        at: the place of the wheel; before it is turned, that of the action that begins with `first`.
        first: as that.
    """

    back: List | View
    at: int | None = None
    first: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """In which groups is one? The place of the wheel, and a name being typed for a new group."""

    item: bytes
    back: View
    at: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """A conflict copy beside what it is a copy of, and the place of the wheel among what can be done about it."""

    copy: bytes
    back: View
    at: int = 0


@dataclass(frozen=True, slots=True)
class Help:
    """What the keys do on a page."""

    back: List | View


Page: TypeAlias = List | Groups | View | Form | Menu | Pick | Versions | Help
