"""V1: a day of standby of many handsets, with the real link, hub, store and radio, in virtual time on one thread."""

from __future__ import annotations

import time
from functools import partial

from thinline.items import ITEM_ID_BYTES
from thinline.testing.world import ContactSample
from thinline.v1.contacts_pb2 import Contact
from thinline_tools.bench.figures import Figure
from thinline_tools.lab.paper import PaperHandset
from thinline_tools.lab.town import Town

__all__ = ["v1"]

_HANDSETS = 200
_DAY_S = 86_400
_HOUR_S = 3_600
_PUSHED_S = _HOUR_S - 60.0  # the pushes of an hour are spread over it, and the last has time to arrive
_PUSH_BYTES = 300
_SEED = 1


def v1() -> list[Figure]:
    """V1, its events, and the same with a heartbeat of five minutes."""
    day, events = _days_per_s(28 * 60)
    short, _ = _days_per_s(300)
    what = f"{_HANDSETS} classic handsets on gprs, 24 h, heartbeat 28 min, a push an hour"
    return [
        Figure("V1", what, day, "handset-days/s", n=_HANDSETS, seed=_SEED, hold="≥ 100, aim 1,000"),
        Figure("V1.events", "inputs of handset and hub in a handset's day", events, "events", seed=_SEED),
        Figure("V1.300s", "the same with a heartbeat of 300 s", short, "handset-days/s", n=_HANDSETS, seed=_SEED),
    ]


def _push(town: Town, author: PaperHandset, number: int) -> None:
    contact = Contact(name=f"Push {number}")
    contact.notes = "x" * (_PUSH_BYTES - len(contact.SerializeToString()) - 3)
    for request in author.creates([ContactSample(number.to_bytes(ITEM_ID_BYTES, "big"), contact)]):
        town.operate(request)


def _days_per_s(heartbeat_s: int) -> tuple[float, float]:
    town = Town(_SEED)
    for number in range(_HANDSETS):
        name = f"account{number}"
        town.account(name)
        author = PaperHandset.of_town(town.operate, name, number)
        town.handset(f"handset{number}", name, heartbeat_s=heartbeat_s)
        for hour in range(_DAY_S // _HOUR_S):
            at_s = _HOUR_S * hour + number * _PUSHED_S / _HANDSETS
            town.clock.at(town.now + at_s, partial(_push, town, author, hour + 1))
    assert town.settle()
    fed = town.fed
    began_s = time.process_time()
    town.run_for(_DAY_S)
    took_s = time.process_time() - began_s
    for node in town.handsets.values():
        assert node.machine.live and sum(1 for _ in node.memory.cache.heads()) == _DAY_S // _HOUR_S
    return _HANDSETS / took_s, (town.fed - fed) / _HANDSETS
