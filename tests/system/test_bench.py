"""The bench's own processes, small: servers, fleets and baselines start, count, and end by their ids (P1, P4, W1)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from thinline_tools.bench import caches, documents, im, mail, memory, origin, texts, throughput, web
from thinline_tools.bench.documents import Document
from thinline_tools.bench.figures import Figure
from thinline_tools.bench.processes import child


def by_id(figures: list[Figure]) -> dict[str, float]:
    return {figure.id: figure.value or 0.0 for figure in figures}


def test_outcomes_are_counted_beside_echoes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1, with the durability read back in the run (D11)."""
    for name, value in (("_HANDSETS", 4), ("_ROUNDS", 1), ("_MEASURE_S", 0.5), ("_WARM_S", 0.1)):
        monkeypatch.setattr(throughput, name, value)
    figures = by_id(throughput.p1(tmp_path))
    assert figures.keys() == {"P1", "P1.rate", "P1.one", "P1.p99"}
    assert all(value > 0 for value in figures.values())


def test_memory_is_read_for_few_and_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4."""
    for name, value in (("_FEW", 2), ("_MANY", 12), ("_CONTACTS", 2), ("_ROUNDS", 1), ("_IDLE_S", 0.0)):
        monkeypatch.setattr(memory, name, value)
    figures = by_id(memory.p4(tmp_path))
    assert figures.keys() == {"P4", "P4.slope"}


def test_mails_are_counted_until_they_were_pushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M1."""
    for name, value in (("_MAILS", 30), ("_CONNECTIONS", 2), ("_ROUNDS", 1)):
        monkeypatch.setattr(mail, name, value)
    figures = by_id(mail.m1(tmp_path))
    assert figures.keys() == {"M1", "M1.mean"}
    assert figures["M1"] > 0
    assert 3_000 < figures["M1.mean"] < 9_000


def test_memories_are_filled_and_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M2: and where they are not full, there is no figure."""
    for name, value in (("_HANDSETS", 2), ("_CONTACTS", 20), ("_MAILS", 12), ("_IDLE_S", 0.3)):
        monkeypatch.setattr(caches, name, value)
    figures = {figure.id: figure for figure in caches.m2(tmp_path)}
    assert figures.keys() == {"M2", "M2.growth", "M2.used"}
    assert (figures["M2"].value, figures["M2"].reason) == (None, "2 of 2 caches are not full")
    assert (figures["M2.used"].value or 0) > 3_000
    assert figures["M2.growth"].value is not None


@pytest.fixture
def teas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two documents, one with a picture, as a package would leave them."""
    if origin.no_nginx():
        pytest.skip(f"left out: {origin.no_nginx()}")
    there = tmp_path / "doc"
    there.mkdir()
    rows = [f"<p>Tea number {number} is drunk by {number * 31 % 977} people." for number in range(120)]
    (there / "black.html").write_text(f"<title>Black</title>{''.join(rows)}<p><img src=leaf.png>")
    (there / "green.html").write_text(f"<title>Green</title>{''.join(rows[:9])}")
    Image.linear_gradient("L").save(there / "leaf.png")
    for module in (documents, origin):
        monkeypatch.setattr(module, "ROOT", there)
    listed = (Document("teas", "black.html"), Document("teas", "green.html"), Document("coffees", "none.html"))
    for module in (documents, web):
        monkeypatch.setattr(module, "DOCUMENTS", listed)
    return tmp_path / "bench"


def test_pages_are_read_and_their_bytes_and_words_counted(teas: Path) -> None:
    """W1 and W2: of a document that is not here, its package is told."""
    figures = {figure.id: figure for figure in web.w1(teas)}
    assert figures.keys() == {"W1", "W1.text", "W2", "W2.min"}
    assert all(one.n == 2 and "apt install coffees" in one.reason for one in figures.values())
    assert (figures["W2"].value, figures["W2.min"].value) == (1.0, 1.0)
    assert 0 < (figures["W1"].value or 0) < 3
    assert 0 < (figures["W1.text"].value or 0) < 3


def test_pages_have_their_price_and_many_read_them(teas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W3 and W4; without the browser, W3.chromium has a reason."""
    monkeypatch.setattr(web, "_ROUNDS", 1)
    monkeypatch.setattr(web, "_READERS", 3)
    monkeypatch.setattr(web, "_CHROMIUM", "no-such-browser")
    figures = {figure.id: figure for figure in [*web.w3(teas), *web.w4(teas.with_name("many"))]}
    assert figures.keys() == {"W3", "W3.chromium", "W4"}
    assert figures["W3"].n == 2
    assert figures["W3"].value is not None
    assert (figures["W3.chromium"].value, figures["W3.chromium"].n) == (None, 0)
    assert "no-such-browser" in figures["W3.chromium"].reason
    assert figures["W4"].n == 6
    assert (figures["W4"].value or 0) > 0


def test_without_documents_or_a_site_there_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(web, "no_nginx", lambda: "")
    for figure in (*web.w1(tmp_path), *web.w3(tmp_path), *web.w4(tmp_path)):
        assert figure.value is None
        assert figure.reason.startswith("apt install apache2-doc")


def test_a_process_that_ends_early_is_told() -> None:
    with child("thinline_tools.bench.nothing") as process, pytest.raises(RuntimeError, match="ended with"):
        process.line()


@pytest.mark.slow  # four programs start
def test_a_text_is_measured_from_the_key_to_kannel(tmp_path: Path) -> None:
    """SMS1, small: both ways arrive, and each has its time."""
    ratio, late, middle = texts.sms1(tmp_path, texts=4, before=1)
    if ratio.reason:
        pytest.skip(ratio.reason)
    assert (ratio.id, late.id, middle.id) == ("SMS1", "SMS1.p99", "SMS1.p50")
    assert ratio.value is not None
    assert late.value is not None
    assert late.baseline is not None
    assert ratio.value == late.value / late.baseline


@pytest.mark.slow  # three programs start
def test_messages_are_timed_to_the_other_s_screen_beside_another_messenger_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IM1: and where Prosody is not here, there is no figure but a reason."""
    for name, value in (("_COUNT", 3), ("_WARM", 1), ("_ROUNDS", 1), ("_PER_S", 50)):
        monkeypatch.setattr(im, name, value)
    if shutil.which("prosody"):
        figures = by_id(im.im1(tmp_path))
        assert figures.keys() == {"IM1", "IM1.p99", "IM1.p50"}
        assert all(value > 0 for value in figures.values())
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    (figure,) = im.im1(tmp_path)
    assert (figure.id, figure.value) == ("IM1", None)
    assert "prosody" in figure.reason


def test_messages_are_counted_where_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """IM2."""
    for name, value in (("_PAIRS", 1), ("_MEASURE_S", 0.3), ("_WARM_S", 0.1)):
        monkeypatch.setattr(im, name, value)
    assert by_id(im.im2(tmp_path))["IM2"] > 0
