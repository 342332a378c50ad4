"""A campaign: seeded runs of people who edit, over a network that fails, with servers killed and batteries pulled.

A run has two phases. First faults and commands, drawn from the seed together with which faults there are at all; then
the faults end and everything must come to rest. No store goes back in these runs, so a single SALVAGE is a false
alarm (H3). The same seed gives the same run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from thinline.intents import Change, Create, Delete
from thinline.items import content_digest
from thinline.limits import LIMITS
from thinline.merge import Content, difference
from thinline.testing.netem import Faults, Netem
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator import events
from thinline_emulator.overlay import Shown
from thinline_tools.lab.oracle import Op, Stored, judge_run
from thinline_tools.lab.town import HandsetNode, Town

__all__ = ["COMMANDS", "FAULTS", "Run", "run"]

COMMANDS = 50
_CEILING = Faults(least_s=0.02, most_s=0.6, loss=0.05, repeat=0.05, overtake=0.05, cut=0.03, half_open=0.01)
_REST_S = 2.0 * LIMITS.heartbeat_s  # within this a half-open link is found out and everything is told
_CONTACT = 1
_REGRETS = 0.5  # of deletions, if nothing was done since
_FIELDS = ("name", "notes", "address", "organisation")

# The faults beside the network's: how often each happens between two commands, where its seed has it at all.
FAULTS = {"server killed": 0.04, "battery pulled": 0.03, "reset": 0.03, "link dropped": 0.05, "tunnel": 0.06}


@dataclass(slots=True)
class Run:
    """What became of one seed."""

    seed: int
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class _Party:
    """People with handsets, and all that they did."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.town = Town(seed, Netem(seed, Faults.draw(seed, _CEILING)))
        self.ops: list[Op] = []
        self.counts: Counter[str] = Counter()
        self.accounts: dict[str, str] = {}
        self.likely = {fault: rate if self.chance.random() < 0.7 else 0.0 for fault, rate in FAULTS.items()}
        self._tokens = 0
        for account, handsets in (("alice", 2), ("bob", self.chance.randrange(2))):
            self.town.account(account)
            for number in range(handsets):
                self.accounts[f"{account} {number}"] = account
                self.town.handset(f"{account} {number}", account)

    # What people do

    def act(self) -> None:
        """Somebody does something to a contact, or makes one."""
        node = self.chance.choice(list(self.town.handsets.values()))
        if node.machine.memory is None:
            return
        shown = node.machine.desk(self.town.now).items(TYPES[_CONTACT].collection)
        choice = self.chance.random()
        if node.memory.undo.what.startswith("deleted") and self.chance.random() < _REGRETS:
            self._undo(node)
            return
        if not shown or choice < 0.35:
            self._create(node)
        elif choice < 0.88:
            self._change(node, self.chance.choice(shown))
        else:
            self._delete(node, self.chance.choice(shown))

    def _token(self, node: HandsetNode) -> str:
        self._tokens += 1
        return f"{node.name} #{self._tokens}"

    def _do(self, node: HandsetNode, op: Op) -> None:
        node.feed(events.Make(op.intent))
        self.ops.append(op)

    def _create(self, node: HandsetNode) -> None:
        contact = contacts_pb2.Contact(name=self._token(node))
        item = self.chance.randbytes(12)
        fields = contact.SerializeToString()
        intent = Create(item, _CONTACT, Content(fields))
        self._do(node, Op(node.name, fields, item, frozenset(), intent))

    def _change(self, node: HandsetNode, shown: Shown) -> None:
        contact = contacts_pb2.Contact.FromString(shown.content.fields)
        name = self.chance.choice(_FIELDS)
        before = contacts_pb2.Contact(**{name: getattr(contact, name)}).SerializeToString()
        setattr(contact, name, self._token(node))
        after = contacts_pb2.Contact(**{name: getattr(contact, name)}).SerializeToString()
        edit = difference(shown.content, Content(contact.SerializeToString()), TYPES[_CONTACT].merges)
        replaces = frozenset({before}) if before else frozenset()
        self._do(node, Op(node.name, after, shown.item, replaces, Change(shown.item, edit)))

    def _delete(self, node: HandsetNode, shown: Shown) -> None:
        seen = content_digest(_CONTACT, shown.content.fields, shown.content.blobs, dead=False)[:8]
        contact = contacts_pb2.Contact.FromString(shown.content.fields)
        gone = {
            contacts_pb2.Contact(**{name: getattr(contact, name)}).SerializeToString()
            for name in _FIELDS
            if getattr(contact, name)
        }
        self._do(node, Op(node.name, b"", shown.item, frozenset(gone), Delete(shown.item, seen)))

    def _undo(self, node: HandsetNode) -> None:
        """Take the deletion back: by a restore, unless nobody had heard of it."""
        before = {id(entry) for entry in node.memory.outbox.entries()}
        node.feed(events.Undo())
        for entry in node.memory.outbox.entries():
            if id(entry) not in before:
                self.counts["restore"] += 1
                self.ops.append(Op(node.name, b"", entry.item, frozenset(), entry.intent))

    # What goes wrong

    def suffer(self) -> None:
        """Whatever goes wrong now, goes wrong."""
        for fault, rate in self.likely.items():
            if self.chance.random() < rate:
                self.counts[fault] += 1
                self._hit(fault)

    def _hit(self, fault: str) -> None:
        node = self.chance.choice(list(self.town.handsets.values()))
        hits: dict[str, Callable[[], None]] = {
            "server killed": self._kill,
            "battery pulled": lambda: node.feed(events.PullBattery()),
            "reset": lambda: node.feed(events.Reset()),
            "link dropped": lambda: node.feed(events.DropLink()),
            "tunnel": lambda: node.feed(events.Tunnel(self.chance.uniform(1, 90))),
        }
        hits[fault]()

    def _kill(self) -> None:
        self.town.kill()
        self.town.run_for(self.chance.uniform(0, 5))
        self.town.start_server()

    # How it ends

    def stored(self, account: str) -> list[Stored]:
        """An account's items on the server's disk."""
        rows = self.town.database.execute(
            "SELECT item, dead, copy_of IS NOT NULL, fields, revision FROM items JOIN accounts USING (account)"
            " WHERE name = ?",
            (account,),
        )
        return [Stored(item, bool(dead), bool(copy), fields, revision) for item, dead, copy, fields, revision in rows]


def run(seed: int, commands: int = COMMANDS) -> Run:
    """One run.

    Args:
        seed: of everything.
        commands: how many things people do.
    """
    party = _Party(seed)
    town = party.town
    for _ in range(commands):
        party.act()
        party.suffer()
        town.run_for(party.chance.expovariate(1 / 4.0))
    town.net.heal()
    result = Run(seed, counts=party.counts)
    town.run_for(_REST_S)
    if not town.settle():
        waiting = [node.name for node in town.handsets.values() if not node.machine.settled]
        result.problems.append(f"S4 not at rest: {waiting}")
    if town.welcomes["SALVAGE"]:
        result.problems.append(f"H3 {town.welcomes['SALVAGE']} false alarms")
    stored = {name: party.stored(account) for name, account in party.accounts.items()}
    judgement = judge_run(party.ops, town.handsets, stored)
    result.problems += judgement.problems
    result.counts.update({fault.value: count for fault, count in town.net.counts.items()})
    result.counts.update({f"welcome {name}": count for name, count in town.welcomes.items()})
    result.counts.update({f"command {end}": count for end, count in judgement.ends.items()})
    return result
