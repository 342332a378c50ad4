"""The town: a server that is killed and comes back, copies that are put back, and people who enrol."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline.intents import Create
from thinline.merge import Content
from thinline.v1 import contacts_pb2
from thinline_emulator.events import Make, SetBattery
from thinline_tools.lab.town import MemoryBlobs, Town

BOB = contacts_pb2.Contact(name="Bob").SerializeToString()


def bob() -> Make:
    return Make(Create(b"item of bob!", 1, Content(BOB)))


def test_alice_enrols_and_what_she_makes_outlives_the_server() -> None:
    town = Town(seed=1)
    town.account("alice")
    alice = town.handset("alice", "alice")
    assert town.settle()
    assert alice.sim.certificate
    alice.feed(bob())
    assert town.settle()
    town.kill()
    town.start_server()
    assert town.run_until(lambda: town.welcomes["RESUME"] == 1)
    assert town.settle()
    assert [head.fields for head in alice.memory.cache.heads()] == [BOB]


def test_without_a_server_the_handset_dials_again_and_again() -> None:
    town = Town(seed=2)
    town.account("alice")
    alice = town.handset("alice", "alice")
    assert town.settle()
    town.kill()
    assert town.run_until(lambda: alice.memory.line.failures >= 3)
    town.start_server()
    assert town.settle()


def test_an_older_copy_put_back_is_noticed() -> None:
    """H3: no operator is needed."""
    town = Town(seed=3)
    town.account("alice")
    alice = town.handset("alice", "alice")
    assert town.settle()
    older = town.copy()
    alice.feed(bob())
    assert town.settle()
    town.kill()
    town.put_back(older)
    town.start_server()
    assert town.run_until(lambda: town.welcomes["SALVAGE"] > 0)


def test_blobs_in_a_dict() -> None:
    blobs = MemoryBlobs()
    blobs.put("a/1", b"x")
    assert blobs.get("a/1") == b"x"
    blobs.delete("a/1")
    blobs.delete("a/1")
    assert blobs.get("a/1") is None


def test_what_a_handset_denies_is_raised_to_whoever_asked() -> None:
    town = Town(seed=3)
    town.account("alice")
    alice = town.handset("alice", "alice")
    alice.do(SetBattery(0))
    with pytest.raises(LocalError, match="charge it"):
        alice.do(bob())
