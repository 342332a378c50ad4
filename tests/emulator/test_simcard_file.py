"""A card on disk: whole before the write or whole after it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from thinline_emulator.sim import Sim, SimDamaged, new_life
from thinline_emulator.simcard_file import load, save

SIM = Sim(bytes(range(32)), b"alice's handset", life=3)


def test_there_is_no_card_before_the_first_write(tmp_path: Path) -> None:
    assert load(tmp_path / "alice.sim") is None


def test_a_card_comes_back_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    card = tmp_path / "alice.sim"
    save(card, SIM)
    save(card, new_life(SIM))
    assert load(card) == new_life(SIM)
    assert stat.S_IMODE(card.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["alice.sim"]


def test_what_a_crash_left_behind_is_no_obstacle_and_lends_no_rights(tmp_path: Path) -> None:
    card = tmp_path / "alice.sim"
    left = tmp_path / ".alice.sim.new"
    left.write_bytes(b"half a card, and longer than a whole one" * 9)
    left.chmod(0o644)
    save(card, SIM)
    assert load(card) == SIM
    assert stat.S_IMODE(card.stat().st_mode) == 0o600
    assert not left.exists()


def test_a_link_in_the_scratch_files_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"bob's")
    (tmp_path / ".alice.sim.new").symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        save(tmp_path / "alice.sim", SIM)
    assert elsewhere.read_bytes() == b"bob's"


def test_a_damaged_card_says_so(tmp_path: Path) -> None:
    card = tmp_path / "alice.sim"
    save(card, SIM)
    card.write_bytes(card.read_bytes()[:-1])
    with pytest.raises(SimDamaged):
        load(card)


def test_the_order_is_write_sync_rename_sync_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, os.replace

    def watched_fsync(handle: int) -> None:
        done.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        fsync(handle)

    def watched_replace(source: Path, target: Path) -> None:
        done.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    save(tmp_path / "alice.sim", SIM)
    assert done == ["sync file", "rename", "sync folder"]


def test_when_the_disk_refuses_the_old_card_is_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = tmp_path / "alice.sim"
    save(card, SIM)

    def full(handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        save(card, new_life(SIM))
    monkeypatch.undo()
    assert load(card) == SIM
    assert os.listdir(tmp_path) == ["alice.sim"]
