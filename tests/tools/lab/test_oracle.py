"""The oracle sees what it should: each test breaks one promise by hand, and it is named (D1, X1, H6, S4)."""

from __future__ import annotations

from thinline.intents import Create, Delete, Restore
from thinline.merge import Content
from thinline.v1 import contacts_pb2
from thinline_emulator.events import Make, PullBattery, Tunnel
from thinline_tools.lab.oracle import Op, Stored, judge_run
from thinline_tools.lab.town import HandsetNode, Town

ITEM = b"item of bob!"
BOB = contacts_pb2.Contact(name="Bob").SerializeToString()


def town_with_bob() -> tuple[Town, HandsetNode, Op]:
    """Alice made a contact, and it is acknowledged."""
    town = Town(seed=9)
    town.account("alice")
    alice = town.handset("alice", "alice")
    assert town.settle()
    op = Op("alice", BOB, ITEM, frozenset(), Create(ITEM, 1, Content(BOB)))
    alice.feed(Make(op.intent))
    return town, alice, op


def revision(town: Town) -> bytes:
    ((found,),) = town.database.execute("SELECT revision FROM items").fetchall()
    assert isinstance(found, bytes)
    return found


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    stored = [Stored(ITEM, False, False, BOB, revision(town))]
    judgement = judge_run([op], {"alice": alice}, {"alice": stored})
    assert (judgement.problems, judgement.ends) == ([], {"acknowledged": 1})


def test_an_acknowledged_token_that_is_gone_is_d1() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    judgement = judge_run([op], {"alice": alice}, {"alice": []})
    assert [problem[:2] for problem in judgement.problems] == ["D1", "H6"]


def test_what_its_author_deleted_is_not_missed() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    gone = Op("alice", b"", ITEM, frozenset({BOB}), Delete(ITEM, b""))
    dead = [Stored(ITEM, True, False, BOB, revision(town))]
    judgement = judge_run([op, gone], {"alice": alice}, {"alice": dead})
    assert [problem[:2] for problem in judgement.problems] == ["H6"]  # the handset was not told


def test_what_was_restored_is_missed_unless_somebody_deleted_it_again() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    gone = Op("alice", b"", ITEM, frozenset({BOB}), Delete(ITEM, b""))
    back = Op("alice", b"", ITEM, frozenset(), Restore(ITEM, b""))
    again = Op("alice at her desk", b"", ITEM, frozenset({BOB}), Delete(ITEM, b""))
    nodes, dead = {"alice": alice, "alice at her desk": alice}, [Stored(ITEM, True, False, BOB, revision(town))]
    stored = {"alice": dead, "alice at her desk": dead}
    assert [one[:2] for one in judge_run([op, gone, back], nodes, stored).problems] == ["D1", "H6", "H6"]
    for ops in ([op, gone, back, gone], [op, again, gone, back]):
        assert [one[:2] for one in judge_run(ops, nodes, stored).problems] == ["H6", "H6"]


def test_a_token_in_two_items_is_x1() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    twice = [Stored(ITEM, False, False, BOB, revision(town)), Stored(b"another item", False, False, BOB, b"")]
    problems = judge_run([op], {"alice": alice}, {"alice": twice}).problems
    assert [problem[:2] for problem in problems] == ["X1", "H6"]


def test_a_command_that_stays_is_s4_and_one_that_died_is_lost() -> None:
    town, alice, op = town_with_bob()
    town.settle()
    alice.feed(Tunnel(1_000))
    late = Op("alice", b"late", b"item of carol"[:12], frozenset(), Create(b"item of caro", 1, Content(BOB)))
    alice.feed(Make(late.intent))
    stored = {"alice": [Stored(ITEM, False, False, BOB, revision(town))]}
    assert [one[:2] for one in judge_run([op, late], {"alice": alice}, stored).problems] == ["S4"]
    alice.feed(PullBattery())
    judgement = judge_run([late], {"alice": alice}, stored)
    assert judgement.ends == {"lost": 1}
