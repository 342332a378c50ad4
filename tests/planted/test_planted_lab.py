"""With one promise broken, the campaign notices within a few seeds; else its silence would prove nothing.

Each row breaks the place where a promise is kept, in the running process, and names the invariant that must fire.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from thinline import commands, merge, welcome
from thinline_emulator.cache import Cache
from thinline_emulator.outbox import Outbox
from thinline_server.hub import Hub
from thinline_tools.lab.campaign import run

SEEDS = 40

Plant = Callable[[pytest.MonkeyPatch], None]


def nobody_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Hub, "_tell_others", lambda *_: None)


def the_last_writer_wins(patch: pytest.MonkeyPatch) -> None:
    right = merge.merge
    patch.setattr(commands, "merge", lambda *args: merge.Merged(right(*args).content, False))


def nothing_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    right = Outbox.welcomed

    def forgetful(self: Outbox, done: int, *, salvage: bool) -> None:
        stamps = [(entry, entry.stamp) for entry in self.entries()]
        right(self, done, salvage=salvage)
        for entry, stamp in stamps:
            entry.stamp = stamp

    patch.setattr(Outbox, "welcomed", forgetful)


def a_wolf_is_cried(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(welcome, "continues", lambda seen, _chains: not any(point.position % 7 == 3 for point in seen))


def old_heads_win(patch: pytest.MonkeyPatch) -> None:
    right = Cache.take

    def first_come(self: Cache, head: Any, *args: Any, **kwargs: Any) -> bool:
        return False if self.get(head.item) is not None else right(self, head, *args, **kwargs)

    patch.setattr(Cache, "take", first_come)


PLANTS: dict[str, tuple[Plant, str]] = {
    "H6 told": (nobody_is_told, "H6"),
    "H6 taken": (old_heads_win, "H6"),
    "D1": (the_last_writer_wins, "D1"),
    "S4": (nothing_is_sent_again, "S4"),
    "H3": (a_wolf_is_cried, "H3"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_the_campaign_finds_the_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """D1, S4, H3, H6: each fires with its bug, within forty seeds."""
    plant, expected = PLANTS[name]
    plant(monkeypatch)
    for seed in range(SEEDS):
        if any(problem.startswith(expected) for problem in run(seed).problems):
            return
    pytest.fail(f"{name} was broken in {SEEDS} seeds, and nobody noticed")
