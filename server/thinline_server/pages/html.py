"""HTML becomes blocks: a browser's parser makes the tree, this walks it once and writes down what is to be read.

Nothing active is taken over, by construction: text goes to the page, addresses go through the writer's gate, and there
is no third thing (T7). So it does not matter how a tag was smuggled past somebody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from thinline.v1.page_pb2 import BLOCK_KIND_HEADING, BLOCK_KIND_PREFORMATTED, BLOCK_KIND_UNSPECIFIED, BlockKind
from thinline_server.pages.depth import names, shallow
from thinline_server.pages.forms import CONTROLS, FormReader
from thinline_server.pages.order import FormLeft
from thinline_server.pages.tables import data_tables
from thinline_server.pages.writer import PLAIN, Frame, Look, PageWriter

__all__ = ["Left", "write_document", "write_html"]

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
_EMBEDDED = {"iframe": "frame", "embed": "embedded", "object": "embedded", "audio": "sound", "video": "film"}
_DATA_CHARACTERS = 4_194_304  # of pictures that stand in their page, all together
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


class Left(NamedTuple):
    """What a document of the web leaves behind its page.

    Attributes:
        images: addresses, by number.
        forms: by number.
        shown: characters of text.
    """

    images: tuple[str, ...]
    forms: tuple[FormLeft, ...]
    shown: int


class _Web:
    """What a document of the web has and a mail has not: an address of its own, forms, and frames."""

    def __init__(self, writer: PageWriter, parser: LexborHTMLParser, base: str, charset: str) -> None:
        self.base = base
        self.forms = FormReader(writer, parser, charset)
        self.images: list[str] = []
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._data_characters = 0

    def resolve(self, address: str) -> str:
        """Absolute; empty where it is none that can be."""
        try:
            return _address(urljoin(self.base, address)) if address else ""
        except ValueError:
            return ""

    def image(self, writer: PageWriter, attributes: _Attributes, width: int, height: int) -> int:
        """The number of a picture, the same wherever it stands again: it is asked for once."""
        told = self._place(attributes), width, height
        if told not in self._numbers and (number := writer.image("", width, height)):
            self._numbers[told] = number
            self.images.append(self._within(told[0]))
        return self._numbers.get(told, 0)

    def _place(self, attributes: _Attributes) -> str:
        """Where a picture lies, or what it is where it is written into the page itself."""
        lazy = attributes.get("data-src") or (attributes.get("srcset") or "").strip().split(" ")[0]
        told = _address(attributes.get("src"))
        if told.startswith("data:"):
            return self.resolve(_address(lazy)) if lazy else told
        return self.resolve(told or _address(lazy))

    def _within(self, place: str) -> str:
        """A picture in the page itself stays while there is room for it."""
        if not place.startswith("data:"):
            return place
        self._data_characters += len(place)
        return place if self._data_characters <= _DATA_CHARACTERS and place.startswith("data:image/") else ""


def write_document(
    writer: PageWriter, parser: LexborHTMLParser, address: str, charset: str, base: str | None = None
) -> Left:
    """Write what a person would read of a document of the web.

    Args:
        writer: without blocks yet.
        parser: of the document.
        address: where it came from.
        charset: that it is in; its forms' is the same.
        base: what it says that its addresses are relative to, where that is not in it.
    """
    named = parser.css_first("base[href]")
    told = base or (named.attributes.get("href") if named is not None else None)
    web = _Web(writer, parser, address, charset)
    web.base = web.resolve(_address(told)) or address
    scope = _Scope()
    writer.begin(scope.frame)
    for node in parser.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            _, _, leads = (node.attributes.get("content") or "").partition("=")
            _link_line(writer, "This page leads on.", web.resolve(_address(leads.strip(" \"'"))))
    for node in parser.css("frameset frame"):
        name = node.attributes.get("title") or node.attributes.get("name") or "frame"
        _link_line(writer, f"Frame: {name}", web.resolve(_address(node.attributes.get("src"))))
    shown = 0
    if parser.body is not None:
        walk = _Walk(writer, parser.body, scope, web)
        walk.walk()
        shown = walk.shown
    writer.end()
    forms = tuple([replace(one, action=web.resolve(_address(one.action)) or address) for one in web.forms.forms])
    return Left(tuple(web.images), forms, shown)


def _link_line(writer: PageWriter, text: str, address: str) -> None:
    if number := writer.link(address):
        writer.begin(Frame())
        writer.text(text, PLAIN._replace(link=number))
        writer.begin(Frame())


class _Walk:
    """One pass over a tree, without recursion.

    Attributes:
        shown: characters of text.
    """

    def __init__(self, writer: PageWriter, root: LexborNode, scope: _Scope, web: _Web | None = None) -> None:
        self._writer = writer
        self._web = web
        self.shown = 0
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
                if scope.tag == "form" and self._web is not None:
                    self._web.forms.leave(ended)
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
            text = node.text_content or ""
            self.shown += len(text.strip())
            self._writer.text(text, scope.look)
            return None
        if tag.startswith(("-", "!")):
            return None
        attributes: _Attributes = node.attributes
        if self._web is not None and self._of_the_web(node, tag, attributes, scope):
            return None
        if tag in _UNREAD or "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
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

    def _of_the_web(self, node: LexborNode, tag: str, attributes: _Attributes, scope: _Scope) -> bool:
        """Controls and frames; whether it was one of these, and nothing else is to be read in it."""
        assert self._web is not None
        if tag in CONTROLS:
            self._web.forms.control(node, tag, scope.look)
        elif tag in _EMBEDDED:
            source = node.css_first("source[src]") if tag in ("audio", "video") else None
            told = attributes.get("src") or attributes.get("data") or ""
            told = told or (source.attributes.get("src") or "" if source is not None else "")
            name = attributes.get("title") or attributes.get("name") or _EMBEDDED[tag]
            if number := self._writer.link(self._web.resolve(_address(told))):
                self._writer.text(f" [{name}] ", scope.look._replace(link=number))
        else:
            if tag == "form":
                self._web.forms.enter(node)
            return False
        return True

    def _resolved(self, address: str) -> str:
        return self._web.resolve(address) if self._web is not None else address

    @property
    def _in_data(self) -> bool:
        return bool(self._table) and self._table[-1]

    def _element(self, tag: str, attributes: _Attributes, scope: _Scope) -> _Scope:
        inside = _inside(tag, scope)
        if tag == "a" and (number := self._writer.link(self._resolved(_address(attributes.get("href"))))):
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
        told = [_number(attributes.get(name), -1) for name in ("width", "height")]  # "100%" tells nothing
        width, height = (max(0, size) for size in told)
        text = (attributes["alt"] or "").strip() if "alt" in attributes else "picture"
        if not text or any(0 <= size < _PIXELS_SEEN for size in told):
            return
        if self._web is not None:
            number = self._web.image(self._writer, attributes, width, height)
        else:
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
