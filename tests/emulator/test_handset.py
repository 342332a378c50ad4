"""Stories of whole handsets with the server's own hub and store, in virtual time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from thinline.errors import LocalError
from thinline.frames import Disposition, KeepUntil
from thinline.history import Point
from thinline.intents import Change, Create, Delete
from thinline.items import Blob, Head, content_digest
from thinline.machine import Transmit, WakeAt, Woke
from thinline.merge import Content, Edit, difference
from thinline.projection import projection
from thinline.reasons import Reason
from thinline.testing.samples import POINT
from thinline.types import TYPES
from thinline_emulator.apps import budgets
from thinline_emulator.asks import AskState, Find, GetPart, Listing, Standing, Wish
from thinline_emulator.cache import Grade
from thinline_emulator.events import (
    Charge,
    DropLink,
    Enrol,
    KeyPressed,
    Make,
    PowerOff,
    PowerOn,
    PullBattery,
    Reset,
    SetBattery,
    SetRadio,
    SwitchRadio,
    Tunnel,
    Undo,
    Want,
)
from thinline_emulator.keys import Key
from thinline_emulator.profiles import load_profile, load_radio
from thinline_server.requests import (
    Apply,
    BlobRead,
    EnrolHandset,
    GetBlob,
    Greet,
    Greeting,
    ListItems,
    Refused,
    Request,
)
from thinline_server.services.contacts import Contacts
from town import Resident, Town, contact, fields_of

ITEM = b"a contact id"


def edited(resident: Resident, item: bytes, fields: bytes) -> Make:
    """The change that makes an item say this, seen from what the handset shows."""
    shown = resident.item(item)
    return Make(Change(item, difference(shown.content, Content(fields), TYPES[1].merges)))


def deleted(resident: Resident, item: bytes) -> Make:
    """The deletion of what an item says."""
    content = resident.item(item).content
    return Make(Delete(item, content_digest(1, content.fields, content.blobs, dead=False)[:8]))


def came(resident: Resident, wish: Wish) -> bool:
    standing = resident.memory.standing(wish)
    return standing is not None and standing.state is AskState.CAME


def test_alice_enrols_and_a_contact_reaches_her_other_handset() -> None:
    town = Town()
    town.account("alice")
    alice, desk = town.linked("alice"), town.linked("alice at her desk", "alice")
    town.feed(alice, contact(ITEM, "Bob", "+4520304050"))
    shown = alice.item(ITEM)
    assert shown.grade is Grade.LOCAL
    town.until(lambda: desk.names() == ["Bob"])
    town.settle()
    shown = alice.item(ITEM)
    assert shown.grade is Grade.DURABLE
    assert alice.names() == ["Bob"]


def test_the_life_is_on_the_card_before_it_is_used() -> None:
    """Spec ID-10."""
    town = Town()
    town.account("alice")
    alice = town.handset("alice")
    assert alice.card is not None
    assert alice.card.life == 1
    assert alice.card.certificate is None
    town.settle()
    assert alice.card.certificate is not None
    assert alice.card.point is not None


def test_edits_made_in_a_tunnel_merge_when_it_ends() -> None:
    town = Town()
    town.account("alice")
    alice, bob = town.linked("alice"), town.linked("bob", "alice")
    town.feed(alice, contact(ITEM, "Carol"))
    town.until(lambda: bob.names() == ["Carol"])
    town.feed(alice, Tunnel(30.0))
    assert not alice.machine.live
    town.feed(alice, edited(alice, ITEM, fields_of("Carol", "+45111")))
    town.feed(bob, edited(bob, ITEM, fields_of("Carol", notes="likes trains")))
    assert alice.memory.only_here == 1
    town.until(lambda: alice.machine.settled and bob.machine.settled)
    town.run(60.0)
    for resident in (alice, bob):
        shown = resident.item(ITEM)
        assert shown.content.fields == fields_of("Carol", "+45111", "likes trains")


def test_the_same_field_keeps_both_and_later_edits_follow_the_copy() -> None:
    town = Town()
    town.account("alice")
    alice, bob = town.linked("alice"), town.linked("bob", "alice")
    town.feed(alice, contact(ITEM, "Carol"))
    town.until(lambda: bob.names() == ["Carol"])
    town.feed(alice, Tunnel(30.0))
    town.feed(alice, edited(alice, ITEM, fields_of("Caroline")))
    town.feed(alice, edited(alice, ITEM, fields_of("Caroline B.")))
    town.feed(bob, edited(bob, ITEM, fields_of("Karol")))
    town.run(120.0)
    assert alice.names() == bob.names() == ["Caroline B.", "Karol"]
    assert "both versions" in alice.notices[-1]


def test_a_deletion_that_did_not_see_an_edit_is_rejected_kept_and_shown() -> None:
    town = Town()
    town.account("alice")
    alice, bob = town.linked("alice"), town.linked("bob", "alice")
    town.feed(alice, contact(ITEM, "Carol"))
    town.until(lambda: bob.names() == ["Carol"])
    town.feed(alice, Tunnel(30.0))
    carol = deleted(alice, ITEM)
    town.feed(alice, carol)
    assert alice.names() == []
    town.feed(bob, edited(bob, ITEM, fields_of("Carol", "+45111")))
    town.run(120.0)
    assert alice.names() == ["Carol"]
    assert [one.intent for one in alice.memory.outbox.rejected] == [carol.intent]
    assert "1 not accepted by the server" in alice.screen


def test_a_deletion_is_undone_on_every_handset_under_the_same_id() -> None:
    """Spec CMD-25: sent, then taken back; in a tunnel taken back before anybody heard of it."""
    town = Town()
    town.account("alice", "Bob")
    alice, desk = town.linked("alice"), town.linked("alice at her desk", "alice")
    town.until(lambda: desk.names() == alice.names() == ["Bob"])
    town.feed(alice, deleted(alice, bytes(12)))
    assert alice.names() == []
    town.until(lambda: desk.names() == [])
    town.feed(alice, Undo())
    assert (alice.names(), alice.item(bytes(12)).grade) == (["Bob"], Grade.LOCAL)
    town.until(lambda: desk.names() == ["Bob"])
    town.settle()
    assert desk.item(bytes(12)).content == alice.item(bytes(12)).content
    town.feed(alice, Tunnel(60.0))
    town.feed(alice, deleted(alice, bytes(12)))
    town.feed(alice, Undo())
    assert (alice.names(), len(alice.memory.outbox)) == (["Bob"], 0)
    with pytest.raises(LocalError, match="nothing to undo"):
        town.feed(alice, Undo())


def test_where_the_radio_takes_no_time_what_is_done_leaves_at_once() -> None:
    """No wake is waited for, so that what is done in one turn of a loop can travel as one message."""
    town = Town()
    town.account("alice")
    alice = town.linked("alice")
    ideal = replace(load_radio("wifi"), latency_s=0.0, promotion_s=0.0, loss=0.0, up_bytes_s=1e18, down_bytes_s=1e18)
    town.feed(alice, SetRadio(ideal))
    town.settle(alice)
    orders = alice.machine.handle(contact(ITEM, "Bob"), alice.now)
    assert next(type(order) for order in orders if isinstance(order, Transmit | WakeAt)) is Transmit


def test_the_battery_drains_by_itself_and_what_was_durable_comes_back() -> None:
    """B1, B2: 500 items held, 3 unsent; memory gone, the next life, the refill is what it was."""
    town = Town()
    town.account("alice", *[f"Person {number:03d}" for number in range(500)])
    alice = town.linked("alice")
    before = set(alice.names())
    assert len(before) == 500
    town.feed(alice, SwitchRadio(False), SetBattery(1))
    for number in range(3):
        town.feed(alice, contact(bytes([number]) * 12, f"Unsent {number}"))
    assert "3 items exist only here" in alice.screen
    assert alice.memory.only_here == 3
    town.until(lambda: bool(alice.lost), within_s=24 * 3600)
    assert alice.machine.memory is None
    assert alice.lost[0].cause == "the battery is empty"
    assert {entry.item for entry in alice.lost[0].memory.outbox.entries()} == {bytes([n]) * 12 for n in range(3)}
    town.feed(alice, SwitchRadio(True), Charge(True))
    assert alice.card is not None
    assert alice.card.life == 2
    town.settle()
    assert set(alice.names()) == before


def test_a_refill_brings_exactly_the_projection() -> None:
    """B2: what a small memory gets back is a function of the items, its budget and its wishes."""
    small = replace(load_profile("classic"), cache_bytes=24_000)
    town = Town()
    town.account("alice", *[f"Person {number:03d}" for number in range(500)])
    full = town.linked("full", "alice")
    alice = town.linked("alice", profile=small)
    town.feed(alice, PullBattery())
    town.settle()
    service = Contacts()
    items = [(1, service.key(1, head.fields), head) for head in full.memory.cache.heads()]
    assert len(items) == 500
    expected = projection(items, budgets(small.cache_bytes))
    assert {head.item for head in alice.memory.cache.heads()} == expected
    assert 30 < len(expected) < 300


def test_a_key_that_the_handset_does_not_have_is_denied() -> None:
    keys = frozenset({Key.JUMP, Key.OK})
    town = Town(profile=replace(load_profile("classic"), keys=keys))
    town.account("alice")
    alice = town.linked("alice")
    town.keys(alice, "jump ok x")
    with pytest.raises(LocalError, match="no key wheel-up"):
        town.keys(alice, "wheel-up")


def test_pulling_the_battery_loses_memory_and_a_reset_keeps_it() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    held: Head | None = next(alice.memory.cache.heads())
    town.feed(alice, Reset())
    assert held is not None
    assert alice.memory.cache.get(held.item) == held
    town.settle()
    town.feed(alice, PullBattery())
    assert alice.lost[-1].cause == "the battery was pulled"
    assert len(alice.memory.cache) == 0
    town.settle()
    assert alice.names() == ["Bob"]
    assert alice.card is not None
    assert alice.card.life == 2


def test_an_empty_edit_is_no_command() -> None:
    assert difference(Content(fields_of("Bob")), Content(fields_of("Bob")), TYPES[1].merges) == Edit()


def fill_up(town: Town, resident: Resident) -> int:
    """Make contacts until memory refuses one; how many it took."""
    for number in range(100):
        try:
            town.feed(resident, contact(bytes([number]) * 12, "New work"))
        except LocalError:
            return number
    raise AssertionError("memory is never full")


def salvage(town: Town, point: Point = POINT) -> None:
    """From now on the server's history is another than the one that was told."""
    town.served.answers[Greet] = Greeting(
        disposition=Disposition.DISPOSITION_SALVAGE,
        point=point,
        epoch=2,
        keep_until=KeepUntil.KEEP_UNTIL_DURABLE,
        safe=None,
        done=0,
        careful=True,
    )


def test_in_a_salvage_nothing_is_dropped_and_what_is_made_stays_here() -> None:
    """Spec SALV-2. H4: the flag outlives a reset; a server that knows the history again thaws it."""
    town = Town()
    town.account("alice", "Bob", "Carol")
    alice = town.linked("alice")
    held = list(alice.memory.cache.heads())
    seen = alice.memory.seen.points
    salvage(town)
    town.feed(alice, Reset())
    town.until(lambda: alice.memory.cache.frozen)
    town.feed(alice, contact(ITEM, "Dora"))
    town.run(600.0)
    assert list(alice.memory.cache.heads()) == held
    assert alice.memory.seen.points == seen
    assert len(alice.memory.outbox) == 1
    assert alice.memory.only_here == 3
    assert "SALVAGE: the server lost data." in alice.screen
    assert "do not reset" in alice.screen
    assert "3 items exist only here" in alice.screen
    town.feed(alice, Reset())
    assert alice.memory.cache.frozen  # before anybody was asked
    town.until(lambda: alice.machine.live)
    assert alice.memory.cache.frozen
    del town.served.answers[Greet]
    town.cut(alice)
    town.settle(alice)
    assert alice.names() == ["Bob", "Carol", "Dora"]
    assert "SALVAGE" not in alice.screen


def test_a_full_memory_in_a_salvage_takes_new_work_until_it_is_full_and_drops_nothing() -> None:
    town = Town(profile=replace(load_profile("classic"), cache_bytes=2_000))
    town.account("alice", *[f"Person {number}" for number in range(12)])
    alice = town.linked("alice")
    salvage(town)
    town.feed(alice, Reset())
    town.until(lambda: alice.memory.cache.frozen)
    held = list(alice.memory.cache.heads())
    made = fill_up(town, alice)
    assert 0 < made < 20
    assert list(alice.memory.cache.heads()) == held
    assert len(alice.memory.outbox) == made


def copies(town: Town, safe: int) -> None:
    """From now on the server keeps copies, and so much is in one."""
    served = town.served.store.answer

    def answer(requests: Sequence[Request]) -> list[Any]:
        return [
            replace(one, keep_until=KeepUntil.KEEP_UNTIL_SAFE, safe=Point(safe, bytes(16)))
            if isinstance(one, Greeting)
            else one
            for one in served(requests)
        ]

    town.served.store.answer = answer  # type: ignore[method-assign, assignment]


def test_a_full_memory_drops_what_is_in_a_copy_first_and_announces_the_rest() -> None:
    """D5: ten of twenty are in a copy; what is not goes only after it was said, and what is own never."""
    town = Town(profile=replace(load_profile("classic"), cache_bytes=3_000))
    town.account("alice", *[f"Person {number:02d}" for number in range(20)])
    copies(town, safe=2 + 10)
    alice, bob = town.linked("alice"), town.linked("bob", "alice", profile=load_profile("classic"))
    town.feed(alice, contact(ITEM, "My own"))
    town.settle(alice)
    grades = {shown.grade for shown in alice.machine.desk(town.now).items(1)}
    assert grades == {Grade.DURABLE, Grade.SAFE}
    at = 0
    while not alice.notices:
        town.feed(bob, contact(bytes([100 + at]) * 12, f"More {at:02d}"))
        town.settle(bob)
        town.run(5.0)
        at += 1
    assert alice.notices[-1].startswith("Memory is full.")
    assert "Memory is full" in alice.screen
    left = {head.position for head in alice.memory.cache.heads()}
    assert not [position for position in left if position <= 12]  # all that is in a copy went before
    town.run(30.0)
    assert alice.memory.cache.over_bytes == 0
    assert "My own" in alice.names()
    assert len(alice.names()) < len(left)


def test_offline_nothing_goes_that_is_in_no_copy() -> None:
    town = Town(profile=replace(load_profile("classic"), cache_bytes=3_000))
    town.account("alice", *[f"Person {number:02d}" for number in range(20)])
    copies(town, safe=0)
    alice = town.linked("alice")
    held = list(alice.memory.cache.heads())
    town.feed(alice, SwitchRadio(False))
    fill_up(town, alice)
    town.run(3_600.0)
    assert list(alice.memory.cache.heads()) == held
    assert alice.notices == []


def test_a_part_goes_up_before_its_command_and_comes_down_elsewhere() -> None:
    town = Town()
    town.account("alice")
    alice, desk = town.linked("alice"), town.linked("desk", "alice")
    face = random.Random(1).randbytes(20_000)
    blob = Blob("face", hashlib.sha256(face).digest(), len(face))
    create = Create(ITEM, 1, Content(fields_of("Bob"), (blob,)))
    town.feed(alice, Make(create, {blob.hash: face}), contact(bytes(12), "Carol"))
    town.until(lambda: desk.names() == ["Carol"])  # made later, but it waits for no part
    town.settle()
    assert desk.names() == ["Bob", "Carol"]
    assert alice.memory.cache.part(blob.hash) == face
    town.feed(desk, Want(GetPart(ITEM, "face", blob.hash, blob.size)))
    town.run(2.0)
    town.feed(desk, Tunnel(10.0))
    town.until(lambda: desk.memory.cache.part(blob.hash) == face)


def test_one_wish_is_refused_for_good_and_told() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.feed(alice, Want(GetPart(bytes(12), "face", bytes(32), 1)))
    town.until(lambda: bool(alice.notices))
    assert alice.notices == ["The item has no such part."]
    town.feed(alice, Want(Listing(1)))
    town.until(lambda: came(alice, Listing(1)))
    assert alice.memory.standing(Listing(1)) == Standing(AskState.CAME, items=(bytes(12),))


def test_what_lies_beyond_memory_is_found_on_the_server() -> None:
    """Spec ASK-9: and is an item like any other from then on, which ASK-13 makes safe."""
    town = Town()
    town.account("alice", *[f"Person {number:02d}" for number in range(30)], "Zoë Zimmer")
    alice = town.linked("alice", profile=replace(load_profile("classic"), cache_bytes=2_000))
    assert "Zoë Zimmer" not in alice.names()
    wish = Find(1, "zimm zo")
    town.feed(alice, Want(wish))
    town.until(lambda: came(alice, wish))
    standing = alice.memory.standing(wish)
    assert standing is not None
    (item,) = standing.items
    assert fields_of("Zoë Zimmer") == alice.item(item).content.fields
    town.feed(alice, edited(alice, item, fields_of("Zoë Zimmermann")))
    town.settle(alice)
    assert len(alice.memory.outbox.rejected) == 0


def test_a_busy_server_is_asked_again_at_its_time() -> None:
    town = Town()
    town.account("alice")
    alice = town.linked("alice")
    town.served.answers[Apply] = Refused(Reason.BUSY, retry_after_ms=40_000)
    town.feed(alice, contact(ITEM, "Bob"), contact(bytes(12), "Carol"))
    town.run(20.0)
    del town.served.answers[Apply]
    assert len(alice.memory.outbox) == 2
    started_s = town.now
    town.settle(alice)
    assert 15.0 < town.now - started_s < 30.0
    assert alice.names() == ["Bob", "Carol"]


def test_a_refused_link_waits_as_long_as_it_was_told() -> None:
    town = Town()
    town.account("alice")
    alice = town.linked("alice")
    town.served.answers[Greet] = Refused(Reason.BUSY, "too many", retry_after_ms=40_000)
    town.cut(alice)
    town.run(30.0)
    refused = [one for one in town.served.asked if isinstance(one, Greet)]
    assert len(refused) == 2
    assert "busy" in alice.notices[-1]
    assert "retry" in alice.screen
    del town.served.answers[Greet]
    town.settle(alice)


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_HANDSET, Reason.BAD_PROOF, Reason.REVOKED, Reason.OLD_LIFE])
def test_memory_is_kept_whatever_is_said_of_the_identity(reason: Reason) -> None:
    """Spec ID-11."""
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.served.answers[Greet] = Refused(reason)
    town.cut(alice)
    town.feed(alice, contact(ITEM, "Carol"))
    town.run(60.0)
    assert alice.names() == ["Bob", "Carol"]
    del town.served.answers[Greet]
    town.run(3_600.0)
    town.settle()
    assert alice.names() == ["Bob", "Carol"]


def test_a_code_that_is_refused_is_not_tried_again() -> None:
    town = Town()
    town.account("alice")
    alice = town.blank("alice", "WRONG")
    town.run(3_600.0)
    assert len([one for one in town.served.asked if isinstance(one, EnrolHandset)]) == 1
    assert "not enrolled" in alice.screen
    town.feed(alice, Enrol(town.served.code("alice")))
    town.settle(alice)
    blank = town.blank("blank")
    town.run(60.0)
    assert blank.memory.line.wire == 0  # without a code there is nothing to dial for


def test_the_owner_is_warned_of_what_a_low_battery_would_take() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.feed(alice, SetBattery(19))
    assert alice.notices == ["Battery 19 %: memory would be lost, nothing else"]
    town.feed(alice, SwitchRadio(False), contact(ITEM, "Carol"))
    town.until(lambda: len(alice.notices) > 1, within_s=48 * 3_600)
    assert alice.notices[1] == "Battery 10 %: 1 item exists only here and would be lost"
    town.feed(alice, Charge(True))
    town.run(3_600.0)
    assert alice.machine.power.percent(town.now) > 30
    town.feed(alice, Charge(False), SetBattery(0))
    assert alice.machine.memory is None
    assert alice.lost[-1].cause == "the battery is empty"
    with pytest.raises(LocalError, match="charge it"):
        town.feed(alice, KeyPressed(Key.OK))
    town.feed(alice, Charge(True))
    assert alice.machine.memory is not None


def test_another_network_and_a_dropped_link() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.feed(alice, SetRadio(load_radio("wifi")), DropLink())
    assert not alice.machine.live
    started_s = town.now
    town.settle(alice)
    assert town.now - started_s < 10.0


def test_taking_the_battery_out_is_the_end_until_it_is_switched_on() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.feed(alice, PowerOff())
    town.run(3_600.0)
    assert alice.machine.memory is None
    assert alice.screen.count("|" + " " * 48 + "|") == 16
    town.feed(alice, PowerOn())
    town.settle(alice)
    assert alice.machine.sim.life == 2


def test_a_day_of_standby_keeps_its_link_and_costs_little() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    dials = alice.memory.line.wire
    town.run(1.0)
    events = town.events
    town.run(86_400.0)
    assert alice.machine.live
    assert alice.memory.line.wire == dials
    assert 75 <= alice.machine.power.percent(town.now) <= 85  # four to five days
    beats = 86_400 / 1_680
    assert town.events - events < 6 * beats + 10


def test_keys_light_the_screen_write_and_are_refused_when_memory_is_full() -> None:
    town = Town(profile=replace(load_profile("classic"), cache_bytes=400))
    town.account("alice")
    alice = town.linked("alice")
    town.run(60.0)
    assert alice.machine.power.lit_until == 0
    town.keys(alice, "jump ok menu 'Bob' ok")
    assert alice.machine.power.lit_until > town.now
    assert alice.names() == ["Bob"]
    town.feed(alice, SwitchRadio(False))
    for _ in range(3):
        town.keys(alice, "menu 'A longer name for more room in memory' ok")
    assert alice.notices[-1].startswith("memory is full")
    assert "room in memory_" in alice.screen  # the form is still open, with what was typed


def test_switches_do_nothing_where_there_is_nothing_to_switch() -> None:
    town = Town()
    town.account("alice")
    alice = town.linked("alice")
    town.feed(alice, PowerOn())  # it is on
    assert alice.machine.sim.life == 1
    town.feed(alice, Reset(hard=True))
    assert alice.machine.sim.life == 2
    town.feed(alice, SetBattery(0))
    town.feed(alice, PowerOff(), PowerOn(), PullBattery(), Tunnel(5.0), SwitchRadio(True), DropLink(), Woke())
    assert alice.machine.memory is None
    assert len(alice.lost) == 2
    assert not alice.machine.live
    assert not alice.machine.settled


def test_an_answer_that_can_not_be_understood_ends_the_link_with_a_reason() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    wrong = BlobRead(encoding=1, encoded=b"short", size=5)
    town.served.answers[GetBlob] = wrong
    town.feed(alice, Want(GetPart(bytes(12), "face", bytes(32), 5)))
    town.until(lambda: not alice.machine.live)
    del town.served.answers[GetBlob]
    town.settle(alice)
    reasons = [dict(one.facts).get("reason") for one in town.served.log if one.event == "unlinked"]
    assert Reason.MALFORMED.name in reasons, reasons


def test_a_memory_that_is_full_goes_on_announcing_nothing_that_may_not_go() -> None:
    """What is announced does not go when the link is lost before it was due."""
    town = Town(profile=replace(load_profile("classic"), cache_bytes=2_000))
    town.account("alice", *[f"Person {number:02d}" for number in range(20)])
    copies(town, safe=0)
    alice, bob = town.linked("alice"), town.linked("bob", "alice", profile=load_profile("classic"))
    at = 0
    while not alice.notices:
        town.feed(bob, contact(bytes([100 + at]) * 12, f"More {at:02d}"))
        town.settle(bob)
        town.run(5.0)
        at += 1
    held = list(alice.memory.cache.heads())
    town.feed(alice, SwitchRadio(False))
    town.run(60.0)
    assert list(alice.memory.cache.heads()) == held


def test_waits_of_asks_and_commands_are_wakes_of_their_own() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    town.served.answers[ListItems] = Refused(Reason.BUSY, retry_after_ms=30_000)
    town.feed(alice, Want(Listing(1)))
    town.run(20.0)
    del town.served.answers[ListItems]
    assert len(alice.memory.asks) == 1
    town.until(lambda: came(alice, Listing(1)), within_s=60.0)
