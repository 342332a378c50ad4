"""What is kept of the web, the newest first, and the bounds of its fields. T8."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.web_pb2 import Bookmark, Download, Posting, SavedPage, TransferState
from thinline_server.services.base import KEY_BYTES
from thinline_server.services.web import Web

SERVICE = Web()
BOOKMARK, SAVED, POSTING, DOWNLOAD = 3, 4, 5, 6
TEA = "https://tea.example/leaves?from=assam#second"


def refusal(item_type: int, kept: Message) -> Reason | None:
    return SERVICE.check(item_type, Content(kept.SerializeToString()))


@pytest.mark.parametrize("item_type", SERVICE.types)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40 - 1))
def test_the_newest_comes_first(item_type: int, one_s: int, other_s: int) -> None:
    """WEB-1."""
    message = SERVICE.types[item_type].message
    one, other = (SERVICE.key(item_type, message(at_s=at_s).SerializeToString()) for at_s in (one_s, other_s))
    assert len(one) == len(other) <= KEY_BYTES
    assert (one < other) == (one_s > other_s and other_s < 2**40 - 1)


@pytest.mark.parametrize("item_type", SERVICE.types)
def test_what_tells_no_date_comes_last(item_type: int) -> None:
    """WEB-1."""
    dated = SERVICE.types[item_type].message(at_s=1).SerializeToString()
    assert SERVICE.key(item_type, b"") == SERVICE.key(item_type, b"\xff") > SERVICE.key(item_type, dated)


@pytest.mark.parametrize(
    ("item_type", "good"),
    [
        (BOOKMARK, Bookmark()),
        (BOOKMARK, Bookmark(title="茶 ☕", address=TEA, labels=["drinks"] * 64, at_s=2**64 - 1)),
        (SAVED, SavedPage(title="t" * 256, address="https://tea.example/" + "a" * 2_028, reader=True)),
        (POSTING, Posting(title="Order", state=TransferState.TRANSFER_STATE_UNKNOWN, reason="r" * 256)),
        (DOWNLOAD, Download(name="leaves.pdf", media_type="application/pdf")),
    ],
)
def test_what_is_taken(item_type: int, good: Message) -> None:
    assert refusal(item_type, good) is None


@pytest.mark.parametrize(
    ("item_type", "bad"),
    [
        (BOOKMARK, Bookmark(title="t" * 257)),
        (BOOKMARK, Bookmark(title="tea\nand more")),
        (BOOKMARK, Bookmark(address="https://tea.example/" + "a" * 2_029)),
        (BOOKMARK, Bookmark(labels=["l" * 65])),
        (BOOKMARK, Bookmark(labels=["drinks"] * 65)),
        (SAVED, SavedPage(title="t" * 257)),
        (SAVED, SavedPage(address="https://tea.example/\r\n")),
        (POSTING, Posting(title="t\x00")),
        (POSTING, Posting(reason="r" * 257)),
        (DOWNLOAD, Download(name="n\u2028")),
        (DOWNLOAD, Download(reason="r\n")),
        (DOWNLOAD, Download(media_type="m" * 129)),
    ],
)
def test_what_breaks_a_bound(item_type: int, bad: Message) -> None:
    """WEB-2."""
    assert refusal(item_type, bad) is Reason.INVALID


@pytest.mark.parametrize("item_type", SERVICE.types)
@given(st.binary(max_size=60))
def test_any_bytes_get_an_answer(item_type: int, data: bytes) -> None:
    assert SERVICE.check(item_type, Content(data)) in (None, Reason.INVALID)
    assert isinstance(SERVICE.search_text(item_type, data), str)


def test_it_is_found_by_what_it_shows() -> None:
    marked = Bookmark(title="Tea", address=TEA, labels=["drinks"]).SerializeToString()
    assert SERVICE.search_text(BOOKMARK, marked) == f"Tea\n{TEA}\ndrinks"
    assert SERVICE.search_text(SAVED, SavedPage(title="Tea", address=TEA).SerializeToString()) == f"Tea\n{TEA}"
    assert SERVICE.search_text(POSTING, Posting(title="Order").SerializeToString()) == "Order"
    assert SERVICE.search_text(DOWNLOAD, Download(name="leaves.pdf").SerializeToString()) == "leaves.pdf"
