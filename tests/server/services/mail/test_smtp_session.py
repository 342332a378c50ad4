"""One SMTP connection: where a mail ends, and strangers who want too much. T5."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from email._header_value_parser import get_angle_addr
from typing import Any

import pytest

from gates import Gate
from smtp_talk import kept, listening, mail, talking
from thinline_server.services.mail.smtp_session import Bounds, plain_address

pytestmark = pytest.mark.system

RAW = b"Subject: tea\r\n\r\nat four"


@pytest.mark.parametrize("empty", [b".\r\n", b"\r\n.\r\n", b".\r\nQUIT\r\n"])
async def test_an_end_is_found_wherever_it_stands(empty: bytes) -> None:
    gate = Gate()
    async with listening(gate) as port, talking(port) as talk:
        await talk.say("MAIL FROM:<bob@far.test>")
        await talk.say("RCPT TO:<alice@thinline.test>")
        await talk.say("DATA")
        assert await talk.raw(empty) == 250
        assert await (talk.reply() if b"QUIT" in empty else talk.say("NOOP")) in (221, 250)
    assert [task.parts for task in kept(gate)] == [(b"\r\n" if empty.startswith(b"\r") else b"",)]


@pytest.mark.parametrize("line", [b"x\n.\n", b"x\r.\r", b"x\n.\r\n", b"x\r\n.\n"])
async def test_only_one_kind_of_end_is_an_end(line: bytes) -> None:
    """What other programs may take for an end is content: nothing can be smuggled behind it."""
    gate = Gate()
    async with listening(gate) as port:
        assert await mail(port, "alice@thinline.test", line + b"MAIL FROM:<eve@far.test>\r\n") == 250
    assert [task.parts for task in kept(gate)] == [(line + b"MAIL FROM:<eve@far.test>\r\n",)]


# Strangers who want too much


SMALL = Bounds(0, connections=4, recipients=2, patience_s=0.3, slowest_bytes_s=1e9, held_bytes=300_000)


async def test_a_mail_beyond_the_size_is_refused_at_its_name_and_at_its_end() -> None:
    """T5: and nothing of it is held."""
    gate = Gate()
    async with listening(gate, mail={"size_bytes": 2_000}) as port:
        assert await mail(port, "alice@thinline.test", b"x" * 2_001) == 552  # SIZE says it
        async with talking(port) as talk:
            await talk.say("MAIL FROM:<bob@far.test>")
            await talk.say("RCPT TO:<alice@thinline.test>")
            await talk.say("DATA")
            assert await talk.raw(b"x" * 3_000 + b"\r\n.\r\n") == 552
            assert await talk.say("NOOP") == 250
        async with talking(port) as talk:
            await talk.say("MAIL FROM:<bob@far.test>")
            await talk.say("RCPT TO:<alice@thinline.test>")
            await talk.say("DATA")
            await talk.push(b"x" * 70_000)
            assert await talk.gone()
        assert await mail(port, "alice@thinline.test", b"x" * 1_900) == 250
    assert len(kept(gate)) == 1


async def test_all_that_comes_in_at_once_has_a_bound_too() -> None:
    """T5."""
    gate = Gate()
    async with listening(gate, SMALL) as port, talking(port) as first:
        await first.say("MAIL FROM:<bob@far.test>")
        await first.say("RCPT TO:<alice@thinline.test>")
        await first.say("DATA")
        await first.push(b"x" * 200_000)
        assert await mail(port, "bob@thinline.test", b"y" * 200_000) in (452, 250)
        assert await mail(port, "bob@thinline.test", b"y" * 200_000) == 452
        assert await first.raw(b"\r\n.\r\n") == 250
        assert await mail(port, "bob@thinline.test", b"y" * 200_000) == 250


async def test_a_sender_of_a_byte_at_a_time_is_hung_up_on() -> None:
    """T5: in a command, and in a mail."""
    gate = Gate()

    async def drip(talk: Any) -> None:
        while True:
            await talk.push(b"x")
            await asyncio.sleep(0)

    async with listening(gate, SMALL) as port:
        for within in ("command", "mail"):
            async with talking(port) as talk:
                if within == "mail":
                    for line in ("MAIL FROM:<bob@far.test>", "RCPT TO:<alice@thinline.test>", "DATA"):
                        await talk.say(line)
                dripping = asyncio.ensure_future(drip(talk))
                async with asyncio.timeout(10):
                    assert await talk.gone()
                dripping.cancel()
        assert await mail(port, "alice@thinline.test", RAW) == 250  # others are served meanwhile and after


async def test_connections_and_recipients_have_an_end() -> None:
    """T5."""
    gate = Gate()
    async with listening(gate, SMALL) as port, talking(port), talking(port), talking(port), talking(port) as last:
        async with talking(port, greeted=False) as one_more:
            assert await one_more.reply() == 421
            assert await one_more.gone()
        await last.say("MAIL FROM:<bob@far.test>")
        codes = [await last.say(f"RCPT TO:<alice+{number}@thinline.test>") for number in range(3)]
        assert codes == [250, 250, 452]


async def test_a_thousand_connections_and_the_largest_mail_are_borne() -> None:
    """T5: those beyond the bound are told to come back, and those within it are served meanwhile."""
    gate = Gate()
    size = 25 * 1024 * 1024
    async with listening(gate) as port, AsyncExitStack() as stack:
        talks = [await stack.enter_async_context(talking(port, greeted=False)) for _ in range(1_000)]
        codes = await asyncio.gather(*(talk.reply() for talk in talks))
        assert (codes.count(220), codes.count(421)) == (256, 744)
        first = talks[codes.index(220)]
        await first.say("EHLO far.test")
        for line in ("MAIL FROM:<bob@far.test>", "RCPT TO:<alice@thinline.test>", "DATA"):
            assert await first.say(line) < 400
        raw = (b"x" * 76 + b"\r\n") * (size // 78)
        assert await first.raw(raw + b".\r\n") == 250
    (task,) = kept(gate)
    assert task.parts == (raw,)


@pytest.mark.parametrize("follows", ["", " BODY=8BITMIME", " SIZE=7 BODY=8BITMIME"])
@pytest.mark.parametrize(
    "address", ["bob@far.test", "a.b+c=d@x-y.far.test", "o'neil@localhost", "#!$%&'*+/=?^_`{|}~-@1.test"]
)
def test_a_plain_address_is_what_the_library_finds(address: str, follows: str) -> None:
    found, rest = get_angle_addr(f"<{address}>{follows}")
    assert plain_address(f"<{address}>{follows}") == (found.addr_spec, rest.strip()) == (address, follows.strip())


@pytest.mark.parametrize(
    "told",
    ["", "<>", "bob@far.test", "<bob>", "<.b@x>", "<b.@x>", "<b..c@x>", '<"b c"@x>', "<b@[::1]>", "<b@x", "<b@x>y",
     "<b\u00e5@x>", "<@a:b@x>", "<b@x> \n", "<b@x>\n"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_library(told: str) -> None:
    assert plain_address(told) is None
