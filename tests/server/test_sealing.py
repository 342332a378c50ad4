"""Secrets at rest: they open where they belong and nowhere else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.sealing import Vault

VAULT = Vault(bytes(range(32)))
ALICE, BOB = b"alice\0\0\0web.cookies", b"bob\0\0\0\0\0web.cookies"


@given(st.binary(max_size=100), st.integers(0, 9))
def test_what_is_sealed_opens_at_its_place_only(data: bytes, seed: int) -> None:
    sealed = VAULT.seal(ALICE, data, Random(seed).randbytes)
    assert VAULT.open(ALICE, sealed) == data
    assert VAULT.open(BOB, sealed) is None
    assert Vault(bytes(32)).open(ALICE, sealed) is None
    assert len(data) < 4 or data not in sealed


def test_the_same_twice_does_not_look_the_same() -> None:
    draw = Random(1).randbytes
    assert VAULT.seal(ALICE, b"tea", draw) != VAULT.seal(ALICE, b"tea", draw)


@pytest.mark.parametrize("at", [0, 12, 25, -1])
def test_what_is_damaged_is_none(at: int) -> None:
    sealed = bytearray(VAULT.seal(ALICE, b"tea and coffee", Random(1).randbytes))
    sealed[at] ^= 1
    assert VAULT.open(ALICE, bytes(sealed)) in (None, bytes(sealed)), "without its mark it is taken as it is"
    assert VAULT.open(ALICE, bytes(sealed)[:12]) != b"tea and coffee"


def test_what_was_kept_before_there_were_seals_is_as_it_is() -> None:
    assert VAULT.open(ALICE, b'[{"host": "tea.example"}]') == b'[{"host": "tea.example"}]'
