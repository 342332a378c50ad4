"""`thinline import` and `export`: words and exit codes. What they do: tests/tools/test_cards.py, test_letters.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline import run
from thinline_server.config import Settings
from thinline_tools import filedesk
from thinline_tools.exchange import Exported, Imported, Trouble
from thinline_tools.letters import Owner

LOST = Trouble("book.vcf: card 1, line 2", "it has no END:VCARD")
KEPT = Trouble("book.vcf: card 1, line 2", "the photo stays in the card", lost=False)


@pytest.mark.parametrize(("trouble", "code"), [(LOST, 1), (KEPT, 0)])
def test_what_is_lost_is_an_exit_code(
    trouble: Trouble, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book.vcf"
    book.touch()
    result = Imported(new=3, refused=1, troubles=[trouble])
    monkeypatch.setattr(filedesk, "take_in", lambda *_told: result)
    ran = run("import", "alice", str(book))
    assert (ran.exit_code, ran.stdout) == (code, "3 new, 0 were there, 0 stay deleted, 1 refused\n")
    assert trouble.why in ran.stderr
    assert json.loads(run("import", "alice", str(book), "--json").stdout)["new"] == 3


def test_an_export_tells_where_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filedesk, "write_out", lambda *_told: Exported(written=5))
    to = str(tmp_path / "out.vcf")
    assert run("export", "alice", "--to", to).stdout == f"5 contacts written to {to}\n"
    assert json.loads(run("export", "alice", "--to", to, "--json").stdout) == {"written": 5, "troubles": []}
    ran = run("export", "alice", "--json")
    assert (ran.exit_code, ran.stderr) == (2, "thinline: --json needs --to: standard output carries what is exported\n")
    monkeypatch.setattr(filedesk, "write_out", lambda *_told: Exported(written=5, troubles=[LOST]))
    assert run("export", "alice", "--to", to).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--as", "pst", "--to", "x"), "--as: there is no 'pst'; there are vcf, mbox, eml"),
        (("--as", "eml"), "--as eml needs --to: a folder, for each mail is a file"),
        (("--folder", "sent"), "--folder is of mails: give --as mbox or --as eml"),
        (("--as", "mbox", "--folder", "x" * 65), "--folder: a folder has a name of 1 to 64 characters"),
    ],
)
def test_what_can_not_be_exported_so_is_a_wrong_command_line(arguments: tuple[str, ...], sentence: str) -> None:
    ran = run("export", "alice", *arguments)
    assert (ran.exit_code, ran.stderr) == (2, f"thinline: {sentence}\n")


def test_a_folder_and_a_kind_are_told_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def take_in(_settings: Settings, *some: object) -> Imported:
        told.append(some)
        return Imported()

    def write_out(_settings: Settings, owner: Owner, *some: object) -> Exported:
        told.append((owner.folder, *some))
        return Exported(3)

    monkeypatch.setattr(filedesk, "take_in", take_in)
    monkeypatch.setattr(filedesk, "write_out", write_out)
    box = tmp_path / "old.mbox"
    box.touch()
    assert run("import", "alice", str(box), "--folder", "sent").exit_code == 0
    assert run("import", "alice", str(box)).exit_code == 0
    assert run("export", "alice", "--to", str(box), "--folder", "inbox").stdout == f"3 mails written to {box}\n"
    assert told == [("alice", [box], "sent"), ("alice", [box], ""), ("", box, "mbox")]
