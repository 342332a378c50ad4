"""With its bug planted, the test of each rule fails; without any, they all pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

import planting

ROOT = Path(__file__).resolve().parents[2]
BUGS = planting.load()
AT_ONCE = 20  # runs of one process

pytestmark = pytest.mark.slow


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    clean["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=clean, capture_output=True, text=True, check=False
    )


def batches() -> list[tuple[str, ...]]:
    names = iter(BUGS)
    return list(iter(lambda: tuple(islice(names, AT_ONCE)), ()))


@pytest.mark.parametrize("names", batches(), ids=lambda names: f"{names[0]}..{names[-1]}")
def test_each_rule_s_own_test_finds_its_bug(names: tuple[str, ...]) -> None:
    ran = python(planting.__file__, *names)
    assert ran.returncode == 0, ran.stderr
    for name, (code, told) in json.loads(ran.stdout).items():
        assert code == pytest.ExitCode.TESTS_FAILED, f"{name}: {BUGS[name].what}, and nobody noticed\n{told}"


def test_without_a_bug_they_pass() -> None:
    ran = python("-m", "pytest", *planting.OPTIONS, *sorted({f"tests/{bug.node}" for bug in BUGS.values()}))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_unknown_bug_is_an_error() -> None:
    with pytest.raises(KeyError, match="NONE-1"):
        planting.plant("NONE-1")
