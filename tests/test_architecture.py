"""Imports go one way, and the one distribution holds four typed packages."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from thinline_tools.owncover import MIRRORS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {Path(package).name for package in MIRRORS}


def lint_imports(roots: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, roots)), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_one_way() -> None:
    ran = lint_imports([(ROOT / package).parent for package in MIRRORS])
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("package", "line", "broken"),
    [
        ("proto/thinline", "import thinline_server", "programs stand on the protocol"),
        ("proto/thinline", "import asyncio", "the protocol core does no I/O"),
        ("emulator/thinline_emulator", "import thinline_server", "programs stand on the protocol"),
        ("server/thinline_server", "import socket", "one function opens connections"),
        ("emulator/thinline_emulator", "import prompt_toolkit", "a handset without a screen"),
    ],
)
def test_a_contract_bites(package: str, line: str, broken: str, tmp_path: Path) -> None:
    """A forbidden import, planted in a copy of the packages, breaks its contract."""
    for one in MIRRORS:
        subprocess.run(["cp", "-r", ROOT / one, tmp_path], check=True)
    with (tmp_path / Path(package).name / "errors.py").open("a") as file:
        file.write(f"\n{line}\n")
    ran = lint_imports([tmp_path])
    assert ran.returncode == 1
    assert any(row.startswith(broken) and "BROKEN" in row for row in ran.stdout.splitlines())


def test_the_wheel_holds_four_typed_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
