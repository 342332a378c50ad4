"""Mail as its users have it: keys pressed and screens read on real handsets, a real server, and mail programs beside.

Must 1 of mail: alice writes to bob on the same server, a mail program writes to alice, and everything that is done
with a mail on the handset is done once. The counterparts far away are in test_exim.
"""

from __future__ import annotations

import smtplib
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from mail_town import mail_town
from thinline.intents import Create
from thinline.merge import Content
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline.v1.mail_pb2 import DeliveryState
from thinline_emulator.events import Make

BIG = Random(10).randbytes(7_400_000)  # 10 MB once it is base64
CAT = Random(3).randbytes(20_000)


def contact(name: str, address: str) -> Make:
    fields = Contact(name=name, mails=[Labelled(value=address)]).SerializeToString()
    return Make(Create(name.encode().ljust(12), 1, Content(fields)))


async def test_alice_and_bob_write_to_each_other(tmp_path: Path) -> None:
    """Compose with completion, deliveries, reply, conversation, flags, move, delete and undo; drafts wait meanwhile."""
    async with mail_town(tmp_path) as place, place.person("alice") as alice, place.person("bob") as bob:
        alice.handset.do(contact("Bob Børgesen", "bob@thinline.test"))
        await alice.handset.until("settled")
        await alice.press("jump wheel-down ok")
        await alice.choose("New mail")
        await alice.press("'bor'")
        await alice.sees("Bob Børgesen <bob@thinline.test>")
        await alice.press("ok down down down 'Tea?' down 'At four, in the garden?' back")
        assert alice.mails()["Tea?"][0].folder == "drafts"
        await alice.press("left wheel-down ok ok")
        await alice.sees("Draft", "At four, in the garden?_")
        await alice.press("enter 'Alice' send")
        await alice.handset.until(lambda: [one.state for one in alice.mails()["Tea?"][0].deliveries] == [5])
        await bob.press("jump wheel-down ok")
        await bob.sees("alice@thinline.test", "Tea?", "At four, in the garden?")
        await bob.press("ok")
        await bob.sees("From: alice@thinline.test", "Alice", "To: you")
        await bob.choose("Reply")
        await bob.press("'With pleasure.' send")
        await alice.press("left ok")
        await alice.sees("bob@thinline.test", "Re: Tea?", "With pleasure.")
        assert bob.mails()["Tea?"][0].answered
        await alice.press("ok")
        await alice.choose("Conversation")
        await alice.sees("to Bob Børgesen", "Re: Tea?", "Conversation (0/2)")
        await alice.press("back")
        await alice.choose("Flag")
        await alice.choose("Move")
        await alice.press("'Parties' ok")
        await alice.handset.until("settled")
        assert alice.mails()["Re: Tea?"][0].folder == "Parties"
        await alice.choose("Undo")
        await alice.sees("* bob@thinline.test")
        await alice.press("delete")
        await alice.sees("Nothing here.")
        await alice.choose("Undo")
        await alice.sees("Re: Tea?")
        await alice.handset.until("settled")


async def test_a_mail_program_writes_to_alice_and_she_reads_searches_and_opens_files(tmp_path: Path) -> None:
    """The text by chunk, files fetched and shown, search on the server, and what is not hers is refused."""
    async with mail_town(tmp_path) as place, place.person("alice") as alice:
        story = [f"Paragraph {number} of a story about a harbour and a lamp." for number in range(90)]
        await place.mail("A story", *story)
        await place.mail("Cat", "Look at her.", cat_jpg=CAT, notes_txt=b"Feed her at six.\n" * 3)
        await alice.press("jump wheel-down ok")
        await alice.sees("Cat", "A story", "Bob Far")
        await alice.handset.until("settled")
        at = ["Cat", "A story"] if alice.screen.index("Cat") < alice.screen.index("A story") else ["A story", "Cat"]
        await alice.press("ok" if at[0] == "Cat" else "wheel-down ok")
        await alice.sees("Look at her.", "+ cat.jpg", "+ notes.txt", "To: carol@far.test")
        await alice.choose("Files")
        await alice.press("wheel-down ok")
        await alice.sees("   here")
        await alice.press("ok")
        await alice.sees("Feed her at six.")
        await alice.press("back back back")
        await alice.choose("Search")
        await alice.press("'stor' ok")
        await alice.sees("Found (", "A story")
        assert "Cat" not in alice.screen
        await alice.press("ok")
        await alice.sees("Paragraph 0 of")
        await alice.handset.until(lambda: not len(alice.handset.machine.memory.asks))  # type: ignore[union-attr]
        await alice.press("space " * 40)
        await alice.sees("Paragraph 89 of")
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="550"):
            await place.mail("Not for us", "Hello?", to="nobody")


async def test_a_relay_that_is_not_there_is_told_on_the_handset(tmp_path: Path) -> None:
    """Spec SOFT-2: how it stands, why, and when it is tried again; the mail waits meanwhile."""
    relay = {"THINLINE_MAIL__RELAY": "127.0.0.1:1", "THINLINE_MAIL__RELAY_TLS": "none"}
    async with mail_town(tmp_path, **relay) as place, place.person("alice") as alice:
        await alice.press("jump wheel-down ok")
        assert "mail out" not in alice.screen
        await alice.choose("New mail")
        await alice.press("'bob@far.test' down down down 'Tea?' send")
        await alice.sees("mail out: backing off, again in")
        (delivery,) = alice.mails()["Tea?"][0].deliveries
        assert delivery.state == DeliveryState.DELIVERY_STATE_QUEUED


async def test_a_file_of_the_host_arrives_whole(tmp_path: Path) -> None:
    """Attached at the console while the mail is written; bob has it by digest, under its name."""
    cat = tmp_path / "our cat.jpg"
    cat.write_bytes(CAT)
    async with mail_town(tmp_path) as place, place.person("alice") as alice, place.person("bob") as bob:
        await alice.press("jump wheel-down ok")
        await alice.choose("New mail")
        await alice.press("'bob@thinline.test' down down down 'Cat'")
        assert (await alice.handset.verb(f"attach {cat}")).data == {"name": "our cat.jpg", "size": len(CAT)}
        await alice.sees("+ our cat.jpg 20 KB")
        await alice.press("down 'Look at her.' send")
        await bob.handset.until(lambda: "Cat" in bob.mails())
        mail, shown = bob.mails()["Cat"]
        assert [(file.name, file.media_type, file.part) for file in mail.attachments] == [
            ("our cat.jpg", "image/jpeg", "a1")
        ]
        assert {one.name: one.hash for one in shown.content.blobs}["a1"] == sha256(CAT).digest()
        await alice.handset.until(lambda: [one.state for one in alice.mails()["Cat"][0].deliveries] == [5])


async def test_ten_megabytes_are_sent_on_for_less_than_two_kilobytes(tmp_path: Path) -> None:
    """Must 1: alice's handset holds the head; bob gets all of it, byte for byte."""
    async with mail_town(tmp_path) as place, place.person("alice") as alice, place.person("bob") as bob:
        raw = await place.mail("Holidays", "All of them.", big_jpg=BIG)
        assert len(raw) > 10_000_000
        await alice.press("jump wheel-down ok")
        await alice.sees("Holidays", "MB")
        await alice.handset.until("settled")
        before = alice.sent_bytes()
        await alice.choose("Forward")
        await alice.press("'bob@thinline.test' send")
        await alice.handset.until("settled")
        assert alice.sent_bytes() - before < 2_048
        await alice.handset.until(lambda: [one.state for one in alice.mails()["Fwd: Holidays"][0].deliveries] == [5])
        assert alice.mails()["Holidays"][0].forwarded
        await bob.handset.until(lambda: "Fwd: Holidays" in bob.mails(), within_s=60)
        mail, shown = bob.mails()["Fwd: Holidays"]
        (blob,) = [one for one in shown.content.blobs if one.name == "mail"]
        assert blob.size > len(raw)
        sizes = {one.size for one in shown.content.blobs if one.name != "mail"}
        assert sizes & {len(BIG), len(raw)}, "the mail or its picture is a file of bob's"
        assert mail.attachments
        hashes = {one.hash for one in shown.content.blobs}
        assert hashes & {sha256(BIG).digest(), sha256(raw).digest()}
