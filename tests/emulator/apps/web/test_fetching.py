"""Asks and answers: the rest as it is read, what it cost, pictures, and a page that is kept once it is whole."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from thinline.bodies import kept_bytes, read_body
from thinline.intents import Create
from thinline.reasons import Reason
from thinline.v1.item_pb2 import Blob
from thinline.v1.web_pb2 import GetImage, OpenPage, PageKept, SavedPage
from thinline_emulator.apps.web.fetching import (
    GET_IMAGE,
    KEEP_PAGE,
    came,
    going_on,
    image_wish,
    keep_wish,
    leads_wish,
    measure_wish,
    opening,
    rest,
    turned_to,
)
from thinline_emulator.apps.web.states import State, Visit
from thinline_emulator.asks import AskState, Listing, Query, Standing
from thinline_emulator.raster import Raster
from webbench import GARDEN, LONG, WebBench

FACE = Raster(2, 2, bytes(6), bytes(4), -1)


def begun() -> WebBench:
    bench = WebBench()
    bench.keys("'story' enter")
    bench.opened(LONG)
    return bench


def test_the_ask_says_what_the_screen_holds_and_the_link_s_dictionary() -> None:
    bench = WebBench()
    assert bench.memory.welcome is not None
    bench.memory.welcome = replace(bench.memory.welcome, dictionary=2)
    told = OpenPage.FromString(opening(OpenPage(address="tea")).body)
    assert (told.address, told.first_bytes, told.packed) == ("tea", 3_072, True)


def test_the_rest_is_wanted_two_screens_before_it_is_read() -> None:
    bench = begun()
    assert rest(bench.visit, bench.desk) == ()
    (wish,) = rest(replace(bench.visit, top=150), bench.desk)
    assert rest(replace(bench.visit, whole=True), bench.desk) == (wish,)
    while not bench.asked:
        bench.keys("space")
    assert wish in bench.asked
    bench.keys("space")
    assert bench.asked.count(wish) == 1
    bench.memory.asks.drop(wish)
    bench.memory.answered(wish, Standing(AskState.REFUSED, reason=Reason.NO_SUCH_PAGE))
    bench.keys("space")
    assert bench.asked == [], "what was refused is not asked for at each key"


def test_what_it_cost_is_what_the_radio_did_meanwhile() -> None:
    bench = WebBench()
    bench.keys("'story' enter")
    bench.power.radio.receive(3_000, bench.now)
    bench.now += 2
    bench.opened(LONG)
    spent = bench.visit.spent
    assert 3_000 <= spent.down_bytes < 3_200
    assert bench.visit.since is None
    bench.power.radio.receive(9_000, bench.now)
    bench.keys("space")
    assert bench.visit.spent == spent, "what moves while nothing is asked is another's"


def test_pictures_come_by_their_number() -> None:
    bench = WebBench()
    bench.keys("'garden' enter")
    bench.opened(GARDEN)
    opened = bench.visit.opened
    assert opened is not None
    wish = image_wish(opened, 1, 120, 80)
    assert GetImage.FromString(wish.body) == GetImage(page=opened.page, image=1, width=120, height=80, colours=256)
    measured = measure_wish(opened, 1, 120, 80)
    assert (measured.kind, GetImage.FromString(measured.body).measure) == (GET_IMAGE, True)
    bench.answered(wish, Standing(AskState.CAME, raster=FACE))
    bench.answered(wish, Standing(AskState.CAME, raster=FACE))
    assert bench.visit.pictures == ((1, FACE),)
    assert bench.memory.held["pages"] == bench.visit.size_bytes
    other = replace(wish, body=GetImage(page=b"other").SerializeToString())
    bench.answered(other, Standing(AskState.CAME, raster=FACE))
    assert bench.visit.pictures == ((1, FACE),)


def test_answers_to_others_change_nothing() -> None:
    bench = begun()
    state = bench.state
    for wish in (Query(99, b""), Query(16, b"\xff"), Listing(9)):
        bench.memory.answered(wish, Standing(AskState.CAME, body=b"\xff"))
        assert came(state, wish, bench.desk) is None
    assert came(state, Query(5, b"never asked"), bench.desk) is None
    broken = turned_to(State(), Visit(opening(OpenPage(address="x"))), bench.desk)
    (asked,) = broken.ask
    bench.memory.answered(asked, Standing(AskState.CAME, body=b"\xff"))
    assert came(broken.state, asked, bench.desk) is None
    assert going_on(State(), bench.desk).ask == ()


def saving() -> tuple[WebBench, Query]:
    bench = begun()
    bench.choose("Save the page")
    while bench.more():
        pass
    opened = bench.visit.opened
    assert opened is not None
    wish = keep_wish(opened)
    assert wish in bench.asked, "once all of it is here"
    return bench, wish


def test_a_page_is_saved_with_what_is_here_and_nothing_goes_up() -> None:
    """Spec WEB-10."""
    bench, wish = saving()
    opened = bench.visit.opened
    assert opened is not None
    body = kept_bytes(read_body(opened.travels, opened.body))
    assert wish.kind == KEEP_PAGE
    blob = Blob(name="page", hash=sha256(body).digest(), size=len(body))
    links = Blob(name="links", hash=bytes(32), size=9)
    bench.answered(wish, Standing(AskState.CAME, body=PageKept(body=blob, links=links).SerializeToString()))
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Create)
    assert SavedPage.FromString(entry.intent.content.fields).title == "A story"
    assert [one.name for one in entry.intent.content.blobs] == ["links", "page"]
    assert dict(entry.parts) == {blob.hash: body}
    assert not bench.visit.keep
    assert "Saved." in bench.screen


def test_a_page_that_can_not_be_kept_is_not_made_an_item() -> None:
    for standing in (Standing(AskState.REFUSED, reason=Reason.NO_SUCH_PAGE), Standing(AskState.CAME, body=b"\xff")):
        bench, wish = saving()
        bench.answered(wish, standing)
        assert not list(bench.memory.outbox.entries())


def test_where_a_link_leads_is_asked_by_number() -> None:
    bench = begun()
    assert bench.visit.opened is not None
    assert leads_wish(bench.visit.opened, 3).body.endswith(b"\x03")
