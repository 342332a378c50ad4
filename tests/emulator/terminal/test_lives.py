"""A screen that fades, and a refill measured against the life before."""

from __future__ import annotations

from thinline.intents import Create
from thinline.merge import Content
from thinline.testing.world import account_sample
from thinline_emulator.events import Charge, Make, PullBattery, SetBattery
from thinline_emulator.screen import Screen
from thinline_emulator.terminal.lives import Lives, Refill, with_refill
from thinline_tools.lab.town import HandsetNode, Town


def peopled() -> tuple[Town, HandsetNode]:
    town = Town(seed=5)
    town.account("alice")
    phone = town.handset("phone", "alice")
    assert town.settle()
    for one in account_sample(1, 0, 300).contacts:
        phone.do(Make(Create(one.item, 1, Content(one.fields))))
    assert town.settle()
    return town, phone


def test_the_last_picture_fades_when_the_battery_is_empty_and_is_gone_after_a_boot() -> None:
    town = Town(seed=5)
    town.account("alice")
    phone = town.handset("phone", "alice")
    lives = Lives()
    assert lives.look(phone.machine, phone.now, 10.0)[1] == 0.0
    before = lives.look(phone.machine, phone.now, 10.0)[0]
    phone.do(SetBattery(0))
    assert lives.look(phone.machine, phone.now, 11.0) == (before, 0.0)
    assert lives.fading(11.0)
    screen, fade = lives.look(phone.machine, phone.now, 11.8)
    assert (screen, round(fade, 1)) == (before, 0.5)
    assert lives.look(phone.machine, phone.now, 99.0)[1] == 1.0
    assert not lives.fading(99.0)
    assert lives.refill(phone.machine, phone.now) is None
    phone.do(Charge(on=True))
    assert lives.look(phone.machine, phone.now, 100.0)[1] == 0.0
    assert not lives.fading(100.0)


def test_a_handset_never_seen_alive_has_nothing_to_fade() -> None:
    town = Town(seed=5)
    town.account("alice")
    phone = town.handset("phone", "alice")
    phone.do(SetBattery(0))
    assert Lives().look(phone.machine, phone.now, 1.0) == (Screen.blank(), 0.0)


def test_a_refill_tells_items_bytes_and_time() -> None:
    """A cold boot is filled from the server, and its owner sees how far it is."""
    town, phone = peopled()
    lives = Lives()
    lives.look(phone.machine, phone.now, 0.0)
    assert lives.refill(phone.machine, phone.now) is None
    phone.do(PullBattery())
    lives.look(phone.machine, phone.now, 0.0)
    assert lives.refill(phone.machine, phone.now) == Refill(0, 300, 0, None)
    assert town.run_until(lambda: 0 < len(phone.memory.cache) < 300, 600)
    refill = lives.refill(phone.machine, phone.now)
    assert refill is not None
    assert refill.size_bytes > 0
    assert refill.left_s
    assert f"{refill.items} of 300" in refill.bar()
    assert refill.text().endswith(" s left")
    assert town.settle()
    assert lives.refill(phone.machine, phone.now) is None


def test_the_bar_stands_over_the_screen() -> None:
    text = with_refill(Screen.blank(), Refill(150, 300, 6_200, 12.0)).text().splitlines()
    assert text[12].strip("|").strip() == "Refilling the memory"
    assert text[13].strip("|").strip() == "█" * 15 + "░" * 15 + " 150 of 300"
    assert text[14].strip("|").strip() == "6.2 KB, ≈ 12 s left"
    assert Refill(7, 0, 900, None).bar() == "7 items"
    assert Refill(7, 0, 900, None).text() == "0.9 KB"
