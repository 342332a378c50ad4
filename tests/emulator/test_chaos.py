"""Seeded days of several handsets: edits, tunnels, cuts, resets and dead batteries, and then everybody agrees.

What a handset was told is DURABLE is never missing, no command is carried out twice, and at the end the handsets and
the server say the same of every item (X1, X2, D1, S4, H6, B2). No link is ever told SALVAGE: nothing was lost (H3).
"""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from thinline.errors import LocalError
from thinline.frames import Disposition, Verdict
from thinline.intents import Change, Create, Delete
from thinline.items import content_digest
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline_emulator.events import Charge, DropLink, Make, PullBattery, Reset, SetBattery, SwitchRadio, Tunnel
from thinline_server.requests import Applied, Apply, Greet, Greeting, ListItems
from town import Resident, Town, fields_of

SEEDS = 25
STEPS = 60


class Day:
    """One seed's day, with a book of everything that must hold."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.town = Town()
        self.town.account("alice")
        self.outcomes: dict[tuple[bytes, int, int], tuple[int, int]] = {}
        self._answer = self.town.served.store.answer
        self.town.served.store.answer = self._watch  # type: ignore[method-assign, assignment]
        self.handsets = [self.town.linked(f"handset {number}", "alice") for number in range(3)]
        self.made = 0

    def _watch(self, requests: list[object]) -> list[object]:
        """X2: all answers to one command carry the same outcome; H3: nobody is told SALVAGE."""
        answers = self._answer(requests)  # type: ignore[arg-type]
        for request, answer in zip(requests, answers, strict=True):
            if isinstance(request, Apply) and isinstance(answer, Applied):
                key = (request.handset, request.life, request.command.number)
                outcome = (answer.outcome.verdict, answer.outcome.point.position)
                assert self.outcomes.setdefault(key, outcome) == outcome
            if isinstance(request, Greet) and isinstance(answer, Greeting):
                assert answer.disposition != Disposition.DISPOSITION_SALVAGE
        return list(answers)

    def step(self) -> None:
        resident = self.chance.choice(self.handsets)
        roll = self.chance.random()
        if roll < 0.55 and resident.machine.memory is not None:
            self.edit(resident)
        elif roll < 0.80:
            self.disturb(resident)
        self.town.run(self.chance.choice([0.0, 0.1, 0.5, 2.0, 10.0, 60.0]))

    def edit(self, resident: Resident) -> None:
        shown = sorted(resident.machine.desk(self.town.now).items(1), key=lambda one: one.item)
        self.made += 1
        name = f"{resident.name} {self.made}"
        if not shown or self.chance.random() < 0.3:
            self.make(resident, Make(Create(self.chance.randbytes(12), 1, Content(fields_of(name)))))
            return
        one = self.chance.choice(shown)
        if self.chance.random() < 0.2:
            seen = content_digest(one.type, one.content.fields, one.content.blobs, dead=False)[:8]
            self.make(resident, Make(Delete(one.item, seen)))
        else:
            notes = self.chance.choice(["", "a note"])
            edit = difference(one.content, Content(fields_of(name, notes=notes)), TYPES[1].merges)
            self.make(resident, Make(Change(one.item, edit)))

    def make(self, resident: Resident, command: Make) -> None:
        self.town.feed(resident, command)

    def disturb(self, resident: Resident) -> None:
        match self.chance.randrange(8):
            case 0 | 1:
                self.town.feed(resident, Tunnel(self.chance.uniform(0.5, 40.0)))
            case 2 if resident.machine.memory is not None:
                self.town.cut(resident)
            case 3:
                self.town.feed(resident, DropLink())
            case 4 if resident.machine.memory is not None:
                self.town.feed(resident, Reset())
            case 5:
                self.town.feed(resident, PullBattery())
            case 6:
                self.town.feed(resident, SwitchRadio(self.chance.random() < 0.5))
            case 7:
                self.town.feed(resident, SetBattery(self.chance.choice([0, 1, 100])))
            case _:
                pass

    def settle(self) -> None:
        for resident in self.handsets:
            self.town.feed(resident, SwitchRadio(True), Charge(True))
        self.town.until(lambda: all(one.machine.settled for one in self.handsets), within_s=3_600.0)
        self.town.run(60.0)
        self.town.settle()

    def server(self) -> dict[bytes, bytes]:
        """What the server says of every live item."""
        handset = self.town.served.log[0]
        account = bytes.fromhex(dict(handset.facts)["account"])
        items: dict[bytes, bytes] = {}
        cursor = b""
        while True:
            (answer,) = self._answer([ListItems(account, 1, cursor, 64)])
            items |= {head.item: head.fields for head in answer.heads}  # type: ignore[union-attr]
            cursor = answer.cursor  # type: ignore[union-attr]
            if not cursor:
                return items


@pytest.mark.parametrize("seed", range(SEEDS))
def test_at_the_end_of_the_day_all_agree(seed: int) -> None:
    day = Day(seed)
    for _ in range(STEPS):
        with suppress(LocalError):  # the handset is off
            day.step()
    day.settle()
    held = day.server()
    for resident in day.handsets:
        shown = resident.machine.desk(day.town.now).items(1)
        assert {one.item: one.content.fields for one in shown if not one.rejected} == {
            item: fields
            for item, fields in held.items()
            if item not in {one.intent.item for one in resident.memory.outbox.rejected}
        }
        for rejected in resident.memory.outbox.rejected:
            assert isinstance(rejected.intent, Delete)  # of what somebody edited; everything else is accepted
    applied = [verdict for verdict, _ in day.outcomes.values() if verdict != Verdict.VERDICT_REJECTED]
    assert len(applied) <= day.made
