"""HTML becomes blocks: a browser's parser makes the tree, this walks it once and writes down what is to be read.

Nothing active is taken over, by construction: text goes to the page, addresses go through the writer's gate, and there
is no third thing (T7). So it does not matter how a tag was smuggled past somebody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode

from thinline.v1.page_pb2 import BLOCK_KIND_HEADING, BLOCK_KIND_PREFORMATTED, BLOCK_KIND_UNSPECIFIED, BlockKind
from thinline_server.pages.depth import names, shallow
from thinline_server.pages.tables import data_tables
from thinline_server.pages.writer import PLAIN, Frame, Look, PageWriter

__all__ = ["write_html"]

_Attributes: TypeAlias = Mapping[str, str | None]

_UNREAD = names(
    "head script style template iframe object embed audio video canvas svg select datalist textarea input button"
    " noframes noembed frameset applet map dialog title"
)
_PARAGRAPHS = names("p ul ol menu dir dl li dt dd table figure fieldset details h1 h2 h3 h4 h5 h6 blockquote pre")
_LINES = names(
    "div section article header footer main aside nav address form center figcaption caption summary tr legend"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STRONG, _EMPHASIS = names("b strong th"), names("i em cite var dfn")
_CODE = names("code tt kbd samp")
_BULLETED = names("ul menu dir")
_BULLETS = "•◦▪"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_DIGITS = re.compile(r"\s*(\d{1,5})\s*(?:px)?\s*$")
_ADDRESS_NOISE = re.compile("[\t\r\n]")
_AROUND_ADDRESS = "".join(map(chr, range(33)))
_PIXELS_SEEN = 3  # smaller pictures are counters and spacers


class _Scope(NamedTuple):
    """What holds inside an element."""

    tag: str = ""
    look: Look = PLAIN
    kind: BlockKind.ValueType = BLOCK_KIND_UNSPECIFIED
    lists: int = 0
    quotes: int = 0
    heading: int = 0

    @property
    def frame(self) -> Frame:
        return Frame(self.kind, self.heading or self.lists, self.quotes)


def write_html(writer: PageWriter, html: str, quotes: int = 0) -> None:
    """Write what a person would read of HTML, `quotes` deep already."""
    html, cut = shallow(html)
    parser = LexborHTMLParser(html)
    title = parser.css_first("title")
    writer.title(title.text() if title is not None else "")
    if parser.body is not None:
        scope = _Scope(quotes=quotes)
        writer.begin(scope.frame)
        _Walk(writer, parser.body, scope).walk()
        writer.end()
    if cut:
        writer.leave_out()


class _Walk:
    """One pass over a tree, without recursion."""

    def __init__(self, writer: PageWriter, root: LexborNode, scope: _Scope) -> None:
        self._writer = writer
        self._open: list[tuple[LexborNode, _Scope]] = [(root, scope)]
        self._tables = data_tables(root)
        self._numbers: list[int] = []  # the next of each open list; below 0 its items have bullets
        self._table: list[bool] = []  # of each open table, whether it holds data

    def walk(self) -> None:
        """Write it all."""
        node = self._open[0][0].child
        while True:
            while node is None:
                ended, scope = self._open.pop()
                if not self._open:
                    return
                self._leave(scope.tag, self._open[-1][1])
                node = ended.next
            inside = self._enter(node, self._open[-1][1])
            if inside is None:
                node = node.next
            else:
                self._open.append((node, inside))
                node = node.child

    def _enter(self, node: LexborNode, scope: _Scope) -> _Scope | None:
        """What holds inside, or None where nothing is to be read there."""
        tag = node.tag or ""
        if tag == "-text":
            self._writer.text(node.text_content or "", scope.look)
            return None
        if tag.startswith(("-", "!")) or tag in _UNREAD:
            return None
        attributes: _Attributes = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            return None
        if tag == "br":
            self._writer.hard_break()
        elif tag == "hr":
            self._writer.rule(scope.quotes)
            self._writer.begin(scope.frame)
        elif tag == "img":
            self._image(attributes, scope)
        else:
            if tag == "table":
                self._table.append(node.mem_id in self._tables)
            return self._element(tag, attributes, scope)
        return None

    @property
    def _in_data(self) -> bool:
        return bool(self._table) and self._table[-1]

    def _element(self, tag: str, attributes: _Attributes, scope: _Scope) -> _Scope:
        inside = _inside(tag, scope)
        if tag == "a" and (number := self._writer.link(_address(attributes.get("href")))):
            return inside._replace(look=inside.look._replace(link=number))
        if tag in _BULLETED or tag == "ol":
            self._numbers.append(_number(attributes.get("start"), 1) if tag == "ol" else -1)
        if self._in_data and tag != "table":
            if tag == "tr":
                self._writer.begin_row()
            elif tag in _PARAGRAPHS or tag in _LINES:
                self._writer.soft_break()
        elif tag == "li":
            self._writer.begin(inside.frame, self._marker(scope.lists))
        elif tag in _PARAGRAPHS:
            self._writer.begin(inside.frame)
        elif tag in _LINES:
            self._writer.soft_break()
        elif tag in ("td", "th"):
            self._writer.text(" ")
        return inside

    def _leave(self, tag: str, outside: _Scope) -> None:
        if tag in _BULLETED or tag == "ol":
            self._numbers.pop()
        if self._in_data and tag != "table":
            if tag == "tr":
                self._writer.end_row()
            elif tag in ("td", "th"):
                self._writer.end_cell()
            elif tag in _PARAGRAPHS or tag in _LINES:
                self._writer.soft_break()
        elif tag in _PARAGRAPHS:
            self._writer.begin(outside.frame)
        elif tag in _LINES:
            self._writer.soft_break()
        if tag == "table":
            self._table.pop()

    def _marker(self, level: int) -> str:
        number = self._numbers[-1] if self._numbers else -1
        if number < 0:
            return _BULLETS[min(max(0, level - 1), len(_BULLETS) - 1)]
        self._numbers[-1] += 1
        return f"{number}."

    def _image(self, attributes: _Attributes, scope: _Scope) -> None:
        width, height = _number(attributes.get("width"), 0), _number(attributes.get("height"), 0)
        told = [size for size, name in ((width, "width"), (height, "height")) if attributes.get(name)]
        text = (attributes["alt"] or "").strip() if "alt" in attributes else "picture"
        if not text or any(size < _PIXELS_SEEN for size in told):
            return
        number = self._writer.image(_address(attributes.get("src")), width, height)
        self._writer.text(f"[{text}]", scope.look._replace(image=number))


def _inside(tag: str, scope: _Scope) -> _Scope:
    inside = scope._replace(tag=tag)
    if tag in _HEADINGS:
        return inside._replace(kind=BLOCK_KIND_HEADING, heading=_HEADINGS[tag])
    if tag in _STRONG:
        return inside._replace(look=scope.look._replace(strong=True))
    if tag in _EMPHASIS:
        return inside._replace(look=scope.look._replace(emphasis=True))
    if tag in _CODE:
        return inside._replace(look=scope.look._replace(code=True))
    if tag in _BULLETED or tag in ("ol", "dd"):
        return inside._replace(lists=scope.lists + 1)
    if tag == "blockquote":
        return inside._replace(quotes=scope.quotes + 1)
    if tag == "pre":
        return inside._replace(kind=BLOCK_KIND_PREFORMATTED)
    return inside


def _number(text: str | None, default: int) -> int:
    found = _DIGITS.match(text or "")
    return int(found[1]) if found else default


def _address(text: str | None) -> str:
    """An address as a browser reads it: noise taken out, its scheme in lower case, spaces encoded."""
    address = _ADDRESS_NOISE.sub("", (text or "").strip(_AROUND_ADDRESS))
    scheme, colon, rest = address.partition(":")
    return f"{scheme.lower()}{colon}{rest}".replace(" ", "%20")
