"""A name in its parts after an edit of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.contacts.vcard.lines import unescape
from thinline_server.services.contacts.vcard.naming import renamed

BERG = ["van der Berg", "Kees", "", "", ""]
DOE = ["Doe", "Jane", "Q.", "Dr.", "Jr."]


@pytest.mark.parametrize(
    ("parts", "was", "now", "becomes"),
    [
        (DOE, "Dr. Jane Q. Doe Jr.", "Dr. Jane Q. Roe Jr.", ["Roe", "Jane", "Q.", "Dr.", "Jr."]),
        (DOE, "Dr. Jane Q. Doe Jr.", "Prof. Jane Doe Jr.", ["Doe", "Jane", "", "Prof.", "Jr."]),
        (DOE, "Jane Doe", "Janet Doe", ["Doe", "Janet", "Q.", "Dr.", "Jr."]),  # what was not shown stays
        (BERG, "Kees van der Berg", "Cees van der Berg", ["van der Berg", "Cees", "", "", ""]),
        (BERG, "Kees van der Berg", "Kees van den Berg", ["van den Berg", "Kees", "", "", ""]),
        (["Jones", "Bob"], "Bob Jones", "Alice Smith", ["Smith", "Alice", "", "", ""]),
        (["Jones", "Bob"], "Bob Jones", "Bob Lee Jones", ["Jones", "Bob Lee", "", "", ""]),
        (["Jones", "Bob"], "Jones, Bob", "Jones, Robert", ["Jones", "Robert", "", "", ""]),
        (["Jones", "Bob"], "Bob Jones", "", ["", "", "", "", ""]),
        (["", "Philip,John", "", "", ""], "Philip John", "Philip John Park", ["", "Philip John Park", "", "", ""]),
        (["Park", "Philip,John"], "Philip John Park", "Philip John Parks", ["Parks", "Philip,John", "", "", ""]),
        ([], "", "Bob Jones", ["Jones", "Bob", "", "", ""]),
        (["", ""], "", "Bob", ["", "Bob", "", "", ""]),
        (["X"], "Somebody else", "Bob Lee Jones", ["Jones", "Bob Lee", "", "", ""]),
        (["a\\;b", "c"], "c a;b", "d a;b", ["a\\;b", "d", "", "", ""]),
        (["Doe", "Bob"], "Bob " * 70 + "Doe", "Al Doe", ["Doe", "Al", "", "", ""]),
    ],
)  # fmt: skip
def test_each_word_stays_the_part_that_it_was(parts: list[str], was: str, now: str, becomes: list[str]) -> None:
    assert renamed(parts, was, now) == becomes


WORDS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=5), max_size=6)


@given(WORDS, WORDS, st.lists(st.integers(0, 4), max_size=6))
def test_the_new_name_s_words_are_all_in_its_parts(was: list[str], now: list[str], places: list[int]) -> None:
    parts = [""] * 5
    for word, place in zip(was, places, strict=False):
        if not set(word) & set(",;\\"):
            parts[place] = f"{parts[place]} {word}".strip()
    told = [word for part in renamed(parts, " ".join(was), " ".join(now)) for word in unescape(part).split()]
    hidden = [word for part in parts for word in part.split()]
    for word in now:
        assert word in told
    assert len(told) <= len(now) + len(hidden)
