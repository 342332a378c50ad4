"""Files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinline_tools.whole import whole_file


def test_a_file_is_there_when_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "bob.vcf"
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "bob.vcf"
    path.write_bytes(b"old")

    def write_half() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError, match=r"/nowhere/bob\.vcf"), whole_file(tmp_path / "nowhere" / "bob.vcf"):
        raise AssertionError
