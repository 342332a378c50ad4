"""Mails made to kill their reader, each in a real worker: within 5 s of CPU and 64 MB + 4 bytes for each of the mail's.

The memory is held by the system (`workers.confine`): a mail that took more would come back as trouble.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import psutil
import pytest

from thinline.pages import read_page
from thinline_server.mime.values import ParsedMail
from thinline_server.workers.calls import read_mail
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause, WorkerError

MB = 1024 * 1024
CPU_S = 5.0
HEADER = b"From: Alice <alice@example.org>\r\nTo: bob@thinline.test\r\nSubject: hello\r\n"
MIXED = HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def nested(depth: int) -> bytes:
    levels = (b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (one, one + 1) for one in range(depth))
    return HEADER + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + b"".join(levels)


def filled(front: bytes, pattern: bytes, size_bytes: int) -> bytes:
    return front + pattern * (size_bytes // len(pattern))


def picture(size_bytes: int) -> bytes:
    encoded = base64.encodebytes(bytes(size_bytes)).replace(b"\n", b"\r\n")
    return (
        MIXED
        + b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encoded
    )


def understood(mail: ParsedMail) -> bool:
    return not mail.trouble and mail.subject == "hello"


def in_trouble(mail: ParsedMail) -> bool:
    return bool(mail.trouble) and mail.subject == "hello"


def anything(mail: ParsedMail) -> bool:
    return not mail.trouble


QUIRKS = {
    "comments": filled(b"", b"(", 100_000),
    "quotes": filled(b"", b'"', 100_000),
    "angles": filled(b"", b"<a@[", 100_000),
    "separators": filled(b"", b":;,", 100_000),
    "words": filled(b"", b"=?utf-8?q?x=C3=A9?= ", 400_000),
    "word starts": filled(b"", b"=?u?q?", 100_000),
    "addresses": b", ".join(b"Person %d <p%d@example.org>" % (one, one) for one in range(20_000)),
}
HTML = b"Content-Type: text/html\r\n\r\n"
# By size: what fills a mail of any.
FILLINGS: dict[str, tuple[Callable[[int], bytes], Callable[[ParsedMail], bool]]] = {
    "a picture": (lambda size: picture(size * 18 // 25), lambda mail: understood(mail) and len(mail.attachments) == 1),
    "text": (lambda size: filled(HEADER + b"\r\n", b"hello world \r\n", size), lambda mail: "hello" in mail.first_line),
    "HTML": (lambda size: filled(HEADER + HTML, b"<p>hello <b>you</b>", size), understood),
    "empty lines": (lambda size: filled(HEADER + b"\r\n", b"\n", size), understood),
    "CR": (lambda size: filled(HEADER + b"\r\n", b"\r", size), understood),
    "dashes": (lambda size: filled(HEADER + b"\r\n", b"\n--", size), in_trouble),
    "one field": (lambda size: filled(b"Subject: hello", b" ", size), understood),
    "fields": (lambda size: filled(HEADER, b"a: b\r\n", size), understood),
    "folds": (lambda size: filled(HEADER, b" x\r\n", size), anything),
}
CASES: dict[str, tuple[bytes, Callable[[ParsedMail], bool]]] = {
    "200,000 parts": (MIXED + b"--b\r\n\r\nx\r\n" * 200_000, in_trouble),
    "1,000 nested multiparts": (nested(1_000), in_trouble),
    "5,000 nested messages": (HEADER + b"Content-Type: message/rfc822\r\n\r\n" * 5_000, in_trouble),
    "900 parts of HTML": (MIXED + (b"--b\r\n" + HTML + b"<div>" * 300 + b"<p>x" * 900 + b"\r\n") * 900, understood),
    "900 parts with parameters": (
        MIXED + (b'--b\r\nContent-Type: image/png; x="' + b";" * 1_990 + b"\r\n\r\nx\r\n") * 900,
        understood,
    ),
    "NULs": (bytes(100_000) + b"\r\n" + HEADER + b"\r\n\0\0hi\0", lambda mail: mail.first_line == "hi"),
    "a boundary that is missing": (MIXED + b"hi\r\n", lambda mail: mail.first_line == "hi"),
    "a charset that is a lie": (
        HEADER + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + bytes(range(256)) * 1_000,
        understood,
    ),
    "nothing": (b"", anything),
}
FIELDS = (b"From", b"To", b"Date", b"References", b"Message-ID", b"Content-Type", b"Content-Disposition")
CASES |= {
    f"{name} in all fields": (
        b"Subject: hello\r\n" + b"".join(b"%s: %s\r\n" % (field, text) for field in FIELDS) + b"\r\nx",
        understood,
    )
    for name, text in QUIRKS.items()
}


async def read(raw: bytes) -> ParsedMail:
    """What a worker makes of a mail; how much CPU time it takes is looked at while it does."""
    async with Pool(size=1) as workers:
        await workers.run("mail", b"\r\n", 20.0)
        (child,) = psutil.Process().children()
        before = child.cpu_times()
        reading = asyncio.ensure_future(read_mail(workers, raw))
        while not reading.done():
            await asyncio.wait([reading], timeout=0.05)
            spent = child.cpu_times() if child.is_running() and not reading.done() else before
            assert spent.user + spent.system - before.user - before.system < CPU_S
        mail = await reading
    read_page(mail.text + mail.rest)
    return mail


@pytest.mark.parametrize("name", CASES)
async def test_a_mail_made_to_kill_its_reader_does_not(name: str) -> None:
    """Invariants T5 and T8."""
    raw, holds = CASES[name]
    mail = await read(raw)
    assert holds(mail), (mail.trouble, mail.subject, mail.first_line)


@pytest.mark.parametrize("size_mb", [2, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", FILLINGS)
async def test_a_large_mail_of_one_thing(name: str, size_mb: int) -> None:
    """Invariants T5 and T8."""
    make, holds = FILLINGS[name]
    mail = await read(make(size_mb * MB))
    assert holds(mail), (mail.trouble, mail.subject, mail.first_line)


async def test_a_worker_that_dies_of_a_mail_leaves_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_server.workers.calls._MAIL_S", 0.0)
    async with Pool(size=1) as workers:
        mail = await read_mail(workers, HEADER + b"\r\nhi")
    assert (mail.subject, mail.trouble, mail.text) == ("hello", "it could not be read: not done within 0 s", b"")


async def test_a_header_that_nobody_can_read_leaves_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Pool(size=1, jobs="worker_jobs") as workers:
        mail = await read_mail(workers, HEADER + b"\r\nhi")
    assert mail == ParsedMail(trouble="it could not be read: KeyError: 'mail'")


async def test_what_passes_is_told_to_who_asked() -> None:
    async with Pool(size=1) as workers:
        pass
    with pytest.raises(WorkerError) as caught:
        await read_mail(workers, HEADER)
    assert caught.value.cause is Cause.STOPPED
