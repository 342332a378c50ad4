"""Every invariant that a test cites has a planted bug; tests/INVARIANTS.md says what each id means."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
INVARIANTS = set(re.findall(r"^- \*\*([A-Z]\d+)\*\*", (TESTS / "INVARIANTS.md").read_text("utf-8"), re.MULTILINE))


def cited(paths: list[Path]) -> set[str]:
    return {found for path in paths for found in re.findall(r"\b[A-Z]\d{1,2}\b", path.read_text("utf-8"))} & INVARIANTS


def test_each_cited_invariant_has_a_planted_bug() -> None:
    planted = sorted((TESTS / "planted").glob("*.py"))
    others = [path for path in sorted(TESTS.rglob("*.py")) if path not in planted]
    assert len(INVARIANTS) > 50
    assert cited(others) - cited(planted) == set()
