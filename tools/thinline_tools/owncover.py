"""Hold each pure module to complete branch coverage by its own test file.

    python -m thinline_tools.owncover [MODULE.py ...]

Coverage of a whole run says little about a protocol: a link's tests pass through every line of the
codec without looking at one of them. So every pure module is measured alone, under the one test
file that mirrors it, and what that file does not reach is printed as ``file:line``. The exit code
is 1 when anything is missed, when an own test file is absent, and when a test in it fails.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

__all__ = ["Misses", "has_functions", "main", "measure", "own_test", "pure_modules"]

ROOT = Path(__file__).resolve().parents[2]

# Source roots, each with its one package and the folder of its tests.
MIRRORS = {
    "proto/thinline": "tests/proto",
    "emulator/thinline_emulator": "tests/emulator",
    "server/thinline_server": "tests/server",
    "tools/thinline_tools": "tests/tools",
}

# Where the pure modules are, and what among them is not pure.
PURE = ("proto/thinline",)
NOT_PURE = (
    "proto/thinline/bearers",  # sockets and tasks: tests/system runs them for real
    "proto/thinline/driver.py",  # the one loop over a bearer and a clock
    "proto/thinline/v1",  # generated
)


class FileReport(TypedDict):
    """What is read here of coverage's report on one file; line 0 and below mean an exit."""

    missing_lines: list[int]
    missing_branches: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Misses:
    """What one module's own test file left out: lines for people, empty when nothing was."""

    module: Path
    lines: tuple[str, ...]


def has_functions(path: Path) -> bool:
    """Tell whether a module has a function; without one it only declares."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def own_test(module: Path, root: Path = ROOT) -> Path:
    """Name the test file that mirrors ``module``; both are below ``root``, neither need exist.

    A package's own code (``profiles/__init__.py``) is tested beside its folder's tests, in
    ``test_profiles.py``.
    """
    for package, tests in MIRRORS.items():
        if module.is_relative_to(root / package):
            inside = module.relative_to(root / package)
            if inside.name == "__init__.py":
                inside = inside.parent if inside.parent.name else Path(Path(package).name)
            return root / tests / inside.parent / f"test_{inside.stem}.py"
    raise ValueError(f"{module} is in none of the source roots")


def pure_modules(root: Path = ROOT) -> list[Path]:
    """List the modules that are held to complete coverage."""
    excluded = [root / path for path in NOT_PURE]
    return [
        path
        for top in PURE
        for path in sorted((root / top).rglob("*.py"))
        if not any(path.is_relative_to(one) for one in excluded) and has_functions(path)
    ]


def measure(module: Path, root: Path = ROOT) -> Misses:
    """Run the module's own tests under coverage, in a process of its own."""
    test = own_test(module, root)
    name = module.relative_to(root)
    if not test.exists():
        return Misses(module, (f"{name}:1 has no test file {test.relative_to(root)}",))
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        coverage = [sys.executable, "-m", "coverage"]
        ran = subprocess.run(
            [
                *(*coverage, "run", "--branch", f"--data-file={data}", f"--include={module}"),
                *("-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"),
                *("-m", "not soak", str(test)),
            ],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            return Misses(module, (f"{name}:1 its own tests fail:", ran.stdout + ran.stderr))
        report = subprocess.run(
            [*coverage, "json", f"--data-file={data}", "-q", "-o", "-"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    if report.returncode:
        return Misses(module, (f"{name}:1 its own tests never import it",))
    (file,) = json.loads(report.stdout)["files"].values()
    return Misses(module, missed(str(name), file))


def missed(name: str, report: FileReport) -> tuple[str, ...]:
    """Word the lines and branches that nothing reached, in the order of the file."""
    lines = set(report["missing_lines"])
    rows = [(line, "never runs") for line in lines]
    for start, end in report["missing_branches"]:
        if end not in lines and start not in lines:
            goal = f"line {end}" if end > 0 else "the end of the function"
            rows.append((start, f"never goes on to {goal}"))
    return tuple(f"{name}:{line} {what}" for line, what in sorted(rows))


def main() -> int:
    """Measure the modules named, or all pure ones, and print what is missed."""
    modules = [Path(argument).resolve() for argument in sys.argv[1:]] or pure_modules()
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        results = list(pool.map(measure, modules))
    for result in results:
        for line in result.lines:
            print(line)
    short = sum(bool(result.lines) for result in results)
    print(f"own coverage: {len(results) - short} of {len(results)} pure modules complete")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
