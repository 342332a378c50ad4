"""Long texts come in parts, in any order, some twice and some never: they are put together here, or shown as they are.

Parts belong together where sender, receiver, reference and number of parts are the same. A text whose parts do not all
come within a while is shown with its gaps; what comes of it later is shown by itself. A reference is used again after
256 texts, so what does not fit the text that is under way begins another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from thinline_server.services.sms.headers import Place

__all__ = ["Joined", "Joiner", "Repeated"]

T = TypeVar("T", bound=Hashable)
_Whose: TypeAlias = tuple[Hashable, int, int]

_OPEN_TEXTS = 1_024  # of all accounts; beyond, the oldest are shown as they are
_KNOWN_TEXTS = 4_096


@dataclass(frozen=True, slots=True)
class Joined(Generic[T]):
    """A text is to be shown.

    Attributes:
        names: of all parts that came for it, repeated ones too.
        parts: their contents by number; those that are not here did not come.
        total: how many there should be.
    """

    names: tuple[int, ...]
    parts: dict[int, T]
    total: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part came once more after its text was shown."""

    name: int


@dataclass(slots=True)
class _Text(Generic[T]):
    """One that is not whole yet."""

    until_ms: int
    names: list[int] = field(default_factory=list)
    parts: dict[int, T] = field(default_factory=dict)


class Joiner(Generic[T]):
    """All texts that are not whole yet.

    Args:
        wait_ms: for the parts of a text, from its first on.
    """

    def __init__(self, wait_ms: int) -> None:
        self._wait_ms = wait_ms
        self._texts: dict[_Whose, _Text[T]] = {}
        self._shown: dict[_Whose, tuple[int, dict[int, T]]] = {}

    @property
    def wake_at_ms(self) -> int | None:
        """When `woke` is to be called at the latest; None where nothing waits."""
        return min((text.until_ms for text in self._texts.values()), default=None)

    def came(self, name: int, whose: Hashable, place: Place, content: T, at_ms: int) -> list[Joined[T] | Repeated]:
        """A part came; what follows.

        Args:
            name: the part's, for whoever keeps it.
            whose: sender and receiver.
            place: the part's.
            content: equal to another's where that is the same part again.
            at_ms: when it came.
        """
        key = (whose, place.reference, place.total)
        before = self._shown.get(key)
        if before is not None and before[0] > at_ms and key not in self._texts:
            known = before[1]
            if known.get(place.number) == content:
                return [Repeated(name)]
            if place.number not in known:  # a gap that was shown already
                known[place.number] = content
                return [Joined((name,), {place.number: content}, place.total)]
        out: list[Joined[T] | Repeated] = []
        text = self._texts.get(key)
        if text is not None and text.parts.get(place.number, content) != content:
            out.append(self._show(key))
            text = None
        if text is None:
            text = self._texts[key] = _Text(at_ms + self._wait_ms)
        text.names.append(name)
        text.parts[place.number] = content
        if len(text.parts) == place.total:
            out.append(self._show(key))
        elif len(self._texts) > _OPEN_TEXTS:
            out.append(self._show(next(iter(self._texts))))
        return out

    def woke(self, now_ms: int) -> list[Joined[T] | Repeated]:
        """Show what waited long enough."""
        return [self._show(key) for key in self._late(now_ms)]

    def _late(self, now_ms: int) -> Iterable[_Whose]:
        return [key for key, text in self._texts.items() if text.until_ms <= now_ms]

    def _show(self, key: _Whose) -> Joined[T]:
        text = self._texts.pop(key)
        self._shown.pop(key, None)
        self._shown[key] = (text.until_ms + self._wait_ms, text.parts)
        if len(self._shown) > _KNOWN_TEXTS:
            del self._shown[next(iter(self._shown))]
        return Joined(tuple(text.names), dict(text.parts), key[2])
