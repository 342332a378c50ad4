"""The world of a seed: varied, repeatable, and what a server takes."""

from __future__ import annotations

import hashlib
import unicodedata

from thinline.limits import LIMITS
from thinline.testing.world import account_sample, world
from thinline.v1.contacts_pb2 import Contact


def test_a_seed_is_a_world_for_ever() -> None:
    """Bench figures rest on it: whoever changes this digest measures them again."""
    alice, bob = world(1).accounts
    digest = hashlib.sha256(b"".join(one.item + one.fields for one in alice.contacts)).hexdigest()
    assert digest == "894683095e8e2130d8f5368982ac7dd785f239df11a70fb36f193c8aba4e0b71"
    assert world(1).accounts[0] == alice != bob
    assert world(2).accounts[0] != alice


def test_an_account_does_not_depend_on_the_others() -> None:
    assert world(3, accounts=5, contacts=7).accounts[4] == account_sample(3, 4, 7)
    names = {account.name for account in world(3, accounts=50, contacts=0).accounts}
    assert len(names) == 50


def test_names_come_in_several_scripts_and_contents_vary() -> None:
    contacts = [one.contact for one in world(1, accounts=1).accounts[0].contacts]
    scripts = {unicodedata.name(one.name[0]).split()[0] for one in contacts}
    assert {"LATIN", "CYRILLIC", "CJK", "ARABIC", "GREEK", "HANGUL", "DEVANAGARI", "HEBREW", "THAI"} <= scripts
    assert len({one.name for one in contacts}) > 600
    for field in Contact.DESCRIPTOR.fields:
        filled = sum(bool(getattr(one, field.name)) for one in contacts)
        assert 20 < filled <= 1_000, field.name


def test_contacts_are_what_an_item_may_be() -> None:
    """Spec ITEM-1, ITEM-9."""
    contacts = world(1, accounts=1).accounts[0].contacts
    assert len({one.item for one in contacts}) == 1_000
    assert max(len(one.fields) for one in contacts) < LIMITS.head_bytes
    assert 100 < sum(len(one.fields) for one in contacts) / 1_000 < 250
