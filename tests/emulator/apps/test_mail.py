"""Mail as an app: every page is drawn and takes every key, and none of them breaks it."""

from __future__ import annotations

import pytest

from mailbench import MailBench
from mails import came
from thinline.errors import LocalError
from thinline.types import TYPES
from thinline_emulator.apps.mail import Mailer
from thinline_emulator.apps.mail.pages import Files, Folders, List, Menu, Move, Page, Read, Write
from thinline_emulator.keys import Key

MAIL = came(1, subject="Tea?", files={"cat.jpg": b"cat"})
READ = Read(MAIL.item, List())
PAGES: list[Page] = [List(), Folders(), READ, Files(READ), Write(), Menu(List()), Menu(Write()), Move(MAIL.item, READ)]


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
