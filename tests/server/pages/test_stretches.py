"""Long blocks in stretches: joined again they are what they were, and the first is short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.limits import LIMITS
from thinline.v1.page_pb2 import BLOCK_KIND_ROW, Block, Cell, Page, Run
from thinline_emulator.layout import lay_out
from thinline_server.pages.stretches import SEAMS_BYTES, stretches

TEXTS = st.text(alphabet="ab \n日שא\u0301", max_size=40).map(lambda text: text * 40)
RUNS = st.lists(st.builds(Run, text=TEXTS, link=st.integers(0, 3), strong=st.booleans()), max_size=5)


def joined(blocks: list[Block]) -> list[tuple[str, int, bool]]:
    """Its characters with their looks."""
    return [(letter, run.link, run.strong) for block in blocks for run in block.runs for letter in run.text]


@given(RUNS, st.integers(0, 9_000))
def test_joined_again_they_are_the_block(runs: list[Run], before_bytes: int) -> None:
    """Spec PAGE-2."""
    block = Block(runs=runs, level=1, marker="•")
    cut = list(stretches(block, before_bytes))
    assert joined(cut) == joined([block])
    assert [one.joins for one in cut] == [False] + [True] * (len(cut) - 1)
    assert [one.marker for one in cut] == ["•"] + [""] * (len(cut) - 1)
    assert lay_out(Page(blocks=cut), 30) == lay_out(Page(blocks=[block]), 30)


def test_the_first_are_short_and_the_seams_cost_little() -> None:
    """Invariant T5: of a page that is one word, one paragraph, or one of runs of a letter."""
    for text in ("x" * LIMITS.page_bytes, "word " * (LIMITS.page_bytes // 5)):
        block = Block(runs=[Run(text=text, strong=True, link=4_000)])
        cut = list(stretches(block, 0))
        assert [len(one.runs[0].text) for one in cut][:2] <= [512, 600]
        assert sum(one.ByteSize() + 4 for one in cut) - block.ByteSize() <= SEAMS_BYTES
    letters = Block(runs=[Run(text="x", link=number % 2) for number in range(9_000)])
    assert len(list(stretches(letters, 0))) < 20


@pytest.mark.parametrize("block", [Block(runs=[Run(text="short")]), Block(), Block(kind=BLOCK_KIND_ROW)])
def test_what_is_short_and_what_is_a_row_stays_whole(block: Block) -> None:
    if block.kind == BLOCK_KIND_ROW:
        block.cells.append(Cell(runs=[Run(text="long " * 2_000)]))
    assert list(stretches(block, 0)) == [block]
