"""What is kept: its commands, its order, and how far it has come in words."""

from __future__ import annotations

import pytest

from desks import item_id
from keepings import DOWNLOAD, FILE, POSTING, bookmark, download, posting, saved
from thinline.bodies import Body
from thinline.frames import Outcome, Verdict
from thinline.history import Point
from thinline.items import Head, Revision
from thinline.reasons import Reason
from thinline.v1.web_pb2 import Bookmark, Download, FetchFile, Pick, PostForm, Posting, TransferState
from thinline_emulator.apps.web.keeping import (
    deletion,
    file_wish,
    kept,
    message_of,
    new_bookmark,
    new_download,
    new_posting,
    parts_of,
    posting_text,
    transfer_text,
)
from thinline_emulator.apps.web.states import Opened
from thinline_emulator.outbox import Entry
from webbench import WebBench

OPENED = Opened(bytes(16), "https://tea.example/", "Order\n tea", b"", 0, Body(packed=True, dictionary=0, size=0))


def test_the_newest_comes_first_and_later_kinds_are_left_out() -> None:
    """Spec WEB-1."""
    bench = WebBench()
    for head in (saved(2, "Bread", ""), bookmark(1, "Tea", ""), posting(3, "Order")):
        bench.keep(head)
    bench.memory.cache.take(Head(item_id(9), 9, Revision(1, bytes(8)), 4_711, b""), 9)
    assert [shown.item for shown, _ in kept(bench.desk)] == [item_id(1), item_id(2), item_id(3)]
    assert deletion(kept(bench.desk)[0][0]).item == item_id(1)


def test_commands_say_when_and_in_one_line() -> None:
    bench = WebBench()
    made = new_bookmark("Tea\nfor two", "https://tea.example/", bench.desk)
    told = Bookmark.FromString(made.content.fields)
    assert (told.title, told.address, told.at_s > 0) == ("Tea for two", "https://tea.example/", True)
    own = new_posting(OPENED, 2, [], bench.desk)
    post = PostForm.FromString(own.body)
    assert (own.kind, post.item, post.form, post.title) == (18, own.item, 2, "Order tea")
    by_link = new_download(Pick(page=bytes(16), link=3), "x" * 999, bench.desk)
    fetch = FetchFile.FromString(by_link.body)
    assert (by_link.kind, fetch.pick.link, len(fetch.name)) == (19, 3, 256)
    assert FetchFile.FromString(new_download("https://x.example/", "x", bench.desk).body).address
    bench.memory.clock.unset()
    assert not Bookmark.FromString(new_bookmark("", "", bench.desk).content.fields).at_s


def test_a_file_has_its_part_once_it_is_there() -> None:
    bench = WebBench()
    bench.keep(download(3, "leaves.pdf"))
    shown = bench.desk.item(DOWNLOAD)
    assert shown is not None
    wish = file_wish(shown)
    assert wish is not None
    assert (wish.size, parts_of(shown)) == (len(FILE), [wish])
    bench.keep(download(4, "later.pdf", has_file=False))
    later = bench.desk.item(POSTING)
    assert later is not None
    assert file_wish(later) is None


@pytest.mark.parametrize("state", TransferState.values())
def test_every_state_has_its_words(state: TransferState.ValueType) -> None:
    assert len(transfer_text(Download(state=state))) > 8
    assert transfer_text(Posting(state=state, reason="because")).endswith(": because")


def test_a_posting_is_told_of_from_the_first() -> None:
    bench = WebBench()
    assert posting_text(POSTING, bench.desk) == "The server did not take the form."
    own = new_posting(OPENED, 2, [], bench.desk)
    bench.memory.make(Entry(own, {}))
    assert "on its way to the server" in posting_text(own.item, bench.desk)
    bench.keep(posting(4, "Order tea"))
    assert posting_text(POSTING, bench.desk) == "The site answered. Press to read what."
    bench.keep(bookmark(1, "Tea", ""))
    assert posting_text(item_id(1), bench.desk) == ""
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    assert isinstance(message_of(shown), Bookmark)


def test_a_form_that_the_server_does_not_take_says_so() -> None:
    bench = WebBench()
    own = new_posting(OPENED, 2, [], bench.desk)
    bench.memory.make(Entry(own, {}))
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.INVALID, Point(1, b""), ()))
    assert posting_text(own.item, bench.desk) == "The server did not take the form."
