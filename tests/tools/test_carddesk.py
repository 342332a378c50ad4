"""Cards handed in and out by paths: a server that is not there leaves every file as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from thinline_server.control import NoServer
from thinline_tools import carddesk
from thinline_tools.cards import Trouble


class FakeServer:
    """An account without contacts, which takes everything."""

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        if verb == "items.take":
            fresh = {"item": "00", "new": True, "dead": False, "reason": "", "sentence": ""}
            return {"items": [fresh for _ in arguments["items"]]}
        return {"account": "00", "position": 7, "heads": [], "cursor": ""}


def test_without_a_server_no_file_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def calling(_folder: Path) -> Iterator[FakeServer]:
        if not list(tmp_path.glob("*.sock")):
            raise NoServer("no server runs there")
        yield FakeServer()

    monkeypatch.setattr(carddesk, "calling", calling)
    out = tmp_path / "out.vcf"
    out.write_bytes(b"old")
    with pytest.raises(NoServer):
        carddesk.write_out(tmp_path, "alice", out)
    with pytest.raises(NoServer):
        carddesk.take_in(tmp_path, "alice", [out])
    assert out.read_bytes() == b"old"


def test_cards_go_where_they_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    @contextmanager
    def calling(_folder: Path) -> Iterator[FakeServer]:
        yield FakeServer()

    monkeypatch.setattr(carddesk, "calling", calling)
    book = tmp_path / "book.vcf"
    book.write_bytes(b"BEGIN:VCARD\nFN:Bob\nEND:VCARD\n")
    assert carddesk.take_in(tmp_path, "alice", [book]).new == 1
    assert carddesk.write_out(tmp_path, "alice", book).written == 0
    assert book.read_bytes() == b""
    assert carddesk.write_out(tmp_path, "alice", None).written == 0
    assert capfdbinary.readouterr().out == b""


def test_troubles_and_what_was_done_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    carddesk.tell([Trouble("a.vcf: card 1, line 2", "it has no END:VCARD")], "1 new")
    carddesk.tell([], "")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("1 new\n", "thinline: a.vcf: card 1, line 2: it has no END:VCARD\n")


def test_a_bar_shows_how_far_it_is_where_somebody_looks() -> None:
    seen, unseen = (Console(file=StringIO(), force_terminal=terminal, width=80) for terminal in (True, False))
    for console in (seen, unseen):
        with carddesk.counting(console) as count:
            count(12, 0.25)
            count(48, 1.0)
    assert isinstance(seen.file, StringIO)
    assert isinstance(unseen.file, StringIO)
    assert "48 cards" in seen.file.getvalue()
    assert "100%" in seen.file.getvalue()
    assert unseen.file.getvalue() == ""
