"""The web against nginx and an application behind it: encodings, redirects, logins, forms, bombs. T5, T6."""

from __future__ import annotations

from pathlib import Path

import pytest

from surfing import LIST_COOKIES, surfing
from thinline.reasons import Reason
from thinline.v1 import web_pb2
from thinline.v1.web_pb2 import Field, Pick, PostForm, TransferState
from webcounterpart import TEAS, nginx

SENT = TransferState.TRANSFER_STATE_SENT
LAST = "Tea number 399 is drunk by 645 people."


async def test_a_page_reads_the_same_plain_in_gzip_and_in_zstd(tmp_path: Path) -> None:
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        fetched = []
        for path in ("/plain/teas.html", "/gzip/teas.html", "/app/zstd", "/moved"):
            opened, text = await alice.see(tea.address(path))
            assert text.splitlines()[-1] == LAST
            assert len(text.splitlines()) == 400
            fetched.append(opened.fetched_bytes)
        plain, gzip, zstd, moved = fetched
        assert plain == moved == len(TEAS) + len("<title>Teas</title>")
        assert gzip < plain // 5
        assert zstd < plain // 5
        assert (await alice.open(tea.address("/moved"))).address == tea.address("/plain/teas.html")


async def test_a_slow_site_takes_its_time(tmp_path: Path) -> None:
    async with nginx(tmp_path, rate="16k") as tea, surfing(tmp_path, tea.port) as alice:
        _, text = await alice.see(tea.address("/slow/teas.html"))
        assert text.splitlines()[-1] == LAST


@pytest.mark.parametrize("path", ["/metadata", "/passwd", "/gopher"])
async def test_a_redirect_leads_nowhere_that_is_not_fetched(tmp_path: Path, path: str) -> None:
    """Spec WEB-16; T6."""
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address(path))
        assert (opened.reason, opened.page) == (Reason.NOT_ALLOWED, b"")


@pytest.mark.parametrize("path", ["/loop/", "/bomb", "/app/zstd_bomb", "/app/endless"])
async def test_what_has_no_end_is_refused_and_the_next_page_is_read(tmp_path: Path, path: str) -> None:
    """T5."""
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address(path))
        assert (opened.reason, opened.page) == (Reason.UNREACHABLE, b"")
        assert opened.sentence
        assert (await alice.see(tea.address("/app/said?q=tea")))[1] == "You said tea"


@pytest.mark.parametrize(
    ("path", "realm", "shown"),
    [("/cellar/teas.html", "Alice's cellar", LAST), ("/app/digest", "tea room", "White tea")],
)
async def test_basic_and_digest_let_in_who_knows_the_word(tmp_path: Path, path: str, realm: str, shown: str) -> None:
    """Spec WEB-16, WEB-17."""
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        asked = await alice.open(tea.address(path))
        assert (asked.reason, asked.realm) == (Reason.UNAUTHORIZED, realm)
        _, text = await alice.see(tea.address(path), user="alice", password="tea")
        assert text.splitlines()[-1] == shown


async def test_a_form_behind_nginx_is_asked_and_sent(tmp_path: Path) -> None:
    """Spec WEB-12, WEB-14, WEB-11: the second order knows of the first by its cookie."""
    async with nginx(tmp_path) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/app/form"))
        _, text = await alice.see(pick=Pick(page=opened.page, form=2, fields=[Field(control=5, value="ä&b")]))
        assert text == "You said ä&b"
        for number, item in enumerate((b"the first 12", b"the second12")):
            fields = [Field(control=1, value=str(number)), Field(control=2, value="2"), Field(control=3)]
            await alice.command(18, PostForm(item=item, page=opened.page, form=1, fields=fields))
            await alice.until_state(item, SENT)
        answers = [(await alice.see(posting=item))[1] for item in (b"the first 12", b"the second12")]
        assert answers == ["The sum is 120, after .120", "The sum is 126, after .120.126"]
        told = await alice.answered(LIST_COOKIES, web_pb2.ListCookies(), web_pb2.Cookies)
        assert [(one.host, one.name) for one in told.cookies] == [("127.0.0.1", "basket")]
