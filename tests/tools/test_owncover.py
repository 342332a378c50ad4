"""Own coverage on a small tree: alice is tested fully, bob by half, carol by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinline_tools import owncover

SOURCE = '''"""A greeting."""


def greet(name: str, loud: bool) -> str:
    """Greet ``name``."""
    text = f"hello {name}"
    if loud:
        text = text.upper()
    return text
'''

TEST = '''"""Its test."""

from thinline.{module} import greet


def test_greet() -> None:
    assert greet("{module}", True) == "HELLO {loud}"
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    sources, tests = tmp_path / "proto" / "thinline", tmp_path / "tests" / "proto"
    sources.mkdir(parents=True)
    tests.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\npythonpath = ["proto"]\n'
        "[tool.coverage.report]\nexclude_lines = ['# pragma: no cover: \\w']\n"
    )
    (sources / "__init__.py").write_text('"""A package that names its members."""\n')
    for module in ("alice", "bob", "carol"):
        (sources / f"{module}.py").write_text(SOURCE)
    for module in ("alice", "bob"):
        (tests / f"test_{module}.py").write_text(TEST.format(module=module, loud=module.upper()))
    with (tests / "test_alice.py").open("a") as file:
        file.write('    assert greet("bob", False) == "hello bob"\n')
    return tmp_path


def test_modules_are_found_and_mirrored(tree: Path) -> None:
    modules = owncover.pure_modules(tree)
    assert [module.name for module in modules] == ["alice.py", "bob.py", "carol.py"]
    assert owncover.own_test(modules[0], tree) == tree / "tests/proto/test_alice.py"
    package = tree / "server/thinline_server/services/contacts"
    assert owncover.own_test(package / "__init__.py", tree) == (tree / "tests/server/services/test_contacts.py")
    with pytest.raises(ValueError, match="none of the source roots"):
        owncover.own_test(tree / "setup.py", tree)


def test_bearers_and_driver_are_not_pure() -> None:
    names = [str(path.relative_to(owncover.ROOT)) for path in owncover.pure_modules()]
    assert "proto/thinline/errors.py" in names
    assert not [name for name in names if "bearers" in name or "driver" in name or "_pb2" in name]


@pytest.mark.slow
def test_only_its_own_test_counts(tree: Path) -> None:
    alice, bob, carol = owncover.pure_modules(tree)
    assert owncover.measure(alice, tree).lines == ()
    assert owncover.measure(bob, tree).lines == ("proto/thinline/bob.py:7 never goes on to line 9",)
    assert owncover.measure(carol, tree).lines == (
        "proto/thinline/carol.py:1 has no test file tests/proto/test_carol.py",
    )


@pytest.mark.slow
def test_an_exception_needs_its_reason(tree: Path) -> None:
    bob = tree / "proto/thinline/bob.py"
    bob.write_text(SOURCE + "\n\ndef idle() -> None:  # pragma: no cover\n    return\n")
    assert len(owncover.measure(bob, tree).lines) == 2
    bob.write_text(SOURCE + "\n\ndef idle() -> None:  # pragma: no cover: a reason\n    return\n")
    assert len(owncover.measure(bob, tree).lines) == 1


@pytest.mark.slow
def test_a_failing_test_and_one_that_looks_elsewhere_are_misses(tree: Path) -> None:
    test = tree / "tests/proto/test_carol.py"
    test.write_text("def test_nothing() -> None:\n    assert False\n")
    carol = tree / "proto/thinline/carol.py"
    assert owncover.measure(carol, tree).lines[0] == "proto/thinline/carol.py:1 its own tests fail:"
    test.write_text("def test_nothing() -> None:\n    assert True\n")
    assert owncover.measure(carol, tree).lines == ("proto/thinline/carol.py:1 its own tests never import it",)


def test_main_prints_and_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tree: Path
) -> None:
    alice, bob, _ = owncover.pure_modules(tree)
    results = {bob: ("bob.py:7 never runs",), alice: ()}
    monkeypatch.setattr(owncover, "measure", lambda module: owncover.Misses(module, results[module]))
    monkeypatch.setattr("sys.argv", ["owncover", str(alice), str(bob)])
    assert owncover.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "bob.py:7 never runs",
        "own coverage: 1 of 2 pure modules complete",
    ]
    monkeypatch.setattr("sys.argv", ["owncover", str(alice)])
    assert owncover.main() == 0
