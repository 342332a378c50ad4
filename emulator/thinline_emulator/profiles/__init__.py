"""Profiles: what a kind of handset is made of, as TOML files anyone can read and correct.

A profile names its screen, memory, battery, loads, keys and first radio; the radios are a file of
their own, shared by all handsets. Each figure cites its source in a comment beside it. Loaded
profiles are frozen and shared, so that a thousand handsets hold one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from thinline.errors import LocalError
from thinline_emulator.keys import Key, KeyUnknown, parse_key
from thinline_emulator.radio import RadioProfile, Tail

__all__ = [
    "HandsetProfile",
    "ProfileBad",
    "load_profile",
    "load_radio",
    "profile_names",
    "radio_names",
    "read_profile",
    "read_radios",
]

_RADIOS = "radios"


class ProfileBad(LocalError):
    """No such profile, or a file that does not say what a profile must; the message says which."""


@dataclass(frozen=True, slots=True)
class HandsetProfile:
    """A kind of handset; sizes in cells, pixels and bytes, currents in mA."""

    name: str
    cells_wide: int
    cells_high: int
    pixels_wide: int
    pixels_high: int
    screen_timeout_s: float
    cache_bytes: int
    capacity_mah: float
    charger_ma: float
    idle_ma: float
    screen_ma: float
    cpu_ma: float
    keys: frozenset[Key]
    radio: RadioProfile


def profile_names() -> list[str]:
    """List the handsets that are shipped."""
    found = [entry.name for entry in files(__name__).iterdir() if entry.name.endswith(".toml")]
    return sorted({name.removesuffix(".toml") for name in found} - {_RADIOS})


def radio_names() -> list[str]:
    """List the networks that are shipped, slowest first."""
    return list(_shipped_radios())


@cache
def load_profile(name: str) -> HandsetProfile:
    """Return the shipped handset ``name``.

    Raises:
        ProfileBad: There is none of that name.
    """
    if name not in profile_names():
        raise ProfileBad(f"no handset is called {name!r}; there are {', '.join(profile_names())}")
    return read_profile(name, _shipped(name))


def load_radio(name: str) -> RadioProfile:
    """Return the shipped network ``name``.

    Raises:
        ProfileBad: There is none of that name.
    """
    radios = _shipped_radios()
    if name not in radios:
        raise ProfileBad(f"no radio is called {name!r}; there are {', '.join(radios)}")
    return radios[name]


def read_profile(name: str, text: str) -> HandsetProfile:
    """Read a handset from the TOML ``text``.

    Raises:
        ProfileBad: It is not TOML, or a value is missing, of the wrong kind or out of its range.
    """
    top = _Table(f"handset {name}", _parse(name, text))
    screen, battery = top.table("screen"), top.table("battery")
    loads, keyboard = top.table("loads"), top.table("keyboard")
    return HandsetProfile(
        name=name,
        cells_wide=screen.count("cells_wide"),
        cells_high=screen.count("cells_high"),
        pixels_wide=screen.count("pixels_wide"),
        pixels_high=screen.count("pixels_high"),
        screen_timeout_s=screen.number("timeout_s"),
        cache_bytes=top.count("cache_bytes"),
        capacity_mah=battery.number("capacity_mah"),
        charger_ma=battery.number("charger_ma"),
        idle_ma=loads.number("idle_ma"),
        screen_ma=loads.number("screen_ma"),
        cpu_ma=loads.number("cpu_ma"),
        keys=_keys(keyboard),
        radio=load_radio(top.text("radio")),
    )


def read_radios(text: str) -> dict[str, RadioProfile]:
    """Read networks, one a table, from the TOML ``text``.

    Raises:
        ProfileBad: It is not TOML, or a value is missing, of the wrong kind or out of its range.
    """
    top = _Table("the radios", _parse(_RADIOS, text))
    return {name: _radio(name, top.table(name)) for name in top.values}


def _radio(name: str, table: _Table) -> RadioProfile:
    try:
        return RadioProfile(
            name=name,
            up_bytes_s=table.number("up_bytes_s"),
            down_bytes_s=table.number("down_bytes_s"),
            latency_s=table.number("latency_s"),
            promotion_s=table.number("promotion_s"),
            loss=table.number("loss"),
            retry_s=table.number("retry_s"),
            overhead_bytes=table.count("overhead_bytes"),
            burst_bytes=table.count("burst_bytes"),
            idle_ma=table.number("idle_ma"),
            search_ma=table.number("search_ma"),
            active_ma=table.number("active_ma"),
            tails=tuple([Tail(tail.number("current_ma"), tail.number("duration_s")) for tail in table.tables("tails")]),
        )
    except ProfileBad:
        raise
    except LocalError as error:
        raise ProfileBad(str(error)) from error


def _keys(table: _Table) -> frozenset[Key]:
    try:
        keys = [parse_key(word) for word in table.words("keys")]
    except KeyUnknown as error:
        raise ProfileBad(f"{table.where}: {error}") from error
    return frozenset([key for key in keys if isinstance(key, Key)])


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table that knows where it is, for the sentence when something in it is wrong."""

    where: str
    values: dict[str, Any]

    def number(self, key: str) -> float:
        return float(self._get(key, int | float, "a number of at least 0"))

    def count(self, key: str) -> int:
        return int(self._get(key, int, "a whole number of at least 0"))

    def text(self, key: str) -> str:
        return str(self._get(key, str, "a text"))

    def table(self, key: str) -> _Table:
        return _Table(f"{self.where}, {key}", self._get(key, dict, "a table"))

    def tables(self, key: str) -> list[_Table]:
        found = self._get(key, list, "a list of tables")
        return [_Table(f"{self.where}, {key}", {key: each}).table(key) for each in found]

    def words(self, key: str) -> list[str]:
        return [str(word) for word in self._get(key, list, "a list of words")]

    def _get(self, key: str, kind: Any, said: str) -> Any:
        value = self.values.get(key)
        wrong = not isinstance(value, kind) or isinstance(value, bool)
        if wrong or (isinstance(value, int | float) and not 0 <= value < float("inf")):
            raise ProfileBad(f"{self.where}: {key} must be {said}, not {value!r}")
        return value


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileBad(f"{name}.toml: {error}") from error


def _shipped(name: str) -> str:
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


@cache
def _shipped_radios() -> dict[str, RadioProfile]:
    return read_radios(_shipped(_RADIOS))
