"""What must be true at the end of a run, judged from what people did and what is there.

Every value that somebody sets is a token found nowhere else, so the end can be read: an acknowledged token is on the
server, or something that its author saw it replaced by is (D1); no token stands in two items (X1); every handset
holds what the server has (H6); no outbox is stuck (S4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from thinline.intents import Delete, Intent, Restore
from thinline.items import split_fields
from thinline_tools.lab.town import HandsetNode

__all__ = ["Judgement", "Op", "Stored", "judge_run"]


@dataclass(slots=True)
class Op:
    """Something that a person did.

    Attributes:
        token: the value it sets; empty for a deletion.
        item: what it was done to.
        replaces: tokens that its author saw go.
        intent: the command, the very object that the outbox holds.
    """

    handset: str
    token: bytes
    item: bytes
    replaces: frozenset[bytes]
    intent: Intent


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as the server has it at the end."""

    item: bytes
    dead: bool
    copy: bool
    fields: bytes
    revision: bytes


@dataclass(slots=True)
class Judgement:
    """What was found: problems by invariant, and how many ops ended how."""

    problems: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


def _tokens(fields: bytes) -> set[bytes]:
    return {record for records in split_fields(fields).values() for record in records}


def _end_of(op: Op, nodes: Mapping[str, HandsetNode]) -> str:
    node = nodes[op.handset]
    for memory, _ in node.lost:
        for entry in memory.outbox.entries():
            if entry.intent is op.intent:
                return "unknown" if entry.transmissions else "lost"
        if any(one.intent is op.intent for one in memory.outbox.rejected):
            return "rejected"
    outbox = node.memory.outbox
    if any(entry.intent is op.intent for entry in outbox.entries()):
        return "stuck"
    return "rejected" if any(one.intent is op.intent for one in outbox.rejected) else "acknowledged"


class _Ledger:
    """Which tokens are there, and which op took which away."""

    def __init__(self, ops: Sequence[Op], stored: Iterable[Stored]) -> None:
        self.present = {token for item in stored if not item.dead for token in _tokens(item.fields)}
        self.dead = {item.item for item in stored if item.dead}
        self._takers: dict[bytes, list[Op]] = {}
        self._places = {id(op): place for place, op in enumerate(ops)}
        self._deletes = [(place, op) for place, op in enumerate(ops) if isinstance(op.intent, Delete)]
        for op in ops:
            for token in op.replaces:
                self._takers.setdefault(token, []).append(op)

    def accounted(self, token: bytes, seen: frozenset[bytes] = frozenset()) -> bool:
        """Whether a token is there, or what replaced it knowingly is."""
        if token in self.present:
            return True
        if token in seen:
            return False
        return any(
            self.accounted(taker.token, seen | {token}) if taker.token else taker.item in self.dead
            for taker in self._takers.get(token, ())
        )

    def gone_again(self, restore: Op) -> bool:
        """Whether an item is dead that was restored, though only who restored it had ever deleted it, and before."""
        return restore.item in self.dead and not any(
            op.item == restore.item and (op.handset != restore.handset or place > self._places[id(restore)])
            for place, op in self._deletes
        )


def judge_run(ops: list[Op], nodes: Mapping[str, HandsetNode], stored: Mapping[str, list[Stored]]) -> Judgement:
    """Judge the end of a run, faults off and everything settled.

    Args:
        ops: in the order in which they were done.
        nodes: the handsets, by name.
        stored: the items of each handset's account, by the handset's name.
    """
    judgement = Judgement()
    everything = {item.item + item.revision: item for items in stored.values() for item in items}
    ledger = _Ledger(ops, everything.values())
    for op in ops:
        end = _end_of(op, nodes)
        judgement.ends[end] += 1
        if end == "stuck":
            judgement.problems.append(f"S4 {op.handset}: a command is stuck")
        if end == "acknowledged" and op.token and not ledger.accounted(op.token):
            judgement.problems.append(f"D1 {op.handset}: {op.token!r} was acknowledged and is gone")
        if end == "acknowledged" and isinstance(op.intent, Restore) and ledger.gone_again(op):
            judgement.problems.append(f"D1 {op.handset}: {op.item.hex()} was restored and is gone")
    _count_twice(everything.values(), judgement)
    for name, node in nodes.items():
        _compare(name, node, stored[name], judgement)
    return judgement


def _count_twice(items: Iterable[Stored], judgement: Judgement) -> None:
    counts = Counter(token for item in items if not item.dead and not item.copy for token in _tokens(item.fields))
    judgement.problems += [f"X1 {token!r} stands in {count} items" for token, count in counts.items() if count > 1]


def _compare(name: str, node: HandsetNode, stored: list[Stored], judgement: Judgement) -> None:
    wanted = {item.item: item.revision for item in stored if not item.dead}
    held = {head.item: head.revision.encode() for head in node.memory.cache.heads() if not head.dead}
    if wanted != held:
        differ = {item.hex() for item in wanted.keys() | held.keys() if wanted.get(item) != held.get(item)}
        judgement.problems.append(f"H6 {name} and the server differ in {sorted(differ)}")
