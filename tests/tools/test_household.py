"""The server beside a handset: furnished once, and there again at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from thinline.errors import LocalError
from thinline_emulator import Handset, Options
from thinline_tools.household import open_household


async def test_it_is_furnished_once_and_keeps_what_was_done(tmp_path: Path) -> None:
    sim = tmp_path / "sim"
    async with open_household(tmp_path, "alice") as household:
        options = Options(rate=50.0, connect=household.connect)
        async with Handset(code=await household.code(), sim=sim, options=options) as handset:
            await handset.until("settled")
            assert sum((await handset.verb("cache")).data["items"].values()) == 60
            await handset.key("jump ok menu 'Bob B' ok")
            await handset.until("settled")
    async with (
        open_household(tmp_path, "alice") as household,
        Handset(sim=sim, options=Options(rate=50.0, connect=household.connect)) as handset,
    ):
        await handset.until("settled")
        assert sum((await handset.verb("cache")).data["items"].values()) == 61


async def test_a_name_that_no_subscriber_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="'My Phone' cannot be a subscriber: a name has small letters"):
        async with open_household(tmp_path, "My Phone"):
            pass


async def test_a_folder_has_one_server(tmp_path: Path) -> None:
    async with open_household(tmp_path, "alice"):
        with pytest.raises(LocalError, match="another server is running"):
            async with open_household(tmp_path, "bob"):
                pass


async def test_whose_process_it_is_says_where_logs_go(tmp_path: Path) -> None:
    """A household once set the logs of its whole process, to a stream that ended before the process did."""
    async with open_household(tmp_path, "alice"):
        assert not structlog.is_configured()
