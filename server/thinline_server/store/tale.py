"""What one request changes, and what the items show of it: each item is written once, when all is told."""

from __future__ import annotations

from typing import NamedTuple

from thinline.commands import revise
from thinline.errands import ErrandKind, Progress
from thinline.limits import LIMITS
from thinline_server.outside import End
from thinline_server.store.context import Context
from thinline_server.store.queue import Kept
from thinline_server.store.writing import write

__all__ = ["Tale"]


class _Shown(NamedTuple):
    """How far one errand of an item has come."""

    kind: ErrandKind
    progress: Progress


class Tale:
    """What one request changes, and what the items are to show of it: each item is written once, at the end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shown: dict[tuple[bytes, bytes], list[_Shown]] = {}
        self._changed: dict[bytes, set[int]] = {}

    def show(self, kept: Kept, kind: ErrandKind, end: End, at_ms: int = 0) -> None:
        """An errand came so far; now, or when it was handed over."""
        if kept.item:
            now_ms = at_ms or self._context.now_ms()
            progress = Progress(kept.target, end.state, end.reason, now_ms, end.blobs, end.shown)
            self._shown.setdefault((kept.account, kept.item), []).append(_Shown(kind, progress))

    def touched(self, account: bytes) -> set[int]:
        """Collections of an account that changed, to be added to."""
        return self._changed.setdefault(account, set())

    def end(self) -> dict[bytes, frozenset[int]]:
        """Write the items; collections that changed, by account (spec OUT-9)."""
        for (account, item), shown in self._shown.items():
            self._write(account, item, shown)
        return {account: frozenset(changed) for account, changed in self._changed.items() if changed}

    def _write(self, account: bytes, item: bytes, shown: list[_Shown]) -> None:
        version = self._context.tables.version(account, item)
        if version is None or version.head.dead:
            return
        content = version.content
        for kind, progress in shown:
            content = kind.progress(version.head.type, content, progress) or content
        if content == version.content:
            return
        assert len(content.fields) <= LIMITS.head_bytes, "a service keeps to the bounds of a head"
        owner = self._context.tables.account(account)
        assert owner is not None, "an errand has an account"
        self.touched(account).add(write(self._context, owner, revise(version, content), None)[1])
