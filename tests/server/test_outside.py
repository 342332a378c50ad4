"""What comes from outside is hashed by who brings it, once, however its parts are told."""

from __future__ import annotations

from hashlib import sha256

from thinline.items import Blob
from thinline_server.outside import Incoming


def test_its_blobs_are_those_of_a_head() -> None:
    told = Incoming(bytes(32), 1, b"", (("vcard", b"BEGIN"), ("photo", b"GIF")))
    assert told.blobs == (Blob("photo", sha256(b"GIF").digest(), 3), Blob("vcard", sha256(b"BEGIN").digest(), 5))
    assert Incoming(bytes(32), 1, b"").blobs == ()
    assert told == Incoming(bytes(32), 1, b"", (("vcard", b"BEGIN"), ("photo", b"GIF")))
