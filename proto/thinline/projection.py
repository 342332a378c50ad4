"""The projection: what a handset should hold, a pure function of the account's items, its budget and its wishes.

A collection's items are taken in the service's order while they fit the budget that the handset gave it. A refill
sends exactly these; what lies beyond is listed and fetched when somebody scrolls there (spec SYNC-12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thinline.items import Head, footprint

__all__ = ["admits", "projection"]


def admits(spent_bytes: int, size_bytes: int, budget_bytes: int) -> bool:
    """Whether one more item fits; the first that does not ends the collection's part."""
    return spent_bytes + size_bytes <= budget_bytes


def projection(items: Iterable[tuple[int, bytes, Head]], wishes: Mapping[int, int]) -> frozenset[bytes]:
    """The ids of the items that a handset with empty memory gets.

    Args:
        items: (collection, key in the service's order, head) of each live item of the account, in any order.
        wishes: bytes by collection that the handset follows.
    """
    held: set[bytes] = set()
    spent = dict.fromkeys(wishes, 0)
    full: set[int] = set()
    for collection, _, head in sorted(items, key=lambda item: item[:2]):
        if collection not in wishes or collection in full or head.dead:
            continue
        size = footprint(head)
        if admits(spent[collection], size, wishes[collection]):
            spent[collection] += size
            held.add(head.item)
        else:
            full.add(collection)
    return frozenset(held)
