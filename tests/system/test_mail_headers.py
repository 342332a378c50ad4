"""CR LF in composed headers, from the handset to the relay: no mail of ours has a header that its writer did not mean.

Must 3 of mail. What a handset sends may be made by anybody; the names of files, contacts and the mails that are
answered are strangers' words.
"""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from mail_town import Person, mail_town
from relays import Given, Relaying
from thinline.intents import Create, Own
from thinline.items import content_digest
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, Attachment, Mail
from thinline_emulator.events import Make
from thinline_server.services.mail.rules import SUBMIT

EVIL = "tea\r\nBcc: eve@far.test\r\nX-Evil: yes"
BOB = Address(address="bob@far.test")
OURS = {"From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version"}
PARTS = {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
HOSTILE = {
    "subject": Mail(subject=EVIL, to=[BOB]),
    "name": Mail(to=[Address(name=EVIL, address=BOB.address)]),
    "address": Mail(to=[Address(address="bob@far.test>\r\nRCPT TO:<eve@far.test")]),
    "cc": Mail(to=[BOB], cc=[Address(name=EVIL, address="carol@far.test")]),
    "bcc": Mail(to=[BOB], bcc=[Address(address="carol@far.test\nX-Evil: yes")]),
    "file": Mail(to=[BOB], attachments=[Attachment(name=EVIL, media_type="text/plain", part="a1")]),
    "type": Mail(to=[BOB], attachments=[Attachment(name="a", media_type="text/plain\r\nX-Evil: yes", part="a1")]),
    "separator": Mail(subject="tea\u2028Bcc: eve@far.test", to=[BOB]),
}


def relayed(relay: Relaying) -> dict[str, str]:
    return {"THINLINE_MAIL__RELAY": f"127.0.0.1:{relay.port}", "THINLINE_MAIL__RELAY_TLS": "none"}


def is_ours(given: Given, *recipients: str) -> None:
    """Its envelope and every header of it are what we write."""
    assert given.recipients == recipients
    message = message_from_bytes(given.raw, policy=default)
    assert set(message.keys()) <= OURS | PARTS, message.keys()
    for part in message.walk():
        assert part is message or set(part.keys()) <= PARTS
    told = [one.addr_spec for name in ("To", "Cc") if message[name] for one in message[name].addresses]
    assert tuple(told) == recipients


def submit(alice: Person, number: int, mail: Mail) -> None:
    """As a handset would that was made to do harm: the draft, and the command that sends it."""
    item = b"evil" + number.to_bytes(8, "big")
    content = Content(mail.SerializeToString())
    seen = content_digest(2, content.fields, (), dead=False)[:8]
    body = mail_pb2.Submit(item=item, seen=seen).SerializeToString()
    alice.handset.do(Make(Create(item, 2, content)))
    alice.handset.do(Make(Own(item, SUBMIT, body)))


async def test_what_is_no_line_is_refused_whatever_field_it_stands_in(tmp_path: Path) -> None:
    """Spec MAIL-2, MAIL-4; T5: none of it is stored, and the relay hears of nothing."""
    async with Relaying() as relay, mail_town(tmp_path, **relayed(relay)) as place, place.person("alice") as alice:
        for number, mail in enumerate(HOSTILE.values()):
            submit(alice, number, mail)
        await alice.handset.until("settled")
        memory = alice.handset.machine.memory
        assert memory is not None
        reasons = {one.intent.item: one.reason for one in memory.outbox.rejected if isinstance(one.intent, Create)}
        assert set(reasons.values()) == {Reason.INVALID}
        assert len(reasons) == len(HOSTILE)
        submit(alice, 99, Mail(subject="tea", to=[BOB]))
        await alice.handset.until(lambda: len(relay.taken) == 1)
    is_ours(relay.taken[0], BOB.address)


async def test_the_name_of_a_file_and_an_answered_mail_bring_no_header_in(tmp_path: Path) -> None:
    """Both are strangers' words that do reach a header: as one line."""
    evil = tmp_path / "plan\r\nBcc: eve@far.test\r\n.txt"
    evil.write_bytes(b"Cake at four.")
    async with Relaying() as relay, mail_town(tmp_path, **relayed(relay)) as place, place.person("alice") as alice:
        encoded = "=?utf-8?q?tea=0D=0ABcc:_eve=40far.test?="
        raw = f"From: {encoded} <bob@far.test>\r\nTo: alice@thinline.test\r\nSubject: {encoded}\r\n"
        raw += "Message-ID: <tea\r\n Bcc:eve@far.test>\r\n\r\nAt four?\r\n"
        await place.bring(raw.encode())
        await alice.press("jump wheel-down ok")
        await alice.sees("tea Bcc: eve@far.test")
        await alice.press("ok")
        await alice.choose("Reply")
        await alice.handset.verb(f"attach {evil}")
        await alice.press("'With pleasure.' send")
        await alice.handset.until(lambda: len(relay.taken) == 1)
    (given,) = relay.taken
    is_ours(given, BOB.address)
    message = message_from_bytes(given.raw, policy=default)
    assert message["Subject"] == "Re: tea Bcc: eve@far.test"
    (file,) = message.iter_attachments()
    assert file.get_filename() == "plan  Bcc: eve@far.test  .txt"
    assert file.get_content() == "Cake at four."
