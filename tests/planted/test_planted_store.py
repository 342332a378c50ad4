"""One planted bug for each invariant that the store's tests cite: a patch, and the test that must find it.

The test's own function is run again on a fresh server with the patch in place. An oracle that never fails proves
nothing. D1, D7, D9, D10 and D11 have theirs beside the power cuts.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from structlog.testing import capture_logs

from powered import powered
from powervfs import Disk
from thinline.commands import Place
from thinline.errands import ErrandState
from thinline.frames import Disposition
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact
from thinline_server import state
from thinline_server.outside import KeptPart
from thinline_server.requests import ListAccounts, Refused
from thinline_server.services import contacts
from thinline_server.state import State
from thinline_server.store import (
    accounts,
    apply,
    aside,
    context,
    errands,
    greet,
    parts,
    queue,
    store,
    tables,
    take,
    windows,
)
from thinline_server.store.tables import Tables
from thinline_server.store.writer import Writer

TESTS = Path(__file__).resolve().parents[1] / "server"


class Plant(NamedTuple):
    """A bug: where, what is put there, and the test that finds it."""

    holder: Any
    name: str
    bug: Any
    finds: str


def _forgetful(self: Tables, handset: tables.Handset, confirmed: int, at_once: int = 0) -> None:
    self.execute("DELETE FROM outcomes WHERE handset = ?", (handset.handset,))


def _again(context: Any, account: Any, handset: Any, command: Any) -> Any:
    return apply._judge(context, account, handset, command)


def _hasty(self: Writer, group: list[Any]) -> None:
    for waiting in group:
        self._post(lambda waiting=waiting: waiting.callback(None))  # type: ignore[misc]
    self._answers([waiting.request for waiting in group])


def _careless(self: Tables, account: tables.Account, epoch: int, *, careful: bool) -> None:
    account.epoch = epoch


def _blind(snapshot: Any, hello: Any) -> int:
    return Disposition.DISPOSITION_REFILL


def _unaligned(data: bytes) -> Any:
    return Contact.FromString(data)


def _slow() -> str:
    return windows._BY_POSITION.replace("AND position > ? AND", "AND +position > ? AND +")


_ANY_BLOB = "SELECT 1 FROM blobs WHERE ? IS NOT NULL AND hash = ?"

_VERSION = Tables.version


def _living(self: Tables, account: bytes, item: bytes) -> Any:
    version = _VERSION(self, account, item)
    return None if version is None or version.head.dead else version


PLANTS = {
    "D6": Plant(Writer, "_serve", _hasty, "store/test_writer.py::test_nobody_hears_an_answer_before_the_store_gave_it"),
    "D8": Plant(
        parts, "_sound", lambda *told: True, "store/test_parts.py::test_damage_is_an_error_and_never_another_value"
    ),
    "H1": Plant(tables, "advance", lambda chain, row: chain, "store/test_tables.py::test_rows_are_chained_as_stored"),
    "H2 raised": Plant(State, "raise_epoch", lambda self, account, at_least: 2, "test_state.py::test_epochs_only_rise"),
    "H2 marked": Plant(
        store,
        "check_marks",
        lambda context: None,
        "store/test_greet.py::test_the_mark_finds_an_older_copy_before_anybody_says_hello",
    ),
    "H3": Plant(
        greet, "judge", _blind, "store/test_greet.py::test_an_older_copy_that_has_taken_new_writes_cannot_pass"
    ),
    "H8": Plant(
        greet,
        "_is_of",
        lambda *told: False,
        "store/test_greet.py::test_a_server_that_lost_its_store_takes_everybody_back",
    ),
    "H10": Plant(
        Tables,
        "set_epoch",
        _careless,
        "store/test_greet.py::test_an_older_copy_of_the_store_is_found_out_by_what_was_seen",
    ),
    "H14 revoked": Plant(State, "revoked", lambda *told: False, "test_state.py::test_revocations_stay"),
    "H14 spent": Plant(
        State, "spend", lambda *told: True, "store/test_greet.py::test_a_spent_code_stays_spent_in_an_older_copy"
    ),
    "S3": Plant(windows, "_BY_POSITION", _slow(), "store/test_windows.py::test_the_work_is_that_of_what_is_sent"),
    "T2": Plant(
        apply, "_HAS_BLOB", _ANY_BLOB, "store/test_apply.py::test_a_part_comes_before_the_command_that_names_it"
    ),
    "T3": Plant(
        Tables,
        "revoke",
        lambda *told: None,
        "store/test_greet.py::test_the_store_remembers_a_revocation_that_the_state_folder_lost",
    ),
    "T8": Plant(contacts, "_parse", _unaligned, "services/test_contacts.py::test_what_is_not_utf8_is_refused"),
    "T9": Plant(
        accounts,
        "code_hash",
        lambda code: code.encode(),
        "store/test_accounts.py::test_a_code_stands_for_128_bits_and_is_stored_as_its_hash",
    ),
    "X1": Plant(
        apply,
        "_repeat",
        _again,
        "store/test_apply.py::test_a_repeat_is_answered_with_the_stored_outcome_and_the_heads_of_now",
    ),
    "X2": Plant(
        apply,
        "_repeat",
        lambda *told: Refused(Reason.BUSY),
        "store/test_apply.py::test_a_repeat_is_answered_with_the_stored_outcome_and_the_heads_of_now",
    ),
    "X3": Plant(
        apply,
        "payload_digest",
        lambda kind, body: b"constant",
        "store/test_apply.py::test_another_payload_under_a_done_number_is_a_clone",
    ),
    "X4": Plant(
        apply,
        "place",
        lambda done, number, after: Place.REPEAT if number <= done else Place.FRESH,
        "store/test_apply.py::test_a_lost_command_is_a_gap_and_a_forgotten_past_is_not",
    ),
    "X5": Plant(
        Tables,
        "prune",
        _forgetful,
        "store/test_apply.py::test_a_repeat_is_answered_with_the_stored_outcome_and_the_heads_of_now",
    ),
    "X8": Plant(
        take,
        "outside_id",
        lambda account, source, origin: os.urandom(12),
        "store/test_take.py::test_what_comes_twice_is_one_item_also_after_a_restart",
    ),
    "X8 deleted": Plant(Tables, "version", _living, "store/test_take.py::test_what_was_deleted_stays_deleted"),
    "D9 taken": Plant(
        aside,
        "keep_part",
        lambda blobs, account, name, data: KeptPart(account, name, len(data), 1),
        "store/test_take.py::test_what_comes_is_an_item_with_its_parts",
    ),
    "D7 taken": Plant(
        context,
        "Failed",
        lambda error: ListAccounts(),
        "store/test_take.py::test_a_disk_that_does_not_take_the_parts_is_a_failed_store",
    ),
    "X7 restart": Plant(
        errands,
        "after_restart",
        lambda *told: ErrandState.QUEUED,
        "store/test_errands.py::test_what_was_under_way_when_the_server_ended_is_unknown",
    ),
    "X7 epoch": Plant(
        errands,
        "is_fenced",
        lambda *told: False,
        "store/test_errands.py::test_what_was_queued_before_the_store_went_back_is_unknown",
    ),
    "X7 repeated": Plant(
        queue,
        "_QUEUE",
        queue._QUEUE.replace(" WHERE state IN (3, 6)", ""),
        "store/test_errands.py::test_a_repeated_command_sends_nothing_twice",
    ),
    "X7 careful": Plant(
        errands,
        "_READY",
        errands._READY.replace("careful = 0 OR ?", "1 OR ?"),
        "store/test_errands.py::test_what_was_queued_before_the_store_went_back_is_unknown",
    ),
    "X8 spooled": Plant(
        take,
        "outside_id",
        lambda *told: Random().randbytes(12),
        "store/test_errands.py::test_what_was_spooled_is_taken_in_once",
    ),
    "X6 letters": Plant(
        errands,
        "after_restart",
        lambda *told: ErrandState.QUEUED,
        "store/test_errands.py::test_a_letter_that_kills_the_server_is_put_aside_and_kept",
    ),
    "X6": Plant(
        apply,
        "_poison",
        lambda *told: None,
        "store/test_apply.py::test_a_poisonous_command_is_tried_three_times_under_a_mark_and_then_rejected",
    ),
}


@cache
def module(path: str) -> ModuleType:
    """A file of tests as a module."""
    spec = importlib.util.spec_from_file_location(f"planted_{path.replace('/', '_')[:-3]}", TESTS / path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def run(path: str, name: str, folder: Path) -> None:
    """One test of such a file, once, with what it asks for."""
    tests = module(path)
    function: Callable[..., None] = getattr(tests, name)
    wanted = list(inspect.signature(function).parameters)
    with powered(Disk()) as server:
        server.boot()
        given: dict[str, Any] = {"server": server, "tmp_path": folder, "damage": b"\0" * 50}
        if "people" in wanted:
            given["people"] = server.greeted_people()
        if "state" in wanted:
            given["state"] = state.open_state(folder, Random(1).randbytes, 0)
        if "tables" in wanted:
            given["tables"] = tests.tables.__wrapped__()
        if "writer" in wanted:
            given |= {"store": tests.FakeStore(), "loop": tests.Loop()}
            given["writer"] = Writer(given["store"], given["loop"].post, given["loop"].failures.append)
            given["writer"].start()
        try:
            function(**{one: given[one] for one in wanted})
        finally:
            if "writer" in wanted:
                given["store"].may_go.release(100)
                given["writer"].stop()


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, name = plant.finds.split("::")
    (tmp_path / "sound").mkdir()
    (tmp_path / "planted").mkdir()
    with capture_logs():
        run(path, name, tmp_path / "sound")
        monkeypatch.setattr(plant.holder, plant.name, plant.bug)
        with pytest.raises(Exception, match=r"(?s).*") as caught:
            run(path, name, tmp_path / "planted")
    assert not isinstance(caught.value, AttributeError | NameError | TypeError), caught.value
