"""The pages of texts, each a frozen state; a page that lies over another knows which to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Menu", "Page", "Talk", "Threads"]


@dataclass(frozen=True, slots=True)
class Threads:
    """Conversations, the newest first.

    Attributes:
        key: whose the wheel is at; the first where that is gone.
        words: what is typed: conversations that it is in, people of the contacts, or a number.
    """

    key: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation.

    Attributes:
        number: to which a text goes.
        typed: what is being written.
        up: lines that the wheel was turned back.
    """

    number: str
    typed: str = ""
    up: int = 0
    back: Threads = Threads()


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done on a page."""

    back: Threads | Talk
    at: int = 0


Page: TypeAlias = Threads | Talk | Menu
