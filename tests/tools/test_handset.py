"""`thinline handset` apart from its terminal: folders, names, and what is refused before anything starts."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from thinline.errors import LocalError
from thinline_tools.handset import Wishes, main, only_ascii


@pytest.mark.parametrize(
    ("environ", "ascii_only"),
    [
        ({}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "da_DK.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, True),
        ({"LC_CTYPE": "da_DK.ISO-8859-1"}, True),
    ],
)
def test_the_locale_says_whether_there_is_utf_8(environ: dict[str, str], ascii_only: bool) -> None:
    assert only_ascii(environ) is ascii_only


def test_without_a_terminal_it_says_what_to_do() -> None:
    with pytest.raises(LocalError, match="needs a terminal"):
        main(Wishes())


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(theme="pink"), "no theme is called"),
        (Wishes(pictures="oil"), "there are auto, half"),
        (Wishes(profile="brick"), "no handset is called"),
        (Wishes(radio="string"), "string"),
        (Wishes(server="127.0.0.1:1"), "give --code"),
    ],
)
def test_what_does_not_exist_is_refused_before_the_screen_is_taken(
    wishes: Wishes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _Tty()
    monkeypatch.setattr(sys, "stdin", _Tty())
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(LocalError, match=said):
        main(wishes)
    assert terminal.getvalue() == ""


def test_a_recording_does_not_write_over_its_script(tmp_path: Path) -> None:
    day = tmp_path / "day.toml"
    day.write_text("[[step]]\nkey = 'ok'\n")
    with pytest.raises(LocalError, match="write over the script that is played"):
        main(Wishes(script=day, record=tmp_path / "." / "day.toml"))
    assert "ok" in day.read_text()


def test_several_handsets_need_a_server_that_makes_their_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    day = tmp_path / "day.toml"
    day.write_text("[[step]]\nhandset = 'alice'\n[[step]]\nhandset = 'desk'\n")
    with pytest.raises(LocalError, match="has 2 handsets: play it without --server"):
        main(Wishes(script=day, headless=True, server="127.0.0.1:1", code="CODE"))


def test_what_cannot_be_done_inside_is_a_sentence_and_no_crash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where tasks run already, an error comes in a group."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("thinline_tools.handset.open_console", refuse)
    day = tmp_path / "day.toml"
    day.write_text("[[step]]\nkey = 'ok'\n")
    with pytest.raises(LocalError, match="no console"):
        main(Wishes(script=day, headless=True, server="127.0.0.1:1", code="CODE"))


@asynccontextmanager
async def refuse(bench: object, path: Path) -> AsyncIterator[None]:
    raise LocalError("no console")
    yield
