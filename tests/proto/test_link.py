"""Links as ladders: the conversation, numbers, credit and room, the heartbeat, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinline.codec import cut_packet, encode_body, join_packet, number_body, squeeze_body
from thinline.errors import LocalError
from thinline.frames import (
    Answer,
    Ask,
    Beat,
    Chunk,
    Command,
    Credit,
    Direction,
    Enrol,
    Enrolled,
    Frame,
    Goodbye,
    Hello,
    Refusal,
    Soft,
    Welcome,
)
from thinline.items import put_varint
from thinline.limits import LIMITS
from thinline.link import Came, Ended, Flush, Link, Role, Say, Spare
from thinline.machine import Arrived, Hang, Lost, Room, Transmit, WakeAt, Woke
from thinline.reasons import Reason
from thinline.states import State
from thinline.testing import samples
from thinline.testing.ladder import Heard, Ladder, Numbered
from thinline.testing.netem import Fault, Faults, Netem
from thinline.testing.pair import Pair
from thinline.testing.samples import CHALLENGE, COMMAND, HELLO, OUTCOME, PROOF, WELCOME, WINDOW

NOISE = b"".join(sha256(bytes([one])).digest() for one in range(128))  # 4,096 bytes that nothing squeezes
UNKNOWN = put_varint(99 << 3 | 2) + b"\x00"  # a kind of a later version
ENROL, ENROLLED = samples.UP_FRAMES[0], samples.DOWN_FRAMES[0]
HEARTBEAT, TIMEOUT = WELCOME.heartbeat_s, WELCOME.timeout_s


def server() -> Ladder:
    return Ladder(Link(Role.DOWN, 1))


def handset() -> Ladder:
    return Ladder(Link(Role.UP, 1))


def live_server(hello: Hello = HELLO, welcome: Welcome = WELCOME) -> Ladder:
    ladder = server().feed(hello).expect(Heard(hello)).feed(Say(CHALLENGE)).expect(CHALLENGE)
    ladder.feed(PROOF).expect(Heard(PROOF)).feed(Say(welcome)).expect(welcome)
    return ladder


def live_handset(hello: Hello = HELLO, welcome: Welcome = WELCOME) -> Ladder:
    ladder = handset().feed(Say(hello)).expect(hello).feed(CHALLENGE).expect(Heard(CHALLENGE))
    ladder.feed(Say(PROOF)).expect(PROOF).feed(welcome).expect(Heard(welcome), Spare)
    return ladder


def link_of(ladder: Ladder) -> Link:
    assert isinstance(ladder.machine, Link)
    return ladder.machine


def raw(number: int, body: bytes) -> bytes:
    return join_packet([number_body(number, body)])


def reason_of(ladder: Ladder) -> int:
    """The reason with which a link just ended, told to both sides."""
    last, hang, ended = ladder.skip()
    assert isinstance(last, Goodbye | Refusal)
    assert isinstance(hang, Hang)
    assert isinstance(ended, Ended)
    assert (ended.reason, ended.sentence) == (last.reason, last.sentence)
    assert last.sentence
    assert link_of(ladder).closed
    return ended.reason


# The conversation


def test_from_hello_to_welcome_both_ends_walk_the_same_table() -> None:
    """Spec LINK-1, LINK-2, ID-5: and both know what the proof signs."""
    up, down = live_handset(), live_server()
    assert link_of(up).state is link_of(down).state is State.LIVE
    (first,) = cut_packet(up.packets[0])
    assert link_of(up).hello_digest == sha256(first).digest() == link_of(down).hello_digest


def test_an_enrolment_comes_first_on_the_same_link() -> None:
    """Spec LINK-1."""
    ladder = server().feed(ENROL).expect(Heard(Enrol)).feed(Say(ENROLLED)).expect(ENROLLED)
    ladder.feed(HELLO).expect(Heard(Hello))
    phone = handset().feed(Say(ENROL)).expect(ENROL).feed(ENROLLED).expect(Heard(Enrolled))
    phone.feed(Say(HELLO)).expect(HELLO).feed(CHALLENGE).expect(Heard(CHALLENGE))
    second = next(iter(cut_packet(phone.packets[1])))
    assert link_of(phone).hello_digest == sha256(second).digest()


def test_the_server_waits_to_be_spoken_to() -> None:
    """Spec LINK-1: with nothing but a wish to be woken."""
    ladder = server()
    assert (ladder.skip(), ladder.wake_at_s) == ([], 30.0)


@pytest.mark.parametrize(
    ("start", "frame"),
    [
        (server, CHALLENGE),
        (server, HELLO),
        (handset, PROOF),
        (handset, COMMAND),
        (live_server, WELCOME),
        (live_server, COMMAND),
        (live_handset, OUTCOME),
    ],
)
def test_an_end_does_not_say_what_may_not_be_said(start: Callable[[], Ladder], frame: Frame) -> None:
    """Spec LINK-2: of the wrong moment or the wrong end."""
    with pytest.raises(LocalError, match="may not be said"):
        start().feed(Say(frame))


@pytest.mark.parametrize("frame", [PROOF, COMMAND, Beat(), Credit(1)])
def test_out_of_turn_before_the_hello(frame: Frame) -> None:
    """Spec LINK-3, LINK-7."""
    assert reason_of(server().feed(frame)) == Reason.OUT_OF_TURN


def test_out_of_turn_in_any_state() -> None:
    """Spec LINK-3: the server refuses before the welcome, afterwards everybody says goodbye."""
    early = server().feed(HELLO).expect(Came).feed(HELLO)
    early.expect(Refusal, Hang, Ended)
    late = live_server().feed(HELLO)
    late.expect(Goodbye, Hang, Ended)
    assert reason_of(handset().feed(WELCOME)) == Reason.OUT_OF_TURN
    assert reason_of(live_handset().feed(CHALLENGE)) == Reason.OUT_OF_TURN


def test_a_handshake_that_stalls_ends() -> None:
    """Spec LINK-5."""
    ladder = server().feed(HELLO).expect(Came)
    ladder.wake()
    assert (reason_of(ladder), ladder.now) == (Reason.SILENT, 30.0)
    assert isinstance(ladder.said[-1], Refusal)
    assert reason_of(handset().wake()) == Reason.SILENT


def test_frames_of_later_versions_are_passed_over_once_live() -> None:
    """Spec LINK-6."""
    ladder = live_server()
    ladder.feed(raw(3, UNKNOWN)).expect()
    assert link_of(ladder).ignored == 1
    ladder.numbers[Direction.UP] = 3
    ladder.feed(COMMAND).expect(Heard(COMMAND))
    assert reason_of(server().feed(raw(1, UNKNOWN))) == Reason.OUT_OF_TURN


def test_too_many_of_them_are_too_many() -> None:
    """Spec LINK-6."""
    ladder = live_server()
    for start in range(3, LIMITS.ignored_frames + 3, 256):
        ladder.feed(join_packet(number_body(start + turn, UNKNOWN) for turn in range(256))).expect()
    assert reason_of(ladder.feed(raw(LIMITS.ignored_frames + 3, UNKNOWN))) == Reason.LIMIT


def test_nothing_follows_a_goodbye() -> None:
    """Spec LINK-10: what waited is forgotten, and a closed link neither hears nor speaks."""
    ladder = live_server(replace(HELLO, credit=0)).feed(Say(WINDOW)).expect()
    ladder.feed(Say(Goodbye(Reason.STOPPING, "night"))).expect(Goodbye(Reason.STOPPING, "night"), Hang)
    ladder.feed(Credit(100_000)).expect()
    ladder.feed(Say(OUTCOME)).expect()
    ladder.feed(Woke()).expect()


def test_a_goodbye_goes_behind_what_was_said_with_it() -> None:
    """Spec LINK-10: a refusal tells why, and the goodbye of the same turn does not swallow it."""
    why = Refusal(Reason.CLONE, "two of one number", command=3)
    ladder = live_server().feed(Say(why, more=True)).expect()
    ladder.feed(Say(Goodbye(Reason.CLONE), more=True)).expect(why, Goodbye, Hang)


def test_a_goodbye_without_room_is_not_waited_for() -> None:
    """Spec LINK-10, FLOW-5."""
    live_server().feed(Room(1, 3)).expect().feed(Say(Goodbye())).expect(Hang)


@pytest.mark.parametrize("last", [Goodbye(Reason.REPLACED, "newer", 1_000), Refusal(Reason.BUSY, "busy", 40_000)])
def test_a_last_word_ends_the_link(last: Goodbye | Refusal) -> None:
    """Spec LINK-13: before the welcome and after it, with its time."""
    ended = Ended(last.reason, last.sentence, last.retry_after_ms)
    live_handset().feed(last).expect(Hang, ended)
    handset().feed(Say(HELLO)).expect(HELLO).feed(last, CHALLENGE).expect(Hang, ended)


def test_a_refusal_of_one_thing_ends_nothing() -> None:
    """Spec LINK-13."""
    ladder = live_handset()
    for refusal in (Refusal(Reason.GAP, "gap", command=2), Refusal(Reason.LIMIT, "limit", ask=1)):
        ladder.feed(refusal).expect(Heard(refusal))
    live_server().feed(Say(Refusal(Reason.BUSY, "busy"))).expect(Refusal, Hang)


def test_a_lost_connection_ends_the_link() -> None:
    ladder = live_handset().feed(Lost(1, "tunnel"))
    ladder.expect(Hang(1, "tunnel"), Ended(0, "tunnel"))


# Numbers


def test_frames_are_numbered_from_one() -> None:
    """Spec FRAME-2: over all packets; the ladder holds every frame to it."""
    ladder = live_handset().feed(Say(COMMAND)).expect(COMMAND)
    assert ladder.numbers[Direction.UP] == 3 == link_of(ladder).sent


def test_a_repeat_is_dropped() -> None:
    """Spec FRAME-3: frame by frame, and a whole packet."""
    ladder = live_server().feed(COMMAND).expect(Heard(COMMAND))
    ladder.feed(Numbered(3, COMMAND)).expect()
    ladder.feed(Numbered(1, HELLO), Numbered(2, PROOF), COMMAND, Beat()).expect(Beat)
    ladder.feed(Numbered(0, COMMAND)).expect()
    assert link_of(ladder).came == 4


def test_a_gap_is_a_lost_link() -> None:
    """Spec FRAME-4: what came before it counts."""
    ladder = live_server()
    ladder.feed(COMMAND, Numbered(5, Beat())).expect(Heard(COMMAND), Goodbye, Hang, Ended)
    assert isinstance(ladder.said[-1], Goodbye)
    assert ladder.said[-1].reason == Reason.LINK_LOST


@settings(max_examples=40)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=20))
def test_whatever_the_numbers_each_frame_comes_once_and_in_order(numbers: list[int]) -> None:
    """Spec FRAME-3, FRAME-4, X1."""
    link = link_of(live_server())
    came: list[int] = []
    for number in numbers:
        body = encode_body(replace(COMMAND, number=number + 1), Direction.UP)
        for output in link.handle(Arrived(1, raw(2 + number, body)), 1.0):
            if isinstance(output, Came):
                assert isinstance(output.frame, Command)
                came.append(output.frame.number - 1)
    assert came == list(range(1, len(came) + 1))


# Bad frames (Must 7): each gets a code and a sentence, and costs its own link only


def oversized() -> bytes:
    return raw(3, encode_body(Chunk(1, 0, bytes(9_000)), Direction.UP))


BAD = {
    "random bytes": (bytes(range(200, 256)), Reason.MALFORMED),
    "a frame cut off": (raw(3, encode_body(COMMAND, Direction.UP))[:-4], Reason.MALFORMED),
    "a body cut off": (raw(3, encode_body(COMMAND, Direction.UP)[:-4]), Reason.MALFORMED),
    "an oversized frame": (oversized(), Reason.TOO_LARGE),
    "an oversized packet": (bytes(LIMITS.packet_bytes + 1), Reason.TOO_LARGE),
    "a bomb": (
        raw(3, squeeze_body(encode_body(Chunk(1, 0, bytes(60_000)), Direction.UP), Direction.UP, 0)),
        Reason.TOO_LARGE,
    ),
    "the wrong direction": (raw(3, encode_body(OUTCOME, Direction.DOWN)), Reason.OUT_OF_TURN),
    "another hello": (raw(3, encode_body(HELLO, Direction.UP)), Reason.OUT_OF_TURN),
    "a jump": (raw(4, encode_body(Beat(), Direction.UP)), Reason.LINK_LOST),
    "a jump to the end": (raw(2**63, encode_body(Beat(), Direction.UP)), Reason.LINK_LOST),
    "a command without number": (raw(3, encode_body(replace(COMMAND, number=0), Direction.UP)), Reason.MALFORMED),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_frame_is_told_why_and_ends_its_link(what: str) -> None:
    """Spec LINK-7, FRAME-1, FRAME-4, FRAME-5, FRAME-7, FRAME-9, LIMIT-1, REASON-3."""
    data, reason = BAD[what]
    assert reason_of(live_server().feed(data)) == reason


@given(st.lists(st.binary(max_size=60), max_size=4), st.sampled_from([server, live_server, handset, live_handset]))
def test_any_bytes_leave_the_link_working_or_ended(packets: list[bytes], start: Callable[[], Ladder]) -> None:
    """T8, spec LINK-7: never an exception, and always a reason."""
    link = link_of(start())
    for data in packets:
        outputs = link.handle(Arrived(1, data), 1.0)
        ends = [one for one in outputs if isinstance(one, Ended)]
        assert bool(ends) == any(isinstance(one, Hang) for one in outputs)
        assert all(one.sentence for one in ends if one.reason)


@given(st.data())
def test_a_changed_byte_never_breaks_the_server(data: st.DataObject) -> None:
    """T8: one byte of a whole conversation is another."""
    packet = join_packet(
        number_body(number, encode_body(frame, Direction.UP))
        for number, frame in enumerate((HELLO, PROOF, COMMAND, *samples.UP_FRAMES[4:]), 1)
    )
    at = data.draw(st.integers(0, len(packet) - 1))
    link = link_of(server())
    changed = packet[:at] + bytes([packet[at] ^ data.draw(st.integers(1, 255))]) + packet[at + 1 :]
    link.handle(Arrived(1, changed), 1.0)
    link.handle(Woke(), 100.0)
    assert link.closed


def test_who_makes_us_speak_and_does_not_listen_is_left() -> None:
    """Spec FLOW-12: beats that nobody reads the answers of, and refusals likewise."""
    deaf = live_server().feed(Room(1, 0))
    for start in range(3, LIMITS.queue_frames + 3, 512):
        deaf.feed(join_packet(number_body(start + n, encode_body(Beat(), Direction.UP)) for n in range(512))).expect()
    deaf.feed(raw(LIMITS.queue_frames + 3, encode_body(Beat(), Direction.UP))).expect()  # one is encoded already
    deaf.feed(raw(LIMITS.queue_frames + 4, encode_body(Beat(), Direction.UP))).expect(Hang, Ended)
    slow = live_server().feed(Room(1, 0))
    for number in range(1, LIMITS.queue_frames + 2):
        slow.feed(Say(Answer(number, b""))).expect()
    slow.feed(Say(Answer(1, b""))).expect(Hang, Ended)


# Compression


def test_frames_are_squeezed_from_the_welcome_on() -> None:
    """Spec FRAME-8, FRAME-12: with the dictionary that the welcome named."""
    long = replace(WELCOME, dictionary=1, profiles=tuple(range(1, 200)))
    plain = live_server(replace(HELLO, dictionaries=(1,)), long)
    assert plain.packets[1] == raw(2, encode_body(long, Direction.DOWN))  # it is what names the dictionary
    plain.feed(Say(WINDOW)).expect(WINDOW)
    assert len(plain.packets[-1]) < len(encode_body(WINDOW, Direction.DOWN)) * 0.8
    up = live_handset(HELLO, replace(WELCOME, dictionary=1)).feed(Say(COMMAND)).expect(COMMAND)
    assert up.packets[0] == raw(1, encode_body(HELLO, Direction.UP))
    assert len(up.packets[-1]) < len(encode_body(COMMAND, Direction.UP))


@pytest.mark.parametrize("chunk_bytes", [0, LIMITS.chunk_bytes])
def test_on_a_fast_link_small_frames_are_left_as_they_are(chunk_bytes: int) -> None:
    """Spec FRAME-8: time in the air is cheap there, and each end knows it by the hello."""
    fast, welcome = replace(HELLO, chunk_bytes=chunk_bytes), replace(WELCOME, dictionary=1)
    down = live_server(replace(fast, dictionaries=(1,)), welcome).feed(Say(WINDOW)).expect(WINDOW)
    assert encode_body(WINDOW, Direction.DOWN) in down.packets[-1]
    up = live_handset(fast, welcome).feed(Say(COMMAND)).expect(COMMAND)
    assert encode_body(COMMAND, Direction.UP) in up.packets[-1]
    long = replace(COMMAND, body=bytes(LIMITS.squeeze_fast_bytes))
    up = live_handset(fast, welcome).feed(Say(long)).expect(long)
    assert len(up.packets[-1]) < 200


# Room and credit


def test_what_has_no_room_waits_inside() -> None:
    """Spec FLOW-5: and no byte more than the room is handed out."""
    ladder = live_server().feed(Room(1, 30)).expect()
    ladder.feed(Say(Answer(1, NOISE[:100]))).expect()
    assert link_of(ladder).waiting
    ladder.feed(Say(Beat())).expect(Beat)
    ladder.feed(Room(1, 107)).expect()
    ladder.feed(Room(1, 200)).expect(Answer, Spare)
    assert not link_of(ladder).waiting
    assert link_of(ladder).room_bytes == 200 - len(ladder.packets[-1]) - 2  # what a packet adds is taken as its most


def test_what_is_said_in_one_turn_leaves_in_one_packet() -> None:
    """Spec FRAME-1."""
    ladder = live_server()
    before = len(ladder.packets)
    ladder.feed(Say(OUTCOME, more=True)).expect()
    ladder.feed(Say(Answer(2, b""), more=True)).expect()
    assert link_of(ladder).waiting
    ladder.feed(Flush()).expect(OUTCOME, Answer, Spare)
    assert len(ladder.packets) == before + 1
    ladder.feed(Flush()).expect()


def test_an_outcome_overtakes_a_window_that_waits() -> None:
    """Spec FLOW-1: whoever says it can know."""
    ladder = live_server()
    assert not link_of(ladder).window_waits
    ladder.feed(Say(WINDOW, more=True)).expect().feed(Say(OUTCOME, more=True)).expect()
    assert link_of(ladder).window_waits
    ladder.feed(Flush()).expect(OUTCOME, WINDOW, Spare)
    assert not link_of(ladder).window_waits


def test_many_frames_leave_in_packets_within_their_bounds() -> None:
    """Spec FRAME-1: by count and by bytes."""
    ladder = live_server().feed(Room(1, 0)).expect()
    for number in range(1, 601):
        ladder.feed(Say(Answer(number, b""))).expect()
    ladder.feed(Room(1, 1 << 20)).expect(*[Answer] * 600, Spare)
    assert len(ladder.packets) == 4
    ladder.feed(Room(1, 0)).expect()
    for number in range(1, 41):
        ladder.feed(Say(Answer(number, NOISE))).expect()
    ladder.feed(Room(1, 1 << 20)).expect(*[Answer] * 40, Spare)
    assert max(len(data) for data in ladder.packets) <= LIMITS.packet_bytes
    assert len(ladder.packets) == 6


def test_the_first_credit_comes_with_hello_and_welcome() -> None:
    """Spec FLOW-6."""
    down = live_server(replace(HELLO, credit=1))
    assert link_of(down).may_sync
    assert link_of(down).credit == (0, 1)
    down.feed(Say(Chunk(1, 0, NOISE))).expect(Chunk)
    assert link_of(down).credit[0] > 1
    assert not link_of(down).may_sync
    down.feed(Say(Chunk(1, 4_096, NOISE))).expect()
    up = live_handset(HELLO, replace(WELCOME, credit=1))
    up.feed(Say(Chunk(1, 0, NOISE))).expect(Chunk).feed(Say(Chunk(1, 4_096, NOISE))).expect()


def test_credit_is_absolute() -> None:
    """Spec FLOW-2, FLOW-3: a smaller or repeated one changes nothing."""
    ladder = live_server(replace(HELLO, credit=10)).feed(Say(Chunk(1, 0, NOISE))).expect(Chunk)
    ladder.feed(Say(Chunk(1, 1, NOISE))).expect()
    for up_to in (4_096, 10, 4_096):
        ladder.feed(Credit(up_to)).expect()
    ladder.feed(Credit(5_000)).expect(Chunk).feed(Say(Chunk(1, 2, NOISE))).expect()
    ladder.feed(Credit(4_999)).expect()
    ladder.feed(Credit(20_000)).expect(Chunk, Spare)
    ladder.feed(Credit(10)).expect().feed(Say(Chunk(1, 3, NOISE))).expect(Chunk)


def test_spare_is_told_once_there_is_something_to_gain() -> None:
    """Spec SYNC-10: when room or credit come back, and what waited is out; only on a live link."""
    ladder = live_server(replace(HELLO, credit=0))
    ladder.feed(Credit(100)).expect(Spare)
    ladder.feed(Credit(200)).expect()
    ladder.feed(Room(1, 2)).expect()
    ladder.feed(Room(1, 1_000)).expect(Spare)
    server().feed(Room(1, 0)).expect().feed(Room(1, 10)).expect()


def test_more_than_the_credit_is_refused() -> None:
    """Spec FLOW-4: the last frame may go beyond it, the next may not come."""
    ladder = live_server(HELLO, replace(WELCOME, credit=10))
    ladder.feed(Chunk(1, 0, NOISE)).expect(Came)
    assert link_of(ladder).received > 4_096
    assert reason_of(ladder.feed(Chunk(1, 1, NOISE))) == Reason.CREDIT
    told = live_handset(replace(HELLO, credit=10)).feed(WINDOW).expect(Heard(WINDOW))
    told.feed(Say(Credit(10_000))).expect(Credit(10_000)).feed(WINDOW).expect(Heard(WINDOW))
    assert reason_of(live_handset(replace(HELLO, credit=0)).feed(WINDOW)) == Reason.CREDIT


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3_000), max_size=20), st.integers(1, 9_000))
def test_both_ends_count_alike(sizes: list[int], credit: int) -> None:
    """Spec FLOW-2, FLOW-4: what one end may send, the other takes; whatever is squeezed."""
    pair = Pair()
    pair.live(replace(HELLO, credit=credit))
    for turn, size in enumerate(sizes):
        pair.say(Role.DOWN, Chunk(1, turn, NOISE[:size]))
        if turn % 5 == 4:
            pair.say(Role.UP, Credit(pair.links[Role.UP].received + credit))
        pair.run()
    assert not pair.ended
    heard = [one.offset for one in pair.heard[Role.UP] if isinstance(one, Chunk)]
    assert heard == list(range(len(heard)))


# The heartbeat


def test_an_idle_handset_beats_and_the_server_answers() -> None:
    """Spec LINK-8, LINK-9."""
    phone = live_handset()
    assert phone.wake_at_s is not None
    while not phone.wake().skip():
        assert phone.now <= HEARTBEAT
    assert (phone.said[-1], phone.now) == (Beat(), HEARTBEAT)
    phone.after(1.0).feed(Beat()).expect()
    live_server().feed(Beat()).expect(Beat)


def test_any_frame_counts() -> None:
    """Spec LINK-8: but it takes both, one said and one heard."""
    phone = live_handset().after(1_000.0).feed(Say(Soft(1, b"x", 60))).expect(Soft)
    phone.after(100.0).feed(WINDOW).expect(Heard(WINDOW))
    assert link_of(phone).deadline == 1_000.0 + HEARTBEAT
    phone.after(600.0).feed(Woke()).expect()
    phone.after(900.0).feed(Say(Soft(1, b"y", 60))).expect(Soft)
    assert link_of(phone).deadline == 1_100.0 + HEARTBEAT  # the server may be gone, whatever we say
    phone.after(180.0).feed(Woke()).expect(Beat)


@pytest.mark.parametrize("awaited", [COMMAND, Ask(1, 3, b""), Beat()])
def test_a_handset_that_gets_no_answer_takes_the_link_as_lost(awaited: Frame) -> None:
    """Spec LINK-14: from the first that is unanswered on."""
    phone = live_handset().after(10.0).feed(Say(awaited)).expect(type(awaited))
    phone.after(50.0).feed(Say(COMMAND)).expect(COMMAND)
    phone.after(9.0).feed(Woke()).expect()
    assert reason_of(phone.after(1.0).feed(Woke())) == Reason.SILENT


def test_an_answer_gives_time_again() -> None:
    """Spec LINK-14."""
    phone = live_handset().feed(Say(COMMAND)).expect(COMMAND)
    phone.after(TIMEOUT - 1.0).feed(OUTCOME).expect(Heard(OUTCOME))
    phone.after(2.0).feed(Woke()).expect()
    phone.feed(Say(COMMAND)).expect(COMMAND).after(TIMEOUT - 1.0).feed(Woke()).expect()


def test_a_server_that_hears_nothing_takes_the_link_as_lost() -> None:
    """Spec LINK-15: the heartbeat and the timeout after the last packet."""
    ladder = live_server().after(100.0).feed(Beat()).expect(Beat)
    ladder.after(HEARTBEAT + TIMEOUT - 1.0).feed(Woke()).expect()
    assert reason_of(ladder.after(1.0).feed(Woke())) == Reason.SILENT


def test_it_is_woken_no_later_than_it_must_act() -> None:
    """The earliest deadline that was asked for stands; a wake that is early looks again."""
    link = Link(Role.DOWN, 1)
    assert link.handle(Woke(), 0.0) == [WakeAt(30.0)]
    assert link.handle(Woke(), 10.0) == [WakeAt(30.0)]
    assert link.handle(Room(1, 10), 11.0) == []


def test_a_standby_day_is_beats_and_nothing_else() -> None:
    """Spec LINK-8, LINK-9: and nobody takes the link as lost."""
    pair = Pair(latency_s=0.7, rate_bytes_s=2_500.0)
    pair.live()
    pair.run(86_400.0)
    assert not pair.ended
    beats = pair.transcript[4:]
    assert len(beats) == 2 * (86_400 // HEARTBEAT)
    assert all(line.endswith("Beat()") for line in beats)


# Two ends


def test_an_interactive_frame_waits_for_one_chunk_at_most() -> None:
    """Spec FLOW-1, FLOW-5: a photo comes down on gprs, and somebody types (Must 8, in virtual time)."""
    rate, chunk = 5_000.0, 4_000
    pair = Pair(latency_s=0.35, rate_bytes_s=rate, room_bytes=chunk + 64)
    pair.live(replace(HELLO, credit=1 << 20), replace(WELCOME, time_ms=0))
    pair.say(Role.DOWN, *[Chunk(1, part, NOISE[:chunk]) for part in range(20)])
    pair.run(3.3)
    asked = pair.now
    pair.say(Role.DOWN, Answer(1, b"typed"))
    while Answer(1, b"typed") not in pair.heard[Role.UP]:
        pair.run(0.01)
    assert pair.now - asked <= 0.35 + (chunk + 200) / rate
    pair.run()
    assert len(pair.heard[Role.UP]) == 21


@pytest.mark.parametrize("seed", range(60))
def test_over_a_bad_network_frames_come_in_order_once_or_the_link_ends(seed: int) -> None:
    """Spec FRAME-3, FRAME-4, LINK-14, LINK-15: loss, repeats, overtaking, cuts and half-open lines."""
    ceiling = Faults(0.05, 0.5, loss=0.1, repeat=0.3, overtake=0.1, cut=0.05, half_open=0.03)
    netem = Netem(seed, Faults.draw(seed, ceiling))
    pair = Pair(netem=netem)
    answers = iter(range(1, 100))

    def answer(event: Came | Spare | Ended) -> Iterable[Frame]:
        if isinstance(event, Came) and isinstance(event.frame, Command):
            said[Role.DOWN].append(replace(OUTCOME, number=next(answers)))
            return said[Role.DOWN][-1:]
        return ()

    pair.owners[Role.DOWN] = answer
    said: dict[Role, list[Frame]] = {Role.UP: [], Role.DOWN: []}
    steps: list[tuple[Role, Frame]] = [(Role.UP, HELLO), (Role.DOWN, CHALLENGE), (Role.UP, PROOF), (Role.DOWN, WELCOME)]
    steps += [(Role.UP, replace(COMMAND, number=turn, after=0)) for turn in range(1, 15)]
    for role, frame in steps:
        link = pair.links[role]
        if not link.closed and (frame is HELLO or link.state is not State.NEW):
            try:
                pair.say(role, frame)
            except LocalError:  # the frame before it was lost
                break
            said[role].append(frame)
        pair.run(1.0)
    pair.run(HEARTBEAT + 3 * TIMEOUT)
    for role, other in ((Role.UP, Role.DOWN), (Role.DOWN, Role.UP)):
        assert pair.heard[other] == said[role][: len(pair.heard[other])]
    harmed = netem.counts[Fault.LOSS] + netem.counts[Fault.CUT] + netem.counts[Fault.HALF_OPEN]
    if not harmed and not netem.counts[Fault.OVERTAKE]:
        assert not pair.ended
        assert len(pair.heard[Role.DOWN]) == 16
    if netem.counts[Fault.HALF_OPEN] or netem.counts[Fault.CUT]:
        assert set(pair.ended) == {Role.UP, Role.DOWN}


def test_the_link_s_own_words() -> None:
    """What goes out is whole packets; what came tells what it cost."""
    ladder = live_server().feed(COMMAND)
    (came,) = ladder.skip()
    assert came == Came(COMMAND, len(number_body(3, encode_body(COMMAND, Direction.UP))))
    outputs = link_of(ladder).handle(Say(OUTCOME), 1.0)
    assert [type(one) for one in outputs] == [Transmit]
