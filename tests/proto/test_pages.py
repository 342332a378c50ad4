"""Pages: what a reader takes, in pieces too, and which addresses may be followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.pages import followable, link_of, read_begun, read_page
from thinline.reasons import Reason
from thinline.v1.page_pb2 import BLOCK_KIND_ROW, Block, Cell, Image, Page, Run

TEXT = Page(title="News", blocks=[Block(runs=[Run(text="Bob says "), Run(text="hello", link=1)])])
REST = Page(blocks=[Block(joins=True, runs=[Run(text=" to alice", link=2)])], links=["https://example.org/", "tel:+45"])


def test_pieces_one_behind_another_are_the_page() -> None:
    """Spec PAGE-2: numbers count through, and the table stands in the later piece."""
    page = read_page(TEXT.SerializeToString() + REST.SerializeToString())
    assert [run.text for block in page.blocks for run in block.runs] == ["Bob says ", "hello", " to alice"]
    assert (page.title, link_of(page, 1), link_of(page, 2)) == ("News", "https://example.org/", "tel:+45")


def test_a_link_without_an_address_is_none() -> None:
    """Spec PAGE-3: the address may be in a piece that is not here yet."""
    assert [link_of(TEXT, number) for number in (0, 1, 99)] == ["", "", ""]


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("https://example.org/a?b#c", True),
        ("http://[::1]/", True),
        ("mailto:alice@thinline.test", True),
        ("tel:+4512345678", True),
        ("cid:face@example.org", False),
        ("HTTPS://example.org/", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org/", False),
        ("http:", False),
        ("http", False),
        ("", False),
        ("http://example.org/\r\nHost: x", False),
        ("http://example.org/a b", False),
        ("http://example.org/\u202egro.elpmaxe", False),
    ],
)
def test_only_some_addresses_may_be_followed(address: str, holds: bool) -> None:
    """Spec PAGE-4, invariant T7."""
    assert followable(address) is holds
    assert link_of(Page(links=[address]), 1) == (address if holds else "")


def test_a_picture_s_address_may_be_a_part_of_the_mail() -> None:
    """Spec PAGE-4."""
    assert followable("cid:face@example.org", image=True)
    assert not followable("mailto:bob@example.org", image=True)


HUGE = LIMITS.page_depth + 1


@pytest.mark.parametrize(
    ("page", "what"),
    [
        (Page(title="x" * LIMITS.page_bytes), "too many bytes"),
        (Page(blocks=[Block()] * (LIMITS.page_blocks + 1)), "too many blocks"),
        (Page(links=[""] * (LIMITS.page_links + 1)), "too many links"),
        (Page(images=[Image()] * (LIMITS.page_links + 1)), "too many pictures"),
        (Page(blocks=[Block(level=HUGE)]), "lists too deep"),
        (Page(blocks=[Block(quotes=HUGE)]), "quotes too deep"),
        (Page(blocks=[Block(kind=BLOCK_KIND_ROW, cells=[Cell()] * (LIMITS.page_cells + 1))]), "too many cells"),
        (Page(blocks=[Block(marker="x" * (LIMITS.page_marker + 1))]), "a marker too long"),
    ],
)
def test_what_is_beyond_the_bounds_is_refused(page: Page, what: str) -> None:
    """Spec PAGE-5."""
    with pytest.raises(RemoteError, match=what) as caught:
        read_page(page.SerializeToString())
    assert caught.value.reason is Reason.TOO_LARGE


@given(st.binary(max_size=64))
def test_any_bytes_give_a_page_or_an_error(data: bytes) -> None:
    """Invariant T8."""
    try:
        page = read_page(data)
    except RemoteError:
        return
    assert read_page(page.SerializeToString()) == page


def test_no_page_is_malformed() -> None:
    with pytest.raises(RemoteError) as caught:
        read_page(b"\xff")
    assert caught.value.reason is Reason.MALFORMED


def test_a_page_is_read_while_it_comes() -> None:
    """Spec PAGE-2: any beginning of its bytes is a page, of the fields that are whole."""
    whole = TEXT.SerializeToString() + REST.SerializeToString() + Page(cut=True).SerializeToString()
    texts = []
    for end in range(len(whole) + 1):
        page = read_begun(whole[:end])
        texts.append("".join(run.text for block in page.blocks for run in block.runs))
    assert sorted(set(texts), key=len) == ["", "Bob says hello", "Bob says hello to alice"]
    assert texts == sorted(texts, key=len)
    assert read_begun(whole) == read_page(whole)


def test_fields_of_later_versions_are_passed_over_while_a_page_comes() -> None:
    later = b"\xf9\x01" + bytes(8) + b"\xfd\x01" + bytes(4) + TEXT.SerializeToString()
    assert read_begun(later).title == "News"
    assert read_begun(later[:7]).title == ""
    assert read_begun(later[:13]).title == ""


@pytest.mark.parametrize("data", [b"\xff" * 11, b"\x0b", b"\x0a\x01\xff"])
def test_what_is_no_page_is_none_from_its_beginning(data: bytes) -> None:
    with pytest.raises(RemoteError, match="no page"):
        read_begun(data)
