"""What a request changes is written once, with all that was told of it. Spec OUT-9."""

from __future__ import annotations

from letters import WORD, post, shown
from powered import People, PoweredServer, contact
from thinline.errands import ErrandState
from thinline.intents import Create, Delete, write_intent
from thinline.items import content_digest
from thinline.merge import Content
from thinline_server.outside import Drawn, Due, End
from thinline_server.store import queue
from thinline_server.store.tale import Tale

BOB = b"contact  bob"
FAR, NEAR = "bob@far.test", "bob@near.test"
COLLECTION = 1


def told(server: PoweredServer, people: People) -> tuple[Tale, int]:
    """Both words of alice's were sent; and where her history stood."""
    for command in (write_intent(Create(BOB, 1, Content(contact("bob")))), post(BOB, FAR, NEAR)):
        answer = server.one(people.alice.command(*command))
        people.alice.answered(people.alice.number, answer)
    context = server.store._context
    account = context.tables.account(people.alice.account)
    assert account is not None
    tale = Tale(context)
    drawn = server.one(Due((WORD,), 9))
    assert isinstance(drawn, Drawn)
    for task in drawn.tasks:
        found = queue.read(context, task.errand)
        assert found is not None
        tale.show(*found, End(task.errand, ErrandState.SENT))
    return tale, account.position


def test_an_item_is_written_once_with_all_that_is_told_of_it(server: PoweredServer, people: People) -> None:
    """OUT-9."""
    tale, position = told(server, people)
    tale.touched(people.alice.account).add(7)
    assert tale.end() == {people.alice.account: frozenset({COLLECTION, 7})}
    version = server.store._tables.version(people.alice.account, BOB)
    assert version is not None
    assert version.head.position == position + 1
    assert shown(version.content.fields) == {FAR: "SENT", NEAR: "SENT"}
    assert told_again(server, people) == {}, "what it shows already is not written"


def told_again(server: PoweredServer, people: People) -> dict[bytes, frozenset[int]]:
    context = server.store._context
    tale = Tale(context)
    for kept in queue.of_item(context, people.alice.account, BOB, WORD):
        tale.show(kept, context.services.errands[WORD], End(kept.errand, ErrandState.SENT))
    return tale.end()


def test_what_its_owner_deleted_shows_nothing(server: PoweredServer, people: People) -> None:
    tale, _ = told(server, people)
    version = server.store._tables.version(people.alice.account, BOB)
    assert version is not None
    seen = content_digest(1, version.content.fields, (), dead=False)[:8]
    server.one(people.alice.command(*write_intent(Delete(BOB, seen))))
    assert tale.end() == {}
