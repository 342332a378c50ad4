"""Unix sockets: only their owner may speak to them, and a long path is no obstacle."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from thinline.bearers.unix import bind_unix, unix_address


def test_a_short_path_is_its_own_address(tmp_path: Path) -> None:
    with unix_address(Path("/run/x.sock")) as address:
        assert address == "/run/x.sock"


def test_a_long_path_goes_by_way_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with unix_address(folder / "y.sock") as address:
        assert len(os.fsencode(address)) < 100
        assert Path(address).parent.samefile(folder)


@pytest.mark.system
@pytest.mark.parametrize("folder", ["short", "x" * 120])
def test_it_is_the_owners_and_replaces_one_that_was_left_over(folder: str, tmp_path: Path) -> None:
    path = tmp_path / folder / "y.sock"
    path.parent.mkdir()
    bind_unix(path).close()
    with bind_unix(path) as listening, socket.socket(socket.AF_UNIX) as calling:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with unix_address(path) as address:
            calling.connect(address)
        accepted, _ = listening.accept()
        accepted.close()
    assert [one.name for one in path.parent.iterdir()] == ["y.sock"]


@pytest.mark.system
def test_where_it_can_not_be_bound_nothing_stays_open(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        bind_unix(tmp_path / "nowhere" / "y.sock")
