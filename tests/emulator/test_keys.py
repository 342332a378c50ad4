"""Words for keys, and what a wrong word is told."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline_emulator.keys import Char, Key, KeyUnknown, keys_of, parse_key, words_of


@pytest.mark.parametrize("key", Key)
def test_every_key_is_found_by_its_word_in_any_spelling(key: Key) -> None:
    assert parse_key(key.value) is key
    assert parse_key(key.name) is key
    assert parse_key(f" {key.value.upper()} ") is key


@pytest.mark.parametrize("text", ["a", "A", "7", "@", " ", "é", "e\N{COMBINING ACUTE ACCENT}", "字"])
def test_one_character_is_itself(text: str) -> None:
    assert parse_key(text) == Char(text)


def test_space_has_a_word() -> None:
    assert parse_key("space") == Char(" ")


@pytest.mark.parametrize("word", ["", "ab", "\n", "\x1b", "\N{COMBINING ACUTE ACCENT}", "wheel"])
def test_a_wrong_word_is_told_the_right_ones(word: str) -> None:
    with pytest.raises(KeyUnknown) as caught:
        parse_key(word)
    assert isinstance(caught.value, LocalError)
    for key in Key:
        assert key.value in str(caught.value)
    assert "space" in str(caught.value)


def test_a_line_of_words_and_typed_text_is_a_list_of_keys() -> None:
    assert keys_of("jump OK 'B b' x") == [Key.JUMP, Key.OK, Char("B"), Char(" "), Char("b"), Char("x")]
    with pytest.raises(KeyUnknown):
        keys_of("jump fly")


def test_words_are_the_inverse_of_keys() -> None:
    keys: list[Key | Char] = [Key.MENU, Char("O"), Char("'"), Char("H"), Char(" "), Key.OK, Char("x")]
    assert words_of(keys) == "menu 'O' quote 'H ' ok 'x'"
    assert keys_of(words_of(keys)) == keys
    assert words_of([]) == ""
