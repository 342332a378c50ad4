"""What is made of a form that is sent and a file that is fetched, and what their items show."""

from __future__ import annotations

import pytest

from thinline.commands import Changes, Rejection, Version, View
from thinline.errands import Errand, ErrandState, Progress
from thinline.errors import RemoteError
from thinline.items import Blob, put_varint
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.web_pb2 import Download, FetchFile, Field, Pick, PostForm, Posting, TransferState
from thinline_server.services.web import Web
from thinline_server.services.web.rules import ERRANDS, FETCH_FILE, POST_FORM, RULES, WEB_FILE, WEB_POST

ITEM, PAGE = b"a posting 12", b"a page of alice."
SECRET = Field(control=2, value="my password")
FORM = PostForm(item=ITEM, page=PAGE, form=1, fields=[SECRET], title="Order\n now", at_s=7)
FILE = FetchFile(item=ITEM, address="http://tea.example/l.pdf", name="l.pdf", at_s=7)
UNKNOWN_CELL = put_varint(900 << 3) + b"\x05"


def view(*versions: Version) -> View:
    return View({one.head.item: one for one in versions}, (), b"handset1", 1, 1, TYPES, Web().check)


def decided(kind: int, body: bytes, *versions: Version) -> Changes | Rejection:
    return RULES[kind].decide(body, view(*versions))


@pytest.mark.parametrize(("kind", "body", "errand"), [(POST_FORM, FORM, WEB_POST), (FETCH_FILE, FILE, WEB_FILE)])
def test_an_item_and_one_errand_are_made_once(kind: int, body: PostForm | FetchFile, errand: int) -> None:
    """Spec WEB-12, WEB-15, CMD-13."""
    data = body.SerializeToString()
    assert RULES[kind].touches(data).items == (ITEM,)
    made = decided(kind, data)
    assert isinstance(made, Changes)
    (version,) = made.heads
    told = TYPES[version.head.type].message.FromString(version.head.fields)
    assert (told.state, told.at_s) == (TransferState.TRANSFER_STATE_QUEUED, 7)  # type: ignore[attr-defined]
    assert [(one.kind, one.item, one.target) for one in made.errands] == [(errand, ITEM, "")]
    assert decided(kind, data, version) == Changes((), told=(ITEM,))


def test_what_was_filled_in_is_the_errand_s_only() -> None:
    """Spec WEB-12."""
    made = decided(POST_FORM, FORM.SerializeToString())
    assert isinstance(made, Changes)
    (version,), (errand,) = made.heads, made.errands
    assert Posting.FromString(version.head.fields).title == "Order now"
    assert b"password" not in version.head.fields
    assert list(PostForm.FromString(errand.detail).fields) == [SECRET]
    assert isinstance(errand, Errand)


def test_what_is_not_taken() -> None:
    """Spec WEB-13."""
    long = [Field(control=1, value="x" * LIMITS.form_bytes)]
    for kind, body in (
        (POST_FORM, PostForm(item=ITEM, page=PAGE, form=1, fields=long)),
        (FETCH_FILE, FetchFile(item=ITEM, pick=Pick(page=PAGE, form=1, fields=long))),
    ):
        assert decided(kind, body.SerializeToString()) == Rejection(Reason.INVALID)
    with pytest.raises(RemoteError):
        decided(POST_FORM, PostForm(item=b"short").SerializeToString())
    with pytest.raises(RemoteError):
        decided(FETCH_FILE, b"\xff")


def test_a_posting_shows_how_far_it_is_and_keeps_the_rest() -> None:
    """Spec OUT-9, ITEM-3."""
    fields = Posting(title="Order", at_s=7, state=TransferState.TRANSFER_STATE_SENDING).SerializeToString()
    show = ERRANDS[WEB_POST].progress
    shown = show(5, Content(fields + UNKNOWN_CELL), Progress("", ErrandState.UNKNOWN, "cut\noff", 0))
    assert shown is not None
    told = Posting.FromString(shown.fields)
    assert (told.title, told.at_s, told.reason) == ("Order", 7, "cut off")
    assert told.state == TransferState.TRANSFER_STATE_UNKNOWN
    assert shown.fields.endswith(UNKNOWN_CELL)
    assert show(5, shown, Progress("", ErrandState.UNKNOWN, "cut off", 0)) is None
    assert show(1, Content(b""), Progress("", ErrandState.SENT, "", 0)) is None


def test_a_download_gets_its_file_and_what_its_site_calls_it() -> None:
    """Spec WEB-15."""
    fields = Download(name="l", at_s=7, reason="later").SerializeToString()
    file, note = Blob("file", bytes(32), 9), Blob("note", bytes(32), 1)
    came = Download(name="leaves.pdf", media_type="application/pdf").SerializeToString()
    progress = Progress("", ErrandState.DELIVERED, "", 0, (file,), came)
    show = ERRANDS[WEB_FILE].progress
    shown = show(6, Content(fields, (Blob("file", b"1" * 32, 1), note)), progress)
    assert shown is not None
    told = Download.FromString(shown.fields)
    assert (told.name, told.media_type, told.at_s, told.reason) == ("leaves.pdf", "application/pdf", 7, "")
    assert told.state == TransferState.TRANSFER_STATE_DELIVERED
    assert shown.blobs == (file, note)
    unnamed = Progress("", ErrandState.DELIVERED, "", 0, (file,), b"")
    kept = show(6, Content(fields), unnamed)
    assert kept is not None
    assert Download.FromString(kept.fields).name == "l"
