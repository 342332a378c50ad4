"""The handset as a program uses it: over gRPC to a real server process, its card in a file, scripts and verbs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from serving import environment, serving
from thinline_emulator import Handset, Options
from thinline_emulator.script import read_script

FAST = Options(radio="wifi", rate=20.0)


async def test_a_card_enrols_lives_twice_and_finds_its_contacts_again(tmp_path: Path) -> None:
    card = tmp_path / "alice.sim"
    with serving(tmp_path) as server:
        server.ask("account.add", name="alice")
        code = server.ask("account.enroll", name="alice")["code"]
        async with Handset(server.address, code, card, options=FAST) as alice:
            await alice.until("settled")
            await alice.key("jump ok menu 'Bob B' enter '+4520304050' ok")
            await alice.until("settled")
            await alice.verb("radio off")
            await alice.key("menu 'Carol' ok")
            assert "⇡" in alice.screen.text()
        assert alice.autopsies[-1].lost == ("new: Carol",)
        async with Handset(server.address, sim=card, options=FAST) as alice:
            await alice.play(
                read_script("""
                    [[step]]
                    until = "settled"
                    [[step]]
                    key = "jump ok"
                    shows = ["Contacts (1)", "Bob B"]
                    hides = "Carol"
                    [[step]]
                    verb = "link drop"
                    until = "offline"
                    [[step]]
                    until = "settled"
                """)
            )
            assert alice.machine.sim.life == 2


def test_a_headless_handset_loads_no_terminal_library() -> None:
    program = "import sys, thinline_emulator; sys.exit('prompt_toolkit' in sys.modules)"
    assert os.spawnve(os.P_WAIT, sys.executable, [sys.executable, "-c", program], environment()) == 0
