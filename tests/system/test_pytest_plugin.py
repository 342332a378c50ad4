"""The pytest plugin as somebody else uses it: an empty project, a fresh environment, and the wheel in it.

The environment is made without the network: the wheel is built from the tree and installed; what it depends on, and
pytest, are those that this test runs with, by a .pth file.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from serving import ROOT, environment

SETTLED = """
    def test_a_contact_travels_and_survives_a_kill(thinline_server, fleet):
        phone, desk = fleet(2, "alice", rate=20.0)
        phone.key("jump ok menu 'Bob' ok")
        desk.until(lambda: len(desk.held) == 1)
        thinline_server.kill()
        phone.until("offline")
        phone.key("menu 'Carol' ok")
        thinline_server.start()
        desk.until(lambda: len(desk.held) == 2)


    def test_virtual_time(handset, thinline_settings):
        phone = handset(virtual=True)
        phone.verb("radio off")
        phone.key("jump ok menu 'Dave' ok")
        phone.verb("battery pull")
        assert phone.autopsies[-1].lost == ("new: Dave",)


    def test_a_wish(handset):
        handset(virtual=True).until("shows Zebra", within_s=1)
"""
UNUSED = """
    import sys


    def test_nobody_asked():
        heavy = {"thinline", "thinline_server", "thinline_emulator", "grpc", "apsw"}
        assert heavy & sys.modules.keys() == set()
        assert "thinline_tools.pytest_plugin" in sys.modules
"""


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in environment().items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean = {name: value for name, value in clean.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [str(one) for one in command], cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel."""
    folder = tmp_path_factory.mktemp("fresh")
    made = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    assert made.returncode == 0, made.stderr
    (wheel,) = folder.glob("*.whl")
    made = run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    assert made.returncode == 0, made.stderr
    python = folder / "venv" / "bin" / "python"
    made = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel, folder=folder
    )
    assert made.returncode == 0, made.stderr
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + os.linesep)
    return python


def project(folder: Path, tests: str) -> Path:
    (folder / "test_theirs.py").write_text(re.sub(r"^    ", "", tests, flags=re.MULTILINE))
    return folder


@pytest.mark.slow
def test_the_fixtures_work_in_an_empty_project(python: Path, tmp_path: Path) -> None:
    ran = run(python, "-m", "pytest", "-p", "no:asyncio", "-W", "error", folder=project(tmp_path, SETTLED))
    assert "plugins: " in ran.stdout, ran.stdout + ran.stderr
    assert "1 failed, 2 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "NotSeen: handset1: 'shows Zebra' did not come true within 1 s. It shows" in ran.stdout
    where = run(python, "-c", "import thinline_tools; print(thinline_tools.__file__)", folder=tmp_path)
    assert where.stdout.startswith(str(python.parent.parent)), "it is the wheel that was tried"


@pytest.mark.slow
def test_who_does_not_use_them_does_not_load_them(python: Path, tmp_path: Path) -> None:
    ran = run(python, "-m", "pytest", "-p", "no:asyncio", "-W", "error", folder=project(tmp_path, UNUSED))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = run(python, "-m", "pytest", "--fixtures", "-p", "no:asyncio", folder=tmp_path)
    for name in ("thinline_server", "thinline_settings", "handset", "fleet"):
        assert re.search(rf"^{name} -- .*pytest_plugin.py", told.stdout, re.MULTILINE), told.stdout
