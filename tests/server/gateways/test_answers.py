"""Who answers services' own asks, and what becomes of an answer that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from google.protobuf.message import DecodeError
from structlog.testing import capture_logs

from thinline.errors import RemoteError
from thinline.reasons import Reason
from thinline_server.asks import Reply
from thinline_server.gateways.answers import Answer, Answers
from thinline_server.requests import OwnAsk, Refused

ALICE = b"alice001"


class Echo:
    """A gateway that answers, as far as the tests need one."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.ended = False

    @property
    def answers(self) -> Mapping[int, Answer]:
        return {16: self.echo, 17: self.fail, 18: self.wait}

    async def echo(self, account: bytes, body: bytes) -> Reply:
        return Reply(account + body)

    async def fail(self, _account: bytes, body: bytes) -> Reply:
        raise {b"bytes": DecodeError(), b"told": RemoteError(Reason.TOO_LARGE, "too much")}.get(body, KeyError(body))

    async def wait(self, _account: bytes, _body: bytes) -> Reply:
        self.waits.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True
        raise AssertionError


async def asked(answers: Answers, kind: int, body: bytes) -> Any:
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    answers.submit(OwnAsk(ALICE, kind, body), told.set_result)
    return await told


async def test_each_kind_has_who_answers_it() -> None:
    async with Answers([object(), Echo()]) as answers:
        assert await asked(answers, 16, b"tea") == Reply(ALICE + b"tea")
        assert await asked(answers, 19, b"") == Refused(Reason.UNKNOWN_KIND)


async def test_an_answer_that_fails_ends_its_ask_only() -> None:
    """T8."""
    async with Answers([Echo()]) as answers:
        assert (await asked(answers, 17, b"bytes")).reason is Reason.MALFORMED
        assert await asked(answers, 17, b"told") == Refused(Reason.TOO_LARGE, "too much")
        with capture_logs() as logs:
            assert (await asked(answers, 17, b"bug")).reason is Reason.INVALID
        assert [one["event"] for one in logs] == ["an ask was not answered"]
        assert await asked(answers, 16, b"") == Reply(ALICE)


async def test_the_end_waits_for_nobody() -> None:
    echo = Echo()
    async with Answers([echo]) as answers:
        answers.submit(OwnAsk(ALICE, 18, b""), lambda _told: None)
        await echo.waits.wait()
    assert echo.ended
