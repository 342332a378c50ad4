"""What holds for every test: announced sockets, repeatable examples.

A test in tests/system carries the mark ``system``; no other may bind or connect a Python socket, so
that ``make quick`` runs anywhere and a pure module stays testable without a network. Hypothesis
draws the same examples each time: a failure in one place is a failure in all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import structlog
from hypothesis import Phase, settings

import golden
import planting

SYSTEM = Path(__file__).parent / "system"

settings.register_profile("thinline", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("thinline")


class SocketGuard:
    """Refuses addresses to Python sockets while a test that is not marked ``system`` runs."""

    def __init__(self) -> None:
        self.armed = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.armed and event in {"socket.bind", "socket.connect"}:
            raise AssertionError(f"{event} {arguments[1]!r}: only tests in tests/system use sockets")


guard = SocketGuard()
sys.addaudithook(guard)  # cannot be taken out again, hence the switch


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run have a bug: see tests/planted. Let it write what screens show: see tests/golden."""
    parser.addoption("--plant", metavar="ID", help="break the rule of that id for the whole run")
    parser.addoption("--golden-update", action="store_true", help="write the golden screens anew; then look at them")


def pytest_configure(config: pytest.Config) -> None:
    """Before any test is imported."""
    if config.getoption("--golden-update"):
        golden.update()
    name = config.getoption("--plant")
    if name:
        if name not in planting.load():
            raise pytest.UsageError(f"no planted bug for {name}")
        planting.plant(name)
        settings.register_profile("planted", parent=settings.default, phases=(Phase.explicit, Phase.generate))
        settings.load_profile("planted")  # a failure is all that is wanted, not the smallest one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, so that no file can forget it."""
    for item in items:
        if item.path.is_relative_to(SYSTEM):
            item.add_marker(pytest.mark.system)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    """Arm the guard for the length of one test, fixtures included, and let no log go on into a stream that ended."""
    guard.armed = item.get_closest_marker("system") is None
    try:
        return (yield)
    finally:
        guard.armed = False
        structlog.reset_defaults()
