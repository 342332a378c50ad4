"""What alice's handset should hold: her newest wishes, her budget, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thinline.items import Head, Revision, footprint
from thinline.projection import admits, projection

CONTACTS, NOTES = 1, 4


def head(name: bytes, size: int = 36, *, dead: bool = False) -> Head:
    return Head(name.ljust(12), 1, Revision(1, bytes(8)), 1, b"x" * size, dead=dead)


ANN, BEN, CAT = head(b"ann"), head(b"ben"), head(b"cat", 0)


def ids(*heads: Head) -> frozenset[bytes]:
    return frozenset(one.item for one in heads)


def test_items_are_taken_in_order_until_the_first_that_does_not_fit() -> None:
    """Spec SYNC-12."""
    items = [(CONTACTS, b"c", CAT), (CONTACTS, b"a", ANN), (CONTACTS, b"b", BEN)]
    assert projection(items, {CONTACTS: 300}) == ids(ANN, BEN, CAT)
    assert projection(items, {CONTACTS: 199}) == ids(ANN)  # cat would fit, but ben comes before her
    assert projection(items, {CONTACTS: 99}) == ids()


def test_each_collection_has_its_own_budget_and_what_is_not_followed_has_none() -> None:
    """Spec SYNC-12."""
    items = [(CONTACTS, b"a", ANN), (NOTES, b"b", BEN)]
    assert projection(items, {NOTES: 100}) == ids(BEN)
    assert projection(items, {NOTES: 100, CONTACTS: 1}) == ids(BEN)


def test_the_dead_take_no_place() -> None:
    """Spec SYNC-12."""
    items = [(CONTACTS, b"a", head(b"ann", dead=True)), (CONTACTS, b"b", BEN)]
    assert projection(items, {CONTACTS: 100}) == ids(BEN)
    assert footprint(BEN) == 100


@given(st.lists(st.integers(0, 50), max_size=12), st.integers(0, 1_000), st.randoms())
def test_it_is_a_function_of_the_items_alone(sizes: list[int], budget: int, shuffled: object) -> None:
    """Spec SYNC-12: the order in which they are told does not matter."""
    items = [(CONTACTS, bytes([key]), head(bytes([65 + key]), size)) for key, size in enumerate(sizes)]
    told = projection(items, {CONTACTS: budget})
    shuffled.shuffle(items)  # type: ignore[attr-defined]
    assert projection(items, {CONTACTS: budget}) == told
    assert admits(0, sum(footprint(one) for *_, one in items if one.item in told), budget)
