"""How the server's history stands to what a handset has seen: the judgement that comes before anything else.

`judge` is pure: the store loads, in one snapshot, the chains at the positions that the hello names and the newest
position of each collection that it follows. No operator is asked, and no epoch (spec SYNC-1 to SYNC-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thinline.frames import Disposition, Hello
from thinline.history import continues
from thinline.windows import Cursor

__all__ = ["Snapshot", "judge"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store read for one hello, all at once.

    Attributes:
        chains: chain by position, for those of the hello's `seen` positions that the history has.
        newest: position of the newest change by collection, for those that the hello follows.
    """

    chains: Mapping[int, bytes]
    newest: Mapping[int, int]


def judge(snapshot: Snapshot, hello: Hello) -> int:
    """The disposition of the welcome: the first line that fits (spec SYNC-2)."""
    if not continues(hello.seen, snapshot.chains):
        return Disposition.DISPOSITION_SALVAGE
    cursors = {follow.collection: Cursor.decode(follow.cursor) for follow in hello.follows}
    if all(cursor == Cursor() for cursor in cursors.values()):
        return Disposition.DISPOSITION_REFILL
    if any(not cursor.covers(snapshot.newest.get(number, 0)) for number, cursor in cursors.items()):
        return Disposition.DISPOSITION_DELTA
    return Disposition.DISPOSITION_RESUME
