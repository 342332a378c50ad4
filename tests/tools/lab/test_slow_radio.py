"""A photo comes down over gprs, and what matters does not wait behind it (must 8; spec FLOW-1, FLOW-8, FLOW-9).

A chunk is a second of the rate. An edit whose outcome comes back while a photo of 200 KB is on its way takes at most a
chunk longer than it does on a quiet line; and the photo, meanwhile, still uses the radio.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from thinline.intents import Change, Create
from thinline.items import Blob
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator import line
from thinline_emulator.asks import GetPart
from thinline_emulator.events import Make, Want
from thinline_emulator.profiles import load_profile
from thinline_tools.lab.town import HandsetNode, Town

PHOTO = Random(8).randbytes(200_000)
HASH = hashlib.sha256(PHOTO).digest()
ALBUM, BOB = b"item album!!", b"item of bob!"


def contact(name: str, notes: str = "") -> bytes:
    return contacts_pb2.Contact(name=name, notes=notes).SerializeToString()


def quiet_town() -> tuple[Town, HandsetNode]:
    """Alice's phone on a gprs without losses, and a photo that her other handset brought up."""
    classic = load_profile("classic")
    town = Town(5, profile=replace(classic, radio=replace(classic.radio, loss=0.0)))
    town.account("alice")
    phone, desk = town.handset("phone", "alice"), town.handset("desk", "alice")
    assert town.settle()
    content = Content(contact("Photo"), (Blob("photo", HASH, len(PHOTO)),))
    desk.feed(Make(Create(ALBUM, 1, content), {HASH: PHOTO}))
    phone.feed(Make(Create(BOB, 1, Content(contact("Bob")))))
    assert town.settle()
    town.run_for(60)
    return town, phone


def edits(town: Town, phone: HandsetNode, count: int, seed: int) -> Iterator[float]:
    """Edit at drawn moments; gives how long each took until it was DURABLE, in seconds."""
    chance = Random(seed)
    for number in range(count):
        town.run_for(chance.uniform(0.2, 2.0))
        shown = phone.machine.desk(town.now).item(BOB)
        assert shown is not None
        edit = difference(shown.content, Content(contact("Bob", f"{seed} {number}")), TYPES[1].merges)
        phone.feed(Make(Change(BOB, edit)))
        began_s = town.now
        assert town.run_until(lambda: not len(phone.memory.outbox), within_s=60)
        yield town.now - began_s


def fetching(phone: HandsetNode) -> bool:
    return len(phone.memory.asks) > 0


def test_an_edit_waits_for_at_most_one_chunk_of_a_photo() -> None:
    town, phone = quiet_town()
    quiet_s = max(edits(town, phone, 5, seed=1))
    profile = phone.machine.power.radio.profile
    chunk_s = line.chunk_bytes(profile) / profile.down_bytes_s
    assert chunk_s <= 1.0
    phone.feed(Want(GetPart(ALBUM, "photo", HASH, len(PHOTO))))
    began_s, before = town.now, profile.down_bytes_s
    town.run_for(3.0)
    waited_s = [took_s - quiet_s for took_s in edits(town, phone, 20, seed=2)]
    assert fetching(phone)
    assert max(waited_s) <= chunk_s
    assert town.run_until(lambda: not fetching(phone))
    assert len(PHOTO) / (town.now - began_s) > 0.6 * before


def test_without_credit_the_edit_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug planted: a handset that grants what it has no radio for."""
    monkeypatch.setattr(line, "window_bytes", lambda _profile: 100_000)
    town, phone = quiet_town()
    quiet_s = max(edits(town, phone, 5, seed=1))
    phone.feed(Want(GetPart(ALBUM, "photo", HASH, len(PHOTO))))
    town.run_for(3.0)
    assert max(took_s - quiet_s for took_s in edits(town, phone, 2, seed=2)) > 5.0
