"""Two handsets of one account, whatever they do in whatever order: in the end they agree, and no side is lost (S2, H6).

A stateful property test on real handsets, links, hub and store in virtual time. Alice edits a few contacts on her
phone and at her desk, in and out of coverage. Whenever everything has come to rest, both show the same, and every
value that was set is there: in its item, in a conflict copy, or replaced by somebody who saw it (must 6; spec CMD-6
to CMD-9, ITEM-7).
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from thinline.intents import Change, Create, Delete
from thinline.items import content_digest
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator.events import Make, SwitchRadio
from thinline_emulator.overlay import Shown
from thinline_tools.lab.town import HandsetNode, Town

CONTACT = 1
NAMES = ("phone", "desk")
FIELDS = ("name", "notes", "address")

handsets = st.sampled_from(NAMES)
numbers = st.integers(min_value=0, max_value=2)


class TwoHandsets(RuleBasedStateMachine):
    """Alice, her phone and her desk."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(seed=6)
        self.town.account("alice")
        self.nodes: dict[str, HandsetNode] = {name: self.town.handset(name, "alice") for name in NAMES}
        assert self.town.settle()
        self.tokens = 0
        self.wanted: set[str] = set()  # values that nobody replaced knowingly
        self.calm = True

    @initialize()
    def bob_is_there(self) -> None:
        self.make("phone", 0)
        self.rest()

    def token(self) -> str:
        self.tokens += 1
        return f"value {self.tokens}"

    def shown(self, name: str) -> list[Shown]:
        return self.nodes[name].machine.desk(self.town.now).items(TYPES[CONTACT].collection)

    def pick(self, name: str, number: int) -> Shown | None:
        """One of what this handset shows, copies included."""
        shown = sorted(self.shown(name), key=lambda one: one.item)
        return shown[number % len(shown)] if shown else None

    # What alice does

    @rule(name=handsets, number=numbers)
    def make(self, name: str, number: int) -> None:
        value = self.token()
        fields = contacts_pb2.Contact(name=value).SerializeToString()
        self.nodes[name].feed(Make(Create((100 * self.tokens + number).to_bytes(12, "big"), CONTACT, Content(fields))))
        self.wanted.add(value)
        self.calm = False

    @rule(name=handsets, number=numbers, field=st.sampled_from(FIELDS))
    def edit(self, name: str, number: int, field: str) -> None:
        shown = self.pick(name, number)
        if shown is None:
            return
        contact = contacts_pb2.Contact.FromString(shown.content.fields)
        self.wanted.discard(getattr(contact, field))
        value = self.token()
        setattr(contact, field, value)
        edit = difference(shown.content, Content(contact.SerializeToString()), TYPES[CONTACT].merges)
        self.nodes[name].feed(Make(Change(shown.item, edit)))
        self.wanted.add(value)
        self.calm = False

    @rule(name=handsets, number=numbers, group=st.sampled_from(["family", "work"]), into=st.booleans())
    def group(self, name: str, number: int, group: str, into: bool) -> None:
        shown = self.pick(name, number)
        if shown is None:
            return
        contact = contacts_pb2.Contact.FromString(shown.content.fields)
        groups = sorted({*contact.groups, group} if into else {*contact.groups} - {group})
        contact.ClearField("groups")
        contact.groups.extend(groups)
        edit = difference(shown.content, Content(contact.SerializeToString()), TYPES[CONTACT].merges)
        self.nodes[name].feed(Make(Change(shown.item, edit)))
        self.calm = False

    @rule(name=handsets, number=numbers)
    def delete(self, name: str, number: int) -> None:
        shown = self.pick(name, number)
        if shown is None:
            return
        contact = contacts_pb2.Contact.FromString(shown.content.fields)
        seen = content_digest(CONTACT, shown.content.fields, shown.content.blobs, dead=False)[:8]
        self.wanted -= {getattr(contact, field) for field in FIELDS}
        self.nodes[name].feed(Make(Delete(shown.item, seen)))
        self.calm = False

    @rule(name=handsets, on=st.booleans())
    def coverage(self, name: str, on: bool) -> None:
        self.nodes[name].feed(SwitchRadio(on))
        self.calm = False

    @rule(seconds=st.floats(min_value=0.05, max_value=3.0))
    def time_passes(self, seconds: float) -> None:
        self.town.run_for(seconds)

    # When it is quiet again

    @precondition(lambda self: not self.calm)
    @rule()
    def rest(self) -> None:
        for node in self.nodes.values():
            node.feed(SwitchRadio(True))
        self.town.run_for(600)
        assert self.town.settle()
        self.calm = True

    @invariant()
    def both_agree_with_the_server_and_nothing_is_lost(self) -> None:
        if not self.calm:
            return
        phone, desk = ({one.item: one.content for one in self.shown(name)} for name in NAMES)
        assert phone == desk
        rows = self.town.database.execute("SELECT item, fields FROM items WHERE dead = 0")
        assert sorted((item, content.fields) for item, content in phone.items()) == sorted(rows.fetchall())
        contacts = [contacts_pb2.Contact.FromString(content.fields) for content in phone.values()]
        present = {getattr(contact, field) for contact in contacts for field in FIELDS}
        assert self.wanted <= present, self.wanted - present


TwoHandsets.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTwoHandsets = TwoHandsets.TestCase
