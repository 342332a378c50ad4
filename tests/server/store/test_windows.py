"""Windows and lists out of the tables: each item once, in order, and no more work than what is sent. S3, SYNC."""

from __future__ import annotations

from random import Random

import pytest

from powered import CONTACTS, People, PoweredServer, Told, contact
from thinline.intents import Change, Create, Delete
from thinline.items import Head, content_digest, footprint
from thinline.limits import LIMITS
from thinline.merge import Content, difference
from thinline.projection import projection
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact
from thinline_server.requests import HeadsRead, ListItems, ReadWindow, Refused, WindowRead
from thinline_server.store.windows import newest_position

NAMES = ["Ånn", "bob", "Alice", "alice", "Zoë", "", "bob", "carol" * 20]
PLENTY = 10_000_000


def item(number: int) -> bytes:
    return b"item" + number.to_bytes(8, "big")


def fill(server: PoweredServer, handset: Told, names: list[str], notes: str = "") -> None:
    for number, name in enumerate(names):
        server.do(handset, Create(item(number), 1, Content(contact(name, notes))))


def read(server: PoweredServer, handset: Told, cursor: bytes, room: int = 60_000, budget: int = PLENTY) -> WindowRead:
    answer = server.one(ReadWindow(handset.account, CONTACTS, cursor, room, budget))
    assert isinstance(answer, WindowRead)
    assert answer.window.more != answer.current
    return answer


def sweep(server: PoweredServer, handset: Told, cursor: bytes = b"", **sizes: int) -> tuple[list[Head], bytes]:
    heads: list[Head] = []
    while True:
        answer = read(server, handset, cursor, **sizes)
        heads += answer.window.heads
        cursor = answer.window.cursor
        assert len(cursor) <= LIMITS.cursor_bytes
        if answer.current:
            return heads, cursor


@pytest.mark.parametrize("room", [1, 300, 60_000])
def test_a_refill_comes_by_name_whatever_the_room(server: PoweredServer, people: People, room: int) -> None:
    """SYNC-6, SYNC-9, SYNC-11."""
    fill(server, people.alice, NAMES)
    assert read(server, people.alice, b"", room=room).window.point == people.alice.seen.newest
    heads, cursor = sweep(server, people.alice, room=room)
    names = [Contact.FromString(head.fields).name for head in heads]
    assert names == ["", "Alice", "alice", "bob", "bob", "carol" * 20, "Zoë", "Ånn"]
    assert sweep(server, people.alice, cursor) == ([], cursor)
    assert sweep(server, people.bob) == ([], sweep(server, people.bob)[1]), "strangers get nothing (T2)"


def test_a_delta_is_what_changed_in_its_order(server: PoweredServer, people: People) -> None:
    """S3, SYNC-13, ITEM-8."""
    fill(server, people.alice, NAMES)
    _, cursor = sweep(server, people.alice)
    renamed = difference(Content(contact("bob")), Content(contact("aaron")), {})
    server.do(people.alice, Change(item(1), renamed))
    seen = content_digest(1, contact("Alice"), (), dead=False)[:8]
    server.do(people.alice, Delete(item(2), seen))
    heads, cursor = sweep(server, people.alice, cursor, room=1)
    assert [(head.item, head.dead, head.fields) for head in heads] == [
        (item(1), False, contact("aaron")),
        (item(2), True, b""),
    ]
    assert item(2) not in {head.item for head in sweep(server, people.alice)[0]}, "a refill leaves tombstones out"
    assert sweep(server, people.alice, cursor)[0] == []


def test_what_changes_during_a_sweep_is_of_the_next(server: PoweredServer, people: People) -> None:
    """SYNC-6: nothing is missed and nothing sent twice but for its change."""
    fill(server, people.alice, NAMES)
    first = read(server, people.alice, b"", room=1)
    renamed = difference(Content(contact("Zoë")), Content(contact("000")), {})
    server.do(people.alice, Change(item(4), renamed))
    heads, _ = sweep(server, people.alice, first.window.cursor, room=1)
    told = [*first.window.heads, *heads]
    assert [head.item for head in told].count(item(4)) == 1
    assert told[-1].item == item(4)
    assert {head.item for head in told} == {item(number) for number in range(len(NAMES))}


def test_a_refill_is_the_projection(server: PoweredServer, people: People) -> None:
    """SYNC-12: whatever the budget and the room."""
    random = Random(4)
    names = ["".join(random.choices("abcÅé", k=random.randrange(1, 30))) for _ in range(60)]
    fill(server, people.alice, names)
    heads, _ = sweep(server, people.alice)
    catalogue = server.store._context.services
    items = [(CONTACTS, catalogue.key(1, head.fields) + head.item, head) for head in heads]
    for budget in (0, 100, 1_000, 3_000, PLENTY):
        got, _ = sweep(server, people.alice, room=700, budget=budget)
        assert {head.item for head in got} == projection(items, {CONTACTS: budget})
        assert sum(map(footprint, got)) <= budget


def test_a_window_has_a_bounded_number_of_heads(server: PoweredServer, people: People) -> None:
    fill(server, people.alice, [str(number) for number in range(LIMITS.heads_per_window + 10)])
    answer = read(server, people.alice, b"", room=10**9)
    assert len(answer.window.heads) == LIMITS.heads_per_window
    assert not answer.current
    assert len(sweep(server, people.alice, answer.window.cursor)[0]) == 10


def test_the_work_is_that_of_what_is_sent(server: PoweredServer, people: People) -> None:
    """S3: rows that a resume reads, counted by SQLite itself."""
    fill(server, people.alice, [f"{number:04}" for number in range(300)])
    _, cursor = sweep(server, people.alice)
    renamed = difference(Content(contact("0007")), Content(contact("0008")), {})
    server.do(people.alice, Change(item(7), renamed))
    steps = 0

    def count() -> bool:
        nonlocal steps
        steps += 1
        return False

    server.store._connection.set_progress_handler(count, 1)
    assert len(read(server, people.alice, cursor).window.heads) == 1
    assert steps < 400
    steps = 0
    assert len(read(server, people.alice, b"", room=1).window.heads) == 1
    assert steps < 400
    server.store._connection.set_progress_handler(None)


def test_a_cursor_that_is_not_ours_is_an_empty_one(server: PoweredServer, people: People) -> None:
    """SYNC-8."""
    fill(server, people.alice, ["carol"])
    for cursor in (b"\xff" * 64, b"\x05\x02\x00", b"\x80"):
        assert len(read(server, people.alice, cursor).window.heads) == 1
    assert server.one(ReadWindow(b"mallory\0", CONTACTS, b"", 1, 1)) == Refused(Reason.UNKNOWN_HANDSET)


def test_lists_go_on_behind_their_cursor(server: PoweredServer, people: People) -> None:
    """ASK-5."""
    fill(server, people.alice, NAMES)
    seen = content_digest(1, contact("Alice"), (), dead=False)[:8]
    server.do(people.alice, Delete(item(2), seen))
    cursor, names = b"", list[str]()
    while True:
        answer = server.one(ListItems(people.alice.account, CONTACTS, cursor, 2))
        assert isinstance(answer, HeadsRead)
        assert len(answer.heads) <= 2
        names += [Contact.FromString(head.fields).name for head in answer.heads]
        cursor = answer.cursor
        if not cursor:
            break
    assert names == ["", "alice", "bob", "bob", "carol" * 20, "Zoë", "Ånn"]
    assert server.one(ListItems(people.bob.account, CONTACTS, b"", 2)) == HeadsRead((), b"")


def test_a_list_fits_a_frame(server: PoweredServer, people: People) -> None:
    fill(server, people.alice, [str(number) for number in range(20)], "x" * 3_000)
    answer = server.one(ListItems(people.alice.account, CONTACTS, b"", 10**6))
    assert isinstance(answer, HeadsRead)
    assert answer.cursor
    assert sum(len(head.fields) for head in answer.heads) < LIMITS.frame_bytes // 2


def test_the_newest_change_of_a_collection(server: PoweredServer, people: People) -> None:
    context = server.store._context
    assert newest_position(context, people.alice.account, CONTACTS) == 0
    fill(server, people.alice, ["carol", "dave"])
    assert newest_position(context, people.alice.account, CONTACTS) == 4
    assert newest_position(context, people.alice.account, CONTACTS + 1) == 0


def test_a_list_begins_behind_an_item_whether_that_still_lives_or_not(server: PoweredServer, people: People) -> None:
    """Spec ASK-8."""
    fill(server, people.alice, NAMES)
    account = people.alice.account

    def behind(number: int) -> list[str]:
        answer = server.one(ListItems(account, CONTACTS, b"", 64, item(number)))
        assert isinstance(answer, HeadsRead)
        return [Contact.FromString(head.fields).name for head in answer.heads]

    assert behind(7) == ["Zoë", "Ånn"]
    seen = content_digest(1, contact("carol" * 20), (), dead=False)[:8]
    server.do(people.alice, Delete(item(7), seen))
    assert behind(7) == ["Zoë", "Ånn"]
    assert behind(0) == []
    assert server.one(ListItems(account, CONTACTS, b"", 64, item(99))) == Refused(Reason.NO_SUCH_ITEM)
    assert server.one(ListItems(people.bob.account, CONTACTS, b"", 64, item(7))) == Refused(Reason.NO_SUCH_ITEM), "T2"


def test_a_list_may_end_before_an_item(server: PoweredServer, people: People) -> None:
    """Spec ASK-14."""
    fill(server, people.alice, NAMES)

    def before(number: int, limit: int = 64) -> list[str]:
        answer = server.one(ListItems(people.alice.account, CONTACTS, b"", limit, before=item(number)))
        assert isinstance(answer, HeadsRead)
        assert answer.cursor == b""
        return [Contact.FromString(head.fields).name for head in answer.heads]

    assert before(7) == ["", "Alice", "alice", "bob", "bob"]
    assert before(7, limit=2) == ["bob", "bob"]
    assert before(5) == []
    gone = ListItems(people.alice.account, CONTACTS, b"", 64, before=item(99))
    assert server.one(gone) == Refused(Reason.NO_SUCH_ITEM)
