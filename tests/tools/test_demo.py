"""The demo: every act happens as it says, in little time, and it fails where the product does."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.resources import files

import pytest

from thinline.errors import LocalError
from thinline_emulator.script import Script, read_steps
from thinline_tools import demo
from thinline_tools.demo import Act, read_acts, tell


def acts() -> list[Act]:
    return read_acts(files("thinline_tools").joinpath("demo.toml").read_text("utf-8"))


def test_every_act_happens_as_it_says() -> None:
    """B1, B2: what was only here was shown as such, and is named when it is lost."""
    said: list[str] = []
    began_s = time.process_time()
    took_s = tell(acts(), said.append)
    told = "\n".join(said)
    assert 30 < took_s < 300
    assert time.process_time() - began_s < 20
    assert "1 item exists only here" in told
    assert "lost for good: new: Carol, from the train" in told
    assert "This server keeps no copies" in told
    assert "12 Harbour Street" in told.rsplit("Light again", 1)[1]
    assert "alice is typing ..." in told.rsplit("They talk", 1)[1]
    assert told.rsplit("A tunnel takes Bob away", 1)[1].count("Bring the cello.") == 2


def test_the_same_demo_is_told_every_time() -> None:
    first: list[str] = []
    second: list[str] = []
    tell(acts()[:4], first.append)
    tell(acts()[:4], second.append)
    assert first == second


def test_it_fails_where_a_screen_is_not_as_it_says() -> None:
    steps = read_steps([{"handset": "phone", "until": "settled"}, {"shows": ["nobody writes this"]}])
    wrong = replace(acts()[0], script=Script("wrong", steps))
    with pytest.raises(LocalError, match="nobody writes this"):
        tell([wrong], lambda _: None)


def test_the_program_says_that_it_failed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    steps = read_steps([{"handset": "phone", "shows": ["nobody writes this"]}])
    monkeypatch.setattr(demo, "read_acts", lambda _text: [replace(acts()[0], script=Script("wrong", steps))])
    assert demo.main() == 1
    assert "the demo failed" in capsys.readouterr().err
