"""From page to page: links, forms, refusals, logins, saved pages, and the answer to a form."""

from __future__ import annotations

from hashlib import sha256

from keepings import POSTING, SAVED, posting, saved
from thinline.intents import Own
from thinline.reasons import Reason
from thinline.v1.page_pb2 import Block, Page, Run
from thinline.v1.web_pb2 import FetchFile, Field, OpenPage, Pick, PostForm, TransferState, View
from thinline_emulator.apps.web.going import again, followed, gone_to, in_view, read_saved, submitted
from thinline_emulator.apps.web.states import Home, Login, Read, State, Visit
from thinline_emulator.asks import AskState, GetPart, Standing
from webbench import GARDEN, ORDER, WebBench

PAGE = bytes([1]) * 16
TEA = Page(
    blocks=[
        Block(runs=[Run(text="Tea", link=1), Run(text=" or "), Run(text="bread", link=2)]),
        Block(runs=[Run(text="more tea", link=1)]),
    ]
)


def at(page: Page) -> WebBench:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.opened(page)
    return bench


def test_a_form_by_get_is_a_page_and_can_be_gone_back_from() -> None:
    bench = at(ORDER)
    bench.to(10)
    bench.keys("delete delete 'rain'")
    bench.to(11)
    bench.keys("ok")
    fields = [Field(control=10, value="train"), Field(control=11)]
    assert bench.wanted().pick == Pick(page=PAGE, form=1, fields=fields)
    assert not list(bench.memory.outbox.entries())
    bench.opened(GARDEN)
    bench.keys("back")
    assert bench.visit.filled == {10: ("train",)}, "what was filled in is there still"


def sent() -> tuple[WebBench, Own]:
    bench = at(ORDER)
    bench.keys("wheel-down 'Bob'")
    bench.to(8)
    bench.keys("ok")
    (own,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(own, Own)
    return bench, own


def test_a_form_by_post_is_a_command_and_its_answer_a_page() -> None:
    """Spec WEB-12; X7: nothing but its owner sends it, and nobody sends it again."""
    bench, own = sent()
    told = PostForm.FromString(own.body)
    assert (told.page, told.form, told.fields[0]) == (PAGE, 2, Field(control=1, value="Bob"))
    assert bench.asked == []
    bench.keys("ok ok")
    assert bench.asked == []
    assert len(list(bench.memory.outbox.entries())) == 1
    (entry,) = bench.memory.outbox.entries()
    bench.keep(posting(4, "Order tea"))
    waiting = Visit(bench.visit.ask, "Order tea", posting=POSTING)
    bench.memory.screens["pages"] = State(Read(), (waiting,))
    assert "The site answered. Press to read what." in bench.screen
    bench.keys("ok ok")
    assert len(bench.asked) == 1
    bench.opened(GARDEN)
    assert "Tea is at four" in bench.screen
    assert entry.intent == own


def test_a_form_that_failed_says_why_and_is_not_sent_again() -> None:
    bench = WebBench()
    bench.keep(posting(4, "Order tea", TransferState.TRANSFER_STATE_UNKNOWN))
    bench.memory.screens["pages"] = State(Read(), (Visit(None, "Order tea", posting=POSTING),))
    assert "It is not sent again by itself." in bench.told
    bench.keys("ok")
    assert bench.asked == []
    assert not list(bench.memory.outbox.entries())


def test_what_has_to_be_filled_in_is_said_and_nothing_is_sent() -> None:
    bench = at(ORDER)
    bench.to(8)
    bench.keys("ok")
    assert "Fill in first: Name" in bench.screen
    page = Page()
    page.CopyFrom(ORDER)
    many = tuple((number, ("x" * 1_024,)) for number in (1, 6, 10, 12))
    few = Visit(opened=bench.visit.opened, values=many[:2])
    assert submitted(bench.state, few, page, 8, bench.desk).note == ""
    step = submitted(bench.state, Visit(opened=bench.visit.opened, values=many), page, 8, bench.desk)
    assert "more than a form may send" in step.note
    assert "can not be sent" in submitted(bench.state, Visit(), page, 8, bench.desk).note


def test_who_one_is_goes_with_the_ask_for_the_same_page() -> None:
    bench = WebBench()
    bench.keys("'tea.example' enter")
    bench.refused(reason=Reason.UNAUTHORIZED, sentence="The site wants a name and a password.", realm="The kitchen")
    bench.keys("ok")
    assert bench.front() == Login()
    bench.keys("'alice' enter 'tea' enter")
    wanted = bench.wanted()
    assert (wanted.address, wanted.user, wanted.password, wanted.fresh) == ("tea.example", "alice", "tea", True)
    assert len(bench.state.visits) == 1


def test_what_is_no_page_is_downloaded() -> None:
    bench = at(GARDEN)
    bench.keys("1 ok")
    bench.refused(reason=Reason.NO_PAGE, sentence="It can be downloaded.", media_type="application/pdf")
    assert "application/pdf" in bench.screen
    bench.keys("ok")
    (own,) = [entry.intent for entry in bench.memory.outbox.entries()]
    assert isinstance(own, Own)
    assert FetchFile.FromString(own.body).pick == Pick(page=PAGE, link=1)
    assert "The server fetches it; see at home." in bench.screen


def test_a_saved_page_is_read_without_the_network_and_leads_on() -> None:
    bench = WebBench()
    body, links = TEA.SerializeToString(), Page(links=["https://tea.example/", "bread:"]).SerializeToString()
    head = saved(2, "Tea", "https://tea.example/", page=body, links=links)
    bench.keep(head)
    shown = bench.desk.item(SAVED)
    assert shown is not None
    step = read_saved(bench.state, shown, "Tea", bench.desk)
    assert [wish.name for wish in step.ask if isinstance(wish, GetPart)] == ["links", "page"]
    bench.keys("wheel-down ok")
    assert "kept on the server, and is not here yet" in bench.told
    bench.keys("ok")
    bench.memory.cache.keep_part(sha256(body).digest(), body)
    bench.memory.line.link = None
    assert "Tea or bread" in bench.screen
    bench.keys("1 ok")
    assert "Where it leads is not here" in bench.screen
    bench.memory.cache.keep_part(sha256(links).digest(), links)
    bench.keys("2 ok")
    assert "Where it leads is not here" in bench.screen, "nobody follows such an address (PAGE-4)"
    bench.keys("1 ok")
    assert bench.wanted() == OpenPage(address="https://tea.example/", first_bytes=3_072, packed=True)
    assert bench.visit.name == "Tea", "as it is called where it stands first"


def test_another_view_of_what_the_server_has() -> None:
    bench = at(GARDEN)
    step = in_view(bench.state, View.VIEW_READER, bench.desk)
    assert step.state.visits[1].ask != bench.visit.ask
    bench.choose("Reader view")
    assert (bench.wanted().page, bench.wanted().view) == (PAGE, View.VIEW_READER)
    bench.opened(GARDEN, view=View.VIEW_READER)
    bench.choose("Whole page")
    assert bench.wanted().view == View.VIEW_UNSPECIFIED


def test_there_is_nothing_to_go_to() -> None:
    bench = WebBench()
    empty = State()
    for step in (
        gone_to(empty, "  ", bench.desk),
        followed(empty, 1, bench.desk),
        again(empty, bench.desk),
        in_view(empty, View.VIEW_READER, bench.desk),
    ):
        assert (step.state, step.ask) == (State(Home()), ())


def test_an_answer_that_was_refused_may_be_asked_for_again() -> None:
    bench = WebBench()
    bench.keep(posting(4, "Order tea"))
    bench.keys("wheel-down ok ok")
    ask = bench.visit.ask
    assert ask is not None
    bench.answered(ask, Standing(AskState.REFUSED, reason=Reason.UNREACHABLE))
    assert "UNREACHABLE" in bench.screen
    bench.keys("ok")
    assert bench.wanted().posting == POSTING
