"""The cache: higher positions win, tombstones delete, and eviction goes by grade (D5)."""

from __future__ import annotations

from random import Random

import pytest

from thinline.frames import KeepUntil
from thinline.history import Point
from thinline.items import Blob, Head, Revision, footprint
from thinline.types import TYPES
from thinline_emulator.cache import Cache, Grade
from thinline_emulator.raster import Raster

CONTACTS, CALENDAR = 1, 2
FACE = Blob("face", b"f" * 32, 500)


def head(name: str, position: int, *, dead: bool = False, blobs: tuple[Blob, ...] = (), type: int = 1) -> Head:
    item = name.encode().ljust(12)
    return Head(item, position, Revision(1, bytes(8)), type, name.encode() * 10, blobs, dead=dead)


def holding(*heads: Head, budget_bytes: int = 10_000, keep_until: int = KeepUntil.KEEP_UNTIL_SAFE) -> Cache:
    cache = Cache(budget_bytes)
    cache.told_safe(keep_until, None)
    for one in heads:
        assert cache.take(one)
    return cache


def names(cache: Cache) -> list[str]:
    return sorted(one.item.decode().strip() for one in cache.heads())


def test_the_higher_position_wins_however_often_and_late_it_comes() -> None:
    """Spec ITEM-10."""
    old, new = head("bob", 3), head("bob", 5)
    cache = holding(new)
    assert not cache.take(old)
    assert not cache.take(new)
    assert cache.get(new.item) == new
    assert cache.used_bytes == footprint(new)
    assert cache.take(head("bob", 6, dead=True))
    assert len(cache) == 0
    tombstone = cache.get(new.item)
    assert tombstone is not None
    assert (tombstone.dead, tombstone.fields) == (True, b"")
    assert cache.used_bytes == footprint(tombstone)


def test_items_lie_in_their_collections_and_unknown_types_where_they_came() -> None:
    cache = holding(head("bob", 1))
    cache.take(head("meeting", 2, type=77), CALENDAR)
    cache.take(Head(b"t" * 12, 3, Revision(1, bytes(8)), 1, dead=True))
    assert cache.collections() == [CONTACTS, CALENDAR]
    assert [one.position for one in cache.heads(CONTACTS)] == [1, 3]
    assert [one.position for one in cache.heads()] == [1, 3, 2]
    assert list(cache.heads(9)) == []
    assert cache.get(b"nobody") is None
    assert len(cache) == 2


@pytest.mark.parametrize("seed", range(5))
def test_it_knows_how_many_items_it_holds_whatever_comes_and_goes(seed: int) -> None:
    chance = Random(seed)
    cache = Cache(600)
    cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
    for position in range(1, 200):
        cache.take(head(f"item {chance.randrange(12)}", position, dead=chance.random() < 0.3))
        if chance.random() < 0.2:
            cache.make_room(chance.randrange(400), pinned=())
        assert len(cache) == sum(not one.dead for one in cache.heads())


def test_a_watermark_makes_safe_and_a_lower_one_takes_it_back() -> None:
    """Spec SYNC-15."""
    early, late = head("bob", 3), head("carol", 9)
    cache = holding(early, late)
    assert cache.grade(early) is Grade.DURABLE
    assert cache.unsettled == 2
    cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(5, bytes(16)))
    assert (cache.grade(early), cache.grade(late)) == (Grade.SAFE, Grade.DURABLE)
    assert cache.unsettled == 1
    cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(2, bytes(16)))
    assert cache.grade(early) is Grade.DURABLE
    cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
    assert cache.unsettled == 0


def test_what_is_settled_goes_first_and_the_least_used_of_it() -> None:
    """Spec KEEP-2."""
    heads = [head(f"item {at}", at) for at in range(1, 9)]
    size = footprint(heads[0])
    cache = holding(*heads, budget_bytes=8 * size)
    cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(4, bytes(16)))
    cache.used(heads[0].item)
    cache.used(heads[1].item)
    gone = cache.make_room(2 * size, pinned={heads[2].item})
    assert [one.position for one in gone] == [4, 1, 2]  # 3 is pinned; more than asked, so that it lasts
    assert cache.make_room(0, pinned=()) == []
    assert cache.make_room(6 * size, pinned={heads[2].item}) == []  # nothing else is settled
    assert names(cache) == ["item 3", "item 5", "item 6", "item 7", "item 8"]


def test_tombstones_go_before_items_of_the_same_standing() -> None:
    live, dead = head("bob", 1), head("carol", 2, dead=True)
    cache = holding(live, dead, budget_bytes=200, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    assert cache.make_room(50, pinned=()) == [cache_head(dead)]
    assert names(cache) == ["bob"]


def cache_head(dead: Head) -> Head:
    """As a tombstone is kept."""
    return Head(dead.item, dead.position, dead.revision, dead.type, dead=True)


def test_what_is_not_settled_goes_only_when_that_is_said_and_own_work_never() -> None:
    """D5, spec KEEP-3."""
    own, other = head("mine", 1), head("theirs", 2)
    cache = Cache(150)
    cache.take(own, own=True)
    cache.take(other)
    assert cache.over_bytes > 0
    assert cache.make_room(0, pinned=()) == []
    assert cache.sheddable(pinned=())
    assert cache.make_room(0, pinned=(), unsettled=True) == [other]
    assert not cache.sheddable(pinned=())
    assert cache.make_room(100, pinned=(), unsettled=True) == []
    cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(1, bytes(16)))
    assert cache.make_room(100, pinned=()) == [own]


def test_own_work_that_somebody_changed_is_not_own_any_more() -> None:
    cache = Cache(10)
    cache.take(head("bob", 1), own=True)
    cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, None)
    assert not cache.sheddable(pinned=())
    cache.take(head("bob", 2))
    assert cache.sheddable(pinned=())


def test_in_a_salvage_nothing_is_taken_and_nothing_goes() -> None:
    """H4, spec SALV-1."""
    bob = head("bob", 1)
    cache = holding(bob, budget_bytes=10, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.frozen = True
    assert not cache.take(head("bob", 9, dead=True))
    assert cache.make_room(1_000, pinned=(), unsettled=True) == []
    assert not cache.sheddable(pinned=())
    assert list(cache.heads()) == [bob]


def test_parts_count_and_go_before_heads() -> None:
    bob, carol = head("bob", 1, blobs=(FACE,)), head("carol", 2)
    cache = holding(bob, carol, budget_bytes=800, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.keep_part(FACE.hash, bytes(500))
    cache.keep_part(FACE.hash, bytes(500))
    assert cache.part(FACE.hash) == bytes(500)
    assert cache.used_bytes == footprint(bob) + footprint(carol) + 500
    assert cache.make_room(300, pinned=()) == []
    assert cache.part(FACE.hash) is None
    assert names(cache) == ["bob", "carol"]


def test_stretches_of_a_part_are_held_beside_it_and_go_with_it() -> None:
    bob = head("bob", 1, blobs=(FACE,))
    cache = holding(bob, budget_bytes=400, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.keep_part(FACE.hash, b"01234", (0, 5))
    cache.keep_part(FACE.hash, b"56", (5, 2))
    assert (cache.part(FACE.hash, (0, 5)), cache.part(FACE.hash, (5, 2))) == (b"01234", b"56")
    assert cache.part(FACE.hash) is cache.part(FACE.hash, (0, 4)) is None
    cache.keep_part(FACE.hash, b"0123456789")
    cache.keep_part(FACE.hash, b"89", (8, 2))
    assert cache.part(FACE.hash, (8, 2)) == b"89"
    assert cache.used_bytes == footprint(bob) + 17, "what the whole part holds is not held again"
    cache.make_room(240, pinned=())
    assert cache.part(FACE.hash, (0, 5)) is cache.part(FACE.hash) is None
    assert cache.used_bytes == footprint(bob)


@pytest.mark.parametrize("pinned", [True, False])
def test_a_part_that_a_pinned_head_names_stays(pinned: bool) -> None:
    bob, copy = head("bob", 1, blobs=(FACE,)), head("copy", 2, blobs=(FACE,))
    cache = holding(bob, copy, budget_bytes=900, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.keep_part(FACE.hash, bytes(500))
    cache.make_room(250, pinned={copy.item} if pinned else ())
    assert (cache.part(FACE.hash) is not None) == pinned


def test_a_part_goes_with_the_last_head_that_names_it() -> None:
    other = Blob("back", b"b" * 32, 10)
    cache = holding(head("bob", 1, blobs=(FACE, other)), head("copy", 2, blobs=(FACE,)))
    cache.keep_part(FACE.hash, bytes(500))
    cache.take(head("bob", 3))
    assert cache.part(FACE.hash) is not None
    cache.take(head("copy", 4, dead=True))
    assert cache.part(FACE.hash) is None


def test_a_replaced_head_whose_parts_are_not_here_costs_no_search() -> None:
    cache = holding(head("bob", 1, blobs=(FACE,)))
    assert cache.take(head("bob", 2))
    assert cache.used_bytes == footprint(head("bob", 2))


def test_the_unsettled_lose_their_parts_first_too() -> None:
    bob = head("bob", 1, blobs=(FACE,))
    cache = holding(bob, budget_bytes=400)
    cache.keep_part(FACE.hash, bytes(500))
    assert cache.make_room(0, pinned=(), unsettled=True) == []
    assert cache.part(FACE.hash) is None
    assert list(cache.heads()) == [bob]


def test_eviction_reaches_every_collection() -> None:
    bob, meeting = head("bob", 1), head("meeting", 2, type=77)
    cache = Cache(50)
    cache.told_safe(KeepUntil.KEEP_UNTIL_DURABLE, None)
    cache.take(bob)
    cache.take(meeting, CALENDAR)
    cache.used(bob.item)
    assert cache.holes == set()
    assert cache.make_room(0, pinned=()) == [meeting, bob]
    assert (names(cache), cache.used_bytes) == ([], 0)
    assert cache.holes == {CALENDAR, TYPES[1].collection}


def test_a_tombstone_that_goes_leaves_no_hole() -> None:
    cache = holding(head("bob", 1), budget_bytes=10, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.take(head("bob", 2, dead=True))
    cache.make_room(0, pinned=())
    assert (list(cache.heads()), cache.holes) == ([], set())


def test_a_part_that_was_never_fetched_costs_nothing_to_drop() -> None:
    other = Blob("back", b"b" * 32, 10)
    cache = holding(head("bob", 1, blobs=(other, FACE)), budget_bytes=600, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.keep_part(FACE.hash, bytes(500))
    cache.make_room(0, pinned=())
    assert cache.part(FACE.hash) is None
    assert names(cache) == ["bob"]


def test_pictures_of_a_part_are_held_by_shape_and_go_with_it() -> None:
    small, large = (Raster(side, side, bytes(3), bytes(side * side)) for side in (4, 8))
    cache = holding(head("bob", 1, blobs=(FACE,)))
    before = cache.used_bytes
    for raster in (small, large, large):
        cache.keep_picture(FACE.hash, (raster.width, raster.height, 256), raster)
    assert cache.picture(FACE.hash, (4, 4, 256)) == small
    assert cache.picture(FACE.hash, (4, 4, 16)) is None
    assert cache.used_bytes == before + small.size_bytes + large.size_bytes
    cache.take(head("bob", 2))
    assert cache.picture(FACE.hash, (4, 4, 256)) is None
    assert cache.used_bytes == holding(head("bob", 2)).used_bytes


def test_a_picture_goes_before_the_item_that_it_hangs_on() -> None:
    cache = holding(head("bob", 1, blobs=(FACE,)), budget_bytes=600, keep_until=KeepUntil.KEEP_UNTIL_DURABLE)
    cache.keep_picture(FACE.hash, (40, 40, 256), Raster(40, 40, bytes(3), bytes(1_600)))
    assert cache.make_room(0, ()) == []
    assert cache.picture(FACE.hash, (40, 40, 256)) is None
    assert names(cache) == ["bob"]
