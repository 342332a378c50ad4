"""Parts become texts: in any order, some twice, some never."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.headers import Place
from thinline_server.services.sms.joining import Joined, Joiner, Repeated

WAIT_MS = 1_000
WHOSE = ("alice", "+4412")


class Table:
    """Parts laid down one after another, each with a name that counts."""

    def __init__(self) -> None:
        self.joiner = Joiner[str](WAIT_MS)
        self.names = 0

    def lay(
        self, number: int, content: str = "", *, total: int = 3, at_ms: int = 0, reference: int = 7
    ) -> list[object]:
        self.names += 1
        place = Place(reference, total, number)
        return list(self.joiner.came(self.names, WHOSE, place, content or f"part {number}", at_ms))


def test_parts_are_joined_in_every_order() -> None:
    """Spec SMS-7."""
    for order in permutations((1, 2, 3)):
        table = Table()
        *early, last = (table.lay(number) for number in order)
        assert early == [[], []]
        assert last == [Joined((1, 2, 3), {1: "part 1", 2: "part 2", 3: "part 3"}, 3)]
        assert table.joiner.wake_at_ms is None


def test_a_part_that_comes_twice_is_one() -> None:
    """X8: before the text is whole, and after."""
    table = Table()
    table.lay(1)
    table.lay(1)
    table.lay(3)
    assert table.lay(2) == [Joined((1, 2, 3, 4), {1: "part 1", 2: "part 2", 3: "part 3"}, 3)]
    assert table.lay(2) == [Repeated(5)]


def test_a_text_with_a_gap_is_shown_after_a_while_and_the_rest_by_itself() -> None:
    """Spec SMS-8."""
    table = Table()
    table.lay(1)
    table.lay(3, at_ms=900)
    assert table.joiner.wake_at_ms == WAIT_MS
    assert table.joiner.woke(WAIT_MS - 1) == []
    assert table.joiner.woke(WAIT_MS) == [Joined((1, 2), {1: "part 1", 3: "part 3"}, 3)]
    assert table.lay(2, at_ms=1_500) == [Joined((3,), {2: "part 2"}, 3)]
    assert table.lay(2, at_ms=1_600) == [Repeated(4)]


def test_a_reference_that_is_used_again_is_another_text() -> None:
    table = Table()
    table.lay(1)
    assert table.lay(1, "another") == [Joined((1,), {1: "part 1"}, 3)], "the one before is shown as it is"
    table.lay(2)
    assert table.lay(3) == [Joined((2, 3, 4), {1: "another", 2: "part 2", 3: "part 3"}, 3)]
    assert table.lay(1, "a third", at_ms=10) == []
    late = Table()
    for number in (1, 2, 3):
        late.lay(number)
    assert late.lay(1, at_ms=2 * WAIT_MS) == [], "long after, the same words are said again"


def test_texts_of_others_do_not_mix() -> None:
    table = Table()
    table.lay(1, total=2)
    assert table.lay(2, total=3) == table.lay(2, total=2, reference=8) == []
    assert table.joiner.came(9, ("bob", "+4412"), Place(7, 2, 2), "x", 0) == []
    assert table.lay(2, total=2) == [Joined((1, 4), {1: "part 1", 2: "part 2"}, 2)]


def test_a_flood_of_beginnings_is_bounded() -> None:
    table = Table()
    shown = [out for reference in range(5_200) for out in table.lay(1, reference=reference)]
    assert len(shown) == 5_200 - 1_024
    assert shown[0] == Joined((1,), {1: "part 1"}, 3), "the oldest first"


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 3), st.integers(0, 2), st.integers(0, 400)), max_size=40))
def test_every_part_is_shown_once(laid: list[tuple[int, int, int, int]]) -> None:
    """Spec SMS-7, SMS-8; X8: each name comes out once, whatever came when."""
    table, now, out = Table(), 0, list[object]()
    for reference, number, content, later in laid:
        now += later
        out += table.lay(number, str(content), at_ms=now, reference=reference)
        out += table.joiner.woke(now)
    out += table.joiner.woke(now + WAIT_MS)
    names = [name for one in out for name in (one.names if isinstance(one, Joined) else (one.name,))]  # type: ignore[attr-defined]
    assert sorted(names) == list(range(1, len(laid) + 1))
    assert table.joiner.wake_at_ms is None
