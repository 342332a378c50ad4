"""Imports go one way, and the one distribution holds four typed packages."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from thinline_tools.owncover import MIRRORS

ROOT = Path(__file__).resolve().parents[1]
DIALLING = {
    *("connect", "connect_ex", "create_connection", "create_datagram_endpoint", "create_unix_connection"),
    *("open_connection", "open_unix_connection", "sock_connect", "start_connection"),
}
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
        ("server/thinline_server", "import aiohttp", "one function opens connections"),
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


def dials(tree: ast.AST) -> list[str]:
    """Calls that open a connection by themselves: not those that are given a connected socket."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = [
        (call.func.attr, {one.arg for one in call.keywords}) for call in calls if isinstance(call.func, ast.Attribute)
    ]
    return [name for name, given in named if name in DIALLING and "sock" not in given]


def test_one_function_dials() -> None:
    """T6: what the contract cannot see, as any module may import asyncio."""
    server = ROOT / "server/thinline_server"
    found = {str(path.relative_to(server)): dials(ast.parse(path.read_text())) for path in server.rglob("*.py")}
    assert {path: sorted(names) for path, names in found.items() if names} == {
        "gateways/dial.py": ["connect", "sock_connect"],  # the first asks for a route and sends nothing
        "gateways/browser.py": ["open_unix_connection"],  # to the gate's proxy
        "control.py": ["connect"],  # a Unix socket of this machine
        "services/mail/submission.py": ["connect"],  # was given the connected socket
    }
    assert dials(ast.parse("loop.create_connection(f, 'a.test', 80); s.connect(a); asyncio.open_connection(sock=s)"))


def test_the_wheel_holds_four_typed_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
