"""A page in a few words a block, for tests: what stands before each text says what it stands in."""

from __future__ import annotations

from collections.abc import Iterable

from thinline.pages import link_of, read_page
from thinline.v1.page_pb2 import (
    BLOCK_KIND_HEADING,
    BLOCK_KIND_PREFORMATTED,
    BLOCK_KIND_ROW,
    BLOCK_KIND_RULE,
    Block,
    Page,
    Run,
)
from thinline_server.pages.writer import PageWriter

__all__ = ["outline", "page_of", "words"]


def page_of(writer: PageWriter, first_bytes: int = 2_048) -> Page:
    """The page that was written, from its pieces."""
    pieces = writer.pieces(first_bytes)
    assert len(pieces.text) <= first_bytes
    return read_page(pieces.text + pieces.rest)


def outline(page: Page) -> list[str]:
    """Its blocks: `# heading`, `> quote`, `• item` indented by its lists, `| cell | cell`, `` ` code``, `---`.

    Runs: `*strong*`, `/emphasis/`, `` `code` ``, `<text|address>` of a link, `{text|address}` of a picture.
    """
    return [_block(page, block) for block in page.blocks]


def words(page: Page) -> list[str]:
    """All that is to be read."""
    found: list[str] = []
    for block in page.blocks:
        for runs in (block.runs, *(cell.runs for cell in block.cells)):
            found += "".join(run.text for run in runs).split()
    return found


def _block(page: Page, block: Block) -> str:
    quotes = "> " * block.quotes
    match block.kind:
        case kind if kind == BLOCK_KIND_RULE:
            return f"{quotes}---"
        case kind if kind == BLOCK_KIND_HEADING:
            return f"{quotes}{'#' * block.level} {_runs(page, block.runs)}"
        case kind if kind == BLOCK_KIND_PREFORMATTED:
            return f"{quotes}` {_runs(page, block.runs)}"
        case kind if kind == BLOCK_KIND_ROW:
            return f"{quotes}| {' | '.join(_runs(page, cell.runs) for cell in block.cells)}"
    marker = f"{block.marker} " if block.marker else ""
    return f"{quotes}{'  ' * block.level}{marker}{'+' if block.joins else ''}{_runs(page, block.runs)}"


def _runs(page: Page, runs: Iterable[Run]) -> str:
    return "".join(_run(page, run) for run in runs)


def _run(page: Page, run: Run) -> str:
    text = run.text
    for marked, sign in ((run.strong, "*"), (run.emphasis, "/"), (run.code, "`")):
        text = f"{sign}{text}{sign}" if marked else text
    if run.image:
        text = f"{{{text}|{page.images[run.image - 1].address}}}"
    return f"<{text}|{link_of(page, run.link)}>" if run.link else text
