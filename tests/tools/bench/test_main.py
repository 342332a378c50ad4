"""The bench as a program: ids choose, unknown ones are told, figures are printed and written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thinline_tools import bench
from thinline_tools.bench.figures import Figure


def fake(folder: Path) -> list[Figure]:
    assert folder.is_dir()
    return [Figure("X1", "a fake", 1.0, "ratio"), Figure("X1.p99", "its second number", 2.0, "ms")]


def never(_folder: Path) -> list[Figure]:
    raise AssertionError("nobody asked for it")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "BENCHES", {("X1",): fake, ("Y1", "Y2"): never})
    monkeypatch.chdir(tmp_path)


def test_chosen_figures_are_measured_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bench.json"
    assert bench.main(only=["X1"], json=path) == 0
    assert [row["id"] for row in json.loads(path.read_text())] == ["X1", "X1.p99"]
    assert "a fake" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [path], "its folder is gone"


def test_an_unknown_figure_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(only=["Z9"]) == 2
    assert "X1, Y1, Y2" in capsys.readouterr().out
