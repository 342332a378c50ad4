"""What is done beside the store: parts are on the disk before their rows; an error there is the store's. D7, D9."""

from __future__ import annotations

import hashlib

import apsw

from letters import LETTER
from powered import People, PoweredServer
from thinline.reasons import Reason
from thinline_server.outside import Due, Incoming, Kept, ReadItem, Ready, Spool, Spooled, Take, Taken
from thinline_server.requests import Aside, Failed, Refused
from thinline_server.store.aside import note_kept
from thinline_server.store.parts import has_part

RAW = b"Dear alice, it rains. bob" * 4_000  # too much for a row


def test_a_part_has_its_row_once_it_is_on_the_disk(server: PoweredServer, people: People) -> None:
    """D9: and what is there already is not written again."""
    request = Spool(people.alice.account, LETTER, (RAW,))
    (aside,) = server.store.serve([request])
    assert isinstance(aside, Aside)
    name = hashlib.sha256(RAW).digest()
    context = server.store._context
    kept = aside.work()
    assert isinstance(kept, Kept)
    assert server.disk.read(f"blobs/{people.alice.account.hex()}/{name.hex()}")
    assert not has_part(context, people.alice.account, name)
    server.store._begin()
    note_kept(context, kept)
    server.store._commit()
    assert has_part(context, people.alice.account, name)
    assert isinstance(server.store.serve([request])[0], Spooled)


def test_what_has_no_large_part_is_served_at_once(server: PoweredServer, people: People) -> None:
    """D9: one that is large takes the others along."""
    server.blobs.least_bytes = 100
    source = people.alice.account, "letters"
    small, large = (Incoming(bytes([size]) * 32, 1, b"", (("raw", bytes(size)),)) for size in (99, 100))
    (taken,) = server.store.serve([Take(*source, (small,))])
    assert isinstance(taken, Taken)
    other = Incoming(b"o" * 32, 1, b"", (("raw", b"other"),))
    (aside,) = server.store.serve([Take(*source, (other, large))])
    assert isinstance(aside, Aside)
    kept = aside.work()
    assert isinstance(kept, Kept)
    assert [(part.size, part.data is None) for part in kept.parts] == [(5, False), (100, True)]


def test_an_error_there_is_the_store_s(server: PoweredServer, people: People) -> None:
    """D7: of a write, and of a read."""
    server.one(Spool(people.alice.account, LETTER, (RAW,)))
    (aside,) = server.store.serve([Due((LETTER,), 1)])
    assert isinstance(aside, Aside)
    assert isinstance(aside.work(), Ready)
    (writing,) = server.store.serve([Spool(people.alice.account, LETTER, (RAW + b"!",))])
    assert isinstance(writing, Aside)
    server.disk.fail_at(1, apsw.FullError)
    failed = writing.work()
    assert isinstance(failed, Failed)
    answer = server.one(failed)
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.FULL
    assert server.one(ReadItem(people.alice.account, b"contact  bob")) == server.store.failed
