"""HTML as mail programs write it becomes readable blocks; nothing that acts is left, however it is smuggled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outline import outline, page_of, words
from thinline.pages import followable
from thinline.v1.page_pb2 import Page
from thinline_server.pages.depth import names
from thinline_server.pages.html import write_html
from thinline_server.pages.writer import PageWriter


def read(html: str, quotes: int = 0) -> Page:
    writer = PageWriter()
    write_html(writer, html, quotes)
    return page_of(writer)


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>Hello <b>Bob</b>, <i>how</i> <tt>are</tt> you?<p>Alice", ["Hello *Bob*, /how/ `are` you?", "Alice"]),
        ("<div>Hi,</div><div><br></div><div>see <span>you</span></div><div>soon</div>", ["Hi,", "see you\nsoon"]),
        ("a<br>b<br><br>c", ["a\nb", "c"]),
        ("<h1>One</h1><h3>Three</h3>text", ["# One", "### Three", "text"]),
        ("<ul><li>a<li>b<ul><li>c</ul><li><p>d<p>e</ul>f", ["  • a", "  • b", "    ◦ c", "  • d", "  e", "f"]),
        ("<ol start=9><li>a<li>b</ol><dl><dt>x<dd>y</dl>", ["  9. a", "  10. b", "x", "  y"]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", ["> a", "> > b", "c"]),
        ("<pre>\n a\n  b</pre>c", ["`  a\n  b", "c"]),
        ("a<hr>b", ["a", "---", "b"]),
        ('<a href="http://x/">y</a> <a name=z>w</a>', ["<y|http://x/> w"]),
        ("<table><tr><th>Tea<th>2<tr><td>Rye<td>3</table>", ["| *Tea* | *2*", "| Rye | 3"]),
        ("<table><tr><td>a<td>b</table>c", ["a b", "c"]),
        ("<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>", ["| a | b", "| c | d"]),
        (f"<table><tr><td>{'x' * 130}<td>b<tr><td>c<td>d</table>", [f"{'x' * 130} b\nc d"]),
        ('<img alt=face src="cid:1@x"><img src="http://x/p"><img alt="">', ["{[face]|cid:1@x}{[picture]|http://x/p}"]),
        ('<img src="http://x/p" width=1 height=1>a', ["a"]),
        ('<img src="http://x/p" width="100%" height=auto>', ["{[picture]|http://x/p}"]),
        ("<p hidden>no</p><p style='Display : none'>no</p>yes", ["yes"]),
        ("<title>T</title><style>no</style><script>no</script><noscript>yes</noscript>", ["yes"]),
        ("<svg><text>no</text></svg><template>no</template><iframe>no</iframe>yes", ["yes"]),
        ("a &lt;b&gt; &amp;&nbsp;c &#x1F44D;", ["a <b> &\xa0c 👍"]),
        ("<p>שלום", ["שלום"]),
        ("", []),
    ],
)
def test_what_a_person_would_read(html: str, seen: list[str]) -> None:
    assert outline(read(html)) == seen


def test_a_title_and_quotes_around() -> None:
    page = read("<title> My \n news</title><p>x<blockquote>y", quotes=1)
    assert (page.title, outline(page)) == ("My news", ["> x", "> > y"])


def test_fields_of_data_may_have_lines_and_links() -> None:
    html = "<table><tr><td>a<br>b<td><a href=tel:+45>c</a><tr><td><div>d</div><div>e</div><td>f</table>"
    assert outline(read(html)) == ["| a\nb | <c|tel:+45>", "| d\ne | f"]


# What browsers and sanitisers fell for: mutation, encodings, other languages inside, and addresses that act.
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mtext></p><style><!--</style><img src onerror=alert(1)>--></style>",
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<style><style/><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="java&#9;script:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="javascript&colon;alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="blob:https://x/1">x</a>',
    '<a href="intent://x#Intent;end">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="//evil.example/">x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<svg><a><animate attributeName=href values=javascript:alert(1) /></a></svg>',
    '<base href="javascript:/"><a href="alert(1)">x</a>',
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    '<img src="javascript:alert(1)" alt=x>',
    '<img src="file:///etc/passwd" alt=x>',
    '<image href="http://evil.example/x" alt=x>',
    '<object data="javascript:alert(1)"><embed src="javascript:alert(1)">',
    '<link rel=stylesheet href="javascript:alert(1)">',
    '<div style="background:url(javascript:alert(1))">x</div>',
    '<input type=image src=x onerror=alert(1)><button formaction="javascript:alert(1)">x</button>',
    "<template><img src=x onerror=alert(1)></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<x contenteditable onfocus=alert(1)>x</x>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<\x00script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("html", XSS)
def test_nothing_active_is_left(html: str) -> None:
    """Invariant T7: a page is text, and addresses of four kinds; there is no third thing."""
    page = read(html)
    assert all(followable(address) for address in page.links)
    assert all(followable(image.address, image=True) for image in page.images if image.address)
    assert not any("javascript" in address for address in [*page.links, *(image.address for image in page.images)])


TAGS = st.sampled_from(
    sorted(names("p div b a table tr td li ul ol blockquote pre br hr img h1 th script style svg math template select"))
)
HTML = st.lists(
    st.one_of(
        TAGS.map(lambda tag: f"<{tag}>"),
        TAGS.map(lambda tag: f"</{tag}>"),
        st.sampled_from(["<a href='http://x/'>", "<!--", "-->", "<", ">", "&lt;", " ", "\n", "word"]),
        st.text(max_size=5),
    ),
    max_size=40,
).map("".join)


@given(HTML)
def test_any_html_gives_a_page(html: str) -> None:
    """Invariants T7 and T8."""
    page = read(html)
    assert all(map(followable, page.links))


def test_many_words_and_tags_all_come_through() -> None:
    page = read("".join(f"<p>word{number} <b>x</b>" for number in range(2_000)))
    assert len(words(page)) == 4_000
    assert not page.cut
