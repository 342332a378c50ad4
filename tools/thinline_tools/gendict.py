"""Train the compression dictionary of frames that carry heads.

    python -m thinline_tools.gendict [--check]

The dictionary is committed: both ends must have the same bytes, and a released one is never changed, a better one gets
the next id (spec FRAME-13). The first knew contacts only; this is the second, which knows mails too. It is trained on
windows, outcomes and commands of worlds that no bench uses. The training is deterministic for one version of the zstd
library, so ``--check`` tells only whether this environment would give the committed bytes again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

from thinline.codec import encode_body
from thinline.commands import grow
from thinline.frames import Command, Direction, Outcome, Verdict, Window
from thinline.history import Point
from thinline.intents import Change, Create, write_intent
from thinline.items import ITEM_ID_BYTES, NO_REVISION, Blob, Head
from thinline.merge import Content, difference
from thinline.testing.mails import mails
from thinline.testing.world import account_sample
from thinline.types import TYPES, Collection
from thinline.v1.contacts_pb2 import Contact
from thinline_server.mime.reading import parse_mail
from thinline_server.services.mail.incoming import Arrival, incoming

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["PATH", "heads_of", "mails_of", "main", "samples", "train"]

PATH = Path(__file__).resolve().parents[2] / "proto" / "thinline" / "dictionaries" / "heads-2.zdict"
_SIZE_BYTES = 16_384
_SEEDS = range(1_000, 1_024)  # of worlds; the bench's is 1
_CONTACTS = 100
_CONTACT = TYPES[1]
_MAILS = 100
_MAILS_A_WINDOW = 7  # as many as fit a piece of a slow link's chunk


def heads_of(seed: int, contacts: int) -> Iterator[Head]:
    """The heads of one account, as a server would have made them."""
    for position, sample in enumerate(account_sample(seed, 0, contacts).contacts, 2):
        made = grow(None, Head(sample.item, 0, NO_REVISION, _CONTACT.number, sample.fields)).head
        yield Head(made.item, position, made.revision, made.type, made.fields)


def mails_of(seed: int, count: int) -> Iterator[Head]:
    """The heads of one account's mails, the newest first, as a server would have made them."""
    chance = Random(f"items of mails {seed}")
    for position, sample in enumerate(mails(seed, count), 2):
        arrival = Arrival(sample.date_ms // 1_000, ("bob@thinline.test",))
        came = incoming(sample.raw, parse_mail(sample.raw), arrival)
        blobs = tuple(Blob(name, sha256(data).digest(), len(data)) for name, data in sorted(came.parts))
        made = grow(None, Head(chance.randbytes(ITEM_ID_BYTES), 0, NO_REVISION, came.type, came.fields, blobs)).head
        yield Head(made.item, position, made.revision, made.type, made.fields, made.blobs)


def _mail_bodies(chance: Random, heads: list[Head]) -> Iterator[bytes]:
    """Frames of a refill, and pushes."""
    point = Point(len(heads), chance.randbytes(16))
    mail = Collection.COLLECTION_MAIL
    for start in range(0, len(heads), _MAILS_A_WINDOW):
        part = tuple(heads[start : start + _MAILS_A_WINDOW])
        yield encode_body(Window(mail, part, chance.randbytes(24), point, more=True), Direction.DOWN)
    for head in heads[::5]:
        yield encode_body(Window(mail, (head,), b"\x01", point, more=False), Direction.DOWN)


def _edit(chance: Random, head: Head) -> Head:
    contact = Contact.FromString(head.fields)
    contact.favourite = not contact.favourite
    grown = grow(None, Head(head.item, 0, NO_REVISION, head.type, contact.SerializeToString())).head
    ancestors = tuple(chance.randbytes(8) for _ in range(chance.randrange(1, 4)))
    return Head(head.item, head.position, grown.revision, head.type, grown.fields, ancestors=ancestors)


def _bodies(chance: Random, heads: list[Head]) -> Iterator[bytes]:
    """Frames of a refill, of a few pushes, and of the commands that made them."""
    point = Point(len(heads), chance.randbytes(16))
    contacts = Collection.COLLECTION_CONTACTS
    for start in range(0, len(heads), 10):
        part = tuple(heads[start : start + 10])
        yield encode_body(Window(contacts, part, chance.randbytes(9), point, more=True), Direction.DOWN)
    for number, head in enumerate(heads[::5], 1):
        edited = _edit(chance, head)
        yield encode_body(Window(contacts, (edited,), b"\x01", point, more=False), Direction.DOWN)
        outcome = Outcome(number, Verdict.VERDICT_APPLIED, 0, point, (edited,), contacts, b"\x01")
        yield encode_body(outcome, Direction.DOWN)
        change = Change(head.item, difference(Content(head.fields), Content(edited.fields), _CONTACT.merges))
        for intent in (Create(head.item, head.type, Content(head.fields)), change):
            yield encode_body(Command(number, number - 1, number - 1, *write_intent(intent)), Direction.UP)


def samples() -> list[bytes]:
    """What the dictionary is trained on: bodies as the link squeezes them."""
    found: list[bytes] = []
    for seed in _SEEDS:
        found += _bodies(Random(seed), list(heads_of(seed, _CONTACTS)))
        found += _mail_bodies(Random(seed), list(mails_of(seed, _MAILS)))
    return found


def train() -> bytes:
    """The dictionary's bytes."""
    return zstd.train_dict(samples(), _SIZE_BYTES).dict_content


def main() -> int:
    """Train, then write or compare."""
    fresh = train()
    if "--check" in sys.argv[1:]:
        same = PATH.exists() and PATH.read_bytes() == fresh
        print(f"{PATH.name} is {'what' if same else 'not what'} this environment trains")
        return 0 if same else 1
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(fresh)
    print(f"{PATH.name}: {len(fresh)} bytes from {len(samples())} samples")
    return 0


if __name__ == "__main__":
    sys.exit(main())
