"""What a gateway is, what it is given, and how it says how it stands.

A gateway is one task that works until it is cancelled. It tells its state by name: not that a connection is open, but
what came of the work. What it can not mend itself it raises, and the supervisor starts it again later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, unique
from typing import Any, Protocol, TypeAlias

from thinline.errors import LocalError
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.gateways.render import Renderer
from thinline_server.requests import Request
from thinline_server.workers.pool import Pool

__all__ = ["Gateway", "GatewayFailed", "GatewayState", "Outside", "Standing", "Tell"]


@unique
class GatewayState(Enum):
    """How a gateway stands; the numbers are told to handsets (spec SOFT-2)."""

    STARTING = 1
    CONNECTED = 2  # it works, or its last work succeeded
    IDLE = 3  # it waits for work
    BAD_CREDENTIALS = 4  # a person has to mend the settings
    BACKING_OFF = 5  # it tries again by itself, at a time
    STOPPED = 6  # it is over


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, why, and where it backs off until when (milliseconds since 1970)."""

    state: GatewayState
    why: str = ""
    until_ms: int = 0

    @property
    def troubled(self) -> bool:
        """Whether work waits because of it: handsets are told of that, and of its end."""
        return self.state in (GatewayState.BAD_CREDENTIALS, GatewayState.BACKING_OFF, GatewayState.STOPPED)


Tell: TypeAlias = Callable[[Standing], None]


class GatewayFailed(LocalError):
    """A gateway can not go on by itself; the supervisor tells `state` and the sentence, and starts it again later."""

    def __init__(self, state: GatewayState, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state


@dataclass(frozen=True, slots=True)
class Outside:
    """All that a gateway is given of the server.

    Attributes:
        operate: asks the store; answers are durable.
        pool: takes apart what strangers sent.
        dial: the only way to open a connection; it knows what the operator named.
        fetch: the only way to the web, over a gate that knows the web's.
        render: the same with a browser, where the operator has one.
        now_ms: milliseconds since 1970, UTC.
        chance: a number from 0 up to 1, for jitter.
    """

    operate: Callable[[Request], Awaitable[Any]]
    pool: Pool
    dial: Dialer
    fetch: Fetcher
    now_ms: Callable[[], int]
    chance: Callable[[], float]
    render: Renderer | None = None


class Gateway(Protocol):
    """One of them."""

    @property
    def name(self) -> str:
        """In words: mail out."""
        ...

    @property
    def collection(self) -> int:
        """Whose handsets' app shows its troubles; 0 where they concern the operator only."""
        ...

    @property
    def kinds(self) -> frozenset[int]:
        """Kinds of errands that it works through."""
        ...

    def wake(self) -> None:
        """Errands of its kinds were made."""
        ...

    async def run(self, tell: Tell) -> None:
        """Work until cancelled.

        Raises:
            GatewayFailed: it can not go on.
        """
        ...

    async def finish(self) -> None:
        """Begin nothing more, and return once what was begun has ended. The server stops and waits some seconds."""
        ...
