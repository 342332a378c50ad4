"""The shipped profiles, their sources, and what a wrong file is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from thinline.limits import LIMITS
from thinline_emulator.keys import Key
from thinline_emulator.profiles import (
    ProfileBad,
    load_profile,
    load_radio,
    profile_names,
    radio_names,
    read_profile,
    read_radios,
)
from thinline_emulator.radio import Tail

FOLDER = files("thinline_emulator.profiles")
CLASSIC = FOLDER.joinpath("classic.toml").read_text(encoding="utf-8")
RADIOS = FOLDER.joinpath("radios.toml").read_text(encoding="utf-8")
SOURCE = re.compile(r"\bSource: \S|\bOur (estimate|choice)\b[^.]*\b(because|as for)\b", re.DOTALL)


def figures(text: str) -> Iterator[tuple[str, str]]:
    """Yield each key of a TOML text with the comment right above it."""
    comment: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comment.append(line.removeprefix("#").strip())
            continue
        if key := re.match(r"(\w+) = ", line):
            yield key[1], " ".join(comment)
        comment = []


@pytest.mark.parametrize("text", [CLASSIC, RADIOS], ids=["classic", "radios"])
def test_every_figure_cites_its_source(text: str) -> None:
    uncited = [key for key, comment in figures(text) if not SOURCE.search(comment)]
    assert uncited == []
    assert len(list(figures(text))) > 10


def test_the_classic_handset() -> None:
    classic = load_profile("classic")
    assert profile_names() == ["classic"]
    assert (classic.cells_wide, classic.cells_high) == (48, 16)
    assert (classic.pixels_wide, classic.pixels_high) == (240, 160)
    assert classic.cache_bytes == 2 * 1024 * 1024
    assert classic.radio is load_radio("gprs")
    assert classic.keys == frozenset(Key)
    assert load_profile("classic") is classic, "a thousand handsets share one"


def test_classic_stands_by_for_days() -> None:
    classic = load_profile("classic")
    days = classic.capacity_mah / (classic.idle_ma + classic.radio.idle_ma) / 24
    assert 4 < days < 7


def test_gprs_is_40_and_20_kbit_a_second_with_700_ms_there_and_back() -> None:
    gprs = load_radio("gprs")
    assert (gprs.down_bytes_s * 8, gprs.up_bytes_s * 8) == (40_000, 20_000)
    assert 2 * gprs.latency_s == pytest.approx(0.7)
    assert gprs.tails == (Tail(67.6, 6),)


def test_the_radios_from_slow_to_fast() -> None:
    assert radio_names() == ["gprs", "edge", "umts", "lte", "wifi"]
    for name in radio_names():
        radio = load_radio(name)
        assert radio.name == name
        assert radio.burst_bytes >= LIMITS.up_frame_bytes
        assert radio.idle_ma < radio.search_ma < radio.active_ma


def test_a_name_that_is_not_there_is_told_those_that_are() -> None:
    with pytest.raises(ProfileBad, match="classic"):
        load_profile("radios")
    with pytest.raises(ProfileBad, match="gprs, edge, umts, lte, wifi"):
        load_radio("5g")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("idle_ma = 4.0", "", "loads: idle_ma must be a number"),
        ("idle_ma = 4.0", "idle_ma = true", "idle_ma must be a number"),
        ("idle_ma = 4.0", "idle_ma = -1", "idle_ma must be a number of at least 0"),
        ("idle_ma = 4.0", "idle_ma = nan", "idle_ma must be a number"),
        ("idle_ma = 4.0", "idle_ma = inf", "idle_ma must be a number"),
        ("cells_high = 16", "cells_high = 1.5", "screen: cells_high must be a whole number"),
        ('radio = "gprs"', "radio = 3", "radio must be a text"),
        ('radio = "gprs"', 'radio = "5g"', "no radio is called '5g'"),
        ("[loads]", "[other]", "loads must be a table"),
        ('"delete"', '"levitate"', "keyboard: no key is called 'levitate'"),
        ("[loads]", "[loads", "strange.toml"),
    ],
)
def test_a_wrong_handset_is_told_where(old: str, new: str, says: str) -> None:
    assert old in CLASSIC
    with pytest.raises(ProfileBad, match=re.escape(says)):
        read_profile("strange", CLASSIC.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("loss = 0.02", "loss = 2", "radio gprs: loss must be"),
        ("loss = 0.02", 'loss = "some"', "gprs: loss must be a number"),
        ("overhead_bytes = 50", "overhead_bytes = 5.5", "overhead_bytes must be a whole number"),
        ("[{ current_ma = 67.6, duration_s = 6.0 }]", "[7]", "tails must be a table"),
        ("[{ current_ma = 67.6, duration_s = 6.0 }]", "7", "tails must be a list"),
        ("[gprs]", "gprs = 1\n[rest]", "gprs must be a table"),
    ],
)
def test_a_wrong_radio_is_told_where(old: str, new: str, says: str) -> None:
    assert old in RADIOS
    with pytest.raises(ProfileBad, match=re.escape(says)):
        read_radios(RADIOS.replace(old, new))


def test_a_single_character_among_the_named_keys_is_the_keyboards_own() -> None:
    profile = read_profile("strange", CLASSIC.replace('"delete"', '"q"'))
    assert profile.keys == frozenset(Key) - {Key.DELETE}
