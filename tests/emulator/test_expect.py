"""What a script expects of a screen, and how the difference is shown."""

from __future__ import annotations

from thinline_emulator.apps.digits import large
from thinline_emulator.expect import matches, side_by_side, veiled
from town import Town


def test_a_cell_may_be_left_open() -> None:
    assert matches("|12:▒▒ Bob|", "|12:30 Bob|")
    assert matches("\n|Bob|\n", "|Bob|")
    assert not matches("|12:▒▒ Bob|", "|12:30 Bib|")
    assert not matches("|Bob|", "|Bob |")
    assert not matches("|Bob|", "|Bob|\n|Bob|")


def test_what_moves_by_itself_is_left_open_and_nothing_else() -> None:
    town = Town()
    town.account("alice", "Bob")
    alice = town.linked("alice")
    shown = alice.machine.look(town.now).text()
    assert "|▒▒▒▒▒  alice               gprs ▂▄▆█ linked ▒▒▒▒|" in veiled(alice.machine, town.now)
    assert shown.count("00:0") == 1
    assert large(alice.machine.desk(town.now).time)[1] in shown
    assert "Thu 01 Oct 2009" in shown
    town.run(40 * 3_600.0)
    assert alice.machine.look(town.now).text() != shown
    assert "99%" not in veiled(alice.machine, town.now)
    assert matches(veiled(alice.machine, town.now), shown)
    town.keys(alice, "jump ok")
    assert not matches(veiled(alice.machine, town.now), shown)


def test_without_power_or_before_the_first_link_there_is_nothing_to_leave_open() -> None:
    town = Town()
    alice = town.blank("alice")
    assert "▒▒▒▒▒ " in veiled(alice.machine, town.now)
    alice.machine.memory = None
    assert veiled(alice.machine, town.now) == alice.machine.look(town.now).text()


def test_both_screens_stand_beside_each_other_with_a_mark_where_they_differ() -> None:
    assert side_by_side("|Bob  |\n|Carol|", "|Bob  |\n|Dave |") == (
        "expected   seen\n|Bob  |    |Bob  |\n|Carol|  ≠ |Dave |"
    )
    assert side_by_side("|Bob|", "|Bob|\n|Eve|") == "expected   seen\n|Bob|      |Bob|\n         ≠ |Eve|"
    assert side_by_side("|Bob|", "|Eve|", columns=10) == "expected:\n|Bob|\nseen:\n|Eve| ≠"
