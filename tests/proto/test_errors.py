"""Two families of errors: ours, and theirs with the reason that tells it."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError, RemoteError, ThinlineError
from thinline.reasons import Reason


def test_a_remote_error_carries_its_reason() -> None:
    """Spec LINK-7."""
    error = RemoteError(Reason.MALFORMED, "bad varint")
    assert (error.reason, error.detail, str(error)) == (Reason.MALFORMED, "bad varint", "MALFORMED: bad varint")


def test_one_base_catches_both() -> None:
    for error in (LocalError("a Welcome may not be said when new"), RemoteError(Reason.GAP, "2 after 0")):
        with pytest.raises(ThinlineError):
            raise error
