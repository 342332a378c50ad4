"""A page laid out as far as it is here, with its controls filled in and its links numbered."""

from __future__ import annotations

from dataclasses import replace

from keepings import SAVED, saved
from thinline.v1.page_pb2 import BLOCK_KIND_ROW, Block, Cell, Control, Page, Run
from thinline_emulator.apps.web.papers import is_whole, paper_of, saved_body
from thinline_emulator.apps.web.states import Opened, Visit
from webbench import LONG, ORDER, WebBench, travelling


def visit(page: Page, share: float = 1.0) -> Visit:
    sent, travels = travelling(page)
    return Visit(opened=Opened(bytes(16), "", "", sent[: int(share * len(sent))], len(sent), travels))


def texts(visit: Visit, bench: WebBench, *, numbered: bool = False) -> list[str]:
    paper = paper_of(visit, bench.desk, numbered=numbered)
    assert paper is not None
    return ["".join([piece.text for piece in line]) for line in paper.lines]


def test_what_came_is_laid_out_and_the_rest_goes_on_from_it() -> None:
    bench = WebBench()
    whole, part = visit(LONG), visit(LONG, 0.3)
    assert whole.opened is not None
    assert part.opened is not None
    assert (is_whole(whole.opened), is_whole(part.opened)) == (True, False)
    begun = texts(part, bench)
    assert 20 < len(begun) < len(texts(whole, bench))
    assert texts(whole, bench)[: len(begun) - 1] == begun[:-1], "the last line goes on"


def test_nothing_is_here_and_what_came_is_broken() -> None:
    """Spec WEB-6."""
    bench = WebBench()
    assert paper_of(Visit(), bench.desk) is None
    one = visit(LONG)
    assert one.opened is not None
    broken = paper_of(replace(one, opened=replace(one.opened, body=b"no text", encoded_size=7)), bench.desk)
    assert broken is not None
    assert broken.broken == "This page came broken: packed text that is broken."
    assert broken.lines == []


def test_controls_say_what_was_filled_in_and_links_their_numbers() -> None:
    bench = WebBench()
    one = replace(visit(ORDER), values=((1, ("Bob",)),))
    assert "Name: [Bob_______________]" in texts(one, bench)
    row = Block(kind=BLOCK_KIND_ROW, cells=[Cell(runs=[Run(text="tea", link=1), Run(text="!", link=1)])])
    assert texts(visit(Page(blocks=[row, Block(runs=[Run(text="?", control=9)])])), bench, numbered=True) == [
        "1:tea!", "", "?",
    ]  # fmt: skip


def test_a_control_of_a_later_version_and_one_that_is_not_here_are_their_text() -> None:
    """Spec PAGE-7: they are no place for the wheel either."""
    bench = WebBench()
    later = Control.FromString(Control(label="Day", form=1).SerializeToString() + b"\x08\x63")
    assert later.kind == 99
    known = Run(text="[]", control=2)
    runs = [Run(text="Day: "), Run(text="[a day]", control=1), known, Run(text=" [lost]", control=7)]
    one = visit(Page(controls=[later, Control(value="tea")], blocks=[Block(runs=runs)]))
    assert texts(one, bench) == ["Day: [a day][tea_______________] [lost]"]
    paper = paper_of(one, bench.desk)
    assert paper is not None
    assert [spot.control for spot in paper.spots] == [2]


def test_a_saved_page_is_read_from_its_parts() -> None:
    bench = WebBench()
    body = Page(blocks=[Block(runs=[Run(text="tea", link=1)])]).SerializeToString()
    links = Page(links=["https://tea.example/"]).SerializeToString()
    one = Visit(saved=SAVED)
    assert saved_body(one, bench.desk) is None
    head = saved(2, "Tea", "https://tea.example/", page=body, links=links)
    bench.keep(head)
    assert paper_of(one, bench.desk) is None
    for blob in head.blobs:
        bench.memory.cache.keep_part(blob.hash, body if blob.name == "page" else links)
    paper = paper_of(one, bench.desk)
    assert paper is not None
    assert list(paper.page.links) == ["https://tea.example/"]
