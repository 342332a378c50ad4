"""One planted bug for each rule that the handset's tests cite: a patch, and the test that must find it.

The test's own function is run again with the patch in place. An oracle that never fails proves nothing.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from thinline.frames import Chunk
from thinline.history import Seen
from thinline.v1 import line_pb2
from thinline_emulator import asks, handset, memory, overlay, sim
from thinline_emulator.apps import grades
from thinline_emulator.apps.base import Desk
from thinline_emulator.asks import Asks
from thinline_emulator.cache import Cache, Grade
from thinline_emulator.handset import Handset
from thinline_emulator.memory import Volatile
from thinline_emulator.outbox import Outbox
from thinline_emulator.reconnect import Backoff
from thinline_emulator.talk import Talk

TESTS = Path(__file__).resolve().parents[1] / "emulator"

Patch = Callable[[pytest.MonkeyPatch], None]


class Plant(NamedTuple):
    """A bug, the test that finds it, and what to call that test with."""

    plant: Patch
    finds: str
    arguments: tuple[Any, ...] = ()


def put(holder: Any, name: str, bug: Any) -> Patch:
    """One thing in place of another."""
    return lambda patch: patch.setattr(holder, name, bug)


def around(holder: type, name: str, bug: Callable[..., Any]) -> Patch:
    """A method in place of another, which it is given first."""
    right = getattr(holder, name)
    return lambda patch: patch.setattr(holder, name, lambda *args, **kwargs: bug(right, *args, **kwargs))


def unsaid(what: str) -> Patch:
    """A warning that is left out."""
    right = Desk.warnings.fget  # type: ignore[attr-defined]
    return put(Desk, "warnings", property(lambda self: [one for one in right(self) if what not in one]))


class AnyHash:
    """A digest that equals everything."""

    def __init__(self, data: bytes) -> None:
        pass

    def digest(self) -> AnyHash:
        return self

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def last_come(right: Any, self: Cache, head: Any, *args: Any, **kwargs: Any) -> Any:
    for held in self._heads.values():
        held.pop(head.item, None)
    return right(self, head, *args, **kwargs)


def sticky(right: Any, self: Cache, keep_until: int, safe: Any) -> None:
    right(self, keep_until, max((one for one in (self.safe, safe) if one is not None), default=None))


def backwards(right: Any, self: Cache, pinned: Any) -> Any:
    settled, others = right(self, pinned)
    return settled[::-1], others[::-1]


def ruthless(right: Any, self: Cache, size_bytes: int, pinned: Any, *, unsettled: bool = False) -> Any:
    return right(self, size_bytes, pinned, unsettled=True)


def thawed(right: Any, self: Cache, *args: Any, **kwargs: Any) -> Any:
    frozen, self.frozen = self.frozen, False
    try:
        return right(self, *args, **kwargs)
    finally:
        self.frozen = frozen


def wiped(right: Any, self: Handset, ended: Any, *rest: Any) -> None:
    right(self, ended, *rest)
    if ended.reason // 100 == 3 and self.memory is not None:
        self.memory.cache._heads.clear()


def swapped(right: Any, self: Talk, window: Any, now: float) -> Any:
    told = {head.item for head in window.heads}
    for held in self.memory.cache._heads.values():
        for item in [item for item in held if item not in told]:
            del held[item]
    return right(self, window, now)


def emptied(right: Any, self: Talk, welcome: Any, now: float) -> Any:
    self.memory.cache._heads.clear()
    return right(self, welcome, now)


def forgotten(right: Any, self: Handset, hard: bool, *rest: Any) -> None:
    right(self, hard, *rest)
    with suppress(AttributeError):
        self.memory.cache.frozen = False  # type: ignore[union-attr]


def uncounted(right: Any, self: Outbox, entry: Any) -> Any:
    command = right(self, entry)
    return type(command)(command.number, 0, command.confirmed, command.kind, command.body, command.transmission)


def unsent(right: Any, self: Outbox, done: int, *, salvage: bool) -> None:
    stamps = [(entry, entry.stamp) for entry in self.entries()]
    right(self, done, salvage=salvage)
    for entry, stamp in stamps:
        entry.stamp = stamp


PLANTS = {
    "B1": Plant(
        put(overlay.Shown, "grade", property(lambda self: Grade.DURABLE)),
        "test_overlay.py::test_edits_show_at_once_as_local_one_upon_the_other",
    ),
    "D5": Plant(
        around(
            Cache, "make_room", lambda right, self, size, pinned, unsettled=False: right(self, size, (), unsettled=True)
        ),
        "test_handset.py::test_offline_nothing_goes_that_is_in_no_copy",
    ),
    "H4": Plant(around(Cache, "take", thawed), "test_cache.py::test_in_a_salvage_nothing_is_taken_and_nothing_goes"),
    "S4": Plant(
        around(Outbox, "welcomed", unsent),
        "test_outbox.py::test_after_a_welcome_all_are_sent_again_in_order_and_count_it",
    ),
    "ASK-4": Plant(
        put(Asks, "linked", lambda self: None), "test_asks.py::test_the_next_link_goes_on_where_the_last_one_ended"
    ),
    "CMD-16": Plant(
        around(Outbox, "_transmit", uncounted),
        "test_outbox.py::test_numbers_are_given_when_first_sent_each_after_the_one_before",
    ),
    "CMD-21": Plant(
        around(Outbox, "welcomed", unsent),
        "test_outbox.py::test_after_a_welcome_all_are_sent_again_in_order_and_count_it",
    ),
    "HIST-11": Plant(
        put(memory, "Seen", lambda point: Seen()),
        "test_memory.py::test_a_memory_that_came_up_empty_knows_what_its_card_knows",
    ),
    "ID-10": Plant(
        put(handset, "new_life", lambda card: card), "test_handset.py::test_the_life_is_on_the_card_before_it_is_used"
    ),
    "ID-11": Plant(
        around(Handset, "_ended", wiped),
        "test_handset.py::test_memory_is_kept_whatever_is_said_of_the_identity",
        (304,),
    ),
    "ID-12": Plant(put(sim, "POINT_INTERVAL_S", 0.0), "test_talk.py::test_points_go_to_the_card_hourly"),
    "ITEM-10": Plant(
        around(Cache, "take", last_come),
        "test_cache.py::test_the_higher_position_wins_however_often_and_late_it_comes",
    ),
    "ITEM-11": Plant(
        around(Talk, "_window", swapped),
        "test_talk.py::test_nothing_goes_because_of_a_welcome_or_of_what_a_window_leaves_out",
    ),
    "KEEP-1": Plant(unsaid("no copies"), "apps/test_base.py::test_warnings_say_what_the_owner_should_know"),
    "KEEP-2": Plant(
        around(Cache, "_candidates", backwards),
        "test_cache.py::test_what_is_settled_goes_first_and_the_least_used_of_it",
    ),
    "KEEP-3": Plant(
        around(
            Cache,
            "make_room",
            lambda right, self, size, pinned, unsettled=False: right(self, size, pinned, unsettled=True),
        ),
        "test_cache.py::test_what_is_not_settled_goes_only_when_that_is_said_and_own_work_never",
    ),
    "KEEP-4": Plant(
        put(Volatile, "make", lambda self, entry: self.outbox.make(entry)),
        "test_memory.py::test_new_work_drops_what_is_settled_and_is_refused_before_what_is_not",
    ),
    "KEEP-5": Plant(
        put(grades, "_MARKS", dict.fromkeys(Grade, " ")),
        "apps/test_contacts.py::test_the_list_is_sorted_and_marks_what_exists_only_here_copies_and_rejections",
    ),
    "LINK-17": Plant(
        around(Backoff, "failed", lambda right, self, now, hint_s=None: right(self, now)),
        "test_line.py::test_a_refusal_is_obeyed_by_its_class_and_time",
        (100, 40_000, 40.0),
    ),
    "PART-4": Plant(
        put(asks, "sha256", AnyHash),
        "test_asks.py::test_what_can_not_be_is_refused",
        (line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=380, size=380), Chunk(1, 0, bytes(380))),
    ),
    "SALV-1": Plant(
        around(Cache, "make_room", thawed), "test_cache.py::test_in_a_salvage_nothing_is_taken_and_nothing_goes"
    ),
    "SALV-2": Plant(
        around(Handset, "_reset", forgotten),
        "test_handset.py::test_in_a_salvage_nothing_is_dropped_and_what_is_made_stays_here",
    ),
    "SALV-4": Plant(
        around(Outbox, "welcomed", lambda right, self, done, salvage: right(self, done, salvage=False)),
        "test_outbox.py::test_a_salvage_holds_everything",
    ),
    "SALV-6": Plant(unsaid("SALVAGE"), "apps/test_base.py::test_warnings_say_what_the_owner_should_know"),
    "SALV-7": Plant(unsaid("recovering"), "apps/test_base.py::test_warnings_say_what_the_owner_should_know"),
    "SYNC-5": Plant(
        around(Talk, "welcomed", emptied),
        "test_talk.py::test_nothing_goes_because_of_a_welcome_or_of_what_a_window_leaves_out",
    ),
    "SYNC-15": Plant(
        around(Cache, "told_safe", sticky), "test_cache.py::test_a_watermark_makes_safe_and_a_lower_one_takes_it_back"
    ),
}


@cache
def module_of(path: str) -> ModuleType:
    """A test module, by its path below tests/emulator."""
    name = f"planted_{path.removesuffix('.py').replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(name, TESTS / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(finds: str, arguments: tuple[Any, ...]) -> None:
    path, name = finds.split("::")
    test = getattr(module_of(path), name)
    assert len(inspect.signature(test).parameters) == len(arguments)
    test(*arguments)


@pytest.mark.parametrize("name", PLANTS)
def test_its_own_test_finds_the_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, finds, arguments = PLANTS[name]
    run(finds, arguments)
    plant(monkeypatch)
    with pytest.raises((Exception, pytest.fail.Exception)):
        run(finds, arguments)
