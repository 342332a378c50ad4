"""What goes next: frames wait by class, soft state in one slot a key, and nothing leaves without room and credit.

Control before interactive before sync before bulk. Sync and bulk also need credit: absolute, "up to byte N of this
link". A frame may start while the bytes counted before it are below N, so that a frame larger than what is left can
not wait for ever; what is under way is then at most the credit plus one frame (spec FLOW-1 to FLOW-6).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from thinline.codec import number_body
from thinline.frames import Class, Frame, Soft
from thinline.limits import LIMITS

__all__ = ["Scheduler"]

_ORDER = tuple(Class)
_COUNTED = (Class.SYNC, Class.BULK)


class Scheduler:
    """The frames that one end of a link wants to send. Encodes each as late as possible.

    Args:
        encode: gives a frame's body.

    Attributes:
        counted: sync and bulk bytes sent on this link: whole frames as they stand in a packet (spec FLOW-4).
        credit: sync and bulk bytes that may be sent.
    """

    __slots__ = ("_encode", "_queues", "_ready", "_soft", "counted", "credit")

    def __init__(self, encode: Callable[[Frame], bytes]) -> None:
        self._encode = encode
        self._queues: dict[Class, deque[Frame]] = {}  # a class has no queue until something waits
        self._soft: dict[int, Soft] = {}
        self._ready: dict[Class, bytes] = {}  # encoded already, but it did not fit
        self.counted = self.credit = 0

    def full(self, kind: Class) -> bool:
        """Whether as many frames of that class wait as may."""
        return len(self._queues.get(kind, ())) >= LIMITS.queue_frames

    def put(self, frame: Frame) -> None:
        """Let a frame wait its turn."""
        if isinstance(frame, Soft):
            self._soft[frame.key] = frame  # spec FLOW-7: the latest value wins
            return
        self._queues.setdefault(frame.CLASS, deque()).append(frame)

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not (self._queues or self._soft or self._ready)

    def waits(self, kind: Class) -> bool:
        """Whether a frame of that class waits."""
        return kind in self._queues or kind in self._ready

    def may_count(self) -> bool:
        """Whether a sync or bulk frame could start now, as far as credit goes."""
        return self.counted < self.credit

    def clear(self) -> None:
        """Forget all that waits: nothing follows a goodbye."""
        self._queues.clear()
        self._soft.clear()
        self._ready.clear()

    def take(self, room_bytes: int, number: int) -> bytes | None:
        """The frame that goes next, under that number, if one may go and fits; the caller sends it."""
        if self.idle:
            return None
        kind = self._first()
        if kind in _COUNTED and not self.may_count():
            return None
        body = self._ready.pop(kind, None) or self._encode(self._next(kind))
        frame = number_body(number, body)
        if len(frame) > room_bytes:
            self._ready[kind] = body
            return None
        if kind in _COUNTED:
            self.counted += len(frame)
        return frame

    def _first(self) -> Class:
        """The class whose turn it is; something waits."""
        queues, ready, soft = self._queues, self._ready, self._soft
        return next(kind for kind in _ORDER if kind in queues or kind in ready or (kind is Class.INTERACTIVE and soft))

    def _next(self, kind: Class) -> Frame:
        queue = self._queues.get(kind)
        if not queue:
            return self._soft.pop(next(iter(self._soft)))
        frame: Frame = queue.popleft()
        if not queue:
            del self._queues[kind]
        return frame
