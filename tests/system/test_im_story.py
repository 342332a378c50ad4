"""Messages as their users have them: handsets in hand, the server's hub and store, in virtual time. H6, S5, D1, X1.

What the radio carries takes its time on gprs. Alice has a second handset where a story needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest
from structlog.testing import capture_logs

from thinline_emulator.apps.im.pages import Talk
from thinline_emulator.apps.im.people import people, sections, somebody, unread
from thinline_emulator.events import DropLink, PullBattery, SwitchRadio, Tunnel
from town import Resident, Town


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def town() -> Town:
    """Alice and bob, who are not friends yet."""
    town = Town()
    for name in ("alice", "bob"):
        town.account(name)
        in_messages(town.linked(name))
    return town


def in_messages(who: Resident) -> Resident:
    who.memory.focus.append("im")
    return who


def alice(town: Town) -> Resident:
    return town.residents["alice"]


def bob(town: Town) -> Resident:
    return town.residents["bob"]


def sees(town: Town, who: Resident, *texts: str, within_s: float = 30.0) -> None:
    """Within so long all of that stands on the screen."""
    try:
        town.until(lambda: all(text in who.screen for text in texts), within_s)
    except AssertionError:
        raise AssertionError(f"{texts} is not on\n{who.screen}") from None


def befriend(town: Town) -> None:
    """Alice asks and bob accepts; each has the other's conversation open."""
    town.keys(alice(town), "menu ok 'bob' wheel-down 'Bob' wheel-down 'It is me' ok")
    sees(town, bob(town), "Requests", "alice")
    town.keys(bob(town), "menu ok ok")
    town.settle()
    town.run(3)


def said(who: Resident, peer: str) -> list[str]:
    return [one.text for _, one in somebody(peer, who.machine.desk(who.now)).messages]


# People


def test_a_request_is_seen_with_its_greeting_and_accepted(town: Town) -> None:
    """Spec IM-7."""
    town.keys(alice(town), "menu ok 'bob' wheel-down 'Bob' wheel-down 'It is me' ok back")
    sees(town, bob(town), "Requests", "alice")
    town.keys(bob(town), "ok")
    sees(town, bob(town), "asks to be your friend")
    town.keys(bob(town), "menu ok")
    sees(town, alice(town), "Friends", "Bob")
    town.keys(bob(town), "menu ok")
    town.until(lambda: "Friends" not in alice(town).screen, 30)


# Presence and typing


def test_friends_see_each_other_while_both_have_a_handset_in_hand(town: Town) -> None:
    """Spec IM-10, IM-11; S5: gone within 90 s when a handset dies in a dead zone without a word."""
    befriend(town)
    town.keys(alice(town), "back")
    sees(town, alice(town), "● Bob")
    town.keys(bob(town), "back menu wheel-down wheel-down wheel-down wheel-down ok wheel-down 'in a tunnel' ok")
    sees(town, alice(town), "× Bob", "in a tunnel")
    town.feed(bob(town), SwitchRadio(False))
    for _ in range(6):
        town.run(15)
        town.keys(alice(town), "wheel-down")
    assert "×" not in alice(town).screen
    assert "●" not in alice(town).screen
    town.feed(bob(town), SwitchRadio(True))
    town.until(lambda: bob(town).machine.settled)
    town.keys(bob(town), "wheel-down")
    town.keys(alice(town), "wheel-down")
    sees(town, alice(town), "× Bob", "in a tunnel")


def test_who_types_is_seen_until_they_stop(town: Town) -> None:
    """Spec IM-12."""
    befriend(town)
    town.keys(alice(town), "'Te'")
    sees(town, bob(town), "alice is typing")
    town.run(5)
    town.keys(alice(town), "'a'")
    town.run(6)
    assert "alice is typing" in bob(town).screen
    town.keys(alice(town), "'?' ok")
    town.until(lambda: "is typing" not in bob(town).screen and "Tea?" in bob(town).screen, 10)
    town.keys(alice(town), "'I')")
    sees(town, bob(town), "alice is typing")
    town.until(lambda: "is typing" not in bob(town).screen, 12)


def test_a_handset_in_a_pocket_is_told_nothing(town: Town) -> None:
    """Spec IM-11: presence costs a standby nothing."""
    befriend(town)
    town.run(300)
    link = bob(town).memory.line.link
    assert link is not None
    before = link.received, link.came
    for _ in range(40):
        town.keys(alice(town), "'x'")
        town.run(7)
    assert (link.received, link.came) == before


# What is said


def test_what_alice_says_bob_reads_and_she_sees_that_he_did(town: Town) -> None:
    """Spec IM-5, IM-6, IM-8: delivered first, read once he looks at it."""
    befriend(town)
    town.keys(bob(town), "back")
    town.keys(alice(town), "'Tea?' ok")
    sees(town, alice(town), "Tea?", "delivered")
    sees(town, bob(town), "alice (1)", "Tea?")
    town.run(40)
    town.keys(bob(town), "ok")
    sees(town, bob(town), "Tea?")
    sees(town, alice(town), "read")
    town.keys(alice(town), "'At four' ok")
    sees(town, bob(town), "At four")
    town.until(lambda: alice(town).screen.count("read") == 1 and "delivered" not in alice(town).screen, 30)


def test_what_is_said_to_somebody_without_a_link_waits_for_him(town: Town) -> None:
    """Offline delivery: whatever happens to his handset meanwhile, and in its order."""
    befriend(town)
    town.feed(bob(town), SwitchRadio(False))
    for number in range(5):
        town.keys(alice(town), f"'line {number}' ok")
    town.settle(alice(town))
    sees(town, alice(town), "delivered")
    town.feed(bob(town), PullBattery(), SwitchRadio(True))
    town.until(lambda: bob(town).machine.settled)
    town.run(5)
    assert said(bob(town), "alice") == [f"line {number}" for number in range(5)]


def test_what_is_said_in_a_tunnel_exists_only_here_and_comes_after_it_once(town: Town) -> None:
    """KEEP-5, X1, B1."""
    befriend(town)
    town.feed(alice(town), Tunnel(120.0))
    town.run(1)
    town.keys(alice(town), "'Hello?' ok 'Still there?' ok")
    assert "exists only here" in alice(town).screen
    assert said(bob(town), "alice") == []
    town.until(lambda: alice(town).machine.settled, 400)
    sees(town, alice(town), "Hello?", "Still there?")
    assert said(bob(town), "alice") == said(alice(town), "bob") == ["Hello?", "Still there?"]
    assert "exists only here" not in alice(town).screen


def test_to_somebody_who_does_not_exist_it_is_not_sent_and_says_so(town: Town) -> None:
    """Spec IM-9, as far as the handset shows it; the courier has its own test."""
    town.keys(alice(town), "menu ok 'nobody' ok 'Tea?' ok")
    town.settle(alice(town))
    sees(town, alice(town), "Tea?", "waits")


# Two handsets of one account


def tablet(town: Town) -> Resident:
    found = town.residents.get("tablet")
    return found or in_messages(town.linked("tablet", "alice"))


def test_two_handsets_show_the_same_conversation_and_the_same_marks(town: Town) -> None:
    """H6: what one reads is read on the other, what one says the other shows."""
    befriend(town)
    tablet(town)
    town.keys(alice(town), "back")
    town.keys(bob(town), "'Tea?' ok")
    sees(town, alice(town), "Bob (1)")
    sees(town, tablet(town), "Bob (1)")
    town.keys(tablet(town), "ok 'At four' ok")
    town.until(lambda: "(1)" not in alice(town).screen, 30)
    town.settle()
    assert said(alice(town), "bob") == said(tablet(town), "bob") == ["Tea?", "At four"]
    sees(town, bob(town), "read")


@pytest.mark.parametrize("seed", range(6))
def test_two_handsets_agree_after_any_interleaving(town: Town, seed: int) -> None:
    """H6; X1: roster, conversations and read marks, with tunnels, cut links and a battery pulled among them."""
    befriend(town)
    tablet(town)
    random, numbers = Random(seed), count()
    everybody = [alice(town), tablet(town), bob(town)]
    written: dict[str, int] = {"alice": 0, "bob": 0}
    for _ in range(40):
        who = random.choice(everybody)
        peer = "alice" if who is bob(town) else "bob"
        match random.randrange(10):
            case 0:
                town.feed(who, Tunnel(random.randrange(5, 60)))
            case 1:
                town.feed(who, DropLink())
            case 2 if who.machine.settled:
                town.feed(who, PullBattery())
                in_messages(who)
            case 3 | 4:
                town.keys(who, "back back ok")
                if who.memory.focus[-1:] != ["im"]:
                    in_messages(who)
            case _:
                known = people(who.machine.desk(who.now))
                if peer in known:
                    who.memory.screens["im"] = Talk(peer)
                    town.keys(who, f"'word {next(numbers)}' ok")
                    written["bob" if who is bob(town) else "alice"] += 1
        town.run(random.random() * 8)
    town.run(200)
    town.settle()
    town.run(5)
    told = [said(one, "alice" if one is bob(town) else "bob") for one in everybody]
    assert told[0] == told[1]
    assert sorted(told[0]) == sorted(told[2]) == sorted(set(told[0]))
    assert len(told[0]) == sum(written.values())
    assert told[0] == told[2], "both sides have it in one order"
    first, second = (somebody("bob", one.machine.desk(one.now)) for one in everybody[:2])
    assert first.buddy == second.buddy
    assert unread(first) == unread(second)
    assert [section for section, _ in sections(alice(town).machine.desk(town.now))] == ["Friends"]
