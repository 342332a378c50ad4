"""The documents of the web's figures: pages of Debian packages, what they cost as they are, and the words in them.

The list is fixed: manuals by many hands in eight languages, with tables, forms and pictures, from a page of 7 KB to
one of 270 KB. apt brings their packages (`make bench`, `make test`); what is not there is told by name. The words
to be found in one are taken by the standard library's parser, not by the product's.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from thinline.v1.page_pb2 import Page

__all__ = ["DOCUMENTS", "ROOT", "Document", "missing", "reference_words", "share", "shown_words", "weight"]

ROOT = Path("/usr/share/doc")


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _tags("area base br col embed hr img input link meta param source track wbr")
_INLINE = _tags(
    "a abbr acronym b bdo big cite code dfn em font i img ins kbd mark q s samp small span strike strong sub sup tt u"
    " var wbr"
)
_SHOWN = (".gif", ".jpeg", ".jpg", ".png", ".webp")  # kinds of pictures
_UNSEEN = _tags("head script style template select textarea button object iframe svg title noframes")


@dataclass(frozen=True, slots=True)
class Document:
    """One of them.

    Attributes:
        package: of Debian.
        path: below `ROOT`.
        charset: that it is in.
    """

    package: str
    path: str
    charset: str = "utf-8"

    @property
    def file(self) -> Path:
        """Where it is, if it is."""
        return ROOT / self.path

    @property
    def html(self) -> str:
        """What it says."""
        return self.file.read_text(self.charset, "replace")


DOCUMENTS: tuple[Document, ...] = (
    Document("apache2-doc", "apache2-doc/manual/fr/rewrite/intro.html"),
    Document("apache2-doc", "apache2-doc/manual/ja/content-negotiation.html"),
    Document("apache2-doc", "apache2-doc/manual/ko/logs.html", "euc-kr"),
    Document("apache2-doc", "apache2-doc/manual/tr/caching.html"),
    Document("aptitude-doc-ja", "aptitude/html/ja/ch01s01s04.html"),
    Document("aptitude-doc-ru", "aptitude/html/ru/ch02s03s03.html"),
    Document("bc", "bc/bc.html"),
    Document("debian-faq-ru", "debian/FAQ/ru/pkg-basics.ru.html"),
    Document("debian-policy", "debian-policy/fhs/fhs-3.0.html"),
    Document("debian-policy", "debian-policy/policy.html/ap-flowcharts.html"),
    Document("debian-policy", "debian-policy/policy.html/ch-controlfields.html"),
    Document("gettext-doc", "gettext/gettext_9.html"),
    Document("git-doc", "git-doc/git-log.html"),
    Document("git-doc", "git-doc/user-manual.html"),
    Document("graphviz-doc", "graphviz/html/info/attrs.html"),
    Document("graphviz-doc", "graphviz/html/info/shapes.html"),
    Document("libflac-doc", "libflac-doc/api/classFLAC_1_1Metadata_1_1Prototype.html"),
    Document("libjs-underscore", "libjs-underscore/index.html"),
    Document("libtheora-doc", "libtheora-dev/html/theoraenc_8h.html"),
    Document("maint-guide-zh-cn", "maint-guide-zh-cn/html/dreq.zh-cn.html"),
    Document("ninja-build", "ninja-build/manual.html"),
    Document("ntpsec-doc", "ntpsec-doc/html/authentic.html"),
    Document("ntpsec-doc", "ntpsec-doc/html/driver_generic.html"),
    Document("ntpsec-doc", "ntpsec-doc/html/filter.html"),
    Document("sqlite3-doc", "sqlite3/atomiccommit.html"),
    Document("sqlite3-doc", "sqlite3/copyright.html"),
    Document("sqlite3-doc", "sqlite3/famous.html"),
    Document("sqlite3-doc", "sqlite3/queryplanner.html"),
    Document("w3m", "w3m/MANUAL.html"),
    Document("w3m", "w3m/ja/MANUAL.html"),
)


def missing() -> str:
    """Which packages are not here, as a sentence for a person; empty where all are."""
    absent = sorted({one.package for one in DOCUMENTS if not one.file.is_file()})
    return f"apt install {' '.join(absent)} for the documents that are left out" if absent else ""


class _Reader(HTMLParser):
    """The visible text of a document's body, and its pictures' addresses.

    Elements that do not stand in the line part words, as they do on a screen; a hidden one hides what is in it. A
    picture that says of itself that it is decoration (an empty `alt`) is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.pictures: list[str] = []
        self._hidden: list[str] = []  # open elements, from one that is not shown on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        told = dict(attrs)
        if tag == "img" and told.get("src") and told.get("alt", "picture"):
            self.pictures.append(str(told["src"]))
        if tag not in _INLINE:
            self.texts.append(" ")
        unseen = tag in _UNSEEN or "hidden" in told or "display:none" in (told.get("style") or "").replace(" ", "")
        if tag not in _VOID and (self._hidden or unseen):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it what was left open in it."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        if tag not in _INLINE:
            self.texts.append(" ")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._hidden:
            self.texts.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def reference_words(html: str) -> list[str]:
    """The words that a document shows."""
    return "".join(_read(html).texts).split()


def shown_words(page: Page) -> list[str]:
    """The words that stand on a page: those of each block, and of each cell of a row."""
    lines = [""]
    for block in page.blocks:
        if block.joins:  # a word may go on
            lines[-1] += "".join(run.text for run in block.runs)
            continue
        lines.append(block.marker)
        lines += ["".join(run.text for run in runs) for runs in (block.runs, *[cell.runs for cell in block.cells])]
    return " ".join(lines).split()


def share(shown: Sequence[str], wanted: Sequence[str]) -> float:
    """The longest common subsequence as a share of the words that are wanted.

    A bit for each wanted word, all of them in one number (Hyyrö 2004), so that 30,000 words take a second; how both
    begin and end alike is taken off before.
    """
    if not wanted:
        return 1.0
    most = min(len(shown), len(wanted))
    begin = next((at for at in range(most) if shown[at] != wanted[at]), most)
    end = next((at for at in range(most - begin) if shown[-1 - at] != wanted[-1 - at]), most - begin)
    places: dict[str, int] = {}
    for number, word in enumerate(wanted[begin : len(wanted) - end]):
        places[word] = places.get(word, 0) | 1 << number
    every = left = (1 << len(wanted) - begin - end) - 1
    for word in shown[begin : len(shown) - end]:
        if met := left & places.get(word, 0):
            left = (left + met | left - met) & every
    return 1 - left.bit_count() / len(wanted)


def weight(document: Document) -> tuple[int, int]:
    """What it costs as it is, in bytes: its HTML by gzip -9, and the files of its pictures, each once."""
    beside = document.file.parent
    told = {unquote(urlsplit(one).path) for one in _read(document.html).pictures if "://" not in one}
    files = {(beside / one).resolve() for one in told if one.lower().endswith(_SHOWN)}
    sizes = [one.stat().st_size for one in files if one.is_file()]
    return len(gzip.compress(document.file.read_bytes(), 9)), sum(sizes)
