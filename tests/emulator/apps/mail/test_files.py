"""A mail's files: listed, fetched, shown where that can be. T9."""

from __future__ import annotations

import pytest

from golden import check_golden
from mailbench import MailBench
from mails import Came, came
from thinline.items import Blob
from thinline.v1.line_pb2 import PartInfo
from thinline.v1.mail_pb2 import Attachment
from thinline_emulator.apps.mail.pages import Files, List, Read
from thinline_emulator.asks import GetPart
from thinline_emulator.pictures import GetPicture
from thinline_emulator.raster import Raster

FILES = {"cat.jpg": bytes(30_000), "notes.txt": b"one\r\ntwo\r\n" + b"line\n" * 40, "tea.jpg.txt": bytes(99)}


def cat() -> Came:
    return came(1, subject="Cat", files=FILES)


def with_files() -> MailBench:
    mail = cat()
    bench = MailBench(mail)
    bench.keys("ok")
    bench.fetch(mail)
    bench.choose("Files")
    return bench


def blob(name: str) -> Blob:
    return next(one for one in cat().head.blobs if one.name == name)


def asked(bench: MailBench) -> list[object]:
    return [one.wish for one in bench.memory.asks._open if getattr(one.wish, "name", "mail") != "mail"]


def test_a_picture_comes_as_the_server_makes_it_for_the_screen() -> None:
    bench = with_files()
    check_golden("mail-files", bench.screen)
    bench.keys("ok")
    wish = GetPicture(cat().item, "a1", blob("a1").hash, 120, 80)
    assert asked(bench) == [wish]
    assert "asked for ..." in bench.screen
    bench.keys("ok")
    assert len(asked(bench)) == 1
    bench.memory.cache.keep_picture(wish.hash, (120, 80, wish.colours), Raster(2, 1, bytes(6), bytes([0, 1]), -1))
    assert bench.screen.count("   here") == 1
    bench.keys("ok")
    assert "cat.jpg" not in bench.screen
    bench.keys("back")
    assert "cat.jpg" in bench.screen
    bench.keys("ok")
    bench.memory.cache._pictures.clear()
    assert "cat.jpg" in bench.screen, "it had to go: the list again"


def test_a_text_is_read_and_turned_through() -> None:
    bench = with_files()
    bench.keys("wheel-down ok")
    assert asked(bench) == [GetPart(cat().item, "a2", blob("a2").hash, blob("a2").size)]
    bench.fetch(cat(), "a2")
    bench.keys("ok wheel-down")
    assert "two" in bench.screen
    assert "one" not in bench.screen
    bench.keys("wheel-down " * 99)
    page = bench.page
    assert isinstance(page, Files)
    assert page.top == 42 - 14 + 1
    bench.keys("wheel-up back back")
    assert isinstance(bench.page, Read)


def test_another_file_can_be_fetched_but_not_shown() -> None:
    pdf = came(1, subject="Plan", attachments=[Attachment(name="plan.pdf", media_type="application/pdf", part="mail")])
    bench = MailBench(pdf)
    bench.show(Files(Read(pdf.item, List())))
    bench.keys("ok")
    bench.memory.cache.keep_part(pdf.head.blobs[0].hash, b"%PDF")
    bench.keys("ok")
    assert "can not show it" in bench.screen
    bench.memory.cache._parts.clear()
    assert "plan.pdf" in bench.screen, "it had to go: the list again"
    bench.keys("wheel-down")
    assert bench.page == Files(Read(pdf.item, List()), 0, 0)


def test_a_file_without_a_part_stays_on_the_server() -> None:
    mail = came(1, subject="Many files", attachments=[Attachment(name="17.jpg", media_type="image/jpeg", size=4_711)])
    bench = MailBench(mail)
    bench.show(Files(Read(mail.item, List())))
    assert "17.jpg" in bench.screen
    assert "5 KB" in bench.screen
    assert "in the whole mail, on the server" in bench.screen
    bench.keys("ok wheel-up x")
    assert len(bench.memory.asks) == 0
    bench.show(Files(Read(mail.item, List()), 0, 0))
    assert "17.jpg" in bench.screen


@pytest.mark.parametrize("item", [b"nothing here", came(1, subject="Tea?").item])
def test_files_of_nothing(item: bytes) -> None:
    bench = MailBench(came(1, subject="Tea?"))
    read = Read(item, List())
    bench.show(Files(read))
    assert "This mail was deleted." in bench.screen or "It has no files." in bench.screen
    bench.keys("ok")
    assert bench.page == read


def test_a_part_on_its_way_says_how_much_of_it_came() -> None:
    bench = with_files()
    bench.keys("wheel-down ok")
    (one,) = [one for one in bench.memory.asks._open if getattr(one.wish, "name", "") == "a2"]
    one.got += bytes(12_000)
    one.info = PartInfo(encoded_size=30_000)
    assert "12 KB of 30 KB came ..." in bench.screen
