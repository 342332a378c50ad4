"""What alice sends to bob, who is on the same server, is his at the commit of her command. OUT-13 to OUT-15; X1, D1."""

from __future__ import annotations

import pytest

from letters import WORD, post, shown
from powered import People, PoweredServer, Told, contact, refill
from thinline.commands import Version
from thinline.errands import ErrandState
from thinline.intents import Create, Delete, write_intent
from thinline.items import Head, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact
from thinline_server.outside import Due, End, Settle, Settled
from thinline_server.requests import AddAccount, Applied, Refused
from thinline_server.store.tables import Account

BOB = b"contact  bob"
HERE = "1.bob@here"
COLLECTION = frozenset({1})


def say(server: PoweredServer, alice: Told, *targets: str) -> Applied:
    """Alice has a contact, and sends word by it."""
    server.one(alice.command(*write_intent(Create(BOB, 1, Content(contact("bob"))))))
    return again(server, alice, *targets)


def again(server: PoweredServer, alice: Told, *targets: str) -> Applied:
    answer = server.one(alice.command(*post(BOB, *(targets or (HERE,)))))
    assert isinstance(answer, Applied)
    return answer


def came(server: PoweredServer, bob: Told) -> dict[str, str]:
    """What is bob's: names with what stands in them."""
    heads = {head.item: Contact.FromString(head.fields) for head in refill(server, bob.account) if not head.dead}
    return {one.name: one.notes for one in heads.values()}


def careful(server: PoweredServer, whose: Told, *, careful: bool) -> Account:
    account = server.store._tables.account(whose.account)
    assert account is not None
    server.store._begin()
    server.store._tables.set_epoch(account, account.epoch, careful=careful)
    server.store._commit()
    return account


def test_it_is_his_and_she_sees_it_with_the_outcome_of_her_command(server: PoweredServer, people: People) -> None:
    """Spec OUT-13: one transaction, one revision of hers, and no errand is left."""
    applied = say(server, people.alice)
    server.boot()  # it is on the disk
    (head,) = applied.outcome.heads
    assert shown(head.fields) == {HERE: "DELIVERED"}
    assert head.revision.generation == 2, "made, then sent: no revision for the way in between"
    assert came(server, people.bob) == {HERE: "alice:"}
    assert applied.others == ((people.bob.account, COLLECTION),)
    assert applied.queued == frozenset()
    assert server.one(Due((WORD,), 10)).tasks == ()  # type: ignore[union-attr]


def test_a_number_of_the_server_is_an_account_too(server: PoweredServer, people: People) -> None:
    server.one(AddAccount("carol", "+4520304050"))
    assert say(server, people.alice, "1.+4520304050@here").others[0][1] == COLLECTION
    assert say(server, people.alice, "1.+4520304051@here").others == ()


def test_what_is_sent_twice_is_there_once(server: PoweredServer, people: People) -> None:
    """Spec OUT-14; X1: the same id, and what says the same is not written again."""
    say(server, people.alice)
    applied = again(server, people.alice)
    assert applied.others == ((people.bob.account, frozenset()),)
    (head,) = (head for head in refill(server, people.bob.account)[:1])
    assert head.revision.generation == 1
    changed = again(server, people.alice, f"{HERE}\0once more")
    assert changed.others == ((people.bob.account, COLLECTION),)
    assert came(server, people.bob) == {HERE: "alice:\nalice: once more"}


@pytest.mark.parametrize(("target", "there"), [(HERE, False), ("again.bob@here", True)])
def test_what_he_deleted_stays_deleted_unless_it_is_to_come_anew(
    server: PoweredServer, people: People, target: str, there: bool
) -> None:
    """Spec OUT-14."""
    say(server, people.alice, target)
    (head,) = refill(server, people.bob.account)[:1]
    seen = content_digest(1, head.fields, (), dead=False)[:8]
    server.one(people.bob.command(*write_intent(Delete(head.item, seen))))
    assert came(server, people.bob) == {}
    again(server, people.alice, f"{target}\0hello")
    assert bool(came(server, people.bob)) is there


def test_to_herself_to_nobody_and_to_the_far_side_it_goes_the_long_way(server: PoweredServer, people: People) -> None:
    applied = say(server, people.alice, "1.alice@here", "1.nobody@here", "bob@far.test", HERE)
    states = shown(applied.outcome.heads[0].fields)
    assert states == {
        "1.alice@here": "QUEUED",
        "1.nobody@here": "QUEUED",
        "bob@far.test": "QUEUED",
        HERE: "DELIVERED",
    }
    assert applied.queued == {WORD}
    tasks = {task.target: task.errand for task in server.one(Due((WORD,), 10)).tasks}  # type: ignore[union-attr]
    ends = [End(errand, ErrandState.DELIVERED, hand=True) for errand in tasks.values()]
    settled = server.one(Settle(tuple(ends)))
    assert isinstance(settled, Settled)
    missing = Reason.NO_SUCH_ITEM
    assert settled.refused == {tasks["1.nobody@here"]: missing, tasks["bob@far.test"]: missing}
    assert came(server, people.alice)["1.alice@here"] == "alice:"


def test_a_careful_account_gets_it_when_it_is_careful_no_longer(server: PoweredServer, people: People) -> None:
    """Spec OUT-13, OUT-7; H10: and who is careful hands nothing over."""
    careful(server, people.bob, careful=True)
    applied = say(server, people.alice)
    assert applied.queued == {WORD}
    assert applied.others == ()
    assert came(server, people.bob) == {}
    (task,) = server.one(Due((WORD,), 10)).tasks  # type: ignore[union-attr]
    end = Settle((End(task.errand, ErrandState.DELIVERED, hand=True),))
    assert server.one(end).refused == {task.errand: Reason.NO_SUCH_ITEM}  # type: ignore[union-attr]
    careful(server, people.bob, careful=False)
    settled = server.one(end)
    assert isinstance(settled, Settled)
    assert settled.changed == {people.alice.account: COLLECTION, people.bob.account: COLLECTION}
    assert came(server, people.bob) == {HERE: "alice:"}
    careful(server, people.alice, careful=True)
    assert again(server, people.alice, "2.bob@here").queued == {WORD}


def test_what_his_service_does_not_take_waits(server: PoweredServer, people: People) -> None:
    applied = say(server, people.alice, "bob@here" + "x" * 5_000, f"{'y' * 300}.bob@here")
    assert applied.others == ()
    (unfit,) = (task for task in server.one(Due((WORD,), 10)).tasks if "y" in task.target)  # type: ignore[union-attr]
    settled = server.one(Settle((End(unfit.errand, ErrandState.DELIVERED, hand=True),)))
    assert settled.refused == {unfit.errand: Reason.INVALID}  # type: ignore[union-attr]


def test_a_flood_is_refused_and_nothing_of_it_is_stored(server: PoweredServer, people: People) -> None:
    """Spec OUT-15: by the time that is told there is room again; others are not concerned."""
    say(server, people.alice)
    context = server.store._context
    pair = people.alice.account + people.bob.account
    while not context.floods.wait_ms(pair, server.now_ms):
        pass
    request = people.alice.command(*post(BOB, "2.bob@here"))
    refused = server.one(request)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.retry_after_ms) == (Reason.LIMIT, 1_000 // LIMITS.handed_a_s)
    assert list(came(server, people.bob)) == [HERE]
    server.now_ms += refused.retry_after_ms
    assert isinstance(server.one(request), Applied)
    assert list(came(server, people.bob)) == [HERE, "2.bob@here"]


def test_a_version_that_shows_it_grows_from_what_was_there_before(server: PoweredServer, people: People) -> None:
    before = server.do(people.alice, Create(BOB, 1, Content(contact("bob")))).heads[0]
    (head,) = again(server, people.alice).outcome.heads
    assert head.ancestors == (before.revision.digest,)
    stored = server.store._tables.version(people.alice.account, BOB)
    assert isinstance(stored, Version)
    assert isinstance(stored.head, Head)
    assert stored.head.revision == head.revision
