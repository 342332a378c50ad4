"""A refill and what happens beside it: the tombstone of what an outcome brought is not left out (H6)."""

from __future__ import annotations

from thinline.frames import Follow
from thinline.intents import Delete
from thinline.items import content_digest
from thinline.testing.world import account_sample
from thinline.types import Collection
from thinline_emulator.events import PullBattery
from thinline_server.requests import ReadWindow, WindowRead
from thinline_tools.lab.paper import PaperHandset
from thinline_tools.lab.town import HandsetNode, Town

CONTACTS = 1


def test_after_a_refill_comes_what_was_deleted_since_the_welcome() -> None:
    """Spec SYNC-17, SYNC-18: a refill sends what lives; then what changed above its floor, tombstones too."""
    town = Town(seed=18)
    town.account("alice")
    author = PaperHandset.of_town(town.operate, "alice")
    ((account, welcomed_at),) = town.database.execute("SELECT account, max(position) FROM rows").fetchall()
    assert isinstance(account, bytes)
    assert isinstance(welcomed_at, int)
    (sample,) = account_sample(1, 0, 1).contacts
    seen = content_digest(1, sample.fields, (), dead=False)[:8]
    for request in [*author.creates([sample]), author.command(Delete(sample.item, seen))]:
        town.operate(request)

    def read(cursor: bytes, floor: int) -> WindowRead:
        (found,) = town.store.answer([ReadWindow(account, CONTACTS, cursor, 4_096, 1 << 20, floor)])
        assert isinstance(found, WindowRead)
        return found

    refill = read(b"", welcomed_at)
    assert refill.window.heads == ()
    assert not refill.current
    after = read(refill.window.cursor, welcomed_at)
    assert [(head.item, head.dead) for head in after.window.heads] == [(sample.item, True)]
    assert after.current
    assert read(b"", 0).current, "a memory that holds nothing needs no tombstones"


def followed(town: Town, phone: HandsetNode) -> Follow:
    """What its next hello says of the contacts."""
    talk = phone.machine.talk
    assert talk.who is not None
    told = talk._hello(talk.who, phone.machine._vitals(town.now)).follows
    return next(one for one in told if one.collection == Collection.COLLECTION_CONTACTS)


def test_a_cold_handset_that_holds_something_says_since_when() -> None:
    """Spec SYNC-17."""
    town = Town(seed=19)
    town.account("alice")
    phone = town.handset("phone", "alice")
    author = PaperHandset.of_town(town.operate, "alice")
    samples = account_sample(1, 0, 3).contacts
    for request in author.creates(samples):
        town.operate(request)
    assert town.settle()
    town.run_for(60)
    follow = followed(town, phone)
    assert (follow.cursor != b"", follow.since) == (True, 0)
    positions = [head.position for head in phone.memory.cache.heads()]
    phone.memory.cache.cursors.clear()
    follow = followed(town, phone)
    assert (follow.cursor, follow.since) == (b"", min(positions))
    phone.feed(PullBattery())
    follow = followed(town, phone)
    assert (follow.cursor, follow.since) == (b"", 0)
