"""Properties of the code itself: sizes, names, and the words that mean unfinished work.

The idea is TigerBeetle's tidy test: what the house style says is held by a machine, so that a
review can be about the rest. Generated code is left out. A limit that is wrong for one file is
discussed here, not in that file.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from thinline_tools.owncover import MIRRORS, has_functions, own_test

ROOT = Path(__file__).resolve().parents[1]


class Sizes(NamedTuple):
    """Upper limits; parameters are counted without self."""

    module_lines: int
    function_lines: int
    parameters: int | None


PRODUCT = Sizes(module_lines=400, function_lines=50, parameters=6)
TESTS = Sizes(module_lines=800, function_lines=60, parameters=None)  # fixtures are parameters too

# Modules whose tests are not at the mirrored place, each with where they are instead.
TESTED_ELSEWHERE = {
    "server/thinline_server/gateways/browser.py": "tests/server/gateways/test_render.py: its process",
    "server/thinline_server/workers/__main__.py": "tests/system/test_workers.py: a worker is a process",
    "server/thinline_server/workers/calls.py": "tests/system/test_mail_abuse.py: its workers",
    "server/thinline_server/workers/confine.py": "tests/system/test_workers.py: it binds its process for good",
    "server/thinline_server/workers/pool.py": "tests/system/test_workers.py: its processes",
    "tools/thinline_tools/fixtures/server.py": "tests/system/test_fixtures.py: its process",
    "tools/thinline_tools/pytest_plugin.py": "tests/system/test_pytest_plugin.py: in an empty project, from the wheel",
    "tools/thinline_tools/genproto.py": "tests/test_generated.py runs it over the real schemas",
    "proto/thinline/bearers/__init__.py": "protocols only; tests/proto/bearers/test_memory.py holds one to them",
    "proto/thinline/bearers/grpc_stream.py": "tests/system/test_grpc_stream.py: it is made of sockets",
    "tools/thinline_tools/bench/__init__.py": "tests/tools/bench/test_main.py",
    "tools/thinline_tools/bench/baseline.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/caches.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/chatters.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/fleet.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/im.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/jabber.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/mail.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/mailers.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/memory.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/origin.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/messaging.py": "tests/system/test_kannel.py: its processes",
    "tools/thinline_tools/bench/processes.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/texters.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/texts.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/reading.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/throughput.py": "tests/system/test_bench.py: its processes",
    "tools/thinline_tools/bench/web.py": "tests/system/test_bench.py: its processes",
}

# As a string by itself the word is an attribute of HTML.
UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|TBD)\b|NotImplementedError|(?<!\")placeholder|not implemented", re.IGNORECASE
)


def python_files(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "_pb2" not in path.name]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


SOURCE_PATHS = [path for package in MIRRORS for path in python_files(package)]
TEST_PATHS = python_files("tests")
every_source = pytest.mark.parametrize("path", SOURCE_PATHS, ids=name)
every_test = pytest.mark.parametrize("path", TEST_PATHS, ids=name)
every_module = pytest.mark.parametrize("path", SOURCE_PATHS + TEST_PATHS, ids=name)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def oversized(tree: ast.Module, sizes: Sizes) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assert node.end_lineno is not None
        lines = node.end_lineno - node.lineno + 1
        if lines > sizes.function_lines:
            found.append(f"{node.name} has {lines} lines")
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        count = sum(argument.arg not in {"self", "cls"} for argument in arguments)
        if sizes.parameters is not None and count > sizes.parameters:
            found.append(f"{node.name} has {count} parameters")
    return found


def sleeps(tree: ast.Module) -> list[int]:
    """Lines that call something named sleep, other than to let other tasks run: sleep(0)."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "sleep"
        and not (len(node.args) == 1 and getattr(node.args[0], "value", None) == 0)
    ]


def mocks(tree: ast.Module) -> list[int]:
    """Lines that import a mock library or take pytest-mock's fixture."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported = {alias.name for alias in names}
            case ast.ImportFrom(module=module, names=names):
                imported = {f"{module}.{alias.name}" for alias in names}
            case ast.arg(arg="mocker"):
                imported = {"mock"}
            case _:
                continue
        found += [node.lineno for one in imported if "mock" in one.split(".")]
    return found


@every_module
def test_module_opens_with_a_paragraph(path: Path) -> None:
    assert ast.get_docstring(parsed(path)), "no docstring at the head"


@every_module
def test_module_and_its_functions_are_of_readable_size(path: Path) -> None:
    sizes = TESTS if path in TEST_PATHS else PRODUCT
    assert len(path.read_text(encoding="utf-8").splitlines()) <= sizes.module_lines
    assert oversized(parsed(path), sizes) == []


@every_source
def test_module_has_its_own_test_file(path: Path) -> None:
    elsewhere = name(path) in TESTED_ELSEWHERE
    if has_functions(path):
        assert own_test(path).exists() != elsewhere, own_test(path)


@every_source
def test_module_is_finished(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [row for row in enumerate(lines, 1) if UNFINISHED.search(row[1])] == []


@every_source
def test_public_names_exist(path: Path) -> None:
    if path.stem == "__main__" or (path.stem.startswith("_") and path.stem != "__init__"):
        pytest.skip("not imported by others")
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
    if len(parsed(path).body) == 1:
        return  # a package that says what it is and names nothing
    names = module.__all__
    assert sorted(set(names)) == sorted(names), "named twice"
    assert [one for one in names if not hasattr(module, one)] == []


@every_test
def test_tests_wait_for_conditions_and_use_fakes(path: Path) -> None:
    assert sleeps(parsed(path)) == []
    assert mocks(parsed(path)) == []


def test_every_exception_is_still_needed() -> None:
    assert [path for path in TESTED_ELSEWHERE if not (ROOT / path).exists()] == []


def test_source_roots_hold_one_package_and_are_none() -> None:
    """An __init__.py there would let ``import server`` find a folder of ours."""
    for package in MIRRORS:
        root = (ROOT / package).parent
        assert list(root.glob("*.py")) == []
        assert [one for one in root.iterdir() if any(one.glob("*.py"))] == [ROOT / package]


def test_the_guards_bite() -> None:
    alice = ast.parse("def call(self, a, b, c, d, e, f, *, g):\n" + "    pass\n" * 60)
    assert oversized(alice, PRODUCT) == ["call has 61 lines", "call has 7 parameters"]
    bob = ast.parse(
        "import unittest.mock\nasync def wait(mocker):\n    await asyncio.sleep(0)\n    await asyncio.sleep(1)\n"
    )
    assert (sleeps(bob), mocks(bob)) == ([4], [1, 2])
    assert UNFINISHED.search("raise NotImplementedError")
    assert UNFINISHED.search("a placeholder for now")
    assert not UNFINISHED.search("hackney")
