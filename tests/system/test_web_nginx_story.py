"""Alice and nginx: what the web does for its reader, each against a real server and an application behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from surfing import GET_IMAGE, settings_for, surfing
from thinline.bearers.memory import dial_memory
from thinline.v1 import line_pb2, web_pb2
from thinline.v1.web_pb2 import Field, PostForm, TransferState
from thinline_emulator import Handset, Options
from thinline_emulator.apps.web.states import here
from thinline_server.engine import start_engine
from thinline_server.requests import AddAccount, NewCode
from thinline_server.world import open_world
from webcounterpart import nginx
from websites import Site

SENT, FAILED = TransferState.TRANSFER_STATE_SENT, TransferState.TRANSFER_STATE_FAILED
RUSSIAN = "Чай растёт на холмах, и пьют его горячим. "
CARD = b"%PDF-1.4 a card"
STORY = "".join(f"<p>Long sentence number {number} about how tea is grown on hills.</p>" for number in range(12))


def pages(folder: Path) -> None:
    """What nginx has beside its teas."""
    html = folder / "nginx" / "html"
    (html / "russian.html").write_bytes(f"<title>Чай</title><p>{RUSSIAN * 9}</p>".encode("cp1251"))
    (html / "story.html").write_text(
        f"<title>Growing</title><nav><a href=a>Shop</a></nav><article><h1>Growing</h1>{STORY}</article>"
        "<p><a href=card.pdf>A card</a> <img src=leaf.png alt='a leaf'></p>"
    )
    (html / "card.pdf").write_bytes(CARD)
    file = BytesIO()
    Image.new("RGB", (80, 40), "green").save(file, "PNG")
    (html / "leaf.png").write_bytes(file.getvalue())


async def test_a_charset_that_nobody_declares_is_found(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        pages(tmp_path)
        opened, text = await alice.see(tea.address("/plain/russian.html"))
        assert (opened.title, text) == ("Чай", (RUSSIAN * 9).strip())


async def test_a_picture_of_it_is_as_small_as_is_asked_and_the_reader_view_leaves_out_the_rest(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        pages(tmp_path)
        opened, text = await alice.see(tea.address("/plain/story.html"))
        assert "Shop" in text
        ask = web_pb2.GetImage(page=opened.page, image=1, width=20, height=20, measure=True)
        cost = await alice.answered(GET_IMAGE, ask, line_pb2.PictureInfo)
        assert (cost.width, cost.height, cost.full_width) == (20, 10, 80)
        ask.measure = False
        number = await alice.ask(GET_IMAGE, ask)
        assert len(alice.line.client.parts[number]) == cost.encoded_size
        _, text = await alice.see(page=opened.page, view=web_pb2.VIEW_READER)
        assert "number 11" in text
        assert "Shop" not in text


async def test_every_control_is_filled_in_and_a_file_is_refused(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        opened, _ = await alice.see(tea.address("/app/controls"))
        labels = [one.label for one in alice.pages[opened.page].controls]
        assert labels == ["Name", "Word", "t", "b", "one", "two", "c", "m", "f", "Left", "Right", "Reset"]
        told = [
            (1, "Bob & ü"),
            (2, "s3cret"),
            (3, "one\ntwo"),
            (4, ""),
            (6, ""),
            (7, "2"),
            (8, "1"),
            (8, "3"),
            (11, ""),
        ]
        fields = [Field(control=control, value=value) for control, value in told]
        await alice.command(18, PostForm(item=b"the first 12", page=opened.page, form=1, fields=fields))
        await alice.until_state(b"the first 12", SENT, FAILED)
        _, text = await alice.see(posting=b"the first 12")
        assert " ".join(text.split()) == 'h=a "b"&n=Bob & ü&p=s3cret&t=one two&b=on&r=2&c=y&m=1&m=3&go=right'
        fields.append(Field(control=9, value="my photo"))
        await alice.command(18, PostForm(item=b"the second12", page=opened.page, form=1, fields=fields))
        failed = await alice.until_state(b"the second12", SENT, FAILED)
        assert (failed.state, failed.reason) == (FAILED, "A file can not be sent with a form from here.")


@asynccontextmanager
async def reading(folder: Path, tea: Site) -> AsyncIterator[Handset]:
    """Alice's handset, with the web in front."""
    async with start_engine(settings_for(folder, tea.port)) as engine, open_world(engine):
        await engine.operate(AddAccount("alice"))
        options = Options(radio="gprs", rate=20.0, connect=partial(dial_memory, engine.accept))
        async with Handset(code=await engine.operate(NewCode("alice")), options=options) as handset:
            await handset.until("settled")
            await handset.key("jump w ok")
            yield handset


async def chosen(handset: Handset, action: str) -> None:
    """Something of the menu."""
    await handset.key("menu")
    told = [row.strip("| ") for row in handset.screen.text().splitlines()[2:]]
    (at,) = [place for place, text in enumerate(told) if text.startswith(action)]
    await handset.key("wheel-down " * at + "ok")


def is_whole(handset: Handset) -> bool:
    """Whether all of the page that is read is here."""
    assert handset.machine.memory is not None
    visit = here(handset.machine.memory.screens["pages"])
    return visit is not None and visit.opened is not None and len(visit.opened.body) == visit.opened.encoded_size


async def test_a_bookmark_and_what_was_seen_complete_the_address_line(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, reading(tmp_path, tea) as handset:
        pages(tmp_path)
        await handset.key(f"'{tea.address('/plain/story.html')}' enter")
        await handset.until("shows Long sentence number 0")
        await chosen(handset, "Bookmark")
        await handset.until("settled")
        await chosen(handset, "Go to ...")
        await handset.key(f"'{tea.address('/plain/teas.html')}' enter")
        await handset.until("shows Tea number 0")
        await chosen(handset, "Go to ...")
        await handset.key("'grow'")
        assert "★ Growing" in handset.screen.text()
        await handset.key("delete " * 4 + "'teas'")
        assert "Growing" not in handset.screen.text()
        await handset.key("wheel-down ok")
        await handset.until("shows Tea number 0")


async def test_a_download_is_kept_as_an_item_and_exported(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, reading(tmp_path, tea) as handset:
        pages(tmp_path)
        await handset.key(f"'{tea.address('/plain/card.pdf')}' enter")
        await handset.until("shows application/pdf")
        await handset.key("ok")
        await handset.until("shows The server fetches it; see at home.")
        await handset.until(lambda: any(one.content.blobs for one in handset.machine.desk(handset.now).items(9)))
        await handset.key("back wheel-down ok")
        await handset.until("shows The file is on the server.")
        await handset.key("ok")
        await handset.until("shows It is here.")
        told = json.dumps(await handset.verb("export"), default=str)
        assert base64.b64encode(CARD).decode() in told


async def test_cookies_are_listed_and_forgotten(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, reading(tmp_path, tea) as handset:
        await handset.key(f"'{tea.address('/app/form')}' enter")
        await handset.until("shows Sum")
        await handset.key("wheel-down '1' wheel-down wheel-down wheel-down ok")
        await handset.until("shows The site answered.")
        await handset.key("ok")
        await handset.until("shows The sum is 33, after .33")
        await chosen(handset, "Cookies")
        await handset.until("shows basket")
        await handset.key("ok")
        await handset.until("shows No site keeps anything for you.")


async def test_a_page_is_searched_priced_left_saved_and_read_in_a_tunnel(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, reading(tmp_path, tea) as handset:
        pages(tmp_path)
        await handset.key(f"'{tea.address('/gzip/teas.html')}' enter")
        await handset.until("shows Tea number 0")
        await chosen(handset, "Find in the page")
        await handset.key("'number 399' enter")
        await handset.until(lambda: is_whole(handset))
        await chosen(handset, "Find again")
        await handset.until("shows ▸Tea number 399")
        await chosen(handset, "About this page")
        await handset.until("shows All of it:")
        assert "mAh" in handset.screen.text()
        await handset.key("back")
        await chosen(handset, "Save the page")
        await handset.until("shows Saved.")
        await handset.until("settled")
        await chosen(handset, "Go to ...")
        await handset.key(f"'{tea.address('/plain/story.html')}' enter")
        await handset.until("shows Long sentence number 0")
        await handset.verb("tunnel 10m")
        await handset.key("back")
        await handset.until("shows Tea number 399")
        await handset.key("right")
        await handset.until("shows Long sentence number 0")
        await chosen(handset, "Go to ...")
        await handset.key("wheel-down ok")
        await handset.until("shows Tea number 0")
