"""Texts between two numbers of a server, from key to screen; and two handsets of one account, whatever they do (H6)."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from thinline.types import Collection
from thinline_emulator.apps.sms.people import text_of
from thinline_emulator.events import KeyPressed, SwitchRadio, Tunnel
from thinline_emulator.keys import keys_of
from thinline_server.requests import AddAccount
from thinline_tools.lab.town import HandsetNode, Town

ALICE, BOB = "+15551000001", "+15551000002"


def press(node: HandsetNode, words: str) -> None:
    for key in keys_of(words):
        node.feed(KeyPressed(key))


def town_of(seed: int, *handsets: tuple[str, str]) -> tuple[Town, dict[str, HandsetNode]]:
    """Alice and bob with their numbers, each handset with the texts in front."""
    town = Town(seed)
    for name, number in (("alice", ALICE), ("bob", BOB)):
        town.operate(AddAccount(name, number))
    nodes = {name: town.handset(name, account) for name, account in handsets}
    assert town.settle()
    for node in nodes.values():
        press(node, "jump 'text' ok")
    return town, nodes


def texts(node: HandsetNode) -> list[tuple[str, bool, bool, int]]:
    """All that a handset shows of texts."""
    shown = (text_of(one.content.fields) for one in node.machine.desk(node.now).items(Collection.COLLECTION_SMS))
    return sorted((text.text, text.out, text.seen, text.state) for text in shown)


def test_alice_texts_bob_in_a_tunnel_and_his_answer_is_on_her_screen() -> None:
    """Spec SMS-5, OUT-13; B1: what is written in the tunnel exists only here, and goes once."""
    town, nodes = town_of(1, ("alice", "alice"), ("bob", "bob"))
    alice, bob = nodes["alice"], nodes["bob"]
    alice.feed(Tunnel(30.0))
    press(alice, f"'{BOB}' ok 'Tea at four?' ok")
    assert "exists only here" in alice.text
    assert town.run_until(lambda: "delivered" in alice.text, 300), alice.text
    assert town.run_until(lambda: ALICE in bob.text, 60), bob.text
    press(bob, "ok")
    assert "Tea at four?" in bob.text
    press(bob, "'With pleasure ☕' ok")
    assert town.run_until(lambda: "With pleasure ☕" in alice.text, 60), alice.text
    assert town.settle()
    assert [text for text, *_ in texts(alice)] == ["Tea at four?", "With pleasure ☕"]
    press(alice, "back")
    assert "new" not in alice.text, "she looked at it"


NAMES = ("phone", "desk")
handsets = st.sampled_from(NAMES)


class TwoHandsets(RuleBasedStateMachine):
    """Alice, her phone and her desk, and bob who answers."""

    def __init__(self) -> None:
        super().__init__()
        self.town, self.nodes = town_of(6, ("phone", "alice"), ("desk", "alice"), ("bob", "bob"))
        self.count = 0
        self.wanted: list[str] = []
        self.calm = True

    @initialize()
    def they_talk(self) -> None:
        for name in NAMES:
            press(self.nodes[name], f"'{BOB}' ok")
        press(self.nodes["bob"], f"'{ALICE}' ok")

    def write(self, name: str) -> None:
        self.count += 1
        self.wanted.append(f"text {self.count}")
        press(self.nodes[name], f"'text {self.count}' ok")
        self.calm = False

    @rule(name=handsets)
    def alice_writes(self, name: str) -> None:
        self.write(name)

    @rule()
    def bob_writes(self) -> None:
        self.write("bob")

    @rule(name=handsets)
    def alice_looks(self, name: str) -> None:
        press(self.nodes[name], "wheel-up")
        self.calm = False

    @rule(name=st.sampled_from((*NAMES, "bob")), on=st.booleans())
    def coverage(self, name: str, on: bool) -> None:
        self.nodes[name].feed(SwitchRadio(on))
        self.calm = False

    @rule(seconds=st.floats(min_value=0.05, max_value=3.0))
    def time_passes(self, seconds: float) -> None:
        self.town.run_for(seconds)

    @precondition(lambda self: not self.calm)
    @rule()
    def rest(self) -> None:
        for node in self.nodes.values():
            node.feed(SwitchRadio(True))
        self.town.run_for(600)
        assert self.town.settle()
        self.calm = True

    @invariant()
    def both_agree_and_each_text_is_there_once_on_either_side(self) -> None:
        if not self.calm:
            return
        phone, desk, bob = (texts(self.nodes[name]) for name in (*NAMES, "bob"))
        assert phone == desk
        assert sorted(text for text, *_ in phone) == sorted(text for text, *_ in bob) == sorted(self.wanted)


TwoHandsets.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestTwoHandsets = TwoHandsets.TestCase
