"""Stories of whole handsets with the server's own hub and store, in virtual time."""

from __future__ import annotations

from thinline.intents import Change, Delete
from thinline.items import Head, content_digest
from thinline.merge import Content, Edit, difference
from thinline.types import TYPES
from thinline_emulator.cache import Grade
from thinline_emulator.events import Charge, Make, PullBattery, Reset, SetBattery, SwitchRadio, Tunnel
from town import Resident, Town, contact, fields_of

ITEM = b"a contact id"


def edited(resident: Resident, item: bytes, fields: bytes) -> Make:
    """The change that makes an item say this, seen from what the handset shows."""
    shown = resident.item(item)
    return Make(Change(item, difference(shown.content, Content(fields), TYPES[1].merges)))


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
    seen = content_digest(1, fields_of("Carol"), (), dead=False)[:8]
    town.feed(alice, Make(Delete(ITEM, seen)))
    assert alice.names() == []
    town.feed(bob, edited(bob, ITEM, fields_of("Carol", "+45111")))
    town.run(120.0)
    assert alice.names() == ["Carol"]
    assert [one.intent for one in alice.memory.outbox.rejected] == [Delete(ITEM, seen)]
    assert "1 not accepted by the server" in alice.screen


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
