"""Some fields of a content are written by the server; whatever else stands in it stays as it is."""

from __future__ import annotations

from thinline.items import Blob, put_varint
from thinline.merge import Content
from thinline.v1.web_pb2 import Download, TransferState
from thinline_server.services.fields import with_fields

LATER = put_varint(900 << 3) + b"\x05"
FILE = (Blob("file", bytes(32), 1),)


def test_the_named_fields_are_those_of_the_message() -> None:
    """Spec ITEM-3: a field of a later version stays, verbatim."""
    before = Content(Download(name="tea", at_s=7, reason="later").SerializeToString() + LATER, FILE)
    after = with_fields(before, Download(state=TransferState.TRANSFER_STATE_SENT, name="other"), "state", "reason")
    told = Download.FromString(after.fields)
    assert (told.name, told.at_s, told.reason) == ("tea", 7, "")
    assert told.state == TransferState.TRANSFER_STATE_SENT
    assert after.fields.endswith(LATER)
    assert after.blobs == FILE
    assert with_fields(before, Download(), "state") == before
