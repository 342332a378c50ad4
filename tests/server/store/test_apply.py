"""Commands through the store: once, in order, with the same outcome ever after. X1 to X6, T2, T3, ITEM-8."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from powered import People, PoweredServer, contact
from thinline.commands import CORE_RULES, Changes, Decision, Rule, Touches, View, payload_digest
from thinline.errors import RemoteError
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, write_intent
from thinline.items import Blob, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline_server.requests import Applied, Apply, Refused, Revoke
from thinline_server.store.apply import shown
from thinline_server.store.tables import Tables

ITEM = b"twelve bytes"
FIELDS = contact("carol", "met in a tunnel")
CREATE = Create(ITEM, 1, Content(FIELDS))


def rename(name: str, before: bytes = FIELDS) -> Change:
    return Change(ITEM, difference(Content(before), Content(contact(name, "met in a tunnel")), {}))


def delete(fields: bytes = FIELDS) -> Delete:
    return Delete(ITEM, content_digest(1, fields, (), dead=False)[:8])


def resent(request: Apply, transmission: int = 2, **changes: Any) -> Apply:
    return replace(request, command=replace(request.command, transmission=transmission, **changes))


def counts(server: PoweredServer) -> tuple[int, ...]:
    """Rows, items and outcomes."""
    tables: Tables = server.store._tables
    return tuple(tables.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("rows", "items", "outcomes"))


def test_a_command_becomes_a_row_an_item_and_an_outcome(server: PoweredServer, people: People) -> None:
    alice = people.alice
    answer = server.one(alice.command(*write_intent(CREATE)))
    assert isinstance(answer, Applied)
    outcome = answer.outcome
    assert (outcome.number, outcome.verdict, outcome.reason) == (1, Verdict.VERDICT_APPLIED, 0)
    assert outcome.point.position == 3
    assert [(head.item, head.position, head.fields) for head in outcome.heads] == [(ITEM, 3, FIELDS)]
    assert answer.changed == {1}
    assert counts(server) == (4, 1, 1)


def test_a_repeat_is_answered_with_the_stored_outcome_and_the_heads_of_now(
    server: PoweredServer, people: People
) -> None:
    """X1, X2."""
    alice = people.alice
    request = alice.command(*write_intent(CREATE))
    first = server.one(request)
    assert isinstance(first, Applied)
    assert server.one(resent(request)) == Applied(first.outcome)
    later = server.do(people.alice_too, rename("dave"))
    again = server.one(resent(request, 3))
    assert isinstance(again, Applied)
    assert again == Applied(replace(first.outcome, heads=later.heads))
    assert counts(server) == (5, 1, 2)


def test_another_payload_under_a_done_number_is_a_clone(server: PoweredServer, people: People) -> None:
    """X3: nothing changes, and both digests are in the log."""
    request = people.alice.command(*write_intent(CREATE))
    server.one(request)
    before = counts(server)
    kind, body = write_intent(replace(CREATE, item=b"another item"))
    with capture_logs() as logs:
        assert server.one(resent(request, kind=kind, body=body)) == Refused(Reason.CLONE)
    assert counts(server) == before
    (line,) = logs
    assert line["stored"] == payload_digest(request.command.kind, request.command.body).hex()
    assert line["came"] == payload_digest(kind, body).hex()


def test_a_lost_command_is_a_gap_and_a_forgotten_past_is_not(server: PoweredServer, people: People) -> None:
    """X4, CMD-10, CMD-5."""
    alice = people.alice
    first = alice.command(*write_intent(CREATE))
    second = alice.command(*write_intent(rename("dave")))
    assert second.command.after == 1
    assert server.one(second) == Refused(Reason.GAP)
    assert counts(server) == (3, 0, 0)
    assert isinstance(server.one(first), Applied)
    assert isinstance(server.one(second), Applied)
    jump = resent(second, number=40, after=0)
    assert isinstance(server.one(jump), Applied)


def test_a_rejected_command_occupies_its_number_and_blocks_nobody(server: PoweredServer, people: People) -> None:
    """X4, CMD-1, CMD-22."""
    alice = people.alice
    request = alice.command(99, b"?")
    answer = server.one(request)
    assert isinstance(answer, Applied)
    assert (answer.outcome.verdict, answer.outcome.reason) == (Verdict.VERDICT_REJECTED, Reason.UNKNOWN_KIND)
    assert (answer.outcome.heads, answer.changed) == ((), frozenset())
    assert server.one(resent(request)) == answer
    alice.answered(1, answer)
    assert server.do(alice, CREATE).verdict == Verdict.VERDICT_APPLIED


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (1, b"\xff", Reason.MALFORMED),
        (1, write_intent(replace(CREATE, type=77))[1], Reason.UNKNOWN_TYPE),
        (1, write_intent(Create(ITEM, 1, Content(contact("c", "x" * 4_100))))[1], Reason.TOO_LARGE),
        (1, write_intent(Create(ITEM, 1, Content(contact("line\nline"))))[1], Reason.INVALID),
        (1, write_intent(Create(ITEM, 1, Content(b"\x0a\x02\xff\xfe")))[1], Reason.INVALID),
        (2, write_intent(rename("dave"))[1], Reason.NO_SUCH_ITEM),
        (3, write_intent(delete())[1], Reason.NO_SUCH_ITEM),
    ],
)
def test_what_cannot_be_done_is_rejected(
    server: PoweredServer, people: People, kind: int, body: bytes, reason: Reason
) -> None:
    """T8."""
    answer = server.one(people.alice.command(kind, body))
    assert isinstance(answer, Applied)
    assert (answer.outcome.verdict, answer.outcome.reason) == (Verdict.VERDICT_REJECTED, reason)
    assert counts(server) == (3, 0, 1)


def test_tombstones_travel_empty_and_an_edit_that_meets_one_keeps_the_item(
    server: PoweredServer, people: People
) -> None:
    """S2, ITEM-8, CMD-8."""
    server.do(people.alice, CREATE)
    (grave,) = server.do(people.alice, delete()).heads
    assert (grave.dead, grave.fields, grave.blobs) == (True, b"", ())
    outcome = server.do(people.alice_too, rename("dave"))
    assert outcome.verdict == Verdict.VERDICT_COPIED
    copy, met = outcome.heads
    assert (copy.copy_of, copy.fields) == (ITEM, contact("dave", "met in a tunnel"))
    assert met == grave
    assert server.do(people.alice, delete()).heads == (grave,), "deleted already is done"


def test_a_second_conflicting_edit_goes_into_the_same_copy(server: PoweredServer, people: People) -> None:
    """CMD-9: the copies of an item are found by where they came from."""
    server.do(people.alice, CREATE)
    server.do(people.alice, rename("dave"))
    first, _ = server.do(people.alice_too, rename("erin")).heads
    second = server.do(people.alice_too, rename("frank", contact("erin", "met in a tunnel")))
    assert second.verdict == Verdict.VERDICT_COPIED
    assert [head.item for head in second.heads] == [first.item]
    assert counts(server) == (7, 2, 4)


def test_a_part_comes_before_the_command_that_names_it(server: PoweredServer, people: People) -> None:
    """CMD-18, CMD-5."""
    named = Content(FIELDS, (Blob("face", b"h" * 32, 5),))
    request = people.alice.command(*write_intent(replace(CREATE, content=named)))
    assert server.one(request) == Refused(Reason.BLOB_MISSING)
    assert counts(server) == (3, 0, 0)
    server.store._tables.execute("INSERT INTO blobs VALUES (?, ?, 5, 1, NULL)", (people.bob.account, b"h" * 32))
    assert server.one(request) == Refused(Reason.BLOB_MISSING), "another account's part is none (T2)"
    server.store._tables.execute("INSERT INTO blobs VALUES (?, ?, 5, 1, NULL)", (people.alice.account, b"h" * 32))
    assert isinstance(server.one(request), Applied)


def test_strangers_and_the_revoked_change_nothing(server: PoweredServer, people: People) -> None:
    """T2, T3: an item of another account is one that does not exist."""
    server.do(people.alice, CREATE)
    before = counts(server)
    kind, body = write_intent(rename("mallory"))
    answer = server.one(people.bob.command(kind, body))
    assert isinstance(answer, Applied)
    assert answer.outcome.reason == Reason.NO_SUCH_ITEM
    request = people.alice.command(kind, body)
    assert server.one(replace(request, account=people.bob.account)) == Refused(Reason.UNKNOWN_HANDSET)
    assert server.one(replace(request, handset=b"mallory\0")) == Refused(Reason.UNKNOWN_HANDSET)
    server.one(Revoke(people.alice.handset))
    assert server.one(request) == Refused(Reason.REVOKED)
    assert counts(server) == (before[0], before[1], before[2] + 1)


def test_lives(server: PoweredServer, people: People) -> None:
    """CMD-11."""
    request = people.alice.command(*write_intent(CREATE))
    assert server.one(replace(request, life=0)) == Refused(Reason.OLD_LIFE)
    server.one(request)
    newer = replace(request, life=2)
    assert isinstance(server.one(newer), Applied), "number 1 of another life"
    assert server.one(resent(request)) == Refused(Reason.OLD_LIFE)


def test_outcomes_go_when_they_are_confirmed_and_the_number_done_stays(server: PoweredServer, people: People) -> None:
    """X5, CMD-15."""
    alice = people.alice
    first = alice.command(*write_intent(CREATE))
    alice.answered(1, server.one(first))
    for _ in range(40):
        server.do(alice, rename("dave"))
    kept = [row[0] for row in server.store._tables.rows("SELECT number FROM outcomes ORDER BY number")]
    assert kept[-1] == 41
    assert len(kept) <= 17
    assert server.one(resent(first)) == Refused(Reason.CLONE, "the outcome was confirmed already")
    far = alice.command(*write_intent(rename("erin")))
    far = resent(far, 1, confirmed=10**6)
    alice.answered(42, server.one(far))
    assert (42,) in server.store._tables.rows("SELECT number FROM outcomes"), "never beyond what is done"


# Poison


class Cursed(Exception):
    """What a broken rule raises."""


def curse(server: PoweredServer) -> None:
    """A kind of command that always fails, as by a bug."""

    def fail(body: bytes, view: View) -> Decision:
        raise Cursed

    server.store._context.services.rules[16] = Rule("curse", lambda body: Touches(()), fail)


def test_a_poisonous_command_is_tried_three_times_under_a_mark_and_then_rejected(
    server: PoweredServer, people: People
) -> None:
    """X6, CMD-14: the queue moves on, and the answer stays."""
    curse(server)
    request = people.alice.command(16, b"")
    assert request.command.transmission == 1
    answers = [server.one(resent(request, transmission)) for transmission in range(1, 7)]
    refused = [isinstance(answer, Refused) and answer.reason is Reason.BUSY for answer in answers]
    assert refused == [True] * 5 + [False]
    last = answers[-1]
    assert isinstance(last, Applied)
    assert (last.outcome.verdict, last.outcome.reason) == (Verdict.VERDICT_REJECTED, Reason.POISON)
    assert server.store._tables.rows("SELECT * FROM trials") == []
    assert server.one(resent(request, 7)) == last
    people.alice.answered(1, last)
    assert server.do(people.alice, CREATE).verdict == Verdict.VERDICT_APPLIED


def test_the_mark_is_durable_before_the_attempt(server: PoweredServer, people: People) -> None:
    """CMD-14: a command that kills the process leaves it, its neighbours have none."""

    def die(body: bytes, view: View) -> Decision:
        server.disk.cut()
        raise OSError("the process is gone")

    server.store._context.services.rules[16] = Rule("die", lambda body: Touches(()), die)
    neighbour = resent(people.bob.command(*write_intent(CREATE)), LIMITS.transmissions_marked)
    killer = resent(people.alice.command(16, b""), LIMITS.transmissions_marked)
    assert server.answer([neighbour, killer, resent(people.alice_too.command(1, b""))]) is None
    server.disk.reboot()
    server.boot()
    assert server.store._tables.rows("SELECT handset, marks FROM trials") == [(people.alice.handset, 1)]
    assert counts(server)[1] == 1, "what came before it was served"


def test_a_refusal_leaves_no_mark(server: PoweredServer, people: People) -> None:
    """A gap may be told any number of times; it is no attempt."""
    alice = people.alice
    alice.command(*write_intent(CREATE))
    second = alice.command(*write_intent(rename("dave")))
    for transmission in range(1, 9):
        assert server.one(resent(second, transmission)) == Refused(Reason.GAP)
    assert server.store._tables.rows("SELECT * FROM trials") == []


def test_a_rule_may_refuse_what_it_reads(server: PoweredServer, people: People) -> None:
    def read(body: bytes) -> Touches:
        raise RemoteError(Reason.TOO_LARGE, "no")

    server.store._context.services.rules[16] = Rule("read", read, CORE_RULES[1].decide)
    answer = server.one(people.alice.command(16, b""))
    assert isinstance(answer, Applied)
    assert answer.outcome.reason == Reason.TOO_LARGE


def test_an_outcome_tells_at_most_so_many_heads(server: PoweredServer, people: People) -> None:
    """CMD-20."""
    server.do(people.alice, CREATE)

    def tell(body: bytes, view: View) -> Decision:
        return Changes((), told=tuple([ITEM] * 3))

    server.store._context.services.rules[16] = Rule("tell", lambda body: Touches(()), tell)
    answer = server.one(people.alice.command(16, b""))
    assert isinstance(answer, Applied)
    assert [head.item for head in answer.outcome.heads] == [ITEM]


def test_only_the_living_are_shown_whole(server: PoweredServer, people: People) -> None:
    (head,) = server.do(people.alice, CREATE).heads
    assert shown(head) is head
    dead = replace(head, dead=True)
    assert shown(dead) == replace(head, dead=True, fields=b"", blobs=())
