"""With its bug planted, the test of each rule fails; without any, they all pass."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import planting
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUGS = planting.load()

pytestmark = pytest.mark.slow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    options = ("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", BUGS)
def test_the_rule_s_own_test_finds_its_bug(name: str) -> None:
    ran = run("--plant", name, f"tests/{BUGS[name].node}")
    assert ran.returncode == 1, f"{BUGS[name].what}, and nobody noticed:\n{ran.stdout}{ran.stderr}"


def test_without_a_bug_they_pass() -> None:
    ran = run(*sorted({f"tests/{bug.node}" for bug in BUGS.values()}))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_unknown_bug_is_an_error() -> None:
    ran = run("--plant", "NONE-1", "tests/planted")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "NONE-1" in ran.stderr
