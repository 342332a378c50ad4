"""The fixed documents and how they are judged: which words are to be found, which were, and what a document weighs."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from random import Random

import pytest

from thinline.v1.page_pb2 import Block, Cell, Page, Run
from thinline_tools.bench import documents
from thinline_tools.bench.documents import DOCUMENTS, Document, missing, reference_words, share, shown_words, weight

HTML = """<!doctype html><head><title>Teas</title><style>p {}</style></head><body><p>Black <b>te</b>a<p>gr<!-- -->een
<div style="display: none"><p>never<br>seen</div><script>no()</script><ul><li>one<li>two</ul><p hidden>no</p>&eacute;nd
<select><option>three</select><img src="leaf.png"><img src="leaf.png"><img src="dot.png" alt=""><img src=none.png>"""


def test_words_are_what_stands_in_the_body() -> None:
    assert reference_words(HTML) == ["Black", "tea", "green", "one", "two", "énd"]


def test_words_of_a_page_are_those_of_its_blocks_and_fields() -> None:
    row = Block(cells=[Cell(runs=[Run(text="a"), Run(text="b")]), Cell(runs=[Run(text="c")])])
    assert shown_words(Page(blocks=[Block(marker="1.", runs=[Run(text="x y")]), row])) == ["1.", "x", "y", "ab", "c"]


@pytest.mark.parametrize(
    ("shown", "wanted", "found"),
    [("abcd", "abcd", 1), ("", "ab", 0), ("x", "", 1), ("axbycz", "abc", 1), ("abc", "axbycz", 0.5), ("ba", "ab", 0.5)],
)
def test_a_share_is_that_of_the_longest_common_subsequence(shown: str, wanted: str, found: float) -> None:
    assert share(list(shown), list(wanted)) == found


def longest(one: str, other: str) -> int:
    """By the table of the textbook."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = row[:]
        for at, against in enumerate(other, 1):
            row[at] = before[at - 1] + 1 if letter == against else max(before[at], row[at - 1])
    return row[-1]


def test_it_is_never_less_than_another_finds() -> None:
    chance = Random(7)
    for _ in range(200):
        shown, wanted = ("".join(chance.choices("abcd", k=chance.randint(1, 40))) for _ in range(2))
        found = share(list(shown), list(wanted)) * len(wanted)
        assert round(found) == longest(shown, wanted)
        blocks = SequenceMatcher(None, shown, wanted, autojunk=False).get_matching_blocks()
        assert found >= sum(block.size for block in blocks) - 1e-9


def test_a_document_weighs_its_html_and_each_picture_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    (tmp_path / "teas.html").write_text(HTML)
    (tmp_path / "leaf.png").write_bytes(bytes(70))
    (tmp_path / "dot.png").write_bytes(bytes(5))
    html, files = weight(Document("teas", "teas.html"))
    assert 200 < html < len(HTML)
    assert files == 70, "an empty alt is decoration"


def test_what_is_missing_is_told_by_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    assert missing().startswith("apt install apache2-doc aptitude-doc-ja ")


def test_the_list_is_fixed_and_make_brings_it() -> None:
    assert len({one.path for one in DOCUMENTS}) == 30
    text = (Path(__file__).resolve().parents[3] / "Makefile").read_text()
    (told,) = [part.split("endef")[0] for part in text.split("define ")[1:] if part.startswith("DOCUMENTS")]
    assert {line.split()[1] for line in told.splitlines()[1:]} == {one.package for one in DOCUMENTS}
