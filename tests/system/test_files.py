"""`thinline import` and `thinline export` against a running server, as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import run
from serving import cli, serving
from thinline.testing.mails import mails
from thinline_server.services.mail.mbox import mailbox_entry

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


def test_a_mailbox_goes_in_by_limited_workers_and_comes_out_byte_for_byte(tmp_path: Path) -> None:
    """T5, T8, X8: one of the mails is too much for whoever takes it apart, and comes out as it was all the same."""
    where = ("--data", str(tmp_path / "data"), "--state", str(tmp_path / "state"))
    bomb = b"From: eve@far.test\r\nSubject: bomb\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
    bomb += b"--a\r\n\r\nx\r\n" * 200_000
    raws = [raw for sample in mails(6, 24) if (raw := sample.raw).endswith(b"\n")] + [bomb]
    book, out, files = tmp_path / "old.mbox", tmp_path / "out.mbox", tmp_path / "mails"
    book.write_bytes(b"".join(mailbox_entry(raw, "bob@far.test", 1_254_355_200) for raw in raws))
    with serving(tmp_path) as server:
        server.ask("account.add", name="alice")
        took = run("import", "alice", str(book), "--folder", "archive", *where)
        told = f"{len(raws)} new, 0 were there, 0 stay deleted, 0 refused\n"
        assert (took.exit_code, took.stdout) == (0, told), took.stderr
        assert f"mail {len(raws)}, line " in took.stderr
        assert "it is kept whole, but" in took.stderr
        again = json.loads(run("import", "alice", str(book), "--json", *where).stdout)
        assert (again["new"], again["there"]) == (0, len(raws))
        wrote = run("export", "alice", "--to", str(out), *where)
        assert (wrote.exit_code, wrote.stdout) == (0, f"{len(raws)} mails written to {out}\n"), wrote.stderr
        assert run("export", "alice", "--as", "eml", "--to", str(files), "--folder", "archive", *where).exit_code == 0
        assert server.ask("account.show", name="alice")["items"] == {"mail": len(raws)}
    written = out.read_bytes()
    assert all(mailbox_entry(raw, "", 0).partition(b"\n")[2] in written for raw in raws)
    assert sorted(path.read_bytes() for path in files.iterdir()) == sorted(raws)
