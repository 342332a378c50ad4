"""The same over real gRPC: while a photo comes down on gprs, an edit waits for one chunk at most (must 8).

A real server process, and handsets whose radio is gprs in real time, only somewhat faster. What lies between server
and handset here, besides the radio, are gRPC's own buffers: if they were not turned down, or the server did not keep
to its credit, an outcome would stand behind all of the photo.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from random import Random

from serving import serving
from thinline.intents import Change, Create
from thinline.items import Blob
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator import Handset, Options
from thinline_emulator.asks import GetPart
from thinline_emulator.events import Make, SetRadio, Want
from thinline_emulator.line import chunk_bytes
from thinline_emulator.profiles import load_radio

PHOTO = Random(8).randbytes(120_000)
HASH = hashlib.sha256(PHOTO).digest()
ALBUM, BOB = b"item album!!", b"item of bob!"
RATE = 2.0
EDITS = 8
QUIET_EDITS = 4


def contact(name: str, notes: str = "") -> bytes:
    return contacts_pb2.Contact(name=name, notes=notes).SerializeToString()


async def edit(phone: Handset, notes: str) -> float:
    """One edit of Bob; the seconds of the handset until it was DURABLE."""
    shown = phone.machine.desk(phone.now).item(BOB)
    memory = phone.machine.memory
    assert shown is not None
    assert memory is not None
    change = difference(shown.content, Content(contact("Bob", notes)), TYPES[1].merges)
    began_s = phone.now
    phone.do(Make(Change(BOB, change)))
    await phone.until(lambda: not len(memory.outbox))
    return phone.now - began_s


async def test_an_edit_waits_for_at_most_one_chunk_of_a_photo_over_grpc(tmp_path: Path) -> None:
    gprs = replace(load_radio("gprs"), loss=0.0)
    with serving(tmp_path) as process:
        process.ask("account.add", name="alice")
        codes = [process.ask("account.enroll", name="alice")["code"] for _ in range(2)]
        async with (
            Handset(server=process.address, code=codes[0], options=Options(radio="wifi", rate=RATE)) as desk,
            Handset(server=process.address, code=codes[1], options=Options(radio="wifi", rate=RATE)) as phone,
        ):
            await desk.until("settled")
            content = Content(contact("Photo"), (Blob("photo", HASH, len(PHOTO)),))
            desk.do(Make(Create(ALBUM, 1, content), {HASH: PHOTO}))
            desk.do(Make(Create(BOB, 1, Content(contact("Bob")))))
            await desk.until("settled")
            await phone.until(lambda: len(phone.machine.desk(phone.now).items(1)) == 2)
            phone.do(SetRadio(gprs))
            await phone.until("settled")
            memory = phone.machine.memory
            assert memory is not None
            quiet_s = max([await edit(phone, f"quiet {number}") for number in range(QUIET_EDITS)])
            phone.do(Want(GetPart(ALBUM, "photo", HASH, len(PHOTO))))
            waited_s = [await edit(phone, f"busy {number}") - quiet_s for number in range(EDITS)]
            assert len(memory.asks) > 0, "the photo is still on its way"
            assert max(waited_s) <= chunk_bytes(gprs) / gprs.down_bytes_s
