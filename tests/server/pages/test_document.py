"""Documents of the web as pages: charsets told, wrong and missing, frames, bombs, and what stays behind. T5, T8."""

from __future__ import annotations

import time

import pytest

from thinline.bodies import Body, read_body
from thinline.limits import LIMITS
from thinline.marks import unmark
from thinline.pack import unpack_begun
from thinline.squeeze import inflate, inflate_begun
from thinline.v1.page_pb2 import Page
from thinline_server.pages.document import decode_document, document_job
from thinline_server.pages.order import DocumentOrder, Made, read_made, write_order

BASE = "http://tea.example/a/b.html"
RUSSIAN = "Чай растёт на холмах, и пьют его горячим. " * 8
JAPANESE = "お茶は丘で育ち、熱いうちに飲みます。" * 8
GERMAN = "Grüner Tee wächst auf Hügeln. " * 8


def made(html: str | bytes, base: str = BASE, media_type: str = "text/html", **more: object) -> Made:
    data = html if isinstance(html, bytes) else html.encode()
    order = DocumentOrder(base, media_type, **more)  # type: ignore[arg-type]
    return read_made(document_job(write_order(order, data)))


def page(one: Made) -> Page:
    return read_body(Body(packed=False, dictionary=0, size=one.size), one.body)


def words(one: Made) -> str:
    blocks = page(one).blocks
    runs = [run for block in blocks for run in block.runs or [run for cell in block.cells for run in cell.runs]]
    return " ".join("".join(run.text for run in runs).split())


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (RUSSIAN.encode(), "", RUSSIAN),
        (RUSSIAN.encode("koi8-r"), "koi8-r", RUSSIAN),
        (RUSSIAN.encode("cp1251"), "", RUSSIAN),
        (b"<meta charset=windows-1251>" + RUSSIAN.encode("cp1251"), "", "<meta charset=windows-1251>" + RUSSIAN),
        (RUSSIAN.encode("cp1251"), "utf-8", RUSSIAN),
        (GERMAN.encode(), "iso-8859-1", GERMAN),
        (GERMAN.encode("cp1252"), "utf-8", GERMAN),
        (JAPANESE.encode("shift_jis"), "", JAPANESE),
        (JAPANESE.encode("euc-jp"), "", JAPANESE),
        (JAPANESE.encode("iso-2022-jp"), "iso-2022-jp", JAPANESE),
        (b"\xff\xfe" + GERMAN.encode("utf-16-le"), "", GERMAN),
        (b"\xef\xbb\xbf" + GERMAN.encode(), "koi8-r", GERMAN),
        (GERMAN.encode("utf-16-le"), "utf-16le", GERMAN),
        (b"plain", "no-such-charset", "plain"),
    ],
)
def test_a_charset_is_what_the_bytes_say(data: bytes, declared: str, text: str) -> None:
    assert decode_document(data, declared)[0] == text


def test_addresses_are_made_whole_and_stay_behind() -> None:
    """Spec WEB-4, PAGE-4."""
    one = made(
        "<base href='/x/'><a href='y?q=1#z'>y</a> <a href='//z.example'>z</a> <a href='javascript:alert(1)'>j</a>"
        "<a href='http://[bad'>b</a> <img src=c.png alt=c><img data-src=lazy.png src='data:image/gif;base64,R0' alt=l>"
        "<img src='data:image/png;base64,iVBOR' alt=d><img src='data:text/html,x' alt=h><img alt=none>"
    )
    assert one.links == ("http://tea.example/x/y?q=1#z", "http://z.example")
    inline = "data:image/png;base64,iVBOR"
    assert one.images == ("http://tea.example/x/c.png", "http://tea.example/x/lazy.png", inline, "", "")
    assert b"example" not in inflate(one.body, 0, one.size)
    assert len(page(one).images) == 5


def test_a_picture_that_stands_again_has_its_number() -> None:
    """It is asked for once; in another size it is another."""
    one = made("<img src=up.gif><p>a<img src=up.gif><p>b<img src=up.gif width=9><img src=down.gif>")
    assert one.images == tuple([f"http://tea.example/a/{name}.gif" for name in ("up", "up", "down")])
    numbers = [run.image for block in page(one).blocks for run in block.runs if run.image]
    assert numbers == [1, 1, 2, 3]


def test_frames_refreshes_and_films_become_links() -> None:
    """Nothing is followed by itself."""
    frames = made("<frameset><frame name=menu src=menu.html><frame src=/main.html></frameset>")
    assert frames.links == ("http://tea.example/a/menu.html", "http://tea.example/main.html")
    assert words(frames) == "Frame: menuFrame: frame"
    other = made(
        "<meta http-equiv=refresh content='0; url=next.html'><iframe src=in.html title=inner></iframe>"
        "<video><source src=f.mp4></video><object data='javascript:x'></object>"
    )
    assert other.links == tuple(f"http://tea.example/a/{name}" for name in ("next.html", "in.html", "f.mp4"))
    assert words(other) == "This page leads on.[inner] [film]"


def test_plain_text_and_pictures_are_pages_too() -> None:
    one = made("Tea\n\nsee http://tea.example/x", media_type="text/plain", base="http://tea.example/notes.txt?x=1")
    assert (one.title, one.links) == ("notes.txt", ("http://tea.example/x",))
    picture = made(b"", media_type="image/png", base="http://tea.example/leaf.png")
    assert (picture.title, picture.images) == ("leaf.png", ("http://tea.example/leaf.png",))
    assert page(picture).blocks[0].runs[0].image == 1


def test_its_beginning_can_be_read_at_each_step() -> None:
    """Spec WEB-4."""
    one = made("".join(f"<p>Paragraph {number}</p>" for number in range(3_000)))
    assert [size for size, _ in one.steps][:4] == [1_024, 3_072, 7_168, 15_360]
    assert one.steps[-1] == (one.size, len(one.body))
    for size, end in one.steps:
        begun = inflate_begun(one.body[:end], 0, one.size)
        assert len(begun) == size
        assert unmark(begun, begun=True).blocks[0].runs[0].text == "Paragraph 0"


def test_a_packed_one_is_smaller_and_is_read_at_each_step_too() -> None:
    """Spec WEB-4, WEB-18."""
    html = "".join(f"<p>Paragraph {number} of <b>{number * number}</b></p>" for number in range(3_000))
    one, other = made(html, packed=True), made(html)
    assert len(one.body) < 0.8 * len(other.body)
    body = Body(packed=True, dictionary=0, size=one.size)
    assert read_body(body, one.body) == page(other)
    assert one.steps[-1] == (one.size, len(one.body))
    assert one.steps[-2][0] >= 4_096
    for size, end in one.steps:
        assert len(unpack_begun(one.body[:end], one.size)) == size


@pytest.mark.parametrize(
    ("html", "needs"),
    [
        ("<script src=a.js></script><div id=root></div>", True),
        ("<noscript>You need to enable JavaScript to run this app.</noscript><script>x</script>", True),
        ("<script>x</script>" + GERMAN, False),
        ("<p>Hello</p>", False),
        ("<noscript>JavaScript makes this nicer.</noscript><script>x</script>" + GERMAN * 9, False),
    ],
)
def test_a_page_that_needs_its_programs_is_known(html: str, needs: bool) -> None:
    assert made(html).needs_script is needs


def test_the_reader_view_leaves_the_rest_out() -> None:
    story = "".join(f"<p>{GERMAN} {number}</p>" for number in range(9))
    html = f"<title>T</title><nav><a href=/h>Home</a></nav><article>{story}<a href=more>on</a></article>"
    plain, reader = made(html), made(html, reader=True)
    assert "Home" in words(plain)
    assert "Home" not in words(reader)
    assert reader.title == "T"
    assert reader.links == ("http://tea.example/a/more",)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "deep",
        "<table><tr><td>" * 20_000,
        "<b>" * 100_000,
        "<a " + " ".join([f"a{number}" for number in range(400_000)]) + ">x",
        "<title><!--</title>" + "<div>" * 100_000,
        "<select>" + "<option>x" * 100_000,
        "<form>" * 20_000 + "<input>" * 20_000,
        "<svg><math><style><img src=x onerror=alert(1)>" * 5_000,
        "<a href='" + "x" * 3_000_000 + "'>x</a>",
        "word " * 600_000,
    ],
)
def test_a_bomb_becomes_a_page_within_bounds(html: str) -> None:
    """T5; spec PAGE-5, PAGE-8."""
    began = time.process_time()
    one = made(html)
    assert time.process_time() - began < 12.0
    told = page(one)
    assert one.size <= LIMITS.page_bytes + 65_536
    assert len(told.controls) <= LIMITS.page_controls
    assert sum(len(control.choices) for control in told.controls) <= LIMITS.page_choices
