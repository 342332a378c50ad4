"""A desk with the web app in front, and what a server would answer: pages squeezed and cut as it does."""

from __future__ import annotations

from random import Random
from typing import Any

from desks import DeskBench
from thinline.bodies import Body
from thinline.items import Head
from thinline.marks import mark
from thinline.pack import pack
from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import BLOCK_KIND_HEADING, Block, Control, Form, Image, Page, Run
from thinline.v1.web_pb2 import OpenPage, PageOpened, ReadPage
from thinline_emulator.apps.face import tell
from thinline_emulator.apps.web import Browser
from thinline_emulator.apps.web.fetching import OPEN_PAGE, READ_PAGE
from thinline_emulator.apps.web.menus import actions
from thinline_emulator.apps.web.states import Front, Menu, State, Visit, here
from thinline_emulator.asks import AskState, Query, Standing, Wish
from thinline_emulator.fetches import Fetch

__all__ = ["GARDEN", "LONG", "ORDER", "WebBench", "travelling"]

GARDEN = Page(
    title="The garden",
    blocks=[
        Block(kind=BLOCK_KIND_HEADING, level=1, runs=[Run(text="The garden")]),
        Block(
            runs=[Run(text="Tea is at "), Run(text="four", link=1), Run(text=", under the "), Run(text="tree", link=2)]
        ),
        Block(runs=[Run(text="[the tree]", image=1)]),
    ],
    images=[Image(width=640, height=480)],
)
LONG = Page(title="A story")
_TELLER = Random(7)
for _number in range(1, 400):
    _words = f"Paragraph {_number}: {_TELLER.randrange(10_000)} leaves fell, and Alice counted "
    LONG.blocks.add(runs=[Run(text=_words), Run(text="them", link=_number)])


def _order() -> Page:
    page = Page(title="Order tea", forms=[Form(), Form(post=True)])
    page.controls.extend(
        [
            Control(label="Name", form=2, required=True),
            Control(kind=page_pb2.CONTROL_KIND_BOX, label="With milk", form=2, on=True),
            Control(kind=page_pb2.CONTROL_KIND_RADIO, label="Black", form=2, group=1, on=True),
            Control(kind=page_pb2.CONTROL_KIND_RADIO, label="Green", form=2, group=1),
            Control(kind=page_pb2.CONTROL_KIND_CHOICE, label="Cups", form=2),
            Control(kind=page_pb2.CONTROL_KIND_AREA, label="Words", form=2, most=20),
            Control(kind=page_pb2.CONTROL_KIND_FILE, label="A photo", form=2),
            Control(kind=page_pb2.CONTROL_KIND_BUTTON, label="Order", form=2),
            Control(kind=page_pb2.CONTROL_KIND_RESET, label="Begin again", form=2),
            Control(label="Search", form=1, value="tea"),
            Control(kind=page_pb2.CONTROL_KIND_BUTTON, label="Search", form=1),
            Control(kind=page_pb2.CONTROL_KIND_PASSWORD, label="Secret", form=2),
        ]
    )
    for text in ("one", "two", "three"):
        page.controls[4].choices.add(text=text, chosen=text == "two")
    for number, control in enumerate(page.controls, 1):
        page.blocks.add(runs=[Run(text=f"{control.label}: "), Run(text="[...]", control=number)])
    return page


ORDER = _order()


def travelling(page: Page) -> tuple[bytes, Body]:
    """A page as a server packs it."""
    rest = Page()
    rest.CopyFrom(page)
    del rest.blocks[:]
    text = mark([rest, *page.blocks])
    return pack(text), Body(packed=True, dictionary=0, size=len(text))


class WebBench(DeskBench):
    """The web is in front."""

    def __init__(self) -> None:
        super().__init__()
        self.apps = (*self.apps, Browser())
        self.open(Browser())
        self.link()
        self.sent: dict[bytes, bytes] = {}

    @property
    def state(self) -> State:
        """The app's."""
        state: State = self.memory.screens.get(Browser.name, State())
        return state

    def front(self) -> Front:
        """What stands in front."""
        return self.state.front

    @property
    def visit(self) -> Visit:
        """The page that is read."""
        visit = here(self.state)
        assert visit is not None
        return visit

    @property
    def asked(self) -> list[Wish]:
        """What waits for an answer."""
        return [one.wish for one in self.memory.asks._open]

    def wanted(self) -> OpenPage:
        """The newest page that was asked for."""
        (*_, wish) = [one for one in self.asked if isinstance(one, Query) and one.kind == OPEN_PAGE]
        return OpenPage.FromString(wish.body)

    def answered(self, wish: Wish, standing: Standing) -> None:
        """The server answers."""
        self.memory.asks.drop(wish)
        self.memory.answered(wish, standing)
        assert tell(self.desk) == []

    def opened(self, page: Page, first: int = 300, **told: Any) -> None:
        """The newest page that was asked for comes."""
        (*_, wish) = [one for one in self.asked if isinstance(one, Query) and one.kind == OPEN_PAGE]
        sent, travels = travelling(page)
        answer = PageOpened(page=bytes([len(self.sent) + 1]) * 16, address="https://tea.example/", title=page.title)
        answer.status, answer.encoded_size, answer.size, answer.first = 200, len(sent), travels.size, sent[:first]
        answer.packed = travels.packed
        answer.fetched_bytes = 10 * travels.size
        answer.MergeFrom(PageOpened(**told))
        self.sent[answer.page] = sent
        self.answered(wish, Standing(AskState.CAME, body=answer.SerializeToString()))

    def refused(self, **told: Any) -> None:
        """There is no such page."""
        (*_, wish) = [one for one in self.asked if isinstance(one, Query) and one.kind == OPEN_PAGE]
        self.answered(wish, Standing(AskState.CAME, body=PageOpened(**told).SerializeToString()))

    def more(self) -> bool:
        """What is wanted of a page's body comes; whether anything was."""
        wishes = [one for one in self.asked if isinstance(one, Fetch) and one.kind == READ_PAGE]
        for wish in wishes:
            told = ReadPage.FromString(wish.body)
            body = self.sent[told.page][told.start : told.start + told.length]
            self.answered(wish, Standing(AskState.CAME, body=body))
        return bool(wishes)

    @property
    def told(self) -> str:
        """What the screen says, without its lines."""
        return " ".join(self.screen.replace("|", " ").split())

    def keep(self, head: Head) -> None:
        """An item that the server told of."""
        self.memory.cache.take(head)

    def to(self, control: int) -> None:
        """Turn the wheel to a control."""
        for _ in range(60):
            if self.visit.at is not None and self.visit.at.control == control:
                return
            self.keys("wheel-down")
        raise AssertionError(f"the wheel does not come to control {control}")

    def choose(self, action: str) -> None:
        """Open the menu, turn to an action, press it."""
        self.keys("menu")
        front = self.state.front
        assert isinstance(front, Menu)
        told = actions(self.state, front, self.desk)
        assert action in told, told
        self.keys("wheel-down " * told.index(action) + "ok")
