"""Pages as marked text: there and back, begun ones as far as they are there, and what is none is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.marks import mark, unmark
from thinline.reasons import Reason
from thinline.v1.page_pb2 import (
    BLOCK_KIND_HEADING,
    BLOCK_KIND_ROW,
    Block,
    Cell,
    Control,
    Form,
    Image,
    Page,
    Run,
)

HEAD = Page(title="News", forms=[Form(post=True)], controls=[Control(label="q", form=1)])
BLOCKS = [
    Block(kind=BLOCK_KIND_HEADING, level=2, runs=[Run(text="Bob's tea")]),
    Block(runs=[Run(text="see "), Run(text="a", link=1), Run(text="b", link=2, strong=True), Run(text=" and\nmore")]),
    Block(level=1, marker="•", runs=[Run(text="[leaf]", link=1, image=1), Run(text="[...]", control=1, code=True)]),
    Block(
        kind=BLOCK_KIND_ROW, cells=[Cell(runs=[Run(text="é", emphasis=True)]), Cell(), Cell(runs=[Run(text="お茶")])]
    ),
    Block(quotes=1, joins=True, runs=[Run(text="far", link=9), Run(text="next", link=10)]),
]
TAIL = Page(images=[Image(width=9)], cut=True)
TEXT = mark([HEAD, *BLOCKS, TAIL])


def page_of(*parts: Page | Block) -> Page:
    page = Page()
    for part in parts:
        page.MergeFrom(part if isinstance(part, Page) else Page(blocks=[part]))
    return page


def refused(data: bytes) -> tuple[int, str]:
    with pytest.raises(RemoteError) as caught:
        unmark(data)
    return caught.value.reason, caught.value.detail


def test_there_and_back() -> None:
    """Spec PAGE-9, WEB-4."""
    assert unmark(TEXT) == page_of(HEAD, *BLOCKS, TAIL)
    assert len(TEXT) < len(page_of(HEAD, *BLOCKS, TAIL).SerializeToString())


def test_its_bytes_are_those_of_the_specification() -> None:
    """Spec PAGE-9."""
    assert mark(BLOCKS[1:2]) == b"\x02see \x0ba\x06\x0b\x0bb\x06\x0b and\nmore"
    assert mark([Block(runs=[Run(text="a", link=7, code=True)])]) == b"\x02\x08\x05\x0b\x07a"
    assert mark(BLOCKS[3:4]) == b"\x03\x02\x08\x03\x04\x07" + "é".encode() + b"\x04\x04" + "お茶".encode()
    assert mark([Page(title="T")]) == b"\x01\x03\n\x01T"


_LOOKS = st.builds(
    Run,
    text=st.text("aé \n", min_size=1),
    strong=st.booleans(),
    code=st.booleans(),
    link=st.integers(0, 300),
    image=st.integers(0, 3),
    control=st.integers(0, 2),
)
_BLOCKS = st.lists(
    st.builds(
        Block,
        level=st.integers(0, 3),
        runs=st.lists(_LOOKS, max_size=4),
        cells=st.lists(st.builds(Cell, runs=st.lists(_LOOKS, max_size=2)), max_size=3),
    ),
    max_size=5,
)


def joined(page: Page) -> list[tuple[Block, list[tuple[str, Run]]]]:
    """Blocks, and every character with how it looks: runs of one look that follow each other are one."""
    told = []
    for block in page.blocks:
        looks = []
        for runs in (block.runs, *[cell.runs for cell in block.cells]):
            for run in runs:
                look = Run()
                look.CopyFrom(run)
                look.text = ""
                looks += [(letter, look) for letter in run.text]
            looks.append(("end", Run()))
        del block.runs[:], block.cells[:]
        told.append((block, looks))
    return told


@given(_BLOCKS)
def test_any_page_comes_back(blocks: list[Block]) -> None:
    """Spec PAGE-9."""
    assert joined(unmark(mark(blocks))) == joined(page_of(*blocks))


def test_what_came_of_it_is_read_at_every_byte() -> None:
    """Spec WEB-6: no beginning raises, and what was said stays said."""
    before = 0
    for end in range(len(TEXT) + 1):
        page = unmark(TEXT[:end], begun=True)
        texts = [run.text for block in page.blocks for run in block.runs]
        assert len("".join(texts)) >= before
        before = len("".join(texts))
    assert unmark(TEXT, begun=True) == unmark(TEXT)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x00", "an unknown mark"),
        (b"\x02a\x09b", "an unknown mark"),
        (b"\x02a\x05\x06\x01b", "an unknown mark"),
        (b"\x04a", "an unknown mark"),
        (b"a", "an unknown mark"),
        (b"\x01\x00a", "text outside of a block"),
        (b"\x06a", "text outside of a block"),
        (b"\x01\x02\x12\x00", "blocks in a record"),
        (b"\x01\x05ab", "marked text that is cut off"),
        (b"\x02a\x05", "bad varint"),
        (b"\x02a\x05\x0b\xff\xff\xff\xff\xff\x01b", "a number too high"),
        (b"\x03\x01\xff", "no page"),
        (b"\x02\xff", "no page"),
    ],
)
def test_what_is_no_marked_text_is_refused(data: bytes, why: str) -> None:
    """Spec PAGE-9."""
    assert refused(data) == (Reason.MALFORMED, why)


def test_the_bounds_of_a_page_are_those_of_its_marked_text() -> None:
    """Spec PAGE-5."""
    assert refused(b"\x02" * (LIMITS.page_blocks + 1)) == (Reason.TOO_LARGE, "too many blocks")
    assert refused(bytes(LIMITS.page_bytes + 1)) == (Reason.TOO_LARGE, "a page with too many bytes")
    assert refused(b"\x02" + b"\x04" * (LIMITS.page_cells + 1)) == (
        Reason.TOO_LARGE,
        "a page with too many cells in a row",
    )
