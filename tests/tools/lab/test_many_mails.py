"""More mails than memory holds scroll from end to end and back: the list asks for what is not here and skips nothing.

Must 1 of mail. The handset is real, the server's store too, and the network is quick, so that what is held here is the
list and not the radio.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from thinline.types import Collection
from thinline_emulator.apps.mail.letters import COLLECTION
from thinline_emulator.apps.mail.pages import List
from thinline_emulator.events import KeyPressed
from thinline_emulator.keys import keys_of
from thinline_emulator.profiles import load_profile, load_radio
from thinline_server.mime.values import Mailbox, ParsedMail
from thinline_server.outside import FindAccount, Take
from thinline_server.services.mail.incoming import Arrival, incoming
from thinline_tools.lab.town import HandsetNode, Town

NEWEST_S = 1_700_000_000


def filled(mails: int, cache_bytes: int) -> tuple[Town, HandsetNode, dict[bytes, int]]:
    """Alice's phone with so much memory, and the place of each of her mails, the newest first."""
    profile = replace(load_profile("classic"), radio=load_radio("wifi"), cache_bytes=cache_bytes)
    town = Town(7, profile=profile)
    town.account("alice")
    account = town.operate(FindAccount("alice"))
    items: dict[bytes, int] = {}
    for number in range(mails):
        raw = b"Message-ID: <%d@example.org>\r\n\r\n" % number
        parsed = ParsedMail(Mailbox("Bob", "bob@example.org"), subject=f"Mail {number} " * 6, first_line="At four " * 6)
        taken = town.operate(Take(account, "mail", (incoming(raw, parsed, Arrival(NEWEST_S - number)),)))
        items[taken.items[0].item] = number
    phone = town.handset("phone", "alice")
    assert town.settle()
    return town, phone, items


def press(town: Town, phone: HandsetNode, key: str) -> None:
    for one in keys_of(key):
        phone.feed(KeyPressed(one))
    if len(phone.memory.asks):
        assert town.run_until(lambda: not len(phone.memory.asks))


def walk(town: Town, phone: HandsetNode, items: dict[bytes, int], key: str) -> Iterator[int]:
    """Turn the wheel until it stands still; the places that it stops at."""
    while True:
        page = phone.memory.screens["mail"]
        assert isinstance(page, List)
        here = page.item
        yield items[here]
        assert phone.memory.cache.used_bytes <= phone.memory.cache.budget_bytes
        press(town, phone, key)
        if phone.memory.screens["mail"].item == here:
            press(town, phone, key)  # what was asked for at the end is here now
            if phone.memory.screens["mail"].item == here:
                return


def scrolled(mails: int, cache_bytes: int, *, fit: bool) -> None:
    town, phone, items = filled(mails, cache_bytes)
    held = sum(1 for _ in phone.memory.cache.heads(Collection.COLLECTION_MAIL))
    assert (held == mails) == fit
    press(town, phone, "jump wheel-down ok wheel-down wheel-up")
    down = list(walk(town, phone, items, "wheel-down"))
    assert down == list(range(mails))
    up = list(walk(town, phone, items, "wheel-up"))
    assert up == list(reversed(range(mails)))
    assert (COLLECTION in phone.memory.cache.holes) != fit, "some had to go meanwhile, or none"


def test_more_mails_than_memory_holds_scroll_from_end_to_end() -> None:
    scrolled(400, 98_304, fit=False)


@pytest.mark.soak
def test_five_thousand_mails_scroll_from_end_to_end() -> None:
    """Must 1, in the memory of the classic handset, and in half of it."""
    whole = load_profile("classic").cache_bytes
    scrolled(5_000, whole, fit=True)
    scrolled(5_000, whole // 2, fit=False)
