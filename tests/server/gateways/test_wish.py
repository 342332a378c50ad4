"""What a wish shows of itself, and what an answer is asked."""

from __future__ import annotations

import pytest

from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Login, Wish


def test_a_picture_of_a_wish_holds_no_secret() -> None:
    """T9."""
    wish = Wish(b"alice", "http://a.test/", method="POST", body=b"pin=1234", login=Login("alice", "secret"))
    assert "secret" not in repr(wish)
    assert "1234" not in repr(wish)


@pytest.mark.parametrize(
    ("status", "challenge", "realm"),
    [
        (401, 'Basic realm="The cellar"', "The cellar"),
        (401, 'Digest nonce="x", Realm="y", realm="Attic, north"', "Attic, north"),
        (401, "Basic", ""),
        (401, "", None),
        (200, 'Basic realm="x"', None),
    ],
)
def test_a_login_is_asked_for_by_a_realm(status: int, challenge: str, realm: str | None) -> None:
    assert Fetched(status, "http://a.test/", {"www-authenticate": challenge}, b"", 0).realm == realm


def test_what_may_succeed_later_says_so() -> None:
    assert {cause for cause in Cause if cause.retry} == {Cause.UNREACHABLE, Cause.TOO_SLOW, Cause.BUDGET}
    assert FetchFailed(Cause.BUDGET, "Later.", 3.5).wait_s == 3.5
