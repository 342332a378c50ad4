"""Errands, as pure functions: the table of their states, what may be begun, what a restart makes of them."""

from __future__ import annotations

from itertools import product

import pytest

from thinline.errands import (
    TOKEN_BYTES,
    Errand,
    ErrandKind,
    ErrandState,
    Progress,
    Standing,
    after_restart,
    is_fenced,
    may_become,
    may_begin,
    token_of,
)
from thinline.limits import LIMITS
from thinline.merge import Content

QUEUED, SENDING, UNKNOWN = ErrandState.QUEUED, ErrandState.SENDING, ErrandState.UNKNOWN
SENT, DELIVERED, FAILED = ErrandState.SENT, ErrandState.DELIVERED, ErrandState.FAILED
OUTWARD, INWARD = ErrandKind("mail out"), ErrandKind("mail in", repeatable=True)
MAIL = Errand(3, b"mail to  bob", "bob@far.test")


def standing(state: ErrandState = QUEUED, *, queued_epoch: int = 1, epoch: int = 1, careful: bool = False) -> Standing:
    return Standing(state, queued_epoch, epoch, careful)


def test_an_errand_never_goes_back_from_where_the_far_side_has_it() -> None:
    """Spec OUT-3; X7."""
    steps = {(now, then) for now, then in product(ErrandState, ErrandState) if may_become(now, then)}
    assert {now for now, then in steps if then is SENDING} == {QUEUED, UNKNOWN}
    assert {then for now, then in steps if now is SENT} == {DELIVERED, FAILED}
    assert {then for now, then in steps if now is DELIVERED} == set()
    assert {now for now, then in steps if then is QUEUED} == {QUEUED, SENDING, UNKNOWN, FAILED}
    assert {then for now, then in steps if now is FAILED} == {QUEUED}
    assert (UNKNOWN, UNKNOWN) not in steps


def test_the_numbers_of_the_states_stay() -> None:
    assert [int(one) for one in (QUEUED, SENDING, UNKNOWN, SENT, DELIVERED, FAILED)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("state", ErrandState)
def test_an_attempt_is_made_at_what_is_queued(state: ErrandState) -> None:
    """Spec OUT-6: and at what is unknown, where the next hop takes it once."""
    assert may_begin(OUTWARD, standing(state), deduplicates=False) == (state is QUEUED)
    assert may_begin(OUTWARD, standing(state), deduplicates=True) == (state in (QUEUED, UNKNOWN))
    assert may_begin(INWARD, standing(state), deduplicates=True) == (state is QUEUED)


def test_what_was_queued_under_a_lost_store_may_have_been_sent() -> None:
    """Spec OUT-5; X7."""
    old = standing(queued_epoch=1, epoch=2)
    assert is_fenced(OUTWARD, old)
    assert not is_fenced(OUTWARD, standing(queued_epoch=2, epoch=2))
    assert not is_fenced(INWARD, old)
    assert not may_begin(OUTWARD, old, deduplicates=False)
    assert may_begin(OUTWARD, old, deduplicates=True)
    assert may_begin(INWARD, old, deduplicates=False)


@pytest.mark.parametrize("deduplicates", [False, True])
def test_a_careful_account_sends_nothing_and_takes_everything(deduplicates: bool) -> None:
    """Spec OUT-7; H10."""
    assert not may_begin(OUTWARD, standing(careful=True), deduplicates=deduplicates)
    assert may_begin(INWARD, standing(careful=True), deduplicates=deduplicates)


def test_after_a_restart_what_was_under_way_is_unknown_or_done_again() -> None:
    """Spec OUT-4, OUT-10; X6, X7."""
    assert after_restart(OUTWARD, 1) is UNKNOWN
    starts = LIMITS.errand_starts
    assert [after_restart(INWARD, tries) for tries in (1, starts, starts + 1)] == [QUEUED, QUEUED, FAILED]


def test_a_token_is_the_errand_s_and_no_other_s() -> None:
    """Spec OUT-8: and the same again in a store that was restored."""
    token = token_of(b"account1", MAIL)
    assert (len(token), token) == (TOKEN_BYTES, token_of(b"account1", Errand(3, b"mail to  bob", "bob@far.test")))
    others = [
        token_of(b"account2", MAIL),
        token_of(b"account1", Errand(4, MAIL.item, MAIL.target)),
        token_of(b"account1", Errand(3, b"mail to  eve", MAIL.target)),
        token_of(b"account1", Errand(3, MAIL.item, "eve@far.test")),
        token_of(b"account1", Errand(3, b"", "mail to  bob" + MAIL.target)),
    ]
    assert len({token, *others}) == 6
    assert token.hex() == "355eb3a8707f08e8b166858dbca57f66"  # by sha256sum


def test_a_kind_shows_nothing_unless_its_service_says_how() -> None:
    assert OUTWARD.progress(2, Content(b"x"), Progress("bob@far.test", SENT, "", 0)) is None
