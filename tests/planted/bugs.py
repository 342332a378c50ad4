"""The planted bugs, by the id of the rule that each breaks: an invariant's, or a sentence's of the specification.

A row says what is broken, breaks it by setting attributes, and names the test that must fail. Break the place where a
rule is kept, not the test's own view of it. Rows are ordered as the chapters are; invariants come first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import IntEnum
from itertools import count
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from planting import Bug, Patch, around, limit, put
from thinline import (
    codec,
    commands,
    convert,
    history,
    identity,
    items,
    link,
    merge,
    pages,
    projection,
    reasons,
    scheduler,
    squeeze,
    states,
    welcome,
    windows,
)
from thinline.errors import RemoteError
from thinline.frames import Beat, Class, Direction, Proof, Soft
from thinline.intents import CREATE
from thinline.merge import Content
from thinline.types import Merge
from thinline_emulator import soft
from thinline_server import handshake, hub, session
from thinline_server.gateways import dial
from thinline_server.session import Dirty
from thinline_server.store import apply as store_apply
from thinline_server.store import database
from thinline_server.store import handover as store_handover
from thinline_server.store import windows as store_windows
from thinline_server.store.floods import Floods
from thinline_server.store.tables import Tables

__all__ = ["BUGS"]

HUGE = 1 << 40
_KEYS = count()
_BEFORE: list[bytes] = []


# What takes more than a line


def _renumber(jump: bool) -> Callable[..., Any]:
    """A link that takes repeats, or gaps, as if they were next."""

    def take(right: Any, self: link.Link, data: bytes, *rest: Any) -> None:
        number = codec.read_frame(data, Direction.DOWN if self.role is Direction.UP else Direction.UP)[0]
        if (number > self.came + 1) if jump else (number <= self.came):
            self.came = number - 1
        right(self, data, *rest)

    return take


def _late_deadline(right: Any, self: link.Link) -> float:
    heard, self._arrived_at = self._arrived_at, self._sent_at
    try:
        return float(right(self)) if self.role is Direction.UP else float("inf")
    finally:
        self._arrived_at = heard


def _mute(right: Any, self: link.Link, reason: Any, detail: str, now: float, out: list[Any]) -> None:
    self._end(link.Ended(reason, ""), out)


def _deaf_to_beats(right: Any, self: link.Link, frame: Any, *rest: Any) -> bool:
    return True if isinstance(frame, Beat) else bool(right(self, frame, *rest))


def _moving_sweep(right: Any, cursor: windows.Cursor, position: int) -> windows.Cursor:
    return cursor._replace(top=max(position, cursor.base))


def _soft_queue(right: Any, self: scheduler.Scheduler, frame: Any) -> None:
    right(self, replace(frame, key=next(_KEYS)) if isinstance(frame, Soft) else frame)


def _running(right: Any, data: bytes, dictionary: int) -> bytes:
    _BEFORE.append(data)
    return bytes(right(b"".join(_BEFORE[-2:]), dictionary))


def _create_again(patch: Patch) -> None:
    rule = commands.CORE_RULES[CREATE]

    def decide(body: bytes, view: commands.View) -> commands.Decision:
        return rule.decide(body, replace(view, items={}))

    patch(commands, "CORE_RULES", {**commands.CORE_RULES, CREATE: replace(rule, decide=decide)})


def _empty_tombstones(right: Any) -> property:
    return property(lambda self: Content() if self.head.dead else right.fget(self))


def _waive(detail: str) -> Callable[..., Any]:
    """One check of `require` left out."""

    def require(right: Any, condition: bool, told: str, *rest: Any) -> None:
        if told != detail:
            right(condition, told, *rest)

    return require


def _by_value(right: Any, cells: Any, change: merge.FieldChange, rule: int) -> Any:
    known = rule == Merge.MERGE_SET
    return right(cells, change if known else replace(change, add=(), remove=()), rule)


def _narrow(right: Any, rows: Any, sweep: windows.Cursor, **bounds: Any) -> Any:
    least = len(rows[0].head.fields) if rows else 0
    return right(rows, sweep, **bounds) if least < bounds["room_bytes"] else windows.Cut((), sweep, more=True)


def _thrifty(right: Any, rows: Any, sweep: windows.Cursor, **bounds: Any) -> Any:
    return right([one for one in rows if items.footprint(one.head) < bounds["budget_bytes"]], sweep, **bounds)


def _strict(right: Any, packet: Any) -> Any:
    frame = right(packet)
    if frame is not None and len(UnknownFieldSet(getattr(packet, packet.WhichOneof("body")))):
        raise RemoteError(reasons.Reason.MALFORMED, "an unknown field")
    return frame


def _last_first(right: Any, self: scheduler.Scheduler, frame: Any) -> None:
    right(self, frame)
    queue = self._queues.get(frame.CLASS)
    if queue:
        queue.rotate(1)


def _no_spare(right: Any, self: link.Link, *rest: Any) -> list[Any]:
    return [one for one in right(self, *rest) if not isinstance(one, link.Spare)]


def _greedy(right: Any, self: session.Session, *rest: Any) -> None:
    self._reserve_bytes = 0
    right(self, *rest)


def _everybody(
    self: hub.Hub, wire: int, account: bytes, collections: frozenset[int], now: float, out: list[Any]
) -> None:
    """Whoever is linked reads what changed, as if it were theirs."""
    for other, one in list(self._sessions.items()):
        if other != wire:
            one.account = account
            self._run(other, Dirty(collections), now, out)


def _torn(connection: Any, schema: Any, now_ms: int) -> None:
    """Each statement of a migration for itself."""
    version = connection.pragma("user_version")
    for step in schema[version:]:
        connection.execute(database._RECORD)
        connection.execute(step.script)
        connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (step.number, step.checksum, now_ms))
        connection.pragma("user_version", step.number)


BUGS: Mapping[str, Bug] = {
    # Invariants
    "T1": Bug(
        "a change is told to every link of the server",
        put(hub.Hub, "_tell_others", _everybody),
        "server/test_hub.py",
    ),
    "T4": Bug(
        "the proof does not sign the nonce",
        put(handshake, "proof_bytes", lambda _nonce, *told: identity.proof_bytes(bytes(16), *told)),
        "server/test_handshake.py::test_the_proof_signs_the_nonce_the_link_and_the_hello",
    ),
    "S5": Bug(
        "soft state does not expire",
        around(soft.SoftState, "value", lambda right, self, key, now: right(self, key, 0.0)),
        "emulator/test_soft.py::test_a_value_is_gone_once_its_time_has_passed",
    ),
    "T6": Bug(
        "only what Python does not call global is refused",
        put(dial, "_NEVER", ()),
        "server/gateways/test_dial.py::test_these_are_no_places_of_the_public_internet",
    ),
    "T5": Bug(
        "what waits for a reader is not bounded",
        limit(scheduler, queue_frames=HUGE),
        "server/test_session.py::test_whoever_asks_and_does_not_read_is_let_go",
    ),
    "U2": Bug(
        "a migration is carried out statement by statement",
        put(database, "migrate", _torn),
        "server/test_power_steps.py::test_a_cut_after_each_operation_of_the_first_migration",
    ),
    "LINK-11": Bug(
        "the older link of a handset stays",
        put(hub.Hub, "_dismiss", lambda *_: None),
        "server/test_hub.py",
    ),
    "SYNC-16": Bug(
        "a change is told to nobody",
        put(hub.Hub, "_tell_others", lambda *_: None),
        "server/test_hub_changes.py",
    ),
    "SYNC-18": Bug(
        "a refill has no floor",
        around(store_windows, "next_sweep", lambda right, cursor, position, _floor=0: right(cursor, position)),
        "server/test_refill_race.py",
    ),
    "FLOW-8": Bug(
        "a window is as large as all that may be under way",
        limit(session, pieces=1),
        "server/test_session.py",
    ),
    "H1": Bug(
        "the chain forgets what was before",
        put(history, "advance", lambda chain, row: hashlib.sha256(row).digest()[:16]),
        "proto/test_history.py::test_chains_are_equal_where_rows_are",
    ),
    "H3": Bug(
        "only the newest point seen is compared",
        around(
            welcome, "continues", lambda right, seen, chains: right(list(seen)[-1:], dict(list(chains.items())[:-1]))
        ),
        "proto/test_welcome.py::test_salvage_if_and_only_if_a_point_is_not_in_the_history",
    ),
    "H6": Bug(
        "a sweep's end moves while it is under way",
        around(windows, "next_sweep", _moving_sweep),
        "proto/test_windows.py::test_each_change_is_sent_once_whatever_the_rooms",
    ),
    "B2": Bug(
        "a refill goes beyond the budget",
        put(windows, "admits", lambda *_: True),
        "proto/test_windows.py::test_a_refill_is_the_projection",
    ),
    "S2": Bug(
        "the later edit of a field wins",
        around(commands, "merge", lambda right, *args: replace(right(*args), conflict=False)),
        "proto/test_commands.py::test_a_conflict_makes_a_copy_and_leaves_the_item",
    ),
    "T7": Bug(
        "a page may name a script",
        put(pages, "SCHEMES", pages.SCHEMES | {"javascript"}),
        "proto/test_pages.py::test_only_some_addresses_may_be_followed",
    ),
    "T8": Bug(
        "a parser's own error goes through",
        put(codec, "DecodeError", KeyError),
        "proto/test_codec.py::test_any_bytes_give_frames_or_a_typed_error",
    ),
    "X1": Bug(
        "a link takes a repeated frame again",
        around(link.Link, "_take", _renumber(jump=False)),
        "proto/test_link.py::test_whatever_the_numbers_each_frame_comes_once_and_in_order",
    ),
    "X3": Bug(
        "two payloads of one number look the same",
        put(commands, "payload_digest", lambda kind, body: bytes(8)),
        "proto/test_commands.py::test_two_payloads_of_one_number_are_told_apart",
    ),
    "X4": Bug(
        "a command does not wait for the one before it",
        around(commands, "place", lambda right, done, number, after: right(done, number, 0)),
        "proto/test_commands.py::test_a_lost_frame_is_a_gap_and_a_forgotten_past_is_not",
    ),
    "U1": Bug(
        "a set that the server does not know is replaced whole",
        around(merge, "_merge_field", _by_value),
        "proto/test_merge.py::test_a_set_stays_a_set_for_who_does_not_know_the_field",
    ),
    # LINK
    "LINK-1": Bug(
        "anything may be said first",
        put(states, "TRANSITIONS", {**states.TRANSITIONS, (states.State.NEW, Proof): states.State.PROVEN}),
        "proto/test_link.py::test_out_of_turn_before_the_hello",
    ),
    "LINK-2": Bug(
        "an end says what it likes",
        around(link, "next_state", lambda right, state, frame: right(state, frame) or state),
        "proto/test_link.py::test_an_end_does_not_say_what_may_not_be_said",
    ),
    "LINK-3": Bug(
        "an end believes what it hears",
        around(link, "next_state", lambda right, state, frame: right(state, frame) or state),
        "proto/test_link.py::test_out_of_turn_in_any_state",
    ),
    "LINK-5": Bug(
        "a handshake may stall",
        limit(link, handshake_s=1e9),
        "proto/test_link.py::test_a_handshake_that_stalls_ends",
    ),
    "LINK-6": Bug(
        "a frame of a later version ends the link",
        limit(link, ignored_frames=0),
        "proto/test_link.py::test_frames_of_later_versions_are_passed_over_once_live",
    ),
    "LINK-7": Bug(
        "a bad frame ends the link without a word",
        around(link.Link, "_refuse", _mute),
        "proto/test_link.py::test_a_bad_frame_is_told_why_and_ends_its_link",
    ),
    "LINK-8": Bug(
        "what we say counts as being heard",
        around(link.Link, "_deadline", _late_deadline),
        "proto/test_link.py::test_any_frame_counts",
    ),
    "LINK-9": Bug(
        "a beat gets no answer",
        around(link.Link, "_put", _deaf_to_beats),
        "proto/test_link.py::test_an_idle_handset_beats_and_the_server_answers",
    ),
    "LINK-10": Bug(
        "what waited goes out behind the goodbye",
        put(scheduler.Scheduler, "clear", lambda self: setattr(self, "credit", HUGE)),
        "proto/test_link.py::test_nothing_follows_a_goodbye",
    ),
    "LINK-13": Bug(
        "a refusal of the link is taken as one of a command",
        put(link, "next_state", lambda state, frame: states.TRANSITIONS.get((state, type(frame)))),
        "proto/test_link.py::test_a_last_word_ends_the_link",
    ),
    "LINK-14": Bug(
        "a handset waits for ever",
        put(link, "_AWAITED", ()),
        "proto/test_link.py::test_a_handset_that_gets_no_answer_takes_the_link_as_lost",
    ),
    "LINK-15": Bug(
        "a server waits for ever",
        around(link.Link, "_deadline", _late_deadline),
        "proto/test_link.py::test_a_server_that_hears_nothing_takes_the_link_as_lost",
    ),
    "LINK-16": Bug(
        "any heartbeat will do",
        limit(convert, heartbeat_least_s=0, heartbeat_most_s=HUGE),
        "proto/test_convert.py::test_an_illegal_frame_is_never_built",
    ),
    # FRAME
    "FRAME-1": Bug(
        "packets grow without bound",
        limit(link, packet_bytes=HUGE),
        "proto/test_link.py::test_many_frames_leave_in_packets_within_their_bounds",
    ),
    "FRAME-2": Bug(
        "every frame has the number 1",
        around(scheduler, "number_body", lambda right, number, body: right(1, body)),
        "proto/test_link.py::test_frames_are_numbered_from_one",
    ),
    "FRAME-3": Bug(
        "a link takes a repeated frame again",
        around(link.Link, "_take", _renumber(jump=False)),
        "proto/test_link.py::test_a_repeat_is_dropped",
    ),
    "FRAME-4": Bug(
        "a link does not notice a gap",
        around(link.Link, "_take", _renumber(jump=True)),
        "proto/test_link.py::test_a_gap_is_a_lost_link",
    ),
    "FRAME-5": Bug(
        "frames of any size are read",
        put(codec, "_BOUNDS", dict.fromkeys(Direction, HUGE)),
        "proto/test_codec.py::test_a_frame_is_bounded_by_its_direction",
    ),
    "FRAME-6": Bug(
        "a frame of the wrong direction is an unknown one",
        put(codec, "_check_direction", lambda message, direction: None),
        "proto/test_codec.py::test_a_kind_of_the_other_direction_is_out_of_turn",
    ),
    "FRAME-7": Bug(
        "what is no frame is one all the same",
        around(codec, "require", lambda right, condition, *rest: None),
        "proto/test_codec.py::test_what_can_not_be_cut_is_malformed",
    ),
    "FRAME-8": Bug(
        "a squeezed frame needs the one before it",
        around(codec, "squeeze", _running),
        "proto/test_codec.py::test_every_frame_there_and_back",
    ),
    "FRAME-9": Bug(
        "a bomb is inflated",
        around(squeeze, "inflate", lambda right, data, dictionary, size: right(data, dictionary, min(size, 100))),
        "proto/test_squeeze.py::test_there_and_back_and_shorter",
    ),
    "FRAME-10": Bug(
        "the newest dictionary is taken, offered or not",
        put(squeeze, "best_dictionary", lambda offered: max(squeeze.DICTIONARIES)),
        "proto/test_squeeze.py::test_the_newest_dictionary_of_both_is_chosen",
    ),
    "FRAME-11": Bug(
        "what is squeezed twice is passed over",
        around(codec, "require", _waive("squeezed twice")),
        "proto/test_codec.py::test_a_frame_that_does_not_parse_is_malformed",
    ),
    "FRAME-12": Bug(
        "the welcome is squeezed already",
        put(
            link.Link,
            "_encode",
            lambda self, frame: codec.squeeze_body(codec.encode_body(frame, self.role), self.role, 1),
        ),
        "proto/test_link.py::test_frames_are_squeezed_from_the_welcome_on",
    ),
    # FLOW
    "FLOW-1": Bug(
        "bulk goes first",
        put(scheduler, "_ORDER", tuple(reversed(tuple(Class)))),
        "proto/test_scheduler.py::test_control_before_interactive_before_sync_before_bulk",
    ),
    "FLOW-2": Bug(
        "nobody asks for credit",
        put(scheduler.Scheduler, "may_count", lambda self: True),
        "proto/test_scheduler.py::test_a_frame_may_start_below_the_credit_and_none_at_it",
    ),
    "FLOW-3": Bug(
        "a smaller credit takes back",
        put(link.Link, "_credit", lambda self, up_to: setattr(self._scheduler, "credit", up_to)),
        "proto/test_link.py::test_credit_is_absolute",
    ),
    "FLOW-4": Bug(
        "more than the credit is taken",
        put(link.Link, "_count", lambda self, frame, size: None),
        "proto/test_link.py::test_more_than_the_credit_is_refused",
    ),
    "FLOW-5": Bug(
        "the bearer is handed more than its room",
        around(scheduler.Scheduler, "take", lambda right, self, room, number: right(self, HUGE, number)),
        "proto/test_link.py::test_what_has_no_room_waits_inside",
    ),
    "FLOW-6": Bug(
        "the credit of hello and welcome is not heard",
        around(link.Link, "_promise", lambda right, self, up_to, ours: right(self, up_to if ours else 0, ours=ours)),
        "proto/test_link.py::test_the_first_credit_comes_with_hello_and_welcome",
    ),
    "FLOW-7": Bug(
        "every value of a soft key is sent",
        around(scheduler.Scheduler, "put", _soft_queue),
        "proto/test_scheduler.py::test_of_soft_state_the_latest_value_of_a_key_goes",
    ),
    "FLOW-11": Bug(
        "a soft value has any size",
        limit(convert, soft_bytes=HUGE),
        "proto/test_convert.py::test_an_illegal_frame_is_never_built",
    ),
    "FLOW-12": Bug(
        "a queue is endless",
        put(scheduler.Scheduler, "full", lambda self, kind: False),
        "proto/test_link.py::test_who_makes_us_speak_and_does_not_listen_is_left",
    ),
    "FLOW-13": Bug(
        "bulk takes all credit",
        around(session.Session, "_pump", _greedy),
        "server/test_session.py::test_bulk_leaves_the_last_of_the_credit_to_windows",
    ),
    # HIST
    "HIST-1": Bug(
        "the chain forgets what was before",
        put(history, "advance", lambda chain, row: hashlib.sha256(row).digest()[:16]),
        "proto/test_history.py::test_the_chain_hashes_the_one_before_and_the_row",
    ),
    "HIST-2": Bug(
        "a row leaves out its epoch",
        around(history.Row, "encode", lambda right, self: right(replace(self, epoch=0))),
        "proto/test_history.py::test_a_row_is_these_bytes_and_under_fifty",
    ),
    "HIST-4": Bug(
        "a receipt does not name its account",
        around(history.Seal, "_mac", lambda right, self, account, *rest: right(self, b"", *rest)),
        "proto/test_history.py::test_a_point_is_half_chain_half_receipt",
    ),
    "HIST-5": Bug(
        "any receipt is genuine",
        put(history.Seal, "genuine", lambda self, account, point: True),
        "proto/test_history.py::test_a_receipt_is_worth_nothing_elsewhere",
    ),
    "HIST-6": Bug(
        "positions are compared without their chains",
        put(history, "continues", lambda seen, chains: all(point.position in chains for point in seen)),
        "proto/test_history.py::test_a_history_continues_the_points_that_it_has",
    ),
    "HIST-7": Bug(
        "seen is the latest told, not the newest",
        put(history.Seen, "told", lambda self, point: history.Seen(point, self.kept)),
        "proto/test_history.py::test_seen_is_the_newest_point_told",
    ),
    "HIST-8": Bug(
        "a salvage forgets what was seen",
        put(history.Seen, "parted", lambda self: history.Seen()),
        "proto/test_history.py::test_in_a_salvage_the_old_points_stay_beside_the_new",
    ),
    "HIST-9": Bug(
        "the points of a salvage are kept for ever",
        put(history.Seen, "folded", lambda self: self),
        "proto/test_history.py::test_in_a_salvage_the_old_points_stay_beside_the_new",
    ),
    "HIST-12": Bug(
        "positions have no end",
        limit(convert, position=HUGE**2),
        "proto/test_convert.py::test_a_point_is_checked",
    ),
    # ITEM
    "ITEM-1": Bug(
        "an item id has any length",
        around(convert, "require", _waive("an item id has 12 bytes")),
        "proto/test_convert.py::test_a_head_is_checked",
    ),
    "ITEM-2": Bug(
        "cells join in another order",
        put(items, "join_cells", lambda cells: b"".join(sorted(one for records in cells.values() for one in records))),
        "proto/test_items.py::test_cells_join_to_what_was_split",
    ),
    "ITEM-3": Bug(
        "what is not known is dropped",
        around(merge, "join_cells", lambda right, cells: right({n: one for n, one in cells.items() if n < 100})),
        "proto/test_merge.py::test_what_nobody_changed_survives_verbatim",
    ),
    "ITEM-4": Bug(
        "a tombstone has the digest of the living",
        around(items, "content_digest", lambda right, *args, dead: right(*args, dead=False)),
        "proto/test_items.py::test_the_content_digest_covers_type_fields_blobs_and_death",
    ),
    "ITEM-5": Bug(
        "a revision forgets its parent",
        around(items, "next_revision", lambda right, parent, content: right(None, content)),
        "proto/test_items.py::test_revisions_grow_from_their_parent",
    ),
    "ITEM-6": Bug(
        "all ancestors are kept",
        limit(commands, ancestors=100),
        "proto/test_commands.py::test_ancestors_are_the_newest_eight",
    ),
    "ITEM-7": Bug(
        "sets are replaced whole",
        put(merge, "_set_value", lambda records, change: change.add),
        "proto/test_merge.py::test_elements_of_a_set_come_and_go_one_by_one",
    ),
    "ITEM-9": Bug(
        "an item has any number of records",
        limit(items, head_records=HUGE),
        "proto/test_items.py::test_too_many_records_are_too_large",
    ),
    "OUT-13": Bug(
        "what was handed over is told to nobody there",
        around(store_apply, "hand_over", lambda right, *told: (right(*told)[0], ())),
        "server/test_hub_changes.py::test_what_is_handed_over_reaches_bob_s_handset_at_once",
    ),
    "OUT-14": Bug(
        "what is handed over has an id of the target alone",
        around(store_handover, "outside_id", lambda right, account, source, origin: right(bytes(8), source, bytes(32))),
        "server/store/test_handover.py",
    ),
    "OUT-15": Bug(
        "no flood is one",
        put(Floods, "wait_ms", lambda *told: 0),
        "server/store/test_floods.py",
    ),
    "ITEM-12": Bug(
        "an id from outside forgets its source",
        around(items, "outside_id", lambda right, account, source, origin: right(account, "", origin)),
        "proto/test_items.py::test_the_id_of_what_comes_from_outside_is_of_account_source_and_raw_content",
    ),
    "ITEM-13": Bug(
        "what comes twice is written twice",
        put(Tables, "version", lambda *told: None),
        "server/store/test_take.py::test_what_comes_twice_is_one_item_also_after_a_restart",
    ),
    "ITEM-14": Bug(
        "what comes from outside is told to nobody",
        put(hub.Hub, "_tell_others", lambda *told: None),
        "server/test_hub_changes.py::test_what_comes_from_outside_reaches_every_linked_handset_of_the_account",
    ),
    # SYNC
    "SYNC-2": Bug(
        "a change after the cursor is overlooked",
        put(windows.Cursor, "covers", lambda self, position: True),
        "proto/test_welcome.py::test_the_first_line_that_fits",
    ),
    "SYNC-6": Bug(
        "a sweep's end moves while it is under way",
        around(windows, "next_sweep", _moving_sweep),
        "proto/test_windows.py::test_a_sweep_goes_to_the_newest_change_and_is_finished_first",
    ),
    "SYNC-7": Bug(
        "cursors are long",
        around(windows.Cursor, "encode", lambda right, self: right(self) + bytes(65)),
        "proto/test_windows.py::test_cursors_go_there_and_back_in_few_bytes",
    ),
    "SYNC-8": Bug(
        "a strange cursor is an error",
        put(windows, "RemoteError", KeyError),
        "proto/test_windows.py::test_any_bytes_are_a_cursor",
    ),
    "SYNC-9": Bug(
        "a head that is larger than the chunk waits for ever",
        around(windows, "window", _narrow),
        "proto/test_windows.py::test_one_head_always_goes",
    ),
    "SYNC-10": Bug(
        "nobody is told that there is room",
        around(link.Link, "handle", _no_spare),
        "proto/test_link.py::test_spare_is_told_once_there_is_something_to_gain",
    ),
    "SYNC-12": Bug(
        "the projection goes on behind what does not fit",
        around(projection, "admits", lambda right, spent, size, budget: right(0, size, budget)),
        "proto/test_projection.py::test_items_are_taken_in_order_until_the_first_that_does_not_fit",
    ),
    "SYNC-13": Bug(
        "what does not fit the budget is never told",
        around(windows, "window", _thrifty),
        "proto/test_windows.py::test_a_refill_ends_where_the_budget_does_and_a_later_sweep_does_not",
    ),
    # CMD, ASK
    "ASK-1": Bug(
        "an ask may have the number 0",
        around(convert, "require", _waive("an ask number is counted from 1")),
        "proto/test_convert.py::test_an_illegal_frame_is_never_built",
    ),
    "CMD-1": Bug(
        "an item may be of any type",
        put(commands, "_refused", lambda *told: None),
        "proto/test_commands.py::test_a_create_is_refused_by_type_by_size_and_by_its_service",
    ),
    "CMD-2": Bug(
        "an absent value has a digest too",
        around(items, "digest", lambda right, value: hashlib.sha256(value).digest()[:8]),
        "proto/test_items.py::test_the_digest_of_a_value_seen",
    ),
    "CMD-3": Bug(
        "a value may be of any field",
        put(merge, "_checked", lambda change, value: (value,) if value else ()),
        "proto/test_merge.py::test_a_value_of_another_field_is_malformed",
    ),
    "CMD-4": Bug(
        "a delete need not have seen the item",
        put(commands, "DELETE_SEEN_BYTES", 0),
        "proto/test_commands.py::test_a_delete_makes_a_tombstone_of_what_was_seen",
    ),
    "CMD-6": Bug(
        "nothing ever conflicts",
        around(merge, "_merge_field", lambda right, *args: right(*args) and False),
        "proto/test_merge.py::test_the_same_field_conflicts_unless_it_says_the_same",
    ),
    "CMD-7": Bug(
        "the later edit of a field wins",
        around(commands, "merge", lambda right, *args: replace(right(*args), conflict=False)),
        "proto/test_commands.py::test_a_conflict_makes_a_copy_and_leaves_the_item",
    ),
    "CMD-8": Bug(
        "a tombstone has lost its content",
        put(commands.Version, "content", _empty_tombstones(commands.Version.content)),
        "proto/test_commands.py::test_an_edit_of_what_was_deleted_keeps_the_whole_item",
    ),
    "CMD-9": Bug(
        "two handsets' copies have one id",
        around(commands, "copy_id", lambda right, item, view: right(item, replace(view, handset=b"", number=0))),
        "proto/test_commands.py::test_a_conflict_makes_a_copy_and_leaves_the_item",
    ),
    "CMD-10": Bug(
        "a done number is judged again",
        around(commands, "place", lambda right, done, number, after: right(min(done, number - 1), number, after)),
        "proto/test_commands.py::test_a_lost_frame_is_a_gap_and_a_forgotten_past_is_not",
    ),
    "CMD-12": Bug(
        "the kind of a command is not part of its payload",
        around(commands, "payload_digest", lambda right, kind, body: right(0, body)),
        "proto/test_commands.py::test_two_payloads_of_one_number_are_told_apart",
    ),
    "CMD-13": Bug(
        "a create sent again makes the item again",
        _create_again,
        "proto/test_commands.py::test_a_create_whose_id_exists_is_done",
    ),
    "CMD-17": Bug(
        "the newest command overtakes those that wait",
        around(scheduler.Scheduler, "put", _last_first),
        "proto/test_scheduler.py::test_within_a_class_in_the_order_of_saying",
    ),
    "CMD-18": Bug(
        "a command does not name its parts",
        put(commands, "part_hashes", lambda intent: ()),
        "proto/test_commands.py::test_a_command_names_what_must_be_loaded",
    ),
    "CMD-25": Bug(
        "a restored item comes back empty",
        put(commands.Version, "content", _empty_tombstones(commands.Version.content)),
        "proto/test_commands.py::test_a_restore_makes_the_deleted_item_live_again_with_the_content_that_it_had",
    ),
    # ID
    "ID-1": Bug(
        "any signature will do",
        put(identity, "signed_by", lambda key, signature, told: True),
        "proto/test_identity.py::test_a_key_is_an_ed25519_one",
    ),
    "ID-3": Bug(
        "an enrolment does not sign its code",
        around(identity, "enrolment_bytes", lambda right, code, key: right("", key)),
        "proto/test_identity.py::test_an_enrolment_signs_code_and_key",
    ),
    "ID-4": Bug(
        "anybody's certificate is believed",
        put(identity, "signed_by", lambda key, signature, told: True),
        "proto/test_identity.py::test_what_is_no_certificate_proves_nothing",
    ),
    "ID-5": Bug(
        "a proof does not sign the hello",
        around(identity, "proof_bytes", lambda right, nonce, hello, digest: right(nonce, hello, b"")),
        "proto/test_identity.py::test_a_proof_signs_nonce_link_version_profiles_and_hello",
    ),
    # LIMIT, REASON
    "LIMIT-1": Bug(
        "nothing is checked on the way in",
        around(convert, "require", lambda right, *rest: None),
        "proto/test_convert.py::test_an_illegal_frame_is_never_built",
    ),
    "REASON-1": Bug(
        "a reason has another number",
        put(reasons, "Reason", IntEnum("Reason", {one.name: one + 1 for one in reasons.Reason})),
        "proto/test_reasons.py::test_numbers_stay",
    ),
    "REASON-3": Bug(
        "a reason has no sentence",
        put(reasons, "_SENTENCES", dict.fromkeys(reasons.Reason, "")),
        "proto/test_reasons.py::test_every_reason_has_a_class_a_name_and_a_sentence",
    ),
    "VER-3": Bug(
        "a field of a later version is an error",
        around(codec, "from_message", _strict),
        "proto/test_codec.py::test_fields_of_a_later_version_are_passed_over",
    ),
    "REASON-2": Bug(
        "what is not known is to be tried again",
        put(reasons, "class_of", lambda number: reasons.ReasonClass.RETRY),
        "proto/test_reasons.py::test_the_hundreds_digit_is_the_class_of_later_versions_too",
    ),
}
