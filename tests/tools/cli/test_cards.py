"""`thinline import` and `export`: words and exit codes. The cards: tests/tools/test_cards.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline import run
from thinline_tools import carddesk
from thinline_tools.cards import Exported, Imported, Trouble

LOST = Trouble("book.vcf: card 1, line 2", "it has no END:VCARD")
KEPT = Trouble("book.vcf: card 1, line 2", "the photo stays in the card", lost=False)


@pytest.mark.parametrize(("trouble", "code"), [(LOST, 1), (KEPT, 0)])
def test_what_is_lost_is_an_exit_code(
    trouble: Trouble, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book.vcf"
    book.touch()
    result = Imported(new=3, refused=1, troubles=[trouble])
    monkeypatch.setattr(carddesk, "take_in", lambda *_told: result)
    ran = run("import", "alice", str(book))
    assert (ran.exit_code, ran.stdout) == (code, "3 new, 0 were there, 0 stay deleted, 1 refused\n")
    assert trouble.why in ran.stderr
    assert json.loads(run("import", "alice", str(book), "--json").stdout)["new"] == 3


def test_an_export_tells_where_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carddesk, "write_out", lambda *_told: Exported(written=5))
    to = str(tmp_path / "out.vcf")
    assert run("export", "alice", "--to", to).stdout == f"5 contacts written to {to}\n"
    assert json.loads(run("export", "alice", "--to", to, "--json").stdout) == {"written": 5, "troubles": []}
    ran = run("export", "alice", "--json")
    assert (ran.exit_code, ran.stderr) == (2, "thinline: --json needs --to: standard output carries the cards\n")
    monkeypatch.setattr(carddesk, "write_out", lambda *_told: Exported(written=5, troubles=[LOST]))
    assert run("export", "alice", "--to", to).exit_code == 1
