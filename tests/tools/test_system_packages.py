"""The installer of programs, on a machine of two shell scripts: what it does and says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system-packages.sh"


class Machine:
    """A folder that is the whole PATH, with an ``id`` and perhaps an ``apt-get`` of our own."""

    def __init__(self, folder: Path, user: int) -> None:
        self.folder = folder
        self.log = folder / "apt.log"
        for program in ("cat", "cut", "sort"):
            found = subprocess.run(["which", program], capture_output=True, text=True, check=True)
            (folder / program).symlink_to(found.stdout.strip())
        self.program("id", f"echo {user}")

    def program(self, name: str, line: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def run(self, programs: str) -> list[str]:
        ran = subprocess.run(
            ["/bin/sh", SCRIPT],
            input=programs,
            env={"PATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Machine:
    return Machine(tmp_path, user=0)


def test_nothing_wanted_says_nothing(root: Machine) -> None:
    assert root.run("\n") == []
    assert root.run("cat coreutils the tests of files\n") == []


def test_root_with_apt_installs_what_is_missing(root: Machine) -> None:
    arrive = f"echo '#!/bin/sh' > {root.folder}/alice && /bin/chmod +x {root.folder}/alice"
    root.program("apt-get", f'echo "$@" >> {root.log}; {arrive}')
    assert root.run("alice alice-server her tests\ncat coreutils none\n") == ["installing with apt: alice-server"]
    assert root.log.read_text().splitlines()[-1].endswith("--no-install-recommends alice-server")


def test_what_apt_cannot_bring_is_named(root: Machine) -> None:
    root.program("apt-get", "exit 100")
    assert root.run("bob bob-tools tests/system/test_bob.py\n")[-1] == (
        "left out: tests/system/test_bob.py: bob is missing (apt package bob-tools) and apt-get did not bring it"
    )


def test_without_apt_or_root_it_says_why(root: Machine, tmp_path: Path) -> None:
    assert root.run("bob bob-tools his tests\n") == [
        "left out: his tests: bob is missing (apt package bob-tools) and there is no apt-get"
    ]
    folder = tmp_path / "user"
    folder.mkdir()
    assert Machine(folder, user=1000).run("bob bob-tools his tests\n") == [
        "left out: his tests: bob is missing (apt package bob-tools) and this is not root"
    ]
