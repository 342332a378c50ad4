"""`thinline import` and `thinline export` against a running server, as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path

from serving import cli, serving

FIXTURES = Path(__file__).parents[1] / "fixtures" / "vcard"


def test_address_books_go_in_and_come_out_and_what_is_refused_is_told(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"), "--state", str(tmp_path / "state"))
    books = [str(FIXTURES / name) for name in ("apple3.vcf", "android21.vcf")]
    out = tmp_path / "out.vcf"
    assert cli("import", "alice", *books, *where).returncode == 69
    with serving(tmp_path) as server:
        server.ask("account.add", name="alice")
        took = cli("import", "alice", *books, *where)
        assert (took.returncode, took.stdout) == (0, "4 new, 0 were there, 0 stay deleted, 0 refused\n"), took.stderr
        broken = cli("import", "alice", str(FIXTURES / "broken.vcf"), books[0], "--json", *where)
        told = json.loads(broken.stdout)
        assert (broken.returncode, told["new"], told["there"], told["refused"]) == (1, 1, 2, 1)
        assert told["troubles"][1]["why"] == "it has no END:VCARD"
        plain = cli("import", "alice", str(FIXTURES / "broken.vcf"), *where)
        assert "broken.vcf: card 1, line 2: it has no END:VCARD" in plain.stderr
        assert server.ask("account.show", name="alice")["items"] == {"contacts": 5}
        wrote = cli("export", "alice", "--to", str(out), *where)
        assert (wrote.returncode, wrote.stdout) == (0, f"5 contacts written to {out}\n"), wrote.stderr
        assert cli("export", "alice", "--json", *where).returncode == 2
        assert cli("export", "bob", "--to", str(tmp_path / "bob.vcf"), *where).returncode == 1
        assert cli("export", "alice", *where).stdout.count("BEGIN:VCARD") == 5
    assert not (tmp_path / "bob.vcf").exists()
    written = out.read_bytes()
    for book in books:
        for card in Path(book).read_bytes().split(b"END:VCARD\r\n"):
            assert card in written
