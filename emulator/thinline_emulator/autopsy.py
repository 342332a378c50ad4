"""The autopsy: what was lost when the power went, by name.

The handset can not tell, for it has forgotten. The emulator, which cut the power, looks into the memory that is gone.
What was never transmitted is lost. What was transmitted and not answered is unknown until the next refill. What the
server had acknowledged comes back with the refill.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from thinline_emulator.events import MemoryLost
from thinline_emulator.titles import doing

__all__ = ["Autopsy", "examine"]


@dataclass(frozen=True, slots=True)
class Autopsy:
    """What became of a memory.

    Attributes:
        lost: what existed only there and was never transmitted.
        unknown: what was transmitted and had no answer.
        held: items that the server had, in no particular danger.
        salvage: whether the server had lost history, so that what was held may have been its last copy.
    """

    cause: str
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    held: int
    salvage: bool

    def text(self) -> str:
        """The same for a person."""
        said = [f"{self.cause}: memory is gone."]
        said += [f"lost for good: {one}" for one in self.lost]
        said += [f"unknown until the refill: {one}" for one in self.unknown]
        if self.salvage:
            said.append(f"{_held(self.held)}; the server had lost history and may lack {_them(self.held)}.")
        elif self.held:
            said.append(f"{_held(self.held)}; the server has {_them(self.held)}.")
        return "\n".join(said)

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)


def _held(count: int) -> str:
    return "1 item was held" if count == 1 else f"{count} items were held"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def examine(loss: MemoryLost) -> Autopsy:
    """Name what was lost (B2)."""
    memory = loss.memory
    lost = [doing(one.entry, memory.cache) for one in memory.outbox.rejected]
    unknown: list[str] = []
    for entry in memory.outbox.entries():
        (unknown if entry.number else lost).append(doing(entry, memory.cache))
    return Autopsy(loss.cause, tuple(lost), tuple(unknown), len(memory.cache), memory.cache.frozen)
