"""M2: what full memories cost the process that emulates them, against the bytes that their caches count.

The handsets are real ones, of one owner, linked to a real server. What fills them is what fills a handset: the world's
contacts, and mails of the fixture mix, taken in from a mailbox by the server's import. So the growth holds whatever a
handset keeps of an item: heads, texts that came along, and what its apps make of them.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from thinline.testing.mails import mails
from thinline.testing.world import account_sample
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact
from thinline_emulator.profiles import load_profile
from thinline_server.config import MailSettings
from thinline_server.control import calling
from thinline_server.services.mail.mbox import mailbox_entry
from thinline_tools.bench.figures import Figure
from thinline_tools.bench.processes import Child, ServedChild, child, pss_bytes, served
from thinline_tools.exchange import Asked, Found, Imported, hand_in
from thinline_tools.letters import Owner, import_mails

__all__ = ["m2"]

_HANDSETS = 20
_CONTACTS, _MAILS = 8_000, 2_000
_IDLE_S = 5.0
_FULL = 0.95  # of the budget: an eviction frees more than it must
_SEED = 1
_NAME = "bench"
_CONTACT = next(number for number, one in TYPES.items() if one.message is Contact)


def m2(folder: Path) -> list[Figure]:
    """Linked and empty, then linked and full."""
    budget = load_profile("classic").cache_bytes
    with served(folder) as server, child("thinline_tools.bench.fleet") as fleet:
        server.account(_NAME)
        codes = [server.code(_NAME) for _ in range(_HANDSETS)]
        fleet.tell({"server": server.address, "codes": codes, "edit": False, "ideal": True})
        fleet.answer()
        empty = _settled_pss(fleet)
        _switch(fleet, on=False)
        _fill(server, folder)
        _switch(fleet, on=True)
        used = _filled(fleet)
        full = _settled_pss(fleet)
    short = [one for one in used if one < _FULL * budget]
    reason = f"{len(short)} of {_HANDSETS} caches are not full" if short else ""
    growth = full - empty
    what = f"growth of PSS of a process with {_HANDSETS} handsets from empty to full caches ÷ what these count"
    value = None if short else growth / (_HANDSETS * budget)
    return [
        Figure("M2", what, value, "ratio", seed=_SEED, hold="≤ 2.5", reason=reason),
        Figure("M2.growth", "bytes of PSS a handset", growth / _HANDSETS, "bytes", seed=_SEED),
        Figure("M2.used", "bytes a handset's cache counts, on the average", sum(used) / len(used), "bytes", seed=_SEED),
    ]


def _fill(server: ServedChild, folder: Path) -> None:
    """Contacts and mails, by way of the control socket."""
    box = folder / "mails.mbox"
    with box.open("wb") as file:
        for one in mails(_SEED, _MAILS):
            file.write(mailbox_entry(one.raw, "", one.date_ms // 1_000))
    with calling(server.state) as operator:
        _add_contacts(operator)
        taken = import_mails(operator, Owner(_NAME, MailSettings()), [box], int(time.time()))
    assert taken.new == _MAILS, taken.troubles[:3]


def _add_contacts(operator: Asked) -> None:
    account = operator.ask("account.show", name=_NAME)["account"]
    found = [
        Found("", hashlib.sha256(one.item).digest(), _CONTACT, one.contact.SerializeToString(), {}, (), 0)
        for one in account_sample(_SEED, 0, _CONTACTS).contacts
    ]
    taken = Imported()
    for _ in hand_in(operator, account, "bench", found, taken):
        pass
    assert taken.new == _CONTACTS, taken.troubles[:3]


def _switch(fleet: Child, *, on: bool) -> None:
    """Take the radios away, or give them back and wait until everything has come."""
    fleet.tell({"radio": on, "first": 0, "count": _HANDSETS})
    assert fleet.answer()["linked"] == on * _HANDSETS


def _filled(fleet: Child) -> list[int]:
    """What each cache counts, once nothing comes any more."""
    before: list[int] = []
    while True:
        fleet.tell({"caches": True})
        used: list[int] = fleet.answer()["used_bytes"]
        if used == before:
            return used
        before = used
        time.sleep(_IDLE_S)


def _settled_pss(fleet: Child) -> int:
    time.sleep(_IDLE_S)
    return pss_bytes(fleet.pid)
