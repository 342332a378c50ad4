"""What stands around the screen: title, status and light, as the handset's life goes."""

from __future__ import annotations

from thinline_emulator import events
from thinline_emulator.events import Charge, PowerOff, SetBattery, SwitchRadio
from thinline_emulator.keys import keys_of
from thinline_emulator.screen import Screen
from thinline_emulator.terminal.sight import light_of, see, status_of, title_of
from thinline_tools.lab.town import HandsetNode, Town


def light(phone: HandsetNode, *, told: bool = False) -> str:
    return light_of(phone.machine, phone.now, told=told)


def status(phone: HandsetNode) -> str:
    return status_of(phone.machine, phone.now)


def test_a_handset_from_enrolment_to_an_empty_battery() -> None:
    """What exists only here is told beside the screen too."""
    town = Town(seed=7)
    town.account("alice")
    phone = town.handset("phone", "alice")
    assert title_of(phone.machine) == "not enrolled, classic handset, life 1"
    assert light(phone) == "off"
    assert town.settle()
    assert title_of(phone.machine) == "alice, classic handset, life 1"
    assert (light(phone), light(phone, told=True)) == ("green", "amber")
    assert "linked   0 items held   nothing exists only here" in status(phone)
    phone.do(SwitchRadio(on=False))
    for key in keys_of("jump ok menu 'Bob' ok"):
        phone.do(events.KeyPressed(key))
    assert "1 item exists only here" in status(phone)
    phone.do(SetBattery(15))
    assert light(phone) == "amber"
    assert status(phone).startswith("█░░░░ 15 %, ≈ ")
    phone.do(SetBattery(4))
    assert light(phone) == "red"
    phone.do(Charge(on=True))
    assert ", charging" in status(phone)
    assert light(phone) == "off"
    phone.do(Charge(on=False))
    phone.do(SetBattery(0))
    assert light(phone) == "off"
    assert "put the charger in" in status(phone)


def test_hours_and_minutes_are_estimated_while_it_draws() -> None:
    town = Town(seed=8)
    town.account("alice")
    phone = town.handset("phone", "alice")
    assert town.settle()
    assert " h " in status(phone)
    phone.do(SetBattery(1))
    assert " min " in status(phone)
    phone.do(PowerOff())
    assert "≈" not in status(phone)


def test_the_picture_is_told_whether_the_screen_is_lit() -> None:
    town = Town(seed=9)
    town.account("alice")
    phone = town.handset("phone", "alice")
    assert see(phone.machine, phone.now, Screen.blank(), "~/sim", "Hello").lit
    town.run_for(120)
    view = see(phone.machine, phone.now, Screen.blank(), "~/sim", "Hello")
    assert (view.lit, view.place, view.banner) == (False, "~/sim", "Hello")
