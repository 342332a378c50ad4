"""Every app in every state that a handset can be in, and with every kind of text, as golden screens.

A new app is in here as soon as it is in the registry. Where it keeps items, `of_text` says how one with a given text
in it looks; then `pytest tests/emulator/apps/test_states.py --golden-update`, and look at what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

import chatting
import texting
from desks import DeskBench, head_of_contact, item_id
from golden import as_seen, check_golden
from keepings import bookmark
from mails import came
from thinline.frames import KeepUntil, Outcome, Verdict
from thinline.history import Point
from thinline.intents import Create
from thinline.items import Head
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import Collection
from thinline.v1 import contacts_pb2
from thinline.v1.mail_pb2 import Address
from thinline_emulator.apps import APPS, SERVICES
from thinline_emulator.apps.face import draw
from thinline_emulator.line import Call
from thinline_emulator.outbox import Entry

TEXTS: Mapping[str, tuple[str, ...]] = {
    "usual": ("Alice Murphy", "Bob Børgesen", "Carol Nguyễn"),
    "long": ("A" * 60, "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff Sr. of Philadelphia", "x " * 40),
    "other-scripts": ("Анна Каренина", "Κώστας Παπαδόπουλος", "สมชาย ใจดี", "Nguyễn Thị Minh Khai", "अनिल कुमार"),
    "right-to-left": ("נועה כהן", "محمد بن سلمان", "נועה כהן (בית) 123", "Noa כהן Levi", "שלום " * 12),
    "wide": ("王秀英", "田中さくら", "김민준", "👩‍🚀 Ada 🚀", "長い名前" * 12, "a" + "長" * 30),
    "hostile": ("\x1b[31mred\x07", "a\nb\tc", "\u202egnp.exe", "Z" + "\u0363" * 40 + "algo", "​​zero​width"),
}
FIRST_TEXTS = TEXTS["usual"]


def contact_of(text: str, number: int) -> Head:
    return head_of_contact(contacts_pb2.Contact(name=text), number, number)


def mail_of(text: str, number: int) -> Head:
    mail = came(number % 100, subject=text, sender=Address(name=text, address="somebody@example.org"))
    return replace(mail.head, position=number)


def bookmark_of(text: str, number: int) -> Head:
    return bookmark(number, text, "https://somebody.example/")


def buddy_of(text: str, number: int) -> Head:
    groups = [text][: number % 2]
    one = chatting.buddy(f"somebody{number % 100}", name=text, bond=3 if number % 2 else 2, groups=groups)
    return replace(one, position=number)


def text_from(text: str, number: int) -> Head:
    return replace(texting.text(number % 100, f"+4412000000{number % 100:02}", text), position=number)


OF_TEXT: Mapping[int, Callable[[str, int], Head]] = {
    Collection.COLLECTION_CONTACTS: contact_of,
    Collection.COLLECTION_MAIL: mail_of,
    Collection.COLLECTION_PAGES: bookmark_of,
    Collection.COLLECTION_IM: buddy_of,
    Collection.COLLECTION_SMS: text_from,
}


def bench_with(name: str, texts: tuple[str, ...]) -> DeskBench:
    """The app in front of somebody, with an item for each text."""
    bench = DeskBench()
    bench.apps = SERVICES
    bench.link()
    app = APPS[name]
    for number, text in enumerate(texts, 1):
        for collection, head_of in OF_TEXT.items():
            if app.collection in (0, collection):
                bench.memory.cache.take(head_of(text, number + 100 * collection))
    if app.name != "idle":
        bench.open(app)
    return bench


def waiting(bench: DeskBench) -> None:
    """Something was made that the server does not know yet."""
    content = Content(contacts_pb2.Contact(name="Dora").SerializeToString())
    bench.memory.make(Entry(Create(item_id(900), 1, content), {}))


def loading(bench: DeskBench) -> None:
    """A memory that came up empty dials."""
    bench.memory.welcome = None
    bench.memory.clock.unset()
    bench.memory.line.link = None
    bench.memory.line.phase = DeskBench().memory.line.phase
    bench.memory.line.handle(Call(), bench.now)


def refill(bench: DeskBench) -> None:
    bench.memory.filling = {app.collection for app in SERVICES}


def out_of_coverage(bench: DeskBench) -> None:
    waiting(bench)
    bench.memory.line.link = None
    bench.power.tunnel(1_000.0, bench.now)


def low_battery(bench: DeskBench) -> None:
    waiting(bench)
    bench.power.set_percent(4, bench.now)
    bench.memory.note = "Battery 5 %: 1 item exists only here and would be lost"


def charging(bench: DeskBench) -> None:
    bench.power.set_percent(9, bench.now)
    bench.power.charge(True, bench.now)


def salvage(bench: DeskBench) -> None:
    waiting(bench)
    bench.memory.cache.frozen = True
    bench.memory.note = "This server lost data that is still here. Keep the power on; do not reset."


def careful(bench: DeskBench) -> None:
    bench.careful()
    bench.memory.cache.told_safe(KeepUntil.KEEP_UNTIL_SAFE, Point(150, bytes(16)))


def everything_at_once(bench: DeskBench) -> None:
    salvage(bench)
    bench.memory.outbox.ready(0.0)
    bench.memory.outbox.answered(Outcome(1, Verdict.VERDICT_REJECTED, Reason.EDITED, Point(1, b""), ()))
    bench.memory.shed_at = bench.now + 9
    low_battery(bench)


STATES: Mapping[str, Callable[[DeskBench], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (refill, out_of_coverage, low_battery, charging, salvage, careful, everything_at_once)
}


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("texts", TEXTS)
def test_every_kind_of_text(name: str, texts: str) -> None:
    """No letter is cut in half, nothing moves what stands beside it, and no name gives orders to the terminal."""
    bench = bench_with(name, TEXTS[texts])
    bench.account = TEXTS[texts][0]
    check_golden(f"{name}/{texts}", as_seen(draw(bench.desk)))


# The keys that lead from an app's first page to its others.
PAGES = {
    "contacts/view": "wheel-down ok",
    "contacts/edit": "wheel-down ok ok",
    "contacts/menu": "wheel-down menu",
    "mail/read": "ok",
    "mail/menu": "ok menu",
    "mail/answer": "ok menu wheel-down ok",
    "im/talk": "ok 'Tea?' ok",
    "im/menu": "menu",
    "sms/talk": "ok 'Tea?' ok",
    "sms/menu": "menu",
    "pages/asking": "wheel-down ok",
    "pages/menu": "wheel-down menu",
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("texts", TEXTS)
def test_every_kind_of_text_on_the_pages_behind(page: str, texts: str) -> None:
    """The first item of each is opened, edited and answered."""
    bench = bench_with(page.split("/")[0], TEXTS[texts])
    bench.keys(PAGES[page])
    check_golden(f"{page}-{texts}", as_seen(draw(bench.desk)))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("state", ["out-of-coverage", "low-battery", "salvage"])
def test_the_pages_behind_in_a_state(page: str, state: str) -> None:
    """Spec SALV-6: nothing that an app opens hides how the handset stands."""
    bench = bench_with(page.split("/")[0], FIRST_TEXTS)
    bench.keys(PAGES[page])
    STATES[state](bench)
    check_golden(f"{page}-{state}", as_seen(draw(bench.desk)))


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_handset(name: str, state: str) -> None:
    """Spec KEEP-5, SALV-6, SALV-7."""
    bench = bench_with(name, FIRST_TEXTS)
    STATES[state](bench)
    check_golden(f"{name}/{state}", as_seen(draw(bench.desk)))


@pytest.mark.parametrize("name", APPS)
def test_nothing_is_there_yet(name: str) -> None:
    """Neither items nor a welcome."""
    bench = bench_with(name, ())
    check_golden(f"{name}/empty", as_seen(draw(bench.desk)))
    loading(bench)
    check_golden(f"{name}/loading", as_seen(draw(bench.desk)))
