"""The pages of instant messaging, each a frozen state; a page that lies over another knows which to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Add", "Edit", "Menu", "Mood", "Page", "Roster", "Talk"]


@dataclass(frozen=True, slots=True)
class Roster:
    """People.

    Attributes:
        section, address: where the wheel is; the first where that is gone.
        words: what is typed: those only who are meant by it.
    """

    section: str = ""
    address: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation.

    Attributes:
        typed: what is being said.
        up: lines that the wheel was turned back.
    """

    address: str
    typed: str = ""
    up: int = 0
    back: Roster = Roster()


@dataclass(frozen=True, slots=True)
class Add:
    """Somebody new: their address, what the owner calls them, and a word to them."""

    texts: tuple[str, str, str] = ("", "", "")
    line: int = 0
    said: str = ""
    back: Roster = Roster()


@dataclass(frozen=True, slots=True)
class Edit:
    """What the owner calls somebody, and their groups, with commas between."""

    address: str
    texts: tuple[str, str] = ("", "")
    line: int = 0
    back: Roster | Talk = Roster()


@dataclass(frozen=True, slots=True)
class Mood:
    """How the owner is to be seen: a state, and a word on it."""

    state: int = 0
    status: str = ""
    back: Roster = Roster()


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done on a page."""

    back: Roster | Talk
    at: int = 0


Page: TypeAlias = Roster | Talk | Add | Edit | Mood | Menu
