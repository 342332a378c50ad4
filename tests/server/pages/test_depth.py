"""HTML made shallow: the tree is never deeper than a small multiple of the bound, and honest HTML stays as it is."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from thinline_server.pages.bounds import PAGE_BOUNDS
from thinline_server.pages.depth import shallow


def depth_of(html: str) -> int:
    """The depth of the tree that a parser makes."""
    deepest = depth = 0
    node: LexborNode | None = LexborHTMLParser(html).root
    while node is not None:
        deepest = max(deepest, depth)
        if node.child is not None:
            node, depth = node.child, depth + 1
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = node.next if node is not None else None
    return deepest


@pytest.mark.parametrize(
    "html",
    [
        "<div><p>a<ul><li>b</ul></div>" * 500,
        "<p>a" * 2_000,
        "<!-- " + "<div>" * 1_000 + " --><script>" + "if (a<b) x;" * 100 + "</script>",
    ],
)
def test_honest_html_stays_as_it_is(html: str) -> None:
    assert shallow(html) == (html, False)


@pytest.mark.parametrize(
    "pattern",
    [
        "<div>", "<ul><li>", "<table><tr><td>", "<div></x>", "<div></b>", "<div><marquee></div>", "<b><p></b>",
        "<blockquote a='>'>", "<div a='<'>", "<svg>", "<template>", "<select><option>", "<dl><dd>", "<ruby><rt>",
        "<table><td><div></table></div>", "<button><div></button>", "<a><b><a>", "<i><object></i>",
    ],
)  # fmt: skip
def test_no_pattern_makes_a_deep_tree(pattern: str) -> None:
    """Invariant T5: the parser needs quadratic time in the depth."""
    html, cut = shallow(pattern * 3_000)
    assert depth_of(html) <= 5 * PAGE_BOUNDS.depth
    assert not cut


MANY = [f"a{number}" for number in range(3_000)]


def most_attributes(html: str) -> int:
    """Of one element."""
    found, node = 0, LexborHTMLParser(html).root
    for one in node.traverse() if node is not None else ():
        found = max(found, len(one.attributes))
    return found


@pytest.mark.parametrize(
    "html",
    [
        f"<a {' '.join(MANY)}>x",
        f"<a {' '.join(f'<{one}' for one in MANY)}>x",
        "<a " + " ".join([f"{one}='>'" for one in MANY]) + ">x",
        "<a/" + "/".join([f'{one}="<b "' for one in MANY]) + ">x",
        "<p></a " + "\n".join(MANY),
        f"<title><!--</title><a b='-->' {' '.join(MANY)}>x",
        f"<svg><style><a b='</style>' {' '.join(MANY)}>x",
        f"<textarea><a b='</textarea><a ' {' '.join(MANY)}'>",
    ],
)
def test_no_tag_has_too_many_attributes(html: str) -> None:
    """Invariant T5: the parser needs quadratic time in them."""
    assert most_attributes(shallow(html)[0]) <= PAGE_BOUNDS.attributes + 1


def test_as_many_attributes_as_a_tag_may_have_stay() -> None:
    html = f"<p {' '.join(MANY[: PAGE_BOUNDS.attributes])}>x</p><img alt='a > b' src=x>"
    assert shallow(html) == (html, False)


def test_a_text_that_would_be_looked_at_too_often_is_cut() -> None:
    """Invariant T5: what begins a tag inside a tag is looked at again."""
    html, cut = shallow("<a " * 300_000)
    assert (len(html) < 200_000, cut) == (True, True)


@pytest.mark.parametrize("front", ["<title><!--</title>", "<!-->", "<textarea><script></textarea>", "<svg><style>"])
def test_depth_is_not_hidden_in_what_a_parser_takes_for_no_comment(front: str) -> None:
    """Invariant T5."""
    html, _ = shallow(front + "<div>" * 40_000)
    assert depth_of(html) <= 5 * PAGE_BOUNDS.depth + PAGE_BOUNDS.hidden


def test_text_in_tags_too_deep_is_still_there() -> None:
    html, _ = shallow("<div>" * 1_000 + "hello <b class='x'>bob</b>" + "</div>" * 1_000)
    assert LexborHTMLParser(html).body is not None
    assert "hello" in html
    assert "<meta class='x'>bob</meta>" in html


def test_what_is_beyond_the_bounds_is_cut_and_said() -> None:
    """Invariant T5."""
    html, cut = shallow("<br>" * (PAGE_BOUNDS.tags + 1))
    assert (html.count("<br"), cut) == (PAGE_BOUNDS.tags, True)
    html, cut = shallow("x" * (PAGE_BOUNDS.characters + 1))
    assert (len(html), cut) == (PAGE_BOUNDS.characters, True)


@pytest.mark.parametrize("html", ["<!-- x", "<script> x", "<style>", "<", "</", "a<b", "<a"])
def test_what_does_not_end_ends_with_the_html(html: str) -> None:
    assert shallow(html) == (html, False)
