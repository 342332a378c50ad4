"""Mail as an app: every page is drawn and takes every key, and none of them breaks it."""

from __future__ import annotations

import pytest

from mailbench import MailBench
from mails import came
from thinline.errors import LocalError
from thinline.types import TYPES
from thinline_emulator.apps.face import along
from thinline_emulator.apps.mail import Mailer
from thinline_emulator.apps.mail.pages import Files, Folders, List, Menu, Move, Page, Read, Search, Write
from thinline_emulator.keys import Key

MAIL = came(1, subject="Tea?", files={"cat.jpg": b"cat"})
READ = Read(MAIL.item, List())
PAGES: list[Page] = [
    List(),
    Folders(),
    Search("tea"),
    READ,
    Files(READ),
    Write(),
    Menu(List()),
    Menu(Write()),
    Move(MAIL.item, READ),
]


def test_the_app_says_what_it_keeps() -> None:
    app = Mailer()
    assert app.collection == TYPES[2].collection
    assert app.begin() == List()
    assert app.share > 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: type(page).__name__)
@pytest.mark.parametrize("there", [True, False])
def test_every_page_takes_every_key(page: Page, there: bool) -> None:
    """Also where its mail was deleted meanwhile."""
    for key in (*(key.value for key in Key), "a", "space"):
        bench = MailBench(*([MAIL] if there else []))
        bench.show(page)
        assert bench.screen
        try:
            bench.keys(key)
        except LocalError as error:
            pytest.fail(f"{key}: {error}")
        assert bench.screen


def test_the_first_of_the_text_of_the_newest_comes_along() -> None:
    """Of 50 mails, and what is here is not asked for again."""
    mails = [came(number, subject=f"Mail {number}", rest="more") for number in range(60)]
    bench = MailBench(*mails)
    bench.fetch(mails[59])
    along(TYPES[2].collection, bench.desk)
    wishes = [one.wish for one in bench.memory.asks._open]
    assert [wish.item for wish in wishes] == [mail.item for mail in reversed(mails[10:59])]  # type: ignore[union-attr]
    assert {wish.start for wish in wishes} == {0}  # type: ignore[union-attr]
    bench.fetch(mails[58])
    assert len(bench.memory.asks) == 49
