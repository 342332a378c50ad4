"""Searching: what was typed is found as people write it, and as they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.search import found, haystack, needles, number_tails


def holds(typed: str, text: str) -> bool:
    return found(needles(typed), haystack(text))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("bob", "Bob Børgesen"),
        ("BOR bo", "Bob Børgesen"),
        ("børge", "BØRGESEN, Bob"),
        ("borge", "Bob Børgesen"),
        ("angstrom", "Ångström"),
        ("a\u030angstro\u0308m", "ångström"),
        ("strasse", "Straße 3"),
        ("ﬁn", "Finland"),
        ("lodz", "Łódź"),
        ("istanbul", "İstanbul"),
        ("анна", "Кареніна Анна"),
        ("김", "김철수"),
        ("기", "김철수"),  # a syllable that is still being typed
        ("小龍", "李小龍"),
        ("ラン", "サムライ・ブランド"),
        ("2030", "+45 20 30 40 50"),
        ("o'brien", "Miles O’Brien"),
        ("", "anybody"),
        ("...", "anybody"),
    ],
)
def test_what_is_found(typed: str, text: str) -> None:
    """Spec ASK-9, ASK-10."""
    numbers = "\n".join(number_tails(text))
    assert holds(typed, f"{text}\n{numbers}")


@pytest.mark.parametrize(
    ("typed", "text"),
    [("ob", "Bob"), ("bob carol", "Bob Børgesen"), ("bobb", "Bob"), ("b_c", "Bob"), ("龍小", "李小龍"), ("b", "")],
)
def test_what_is_not_found(typed: str, text: str) -> None:
    """Spec ASK-9, ASK-10: all words, each from its beginning."""
    assert not holds(typed, text)


def test_a_number_is_found_with_and_without_what_it_begins_with() -> None:
    assert number_tails("+45 20-30 40") == ["45203040", "203040", "3040"]
    assert number_tails("+4520304050") == ["520304050", "20304050", "0304050"]
    assert number_tails("112") == number_tails("none") == number_tails("+") == []


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_word_and_its_beginnings_are_found_wherever_it_stands(before: str, word: str, behind: str) -> None:
    """Spec ASK-9: typing on only narrows."""
    text = f"{before} {word} {behind}"
    assert holds(word, text)
    for typed in (word[:at] for at in range(len(word))):
        assert holds(typed, text) or not holds(word, typed)
