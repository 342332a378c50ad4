"""Mails in all the usual shapes, brought by SMTP, as they stand on a handset's screens.

Must 2 of mail: the expected text of each is on the screens, whole files come down with the digests of what was sent.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from serving import serving
from thinline.testing.mails import MailSample, mails
from thinline.types import Collection
from thinline.v1.mail_pb2 import Mail
from thinline_emulator import Handset, Options
from thinline_emulator.apps.mail.letters import missing
from thinline_emulator.apps.mail.pages import List, Read
from thinline_emulator.events import Want

SEED = 11
WIDE = re.compile(r"[\s│•*·…]+")


def squeezed(text: str) -> str:
    """What is to be read, without how it is broken and marked."""
    return WIDE.sub("", unicodedata.normalize("NFC", text))


def brought(port: int, samples: Sequence[MailSample]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as program:
        for one in samples:
            program.sendmail("far@far.test", ["bob@thinline.test"], one.raw)


async def screens(phone: Handset, item: bytes) -> str:
    """All that can be read of a mail, screen by screen."""
    memory = phone.machine.memory
    assert memory is not None
    shown = phone.machine.desk(phone.now).item(item)
    assert shown is not None
    for wish in missing(shown, phone.machine.desk(phone.now)):
        phone.do(Want(wish))
    await phone.until(lambda: not len(memory.asks))
    memory.screens["mail"] = Read(item, List())
    told: list[str] = []
    while True:
        rows = [line.strip("|") for line in phone.screen.text().splitlines()[2:-2]]
        fresh = rows if not told else rows[-(len(rows) - 1) :]
        top = memory.screens["mail"].top
        told += fresh
        await phone.key("space")
        if memory.screens["mail"].top == top:
            return "".join(told)


async def shown_of(folder: Path, count: int) -> None:
    samples = list(mails(SEED, count))
    with serving(folder, THINLINE_MAIL__LISTEN="127.0.0.1:0") as process:
        process.ask("account.add", name="bob")
        code = process.ask("account.enroll", name="bob")["code"]
        (told,) = (one["why"] for one in process.ask("status")["gateways"] if one["name"] == "mail in")
        await asyncio.to_thread(brought, int(told.rpartition(":")[2]), samples)
        async with Handset(server=process.address, code=code, options=Options(radio="wifi", rate=20.0)) as phone:
            collection = Collection.COLLECTION_MAIL
            await phone.until(lambda: len(phone.machine.desk(phone.now).items(collection)) == count, within_s=120)
            await phone.until("settled")
            memory = phone.machine.memory
            assert memory is not None
            memory.focus.append("mail")
            by_subject: dict[str, list[bytes]] = {}
            for one in phone.machine.desk(phone.now).items(collection):
                by_subject.setdefault(Mail.FromString(one.content.fields).subject, []).append(one.item)
            for sample in samples:
                await _is_shown(phone, sample, by_subject)


async def _is_shown(phone: Handset, sample: MailSample, by_subject: dict[str, list[bytes]]) -> None:
    """One of the mails of its subject shows all that is to be read, and has its files by their digests."""
    trials = []
    for item in by_subject[" ".join(sample.subject.split())]:
        shown = phone.machine.desk(phone.now).item(item)
        assert shown is not None
        hashes = {blob.hash for blob in shown.content.blobs}
        text = squeezed(await screens(phone, item))
        absent = [word for word in sample.words if squeezed(word) not in text]
        lost = [file.name for file in sample.files if file.sha256 not in hashes]
        if not absent and not lost:
            return
        trials.append((absent, lost))
    raise AssertionError(f"{sample.shape}: {trials}")


@pytest.mark.slow  # 200 mails, each turned through
async def test_two_hundred_mails_are_on_the_screens(tmp_path: Path) -> None:
    """Must 2."""
    await shown_of(tmp_path, 200)


@pytest.mark.soak
async def test_a_thousand_mails_are_on_the_screens(tmp_path: Path) -> None:
    """Must 2."""
    await shown_of(tmp_path, 1_000)
