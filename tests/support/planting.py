"""Planted bugs: what one is, how it gets into a run, and how many runs are made at the cost of one start.

An oracle that never fails proves nothing. So each rule has a bug of its own that breaks just it, as a patch which a
test run applies (``pytest --plant ID``) and never as a switch in the product; tests/planted/test_planted.py shows that
the named test fails with it. As a program, ``planting.py ID...``, it loads everything once and then forks a run for
each bug; it prints ``{id: [exit code, output]}`` as JSON.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from thinline.limits import LIMITS

__all__ = ["OPTIONS", "Bug", "Patch", "around", "limit", "load", "plant", "put"]

Patch: TypeAlias = Callable[[Any, str, Any], None]  # setattr, or what remembers to undo it
OPTIONS = ("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist")
_PLANTED = Path(__file__).resolve().parents[1] / "planted"


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted bug.

    Attributes:
        what: what is broken, as a sentence without its end.
        plant: breaks it.
        node: the test that must fail: a file or a pytest node below tests/.
    """

    what: str
    plant: Callable[[Patch], None]
    node: str


def put(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    """The plain case: one thing in place of another."""
    return lambda patch: patch(owner, name, value)


def around(owner: Any, name: str, wrong: Callable[..., Any]) -> Callable[[Patch], None]:
    """A function in place of another which it is given as its first argument."""
    right = getattr(owner, name)

    def planted(*args: Any, **kwargs: Any) -> Any:
        return wrong(right, *args, **kwargs)

    return lambda patch: patch(owner, name, planted)


def limit(module: Any, **changes: Any) -> Callable[[Patch], None]:
    """Another limit, for one module."""
    return put(module, "LIMITS", replace(LIMITS, **changes))


@cache
def load() -> Mapping[str, Bug]:
    """All planted bugs by the id of the rule that they break, of every file tests/planted/bugs*.py."""
    bugs: dict[str, Bug] = {}
    for path in sorted(_PLANTED.glob("bugs*.py")):
        spec = importlib.util.spec_from_file_location(f"planted_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert not bugs.keys() & module.BUGS.keys(), f"{path.name} plants what is planted already"
        bugs.update(module.BUGS)
    return bugs


def plant(name: str) -> None:
    """Break a rule for the rest of this process."""
    load()[name].plant(setattr)


def _run(name: str) -> tuple[int, str]:
    """The exit code and the output of one run, in a fork of this process."""
    with tempfile.TemporaryFile("w+") as told:
        child = os.fork()
        if child == 0:
            os.dup2(told.fileno(), 1)
            os.dup2(told.fileno(), 2)
            code = pytest.main([*OPTIONS, "--plant", name, f"tests/{load()[name].node}"])
            sys.stdout.flush()
            os._exit(int(code))
        _, status = os.waitpid(child, 0)
        told.seek(0)
        return os.waitstatus_to_exitcode(status), told.read()


if __name__ == "__main__":
    sys.modules["planting"] = sys.modules["__main__"]  # bugs.py and conftest.py import it by that name
    with redirect_stdout(sys.stderr):
        pytest.main([*OPTIONS, "--collect-only", "tests/proto/test_errors.py"])  # loads what every run needs
    load()
    print(json.dumps({name: _run(name) for name in sys.argv[1:]}))
