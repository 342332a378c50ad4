"""A booted store, and alice and bob with their handsets on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from powered import People, PoweredServer, powered
from powervfs import Disk


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Logs are told to nobody; a test that reads them captures them itself."""
    with capture_logs():
        yield


@pytest.fixture
def server() -> Iterator[PoweredServer]:
    with powered(Disk()) as booted:
        booted.boot()
        yield booted


@pytest.fixture
def people(server: PoweredServer) -> People:
    return server.greeted_people()
