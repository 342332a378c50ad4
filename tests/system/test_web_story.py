"""Alice reads the Corner: a real handset, a real server in this process, and a site behind its gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from thinline.reasons import Reason
from thinline_emulator import Handset, Options
from thinline_emulator.apps.web.states import State, here
from thinline_emulator.screen import Style
from thinline_tools.household import Household, open_household

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one server for all of them


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def household(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Household]:
    async with open_household(tmp_path_factory.mktemp("household"), "alice", web=True) as household:
        yield household


class Reader:
    """Alice and her handset."""

    def __init__(self, handset: Handset, address: str) -> None:
        self.handset = handset
        self.address = address

    async def press(self, keys: str, until: Callable[[], bool] | str = "") -> None:
        """Press keys, and wait."""
        await self.handset.key(keys)
        if until:
            await self.handset.until(f"shows {until}" if isinstance(until, str) else until)

    async def choose(self, action: str, until: Callable[[], bool] | str = "") -> None:
        """Something of the menu."""
        await self.handset.key("menu")
        told = [row.strip("| ") for row in self.handset.screen.text().splitlines()[2:]]
        (at,) = [place for place, text in enumerate(told) if text.startswith(action)]
        await self.press("wheel-down " * at + "ok", until)

    async def to(self, words: str, until: Callable[[], bool] | str = "") -> None:
        """Follow the link of these words, by its number."""
        await self.handset.key("0")
        told = " ".join(self.handset.screen.text().replace("|", " ").split())
        number = told.split(f":{words}")[0].rsplit(" ", 1)[1].rsplit("•", 1)[-1]
        await self.press(f"back {' '.join(number)} ok", until)

    @property
    def state(self) -> State:
        memory = self.handset.machine.memory
        assert memory is not None
        state: State = memory.screens["pages"]
        return state


@pytest_asyncio.fixture(loop_scope="module")
async def alice(household: Household) -> AsyncIterator[Reader]:
    options = Options(radio="gprs", rate=20.0, connect=household.connect)
    async with Handset(code=await household.code(), options=options) as handset:
        await handset.until("settled")
        yield Reader(handset, household.site)


async def test_a_page_is_read_link_by_link_and_back_without_the_network(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}' enter", "A tea house at the harbour")
    await alice.to("A story", "The lamp at the end of the pier")
    await alice.handset.verb("tunnel 10m")
    await alice.press("back", "A tea house at the harbour")
    await alice.press("right", "The lamp at the end of the pier")
    await alice.choose("About this page", "All of it:")
    visit = here(alice.state)
    assert visit is not None
    assert visit.spent.down_bytes > 500
    assert visit.spent.charge_mah > 0


async def test_a_long_table_comes_as_it_is_read_and_words_are_found_in_it(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}tides' enter", "Day 1")
    visit = here(alice.state)
    assert visit is not None
    assert visit.opened is not None
    assert len(visit.opened.body) < visit.opened.encoded_size / 2, "its first screen is here, and no more"
    await alice.choose("Find in the page")
    await alice.press("'day 119' enter", _whole(alice))
    await alice.choose("Find again", "▸Day 119")


def _whole(alice: Reader) -> Callable[[], bool]:
    def is_whole() -> bool:
        visit = here(alice.state)
        return visit is not None and visit.opened is not None and len(visit.opened.body) == visit.opened.encoded_size

    return is_whole


async def test_a_picture_is_asked_its_price_and_seen(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}' enter", "a boat in the evening")
    while not (visit := here(alice.state)) or visit.at is None or not visit.at.image:
        await alice.press("wheel-down")
    await alice.press("ok ok", "It would cost")
    await alice.press("ok", lambda: bool(alice.handset.screen.pictures))


async def test_a_search_is_a_page_and_the_back_room_wants_a_name(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}' enter", "A tea house at the harbour")
    await alice.press("space")
    while not (visit := here(alice.state)) or visit.at is None or not visit.at.control:
        await alice.press("wheel-down")
    await alice.press("delete delete delete 'spoons' wheel-down ok", "1 pages with spoons")
    await alice.press("back")
    await alice.to("the back room", "The site wants a name and a password.")
    await alice.press("ok 'tea' enter 'tea' enter", "ginger cake")


async def test_what_only_programs_would_show_is_said(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}kettle' enter", "Its programs, which show more, do not run.")


async def test_the_reader_view_leaves_out_what_stands_around(alice: Reader) -> None:
    await alice.press(f"jump w ok '{alice.address}story' enter", "The lamp at the end of the pier")
    assert "Tides" in alice.handset.screen.text()
    await alice.choose("Reader view", "Alice noticed")
    assert "Tides" not in alice.handset.screen.text()


async def test_a_page_is_saved_and_read_in_a_tunnel_on_another_handset(alice: Reader, household: Household) -> None:
    """Spec WEB-10: nothing goes up."""
    await alice.press(f"jump w ok '{alice.address}story' enter", "The lamp at the end of the pier")
    await alice.choose("Save the page", "Saved.")
    await alice.handset.until("settled")
    options = Options(radio="gprs", rate=20.0, connect=household.connect)
    async with Handset(code=await household.code(), options=options) as other:
        await other.until("settled")
        memory = other.machine.memory
        assert memory is not None
        await other.until(lambda: not len(memory.asks))
        await other.verb("tunnel 10m")
        await other.key("jump w ok wheel-down ok")
        await other.until("shows Alice noticed it")


async def test_inner_places_are_refused(alice: Reader) -> None:
    """The gate: only the Corner is allowed on this machine."""
    await alice.press("jump w ok 'http://127.0.0.1:8099/' enter", "press: ask again")
    visit = here(alice.state)
    assert visit is not None
    assert visit.refused is not None
    assert visit.refused.reason == Reason.NOT_ALLOWED


async def test_an_order_is_sent_once_and_its_answer_read_and_the_cookie_forgotten(alice: Reader) -> None:
    """Spec WEB-12, WEB-11; X7."""
    await alice.press(f"jump w ok '{alice.address}order' enter", "Darjeeling")
    await alice.press("wheel-down 'Bob' wheel-down ok wheel-down ok wheel-down ok")
    while (visit := here(alice.state)) is None or visit.at is None or visit.at.control != 8:
        await alice.press("wheel-down")
    await alice.press("ok", "The site answered.")
    await alice.press("ok", "Thank you, Bob: Mint without milk")
    assert "Order number 1." in alice.handset.screen.text()
    await alice.press("back back right right", "Order number 1.")
    await alice.choose("Cookies", "orders")
    await alice.press("ok", "No site keeps anything for you.")


async def test_a_file_is_downloaded_by_the_server_and_comes_when_it_is_wanted(alice: Reader) -> None:
    """Spec WEB-15."""
    await alice.press(f"jump w ok '{alice.address}' enter", "A tea house at the harbour")
    await alice.press("space")
    await alice.to("a card", "application/pdf")
    await alice.press("ok", "The server fetches it; see at home.")
    await alice.handset.until("settled")
    await alice.press("back back", "↓")
    while "The file is on the server." not in alice.handset.screen.text():
        await alice.press("wheel-down")
        assert "Go to" in alice.handset.screen.text()
        row = next(
            (row for row in alice.handset.screen.rows if row[0].text == "↓" and row[0].style is Style.INVERSE), None
        )
        if row is not None:
            await alice.press("ok", "The file is on the server.")
    await alice.press("ok", "It is here.")
