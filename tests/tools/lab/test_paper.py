"""A handset on paper: its changes reach the account's real handset as anybody's do."""

from __future__ import annotations

from thinline.testing.world import account_sample
from thinline.v1.contacts_pb2 import Contact
from thinline_tools.lab.paper import PaperHandset
from thinline_tools.lab.town import HandsetNode, Town


def test_what_it_adds_and_changes_arrives() -> None:
    town = Town(seed=1)
    town.account("alice")
    phone = town.handset("phone", "alice")
    author = PaperHandset.of_town(town.operate, "alice")
    assert town.settle()
    (sample,) = account_sample(1, 0, 1).contacts
    for request in author.creates([sample]):
        town.operate(request)
    contact = Contact.FromString(sample.fields)
    contact.notes = "busy"
    town.operate(author.change(sample.item, sample.fields, contact.SerializeToString(deterministic=True)))
    notes = [Contact.FromString(fields).notes for fields in held(town, phone)]
    assert notes == ["busy"]


def held(town: Town, phone: HandsetNode) -> list[bytes]:
    """What the phone holds once it has heard of everything."""
    town.run_for(60)
    return [head.fields for head in phone.memory.cache.heads()]
