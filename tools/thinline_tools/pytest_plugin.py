"""Fixtures for tests of what talks to Thinline, or stands on it; pytest finds them where the distribution is installed.

    def test_a_contact_travels(fleet):
        phone, desk = fleet(2, "alice")
        phone.key("jump ok menu 'Bob' ok")
        desk.until("shows Contacts (1)")

Nothing is imported for who does not use them. docs/pytest.md describes each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from thinline_tools.fixtures import FixtureHandset, Ground, ServerProcess

__all__ = ["fleet", "handset", "thinline_ground", "thinline_server", "thinline_settings"]


@pytest.fixture
def thinline_settings() -> Mapping[str, object]:
    """Settings of the server, by name; define a fixture of this name to change them."""
    return {}


@pytest.fixture
def thinline_ground(tmp_path: Path, thinline_settings: Mapping[str, object]) -> Iterator[Ground]:
    """What the other fixtures stand on; ends everything that they began."""
    from thinline_tools.fixtures import Ground

    with Ground(tmp_path, thinline_settings) as ground:
        yield ground


@pytest.fixture
def thinline_server(thinline_ground: Ground) -> ServerProcess:
    """A real server in a process of its own: a free port of loopback, its data in `tmp_path`."""
    return thinline_ground.server


@pytest.fixture
def handset(thinline_ground: Ground) -> Callable[..., FixtureHandset]:
    """Make a handset: `handset("alice", virtual=False, profile="classic", radio="wifi", rate=1.0)`."""
    return thinline_ground.handset


@pytest.fixture
def fleet(thinline_ground: Ground) -> Callable[..., list[FixtureHandset]]:
    """Make many: `fleet(5)`, each of an account of its own, or `fleet(2, "alice")`; with the same options."""
    return thinline_ground.fleet
