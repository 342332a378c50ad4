"""The field test: as data, and as lines of a narrow pane."""

from __future__ import annotations

import json

from thinline_emulator.events import SetBattery
from thinline_emulator.field import field_lines, field_of
from thinline_emulator.verbs import do_verb
from thinline_tools.lab.town import Town


def test_a_settled_handset_and_one_without_power() -> None:
    town = Town(seed=6)
    town.account("alice")
    phone = town.handset("phone", "alice")
    assert field_of(phone.machine, phone.now)["link"]["epoch"] is None
    assert town.settle()
    phone.do(SetBattery(50))
    do_verb("key jump ok menu 'Bob' ok", phone)
    assert town.settle()
    data = field_of(phone.machine, phone.now)
    assert data["link"]["live"]
    assert data["link"]["seen"] == [2]
    assert data["link"]["credit_down"][1] >= data["link"]["credit_down"][0]
    assert data["memory"]["collections"]["contacts"]["items"] == 1
    assert data["battery"]["percent"] == 50
    lines = field_lines(data)
    assert " contacts: 1 items, 0 dead" in lines
    assert max(map(len, lines)) <= 40
    assert do_verb("field", phone).text == "\n".join(field_lines(json.loads(json.dumps(data))))
    phone.do(SetBattery(0))
    dead = field_of(phone.machine, phone.now)
    assert (dead["link"], dead["memory"]) == (None, None)
    assert field_lines(dead)[-1] == "no power: memory is empty"


def test_a_collection_of_tomorrow_is_told_by_its_number() -> None:
    town = Town(seed=6)
    town.account("alice")
    phone = town.handset("phone", "alice")
    phone.memory.filling.add(77)
    assert " 77: 0 items, 0 dead, filling" in field_lines(field_of(phone.machine, phone.now))
