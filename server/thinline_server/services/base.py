"""What a service is to the server: its item types, their order, its judgement of contents, its own commands.

A new service is a folder beside `contacts` and one line in the registry; store, hub and links know only this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeAlias, runtime_checkable

from thinline.commands import CORE_RULES, Rule
from thinline.errands import ErrandKind
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import ItemType
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.softly import SoftPart

__all__ = ["KEY_BYTES", "NO_TEXTS", "Catalogue", "HasSoft", "HasTexts", "PartTexts", "Service", "soft_parts"]

KEY_BYTES = 24

PartTexts: TypeAlias = Mapping[str, Callable[[bytes], str]]  # by a part's name: its text, of how it begins
NO_TEXTS: PartTexts = MappingProxyType({})


class Service(Protocol):
    """One application: contacts, calendar, mail."""

    @property
    def name(self) -> str:
        """One word."""
        ...

    @property
    def types(self) -> Mapping[int, ItemType]:
        """The item types that it owns, by number."""
        ...

    @property
    def rules(self) -> Mapping[int, Rule]:
        """Commands of its own beside create, change and delete, by kind; from 16 on."""
        ...

    @property
    def asks(self) -> frozenset[int]:
        """Kinds of asks of its own, from 16 on, that its gateways answer."""
        ...

    @property
    def errands(self) -> Mapping[int, ErrandKind]:
        """Kinds of what it has to do, by number."""
        ...

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """What connects it to the world, as far as the settings ask for it."""
        ...

    def key(self, item_type: int, fields: bytes) -> bytes:
        """Where an item stands in its collection's order, at most `KEY_BYTES`."""
        ...

    def check(self, item_type: int, content: Content) -> Reason | None:
        """Why it does not take a content, or None where it does."""
        ...

    def search_text(self, item_type: int, fields: bytes) -> str:
        """What a search looks at: every word that somebody may remember it by.

        It is called for each item that a search comes by, so it reads what the head says and nothing else.
        """
        ...


@runtime_checkable
class HasTexts(Protocol):
    """A service whose items say more in their parts, a mail in its body; a search looks at those too."""

    @property
    def part_texts(self) -> PartTexts:
        """Of which parts; each function takes the first bytes of one, whatever they are."""
        ...


@runtime_checkable
class HasSoft(Protocol):
    """A service that hears what handsets say of themselves for a time, and tells others."""

    def soft(self) -> SoftPart:
        """Its machine, one for each server."""
        ...


def soft_parts(services: Iterable[object]) -> tuple[SoftPart, ...]:
    """The machines of those services that have one."""
    return tuple(service.soft() for service in services if isinstance(service, HasSoft))


class Catalogue:
    """All services of a server, seen as one."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.types: dict[int, ItemType] = {}
        self.rules: dict[int, Rule] = dict(CORE_RULES)
        self.errands: dict[int, ErrandKind] = {}
        self._owners: dict[int, Service] = {}
        self._texts: dict[int, PartTexts] = {}
        for service in services:
            assert not self.types.keys() & service.types.keys(), f"{service.name} takes a type that has an owner"
            assert not self.rules.keys() & service.rules.keys(), f"{service.name} takes a kind that has an owner"
            assert not self.errands.keys() & service.errands.keys(), f"{service.name} takes errands that have an owner"
            self.errands.update(service.errands)
            self.types.update(service.types)
            self.rules.update(service.rules)
            self._owners.update(dict.fromkeys(service.types, service))
            texts: object = service
            if isinstance(texts, HasTexts):
                self._texts.update(dict.fromkeys(service.types, texts.part_texts))

    def key(self, item_type: int, fields: bytes) -> bytes:
        """The place in the order; the first where the type's service is not here (a downgrade).

        Always of one length, so that key and id joined are in the order of key, then id.
        """
        owner = self._owners.get(item_type)
        key = owner.key(item_type, fields) if owner else b""
        return key[:KEY_BYTES].ljust(KEY_BYTES, b"\0")

    def check(self, item_type: int, content: Content) -> Reason | None:
        """The judgement of the type's service."""
        owner = self._owners.get(item_type)
        return owner.check(item_type, content) if owner else Reason.UNKNOWN_TYPE

    def search_text(self, item_type: int, fields: bytes) -> str:
        """What a search looks at."""
        owner = self._owners.get(item_type)
        return owner.search_text(item_type, fields) if owner else ""

    def part_texts(self, item_type: int) -> PartTexts:
        """The parts that a search looks at."""
        return self._texts.get(item_type, NO_TEXTS)
