"""The bench's own processes, small: servers, fleets and baselines start, count, and end by their ids (P1, P4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinline_tools.bench import caches, mail, memory, throughput
from thinline_tools.bench.figures import Figure
from thinline_tools.bench.processes import child


def by_id(figures: list[Figure]) -> dict[str, float]:
    return {figure.id: figure.value or 0.0 for figure in figures}


def test_outcomes_are_counted_beside_echoes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1, with the durability read back in the run (D11)."""
    for name, value in (("_HANDSETS", 4), ("_ROUNDS", 1), ("_MEASURE_S", 0.5), ("_WARM_S", 0.1)):
        monkeypatch.setattr(throughput, name, value)
    figures = by_id(throughput.p1(tmp_path))
    assert figures.keys() == {"P1", "P1.rate", "P1.one", "P1.p99"}
    assert all(value > 0 for value in figures.values())


def test_memory_is_read_for_few_and_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4."""
    for name, value in (("_FEW", 2), ("_MANY", 12), ("_CONTACTS", 2), ("_ROUNDS", 1), ("_IDLE_S", 0.0)):
        monkeypatch.setattr(memory, name, value)
    figures = by_id(memory.p4(tmp_path))
    assert figures.keys() == {"P4", "P4.slope"}


def test_mails_are_counted_until_they_were_pushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M1."""
    for name, value in (("_MAILS", 30), ("_CONNECTIONS", 2), ("_ROUNDS", 1)):
        monkeypatch.setattr(mail, name, value)
    figures = by_id(mail.m1(tmp_path))
    assert figures.keys() == {"M1", "M1.mean"}
    assert figures["M1"] > 0
    assert 3_000 < figures["M1.mean"] < 9_000


def test_memories_are_filled_and_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M2: and where they are not full, there is no figure."""
    for name, value in (("_HANDSETS", 2), ("_CONTACTS", 20), ("_MAILS", 12), ("_IDLE_S", 0.3)):
        monkeypatch.setattr(caches, name, value)
    figures = {figure.id: figure for figure in caches.m2(tmp_path)}
    assert figures.keys() == {"M2", "M2.growth", "M2.used"}
    assert (figures["M2"].value, figures["M2"].reason) == (None, "2 of 2 caches are not full")
    assert (figures["M2.used"].value or 0) > 3_000
    assert figures["M2.growth"].value is not None


def test_a_process_that_ends_early_is_told() -> None:
    with child("thinline_tools.bench.nothing") as process, pytest.raises(RuntimeError, match="ended with"):
        process.line()
