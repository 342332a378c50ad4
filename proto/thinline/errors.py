"""What can go wrong, in two families: we did it (`LocalError`), or the other side did (`RemoteError`).

A remote error carries the reason that a refusal or a goodbye tells (see `reasons`). Bugs of ours are assertions.
"""

from __future__ import annotations

from thinline.reasons import Reason

__all__ = ["LocalError", "RemoteError", "ThinlineError"]


class ThinlineError(Exception):
    """The base of every error that this project raises on purpose."""


class LocalError(ThinlineError):
    """This side was asked for something that the protocol does not allow now."""


class RemoteError(ThinlineError):
    """The other side broke the protocol.

    Attributes:
        reason: what to tell it.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.name}: {detail}")
        self.reason = reason
        self.detail = detail
