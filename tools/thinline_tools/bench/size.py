"""N1 to N4: what a reconnect, a few changes and a refill cost in bytes and round trips, as handed to the bearer.

Measured in virtual time on the real hub, store and handset, over gprs as the classic handset has it; the counts do
not depend on time or machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from thinline.testing.mails import mails
from thinline.testing.world import ContactSample, account_sample
from thinline.types import Collection
from thinline.v1.contacts_pb2 import Contact
from thinline.v1.mail_pb2 import Mail
from thinline_emulator.events import DropLink, PullBattery, SwitchRadio
from thinline_server.mime.reading import parse_mail
from thinline_server.outside import FindAccount, Take
from thinline_server.requests import Request
from thinline_server.services.mail.incoming import Arrival, incoming
from thinline_tools.bench.figures import Figure
from thinline_tools.lab.paper import PaperHandset
from thinline_tools.lab.town import HandsetNode, Town

__all__ = ["mailed", "sizes"]

_SEED = 1
_CONTACTS = 1_000
_MAILS = 1_000
_TEXTS = 50  # of the newest mails: the first 2 KB come along
_AT_ONCE = 50  # mails taken in with one request
_CHANGED = 10
_SCREEN_ROWS = 14  # of a list, on the classic screen
_QUIET_S = 60.0


class _Meter:
    """Counts what goes over the one line of a town from now on."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._carried: list[tuple[str, int]] = []
        town.carried = self._carried

    def until(self, condition: Callable[[], bool]) -> tuple[int, int]:
        """Let time pass until it holds; bytes in both directions, and round trips, since the meter began.

        A round trip is a packet of the handset that the server answers before the handset goes on.
        """
        assert self._town.run_until(condition), "it never came true"
        senders = [name for name, _ in self._carried]
        trips = sum(one != "server" and other == "server" for one, other in pairwise(senders))
        return sum(size for _, size in self._carried), trips


def sizes() -> list[Figure]:
    """N1, N2 and N3 with their second numbers."""
    town = Town(_SEED)
    contacts = account_sample(_SEED, 0, _CONTACTS).contacts
    author = _settled(town, contacts)
    handset = town.handset("phone", "alice")
    assert town.run_until(lambda: handset.machine.settled and _held(handset) == _CONTACTS)
    town.run_for(_QUIET_S)
    resumed, figures = _resume(town, handset)
    changes = [author.change(*_changed(one)) for one in contacts[:_CHANGED]]
    figures += _delta(town, handset, changes, resumed)
    return figures + _refill(town, handset)


def _settled(town: Town, contacts: Sequence[ContactSample]) -> PaperHandset:
    """An account with contacts, and who wrote them."""
    town.account("alice")
    author = PaperHandset.of_town(town.operate, "alice")
    for request in author.creates(contacts):
        town.operate(request)
    return author


def _held(handset: HandsetNode) -> int:
    return sum(1 for _ in handset.memory.cache.heads())


def _changed(sample: ContactSample) -> tuple[bytes, bytes, bytes]:
    """An item, what it says, and what it says with one field changed."""
    contact = Contact.FromString(sample.fields)
    contact.address = "12 Harbour Street, Aarhus"
    return sample.item, sample.fields, contact.SerializeToString(deterministic=True)


def _resume(town: Town, handset: HandsetNode) -> tuple[int, list[Figure]]:
    handset.feed(DropLink())
    size, trips = _Meter(town).until(lambda: handset.machine.live)
    return size, [
        Figure("N1", "reconnect of a handset that missed nothing", size, "bytes", seed=_SEED, hold="≤ 400"),
        Figure("N1.trips", "round trips until a command may be sent", trips, "trips", seed=_SEED, hold="≤ 2"),
    ]


def _delta(town: Town, handset: HandsetNode, changes: list[Request], resumed: int) -> list[Figure]:
    handset.feed(SwitchRadio(False))
    for change in changes:
        town.operate(change)
    meter = _Meter(town)
    handset.feed(SwitchRadio(True))
    size, trips = meter.until(lambda: handset.machine.settled and _newest(handset) == _stored(town))
    what = f"above N1, with {_CHANGED} of {_CONTACTS} contacts changed in one field each"
    return [
        Figure("N2", what, size - resumed, "bytes", baseline=resumed, seed=_SEED),
        Figure("N2.trips", "round trips of the same", trips, "trips", seed=_SEED),
    ]


def _newest(handset: HandsetNode) -> int:
    return max(head.position for head in handset.memory.cache.heads())


def _stored(town: Town) -> int:
    ((newest,),) = town.database.execute("SELECT max(position) FROM items").fetchall()
    assert isinstance(newest, int)
    return newest


def _refill(town: Town, handset: HandsetNode) -> list[Figure]:
    meter = _Meter(town)
    handset.feed(PullBattery())
    first, _ = meter.until(lambda: _held(handset) >= _SCREEN_ROWS)
    size, trips = meter.until(lambda: handset.machine.settled and _held(handset) == _CONTACTS)
    what = f"memory empty, {_CONTACTS} contacts, until the refill is complete"
    return [
        Figure("N3", what, size, "bytes", seed=_SEED, hold="≤ 90,000"),
        Figure("N3.first", "until the first full screen", first, "bytes", seed=_SEED),
        Figure("N3.trips", "round trips of the refill", trips, "trips", seed=_SEED),
    ]


def mailed(contacts: int = _CONTACTS, count: int = _MAILS) -> list[Figure]:
    """N4: mails came in, the handset has them, its memory goes, and everything comes again."""
    town = Town(_SEED)
    _settled(town, account_sample(_SEED, 0, contacts).contacts)
    account = town.operate(FindAccount("alice"))
    came = [
        incoming(one.raw, parse_mail(one.raw), Arrival(one.date_ms // 1_000, ("bob@thinline.test",)))
        for one in mails(_SEED, count)
    ]
    for start in range(0, count, _AT_ONCE):
        town.operate(Take(account, "mail", tuple(came[start : start + _AT_ONCE])))
    whole = contacts + count
    handset = town.handset("phone", "alice")
    assert town.run_until(lambda: _is_filled(handset, whole))
    town.run_for(_QUIET_S)
    meter = _Meter(town)
    handset.feed(PullBattery())
    heads, _ = meter.until(lambda: _held(handset) == whole)
    size, trips = meter.until(lambda: _is_filled(handset, whole))
    what = f"N3 plus {count} mails: the lists, and the first 2 KB of the text of the newest {_TEXTS}"
    return [
        Figure("N4", what, size, "bytes", seed=_SEED, hold="≤ 300,000"),
        Figure("N4.heads", "until all heads are there", heads, "bytes", seed=_SEED),
        Figure("N4.trips", "round trips of all of it", trips, "trips", seed=_SEED),
    ]


def _is_filled(handset: HandsetNode, items: int) -> bool:
    """Whether all heads are there, and the texts that come along."""
    if not handset.machine.settled or _held(handset) != items or len(handset.memory.asks):
        return False
    heads = [(Mail.FromString(head.fields), head) for head in handset.memory.cache.heads(Collection.COLLECTION_MAIL)]
    newest = sorted(heads, key=lambda pair: (-pair[0].date_s, pair[1].item))[:_TEXTS]
    texts = [(head.blobs[-1].hash, mail.text_bytes) for mail, head in newest if mail.text_bytes]
    return all(handset.memory.cache.part(blob_hash, (0, length)) is not None for blob_hash, length in texts)
