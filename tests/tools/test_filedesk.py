"""Cards and mails handed in and out by paths: a server that is not there leaves every file as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from thinline_server.config import Settings
from thinline_server.control import NoServer
from thinline_tools import filedesk
from thinline_tools.exchange import Imported, Trouble
from thinline_tools.letters import Owner


class FakeServer:
    """An account without items, which takes everything."""

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        if verb == "items.take":
            fresh = {"item": "00", "new": True, "dead": False, "reason": "", "sentence": ""}
            return {"items": [fresh for _ in arguments["items"]]}
        return {"account": "00", "position": 7, "heads": [], "cursor": ""}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", state=tmp_path / "state")


@pytest.fixture
def alice(settings: Settings) -> Owner:
    return Owner("alice", settings.mail)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def calling(_folder: Path) -> Iterator[FakeServer]:
        yield FakeServer()

    monkeypatch.setattr(filedesk, "calling", calling)


@pytest.mark.parametrize("kind", ["vcf", "mbox"])
def test_without_a_server_no_file_is_touched(
    kind: str, tmp_path: Path, settings: Settings, alice: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def calling(_folder: Path) -> Iterator[FakeServer]:
        if not list(tmp_path.glob("*.sock")):
            raise NoServer("no server runs there")
        yield FakeServer()

    monkeypatch.setattr(filedesk, "calling", calling)
    out = tmp_path / "out"
    out.write_bytes(b"old")
    with pytest.raises(NoServer):
        filedesk.write_out(settings, alice, out, kind)
    with pytest.raises(NoServer):
        filedesk.take_in(settings, "alice", [out])
    assert out.read_bytes() == b"old"


@pytest.mark.usefixtures("running")
def test_cards_and_mails_go_where_they_are_told(
    tmp_path: Path,
    settings: Settings,
    alice: Owner,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setattr(filedesk, "import_mails", lambda _server, _owner, files, *_told: Imported(new=len(files)))
    book, mail = tmp_path / "book.vcf", tmp_path / "tea.eml"
    book.write_bytes(b"BEGIN:VCARD\nFN:Bob\nEND:VCARD\n")
    mail.write_bytes(b"Subject: tea\n\nAt four?\n")
    assert filedesk.take_in(settings, "alice", [mail, book, mail]).new == 3
    for kind in ("vcf", "mbox"):
        assert filedesk.write_out(settings, alice, book, kind).written == 0
        assert book.read_bytes() == b""
        assert filedesk.write_out(settings, alice, None, kind).written == 0
    assert filedesk.write_out(settings, alice, tmp_path / "mails", "eml").written == 0
    assert (tmp_path / "mails").is_dir()
    assert capfdbinary.readouterr().out == b""


@pytest.mark.parametrize(
    ("name", "start", "mails"),
    [
        ("a.vcf", b"Subject: x\n", False),
        ("a.eml", b"BEGIN:VCARD\n", True),
        ("a.mbox", b"", True),
        ("inbox", b"From bob Thu Oct  1 00:00:00 2009\n", True),
        ("tea", b"Subject: tea\n", True),
        ("book", b"\xef\xbb\xbfBegin:vCard\n", False),
        ("wide", "\ufeffBEGIN:VCARD\n".encode("utf-16-le"), False),
        ("cat", b"\xff\xd8\xff", False),
    ],
)
def test_a_file_is_known_by_its_name_or_by_how_it_begins(name: str, start: bytes, mails: bool, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(start)
    assert filedesk.has_mails(path) is mails


def test_what_is_written_follows_from_the_name(tmp_path: Path) -> None:
    told = [None, tmp_path / "a.vcf", tmp_path / "a.MBOX", tmp_path / "a.txt", tmp_path]
    assert list(map(filedesk.kind_of, told)) == ["vcf", "vcf", "mbox", "vcf", "eml"]


def test_troubles_and_what_was_done_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    filedesk.tell([Trouble("a.vcf: card 1, line 2", "it has no END:VCARD")], "1 new")
    filedesk.tell([], "")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("1 new\n", "thinline: a.vcf: card 1, line 2: it has no END:VCARD\n")


def test_a_bar_shows_how_far_it_is_where_somebody_looks() -> None:
    seen, unseen = (Console(file=StringIO(), force_terminal=terminal, width=80) for terminal in (True, False))
    for console in (seen, unseen):
        with filedesk.counting(console) as count:
            count(12, 0.25)
            count(48, 1.0)
    assert isinstance(seen.file, StringIO)
    assert isinstance(unseen.file, StringIO)
    assert "48 done" in seen.file.getvalue()
    assert "100%" in seen.file.getvalue()
    assert unseen.file.getvalue() == ""
