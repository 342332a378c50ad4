"""The web's errands, one by one, with a store in memory: what is begun, what is ended, and what is tried again. X7."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gates import Gate
from thinline.bodies import Body
from thinline.errands import ErrandState
from thinline.reasons import Reason
from thinline.v1.web_pb2 import Download, FetchFile, Field, PostForm
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Wish
from thinline_server.outside import Begin, Begun, Settle, Settled, Task
from thinline_server.pages.order import FieldLeft, FormLeft, Made
from thinline_server.requests import PutBegin, Refused
from thinline_server.services.web.cache import Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener
from thinline_server.services.web.rules import WEB_FILE, WEB_POST
from thinline_server.services.web.sending import Sending

PAGE, ITEM = b"a page of alice.", b"an order one"
FORM = FormLeft("http://tea.example/order", True, False, "utf-8", (FieldLeft(1, 0, "what"),))
ORDER = PostForm(page=PAGE, form=1, fields=[Field(control=1, value="Assam")])
FILE = FetchFile(item=ITEM, address="http://tea.example/a/leaves.pdf#2")


class Site:
    """In place of the gate: answers what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Fetched | FetchFailed) -> None:
        self.answer = answer
        self.wishes: list[Wish] = []

    async def __call__(self, wish: Wish) -> Fetched:
        self.wishes.append(wish)
        if isinstance(self.answer, FetchFailed):
            raise self.answer
        return self.answer


def answered(status: int = 200, body: bytes = b"", **headers: str) -> Fetched:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(status, "http://tea.example/a/leaves.pdf", told, body, len(body))


def failed(cause: Cause, *, sent: bool = False, wait_s: float = 0.0) -> FetchFailed:
    error = FetchFailed(cause, "It is away.", wait_s)
    error.sent = sent
    return error


class World:
    """An errand, and what becomes of it."""

    def __init__(self, answer: Fetched | FetchFailed) -> None:
        self.gate = Gate()
        self.alice = self.gate.account("alice")
        self.site = Site(answer)
        self.gate.answers = {Begin: Begun(frozenset({1})), Settle: Settled({}, frozenset(), {})}
        outside = replace(self.gate.outside(), fetch=self.site)  # type: ignore[arg-type]
        cache = Cache()
        made = Made("Tea", 0, b"", ((0, 0),), forms=(FORM,))
        cache.put(
            self.alice,
            Held(
                PAGE,
                "http://t/",
                "",
                200,
                "text/html",
                "",
                False,
                Body(packed=True, dictionary=0, size=0),
                b"",
                0,
                made,
                0,
            ),
        )
        jars = Jars(outside.operate, outside.now_ms)
        self.sending = Sending(outside, cache, Opener(outside, cache, jars, lambda size: bytes(size)))

    async def end(self, kind: int, detail: bytes, tries: int = 0) -> Any:
        """The errand's end; None where there is none."""
        task = Task(1, self.alice, "alice", kind, ITEM, "", tries, 0, b"", detail, ())
        await self.sending._work((task,))
        settles = [one for one in self.gate.asked if isinstance(one, Settle)]
        return settles[-1].ends[0] if settles else None

    async def posted(self, order: PostForm = ORDER) -> Any:
        return await self.end(WEB_POST, order.SerializeToString())

    async def fetched(self, tries: int = 0) -> Any:
        return await self.end(WEB_FILE, FILE.SerializeToString(), tries)


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        (answered(500, b"", content_type="application/zip"), ErrandState.SENT, "status 500"),
        (answered(401, www_authenticate='Basic realm="x"'), ErrandState.FAILED, "name and a password"),
        (failed(Cause.UNREACHABLE), ErrandState.FAILED, "Nothing was sent"),
        (failed(Cause.UNREACHABLE, sent=True), ErrandState.UNKNOWN, "nobody can say"),
        (failed(Cause.MALFORMED, sent=True), ErrandState.UNKNOWN, "nobody can say"),
    ],
)
async def test_what_becomes_of_a_form(answer: Fetched | FetchFailed, state: ErrandState, why: str) -> None:
    """Spec OUT-4."""
    world = World(answer)
    end = await world.posted()
    assert end.state is state
    assert why in end.reason
    (wish,) = world.site.wishes
    assert (wish.method, wish.address, wish.body) == ("POST", FORM.action, b"what=Assam")


async def test_a_form_that_may_not_be_begun_is_not_sent() -> None:
    """Spec OUT-2, OUT-7."""
    world = World(answered())
    world.gate.answers[Begin] = Begun(frozenset())
    assert await world.posted() is None
    assert world.site.wishes == []


@pytest.mark.parametrize(
    "order",
    [
        PostForm(page=bytes(16), form=1),
        PostForm(page=PAGE, form=2),
        PostForm(page=PAGE, form=1, fields=[Field(control=9)]),
    ],
)
async def test_a_form_that_can_not_be_written_is_not_begun(order: PostForm) -> None:
    """Spec WEB-13."""
    world = World(answered())
    assert (await world.posted(order)).state is ErrandState.FAILED
    assert not any(isinstance(one, Begin) for one in world.gate.asked)


async def test_a_file_is_tried_again_while_that_may_help() -> None:
    world = World(failed(Cause.BUDGET, wait_s=99.0))
    end = await world.fetched()
    assert (end.state, end.due_ms) == (ErrandState.QUEUED, world.gate.now_ms + 99_000)
    assert (await world.fetched(tries=2)).state is ErrandState.FAILED
    assert (await World(failed(Cause.TOO_LARGE)).fetched()).state is ErrandState.FAILED
    assert (await World(answered(404)).fetched()).state is ErrandState.FAILED


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("", "leaves.pdf"),
        ('attachment; filename="tea.pdf"', "tea.pdf"),
        ("attachment; filename*=UTF-8''gr%C3%BCn%2F..%2Ftea.pdf", "grün_.._tea.pdf"),
        ('attachment; filename="../../etc/passwd"', "_.._etc_passwd"),
        ('attachment; filename="a\x00b\u2028c"', "a b c"),
    ],
)
async def test_a_file_is_called_as_its_site_says_and_is_no_path(disposition: str, name: str) -> None:
    world = World(answered(body=b"%PDF", content_type="application/pdf", content_disposition=disposition))
    end = await world.fetched()
    told = Download.FromString(end.shown)
    assert (end.state, told.name, told.media_type) == (ErrandState.DELIVERED, name, "application/pdf")
    assert [(blob.name, blob.size) for blob in end.blobs] == [("file", 4)]
    assert world.site.wishes[0].address == "http://tea.example/a/leaves.pdf"


async def test_a_file_for_which_there_is_no_room_says_so() -> None:
    world = World(answered(body=b"%PDF"))
    world.gate.answers[PutBegin] = Refused(Reason.FULL, "the disk is full")
    end = await world.fetched()
    assert (end.state, end.reason) == (ErrandState.FAILED, "the disk is full")
