"""Mailboxes and mails into a server and out of it, by the verbs of its control socket. D6, T8, X8."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from control_desk import ControlDesk
from readers import Readers
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline.testing.mails import mails
from thinline.types import Collection
from thinline.v1.mail_pb2 import Address, Mail
from thinline_server.config import MailSettings
from thinline_server.outside import Incoming, Take
from thinline_server.requests import GetBlob, Refused
from thinline_server.services.mail.mbox import cut_mailbox, mailbox_entry
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause
from thinline_tools.exchange import Exported, Imported, Trouble, heads_of
from thinline_tools.letters import Owner, export_files, export_mailbox, import_mails

NOW_S = 1_700_000_000
ALICE = Owner("alice", MailSettings())
RAWS = [raw for sample in mails(5, 40) if (raw := sample.raw).endswith(b"\n")]
TEA = (
    b"From: Bob <bob@far.test>\r\nTo: alice@thinline.test\r\nSubject: tea\r\nMessage-ID: <1@far.test>\r\n"
    b"\r\nAt four?\r\n"
)


def box(path: Path, *raws: bytes) -> Path:
    path.write_bytes(b"".join(mailbox_entry(raw, "bob@far.test", NOW_S) for raw in raws))
    return path


def taken(desk: ControlDesk, *files: Path, owner: Owner = ALICE, readers: Readers | None = None) -> Imported:
    return import_mails(desk, owner, files, NOW_S, pool=cast(Pool, readers or Readers()))


def cut(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return [piece.data for piece in cut_mailbox(file, 10_000_000)]


def shown(desk: ControlDesk) -> list[Mail]:
    heads = heads_of(desk, "alice", Collection.COLLECTION_MAIL)
    return [Mail.FromString(base64.b64decode(head["fields"])) for head in heads]


def test_what_went_in_comes_out_byte_for_byte_and_twice_is_once(tmp_path: Path) -> None:
    """Spec ITEM-13, MAIL-9: as a mailbox and as files."""
    desk, book = ControlDesk(), box(tmp_path / "in.mbox", *RAWS)
    assert taken(desk, book) == Imported(new=len(RAWS))
    assert taken(desk, book) == Imported(there=len(RAWS))
    with (tmp_path / "out.mbox").open("wb") as file:
        assert export_mailbox(desk, ALICE, file) == Exported(written=len(RAWS))
    assert sorted(cut(tmp_path / "out.mbox")) == sorted(RAWS)
    assert taken(desk, tmp_path / "out.mbox") == Imported(there=len(RAWS))
    assert export_files(desk, ALICE, tmp_path / "mails") == Exported(written=len(RAWS))
    files = sorted((tmp_path / "mails").iterdir())
    assert sorted(path.read_bytes() for path in files) == sorted(RAWS)
    assert taken(desk, *files) == Imported(there=len(RAWS))


def test_imported_mails_are_read_and_go_where_their_owner_says(tmp_path: Path) -> None:
    """Spec MAIL-10; the account's own address is left out of who it is to."""
    desk, tea = ControlDesk(), tmp_path / "tea"
    tea.write_bytes(TEA)
    assert taken(desk, tea, owner=replace(ALICE, folder="Old times")).new == 1
    (mail,) = shown(desk)
    assert (mail.folder, mail.seen, mail.date_s, list(mail.to)) == ("Old times", True, NOW_S, [])
    with (tmp_path / "out").open("wb") as file:
        assert export_mailbox(desk, replace(ALICE, folder=""), file).written == 0
        assert export_mailbox(desk, replace(ALICE, folder="Old times"), file).written == 1


def test_which_mail_is_refused_and_why_is_told(tmp_path: Path) -> None:
    desk, small = ControlDesk(), replace(ALICE, settings=MailSettings(size_bytes=2_000))
    large = TEA + b"x" * 2_000 + b"\r\n"
    mixed = box(tmp_path / "mixed.mbox", TEA, b"no header\r\n", large)
    cat, letter = tmp_path / "cat.eml", tmp_path / "large.eml"
    cat.write_bytes(b"\xff\xd8\xff")
    letter.write_bytes(large)
    result = taken(desk, mixed, cat, letter, owner=small)
    assert (result.new, result.refused) == (1, 4)
    assert [(trouble.where.removeprefix(f"{tmp_path}/"), trouble.why) for trouble in result.troubles] == [
        ("mixed.mbox: mail 2, line 9", "it does not begin with a line of a header, as a mail does"),
        ("mixed.mbox: mail 3, line 12", f"it has {len(large)} bytes; a mail has at most 2000"),
        ("cat.eml", "it is neither a mailbox nor a mail: it begins like neither"),
        ("large.eml", f"it has {len(large)} bytes; a mail has at most 2000"),
    ]
    assert all(trouble.lost for trouble in result.troubles)


def test_a_mail_that_kills_its_reader_is_kept_whole_and_told(tmp_path: Path) -> None:
    """T8: with its headers and the reason; the mails beside it are as ever."""
    desk, book = ControlDesk(), box(tmp_path / "in", TEA)
    result = taken(desk, book, readers=Readers(Cause.CRASHED))
    why = "it is kept whole, but it could not be read: it would have taken more memory than it may"
    assert result == Imported(new=1, troubles=[Trouble(f"{book}: mail 1, line 1", why, lost=False)])
    assert [(mail.subject, bool(mail.trouble)) for mail in shown(desk)] == [("tea", True)]
    with (tmp_path / "out").open("wb") as file:
        export_mailbox(desk, ALICE, file)
    assert cut(tmp_path / "out") == [TEA]


def test_what_was_written_here_goes_out_as_it_was_sent(tmp_path: Path) -> None:
    """Spec MAIL-7; a bcc is told to nobody."""
    desk = ControlDesk()
    draft = Mail(subject="hat", folder="drafts", date_s=NOW_S, to=[Address(address="bob@far.test")])
    draft.bcc.add(address="carol@far.test")
    item = Incoming(bytes(32), 2, draft.SerializeToString(), (("body", "Grüße\n".encode()),))
    account = bytes.fromhex(desk.ask("account.show", name="alice")["account"])
    assert desk.served.operate(Take(account, "test", (item,)))[0].items[0].new
    with (tmp_path / "out").open("wb") as file:
        assert export_mailbox(desk, ALICE, file) == Exported(written=1)
    (raw,) = cut(tmp_path / "out")
    assert b"From: alice@thinline.test\r\nTo: bob@far.test\r\nSubject: hat\r\n" in raw
    assert b"Gr=C3=BC=C3=9Fe" in raw
    assert b"carol" not in raw


def test_what_can_not_be_written_as_it_is_is_told(tmp_path: Path) -> None:
    desk, tea = ControlDesk(), tmp_path / "tea.eml"
    tea.write_bytes(TEA.rstrip())
    taken(desk, tea)
    with (tmp_path / "out").open("wb") as file:
        (trouble,) = export_mailbox(desk, ALICE, file).troubles
        assert (trouble.lost, "its last line has no end" in trouble.why) == (False, True)
        desk.served.answers[GetBlob] = Refused(Reason.STORE_FAILED, "damaged")
        result = export_mailbox(desk, ALICE, file)
    (trouble,) = result.troubles
    assert (result.written, trouble.lost, trouble.why) == (0, True, "damaged")
    assert trouble.where.endswith(" tea")


def test_whose_mails_there_are_not_is_a_sentence(tmp_path: Path) -> None:
    desk, nobody = ControlDesk(), replace(ALICE, name="nobody")
    with pytest.raises(LocalError, match="there is no account nobody"):
        taken(desk, box(tmp_path / "in", TEA), owner=nobody)
    with pytest.raises(LocalError, match="there is no account nobody"):
        export_files(desk, nobody, tmp_path / "out")
