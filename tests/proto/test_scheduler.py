"""What goes next: by class, by room, by credit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thinline.codec import encode_body, number_body
from thinline.frames import Ask, Beat, Chunk, Class, Command, Direction, Frame, Soft, Window
from thinline.history import Point
from thinline.limits import LIMITS
from thinline.scheduler import Scheduler

AMPLE = 1 << 20
PHOTO = Chunk(1, 0, b"photo" * 20)
PAGE = Window(1, (), b"", Point(1, bytes(16)), more=False)
COMMAND = Command(1, 0, 0, 3, b"")


def encode(frame: Frame) -> bytes:
    return encode_body(frame, Direction.DOWN if frame.DIRECTION is Direction.DOWN else Direction.UP)


def scheduler(credit: int = AMPLE) -> Scheduler:
    made = Scheduler(encode)
    made.credit = credit
    return made


def taken(made: Scheduler, room: int = AMPLE) -> list[bytes]:
    out: list[bytes] = []
    while (frame := made.take(room, 1)) is not None:
        out.append(frame[2:])
    return out


def test_control_before_interactive_before_sync_before_bulk() -> None:
    """Spec FLOW-1."""
    made = scheduler()
    for frame in (PHOTO, PAGE, Soft(1, b"x", 1), COMMAND, Beat()):
        made.put(frame)
    assert taken(made) == [encode(one) for one in (Beat(), COMMAND, Soft(1, b"x", 1), PAGE, PHOTO)]
    assert made.idle


def test_a_frame_waits_until_it_is_taken_whether_it_was_encoded_already_or_not() -> None:
    made = scheduler()
    assert not made.waits(Class.SYNC)
    made.put(PAGE)
    assert made.waits(Class.SYNC)
    assert made.take(3, 1) is None
    assert made.waits(Class.SYNC)
    assert not made.waits(Class.BULK)
    assert taken(made) == [encode(PAGE)]
    assert not made.waits(Class.SYNC)


def test_within_a_class_in_the_order_of_saying() -> None:
    """Spec CMD-17: one item's commands stay in order."""
    made = scheduler()
    asks = [Ask(number, 1, b"") for number in range(1, 5)]
    for ask in asks:
        made.put(ask)
    assert taken(made) == [encode(ask) for ask in asks]


def test_without_room_nothing_goes_and_nothing_overtakes() -> None:
    """Spec FLOW-5: what does not fit waits in its encoding, and what is less urgent waits behind it."""
    made = scheduler()
    made.put(COMMAND)
    made.put(PHOTO)
    size = len(number_body(300, encode(COMMAND)))
    assert made.take(size - 1, 300) is None
    assert not made.idle
    made.put(Beat())
    assert made.take(AMPLE, 299) == number_body(299, encode(Beat()))
    assert made.take(size, 300) == number_body(300, encode(COMMAND))


def test_a_frame_may_start_below_the_credit_and_none_at_it() -> None:
    """Spec FLOW-2, FLOW-4: whole frames count, their numbers too."""
    made = scheduler(credit=1)
    made.put(PHOTO)
    made.put(PHOTO)
    made.put(COMMAND)
    first = number_body(1, encode(PHOTO))
    assert made.may_count()
    assert taken(made) == [encode(COMMAND), encode(PHOTO)]
    assert made.counted == len(first)
    assert not made.may_count()
    made.credit = len(first)
    assert made.take(AMPLE, 2) is None
    made.credit += 1
    assert made.take(AMPLE, 2) == number_body(2, encode(PHOTO))


def test_of_soft_state_the_latest_value_of_a_key_goes() -> None:
    """Spec FLOW-7."""
    made = scheduler()
    for value in (b"80", b"79", b"78"):
        made.put(Soft(1, value, 60))
        made.put(Soft(2, value, 60))
    assert taken(made) == [encode(Soft(1, b"78", 60)), encode(Soft(2, b"78", 60))]


def test_what_waits_can_be_forgotten() -> None:
    """Spec LINK-10."""
    made = scheduler()
    made.put(COMMAND)
    made.take(0, 1)
    for frame in (COMMAND, PHOTO, Soft(1, b"", 1)):
        made.put(frame)
    made.clear()
    assert made.idle
    assert taken(made) == []


def test_a_queue_is_bounded() -> None:
    """Spec FLOW-12."""
    made = scheduler()
    assert not made.full(Class.CONTROL)
    for _ in range(LIMITS.queue_frames):
        made.put(Beat())
    assert made.full(Class.CONTROL)
    assert not made.full(Class.BULK)


classes = st.lists(st.sampled_from([Beat(), COMMAND, PAGE, PHOTO]), max_size=30)


@given(classes, st.integers(0, 2_000), st.integers(0, 400))
def test_never_more_than_the_credit_and_one_frame(waiting: list[Frame], credit: int, room: int) -> None:
    """Spec FLOW-2: and all that needs no credit goes first, whatever else waits."""
    made = scheduler(credit)
    for frame in waiting:
        made.put(frame)
    out = taken(made, room)
    assert all(len(body) + 2 <= room for body in out)
    assert made.counted < credit + 1 + max(len(encode(one)) + 2 for one in (PAGE, PHOTO))
    ranks = [[encode(one) for one in (Beat(), COMMAND, PAGE, PHOTO)].index(body) for body in out]
    assert ranks == sorted(ranks)
