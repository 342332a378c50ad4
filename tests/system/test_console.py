"""The console of a running handset over its socket."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from thinline.errors import LocalError
from thinline_emulator import Handset, Options
from thinline_emulator.console import NoHandset, ask_handset, open_console
from thinline_tools.household import open_household


async def test_a_running_handset_answers_and_then_no_more(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    async with open_household(tmp_path, "alice") as home:
        options = Options(rate=50.0, connect=home.connect)
        async with Handset(code=await home.code(), options=options) as handset, open_console(handset, path):
            await handset.until("settled")
            answer = await asyncio.to_thread(ask_handset, path, "key jump ok menu 'Bob  B' ok")
            assert "Bob  B" in answer.text
            assert len(answer.data["rows"]) == 16
            with pytest.raises(LocalError, match="no verb 'fly'"):
                await asyncio.to_thread(ask_handset, path, "fly")
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"x" * 200_000)  # a line without an end: it hangs up
            assert await reader.read() == b""
            writer.close()
    with pytest.raises(NoHandset):
        ask_handset(path, "battery")


async def test_whoever_ends_before_the_answer_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(asyncio.to_thread(_asked, path))
            accepted, _ = await asyncio.to_thread(listening.accept)
            accepted.close()
    assert asking.result() == "the handset did not answer"


def _asked(path: Path) -> str:
    with pytest.raises(LocalError) as error:
        ask_handset(path, "battery")
    return str(error.value)
