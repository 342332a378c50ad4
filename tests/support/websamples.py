"""Ten documents of the web as they are met: what is sent, how, and which words a reader has to find in them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from thinline_tools.bench.documents import reference_words

__all__ = ["SAMPLES", "Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One of them.

    Attributes:
        name: for people.
        body: as a site sends it.
        content_type: of its header; may be wrong.
        text: the document as its writer had it, to take the words from; those of the body where there is none.
    """

    name: str
    make: Callable[[], bytes]
    content_type: str = "text/html"
    text: str = ""

    @property
    def body(self) -> bytes:
        """The bytes."""
        return self.make()

    @property
    def words(self) -> list[str]:
        """What is to be read."""
        return reference_words(self.text or self.body.decode())


_SCRIPTS = (
    "Tea is grown on hills and drunk hot.",
    "Чай растёт на холмах, и пьют его горячим.",
    "Το τσάι καλλιεργείται σε λόφους και πίνεται ζεστό.",
    "الشاي يزرع على التلال ويشرب ساخنا.",
    "चाय पहाड़ियों पर उगाई जाती है और गर्म पी जाती है।",
    "お茶は 丘で 育ち、 熱いうちに 飲みます。",
)
_RUSSIAN = "".join(f"<p>Строка {number}: чай растёт на холмах, и пьют его горячим.</p>" for number in range(40))
_HEBREW = "".join(f"<p>שורה {number}: התה גדל על הגבעות (1,250 מטר) ונקרא Assam.</p>" for number in range(20))
_FORM = """<h1>Order</h1><form method=post action=/order><p>Which <select name=a><option>Assam<option>Ceylon</select>
<p>How many <input name=n value=1 size=3> boxes <input type=checkbox name=gift> as a gift
<p>Notes <textarea name=t></textarea> <button>Order</button></form><p>Thank you."""


def _tables() -> bytes:
    inner = (
        "<table border=1>"
        + "".join(f"<tr><td>row {row}<td>{row * row}<td>note {row}" for row in range(12))
        + "</table>"
    )
    deep = inner
    for level in range(12):
        deep = f"<table><tr><td>left {level}<td>{deep}<td>right {level}</table>"
    return deep.encode()


def _frames() -> bytes:
    inside = (
        "<p>Before <iframe src=/inner.html title=inner></iframe> after. <object data=/o.swf>No player here.</object>"
    )
    return inside.encode()


def _long() -> bytes:
    return ("<p>" + " ".join(f"word{number % 9_973}" for number in range(330_000))).encode()


def _inline() -> bytes:
    file = BytesIO()
    Image.linear_gradient("L").save(file, "PNG")
    told = base64.b64encode(file.getvalue()).decode()
    return (f"<p>One <img alt=grey src='data:image/png;base64,{told}'> two " * 30 + "<p>three").encode()


def _links() -> bytes:
    return "".join(f"<li><a href='/p/{number}?a=1&b={number}#x'>page {number}</a>" for number in range(500)).encode()


SAMPLES = (
    Sample("tables inside tables", _tables),
    Sample("frames", _frames, text="<p>Before after."),
    Sample("a form", lambda: _FORM.encode()),
    Sample(
        "six writing systems", lambda: "".join(f"<p>{one}</p>" for one in _SCRIPTS).encode(), "text/html; charset=utf-8"
    ),
    Sample("a wrong charset declared", lambda: _RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", _RUSSIAN),
    Sample("no charset declared", lambda: _RUSSIAN.encode("koi8-r"), "text/html", _RUSSIAN),
    Sample("megabytes in one paragraph", _long),
    Sample("pictures inside the page", _inline),
    Sample("from right to left", lambda: _HEBREW.encode("iso8859-8"), "text/html; charset=iso-8859-8-i", _HEBREW),
    Sample("five hundred links", _links),
)
