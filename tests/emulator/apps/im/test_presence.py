"""Who is there and who types on the screen, and what a handset says of its owner. IM-10 to IM-12."""

from __future__ import annotations

from chatting import ChatBench, buddy, message
from golden import check_golden
from thinline.frames import Soft
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Friend, Friends, Presence, Typing, Typists
from thinline_emulator.apps.face import speak
from thinline_emulator.apps.im.pages import Mood, Roster, Talk
from thinline_emulator.apps.im.people import somebody
from thinline_emulator.apps.im.presence import friends_there, seen_text, sign, typists

THERE, BUSY, INVISIBLE = (
    im_pb2.PRESENCE_STATE_THERE,
    im_pb2.PRESENCE_STATE_BUSY,
    im_pb2.PRESENCE_STATE_INVISIBLE,
)
PRESENCE, TYPING, TYPISTS, FRIENDS = 24_576, 24_577, 24_578, 24_592
BOB = buddy("bob", name="Bob", bond=3)


def tell(bench: ChatBench, *friends: Friend, typing: tuple[str, ...] = ()) -> None:
    """The server says so, for 90 and for 8 seconds."""
    for number, one in enumerate(friends):
        value = Friends(friends=[one]).SerializeToString()
        bench.memory.soft.take(Soft(FRIENDS + number, value, 90), bench.now)
    bench.memory.soft.take(Soft(TYPISTS, Typists(addresses=typing).SerializeToString(), 8), bench.now)


def spoken(bench: ChatBench) -> dict[int, Soft]:
    speak(bench.desk)
    return {soft.key: soft for soft in bench.memory.soft.ready()}


def test_friends_with_their_signs() -> None:
    bench = ChatBench(BOB, buddy("carol", bond=3), buddy("dora", bond=3), buddy("eve", bond=3))
    tell(
        bench,
        Friend(address="bob", state=BUSY, status="in a tunnel"),
        Friend(address="carol", state=THERE),
        Friend(address="dora", state=THERE, idle=True),
    )
    check_golden("im-presence", bench.screen)
    bench.now += 91
    assert friends_there(bench.desk) == {}
    assert [sign(one) for one in (None, Friend(), Friend(idle=True))] == [" ", "●", "○"]


def test_who_types_and_how_they_are_stands_above_the_line() -> None:
    """Spec IM-12, SOFT-1."""
    bench = ChatBench(BOB)
    bench.show(Talk("bob"))
    tell(bench, Friend(address="bob", state=BUSY, status="on a train"), typing=("bob",))
    assert "Bob is typing ..." in bench.screen
    bench.now += 9
    assert "busy: on a train" in bench.screen
    assert seen_text(None) == ""
    assert seen_text(Friend(idle=True)) == "idle"


def test_what_can_not_be_read_is_nobody() -> None:
    bench = ChatBench(BOB)
    for key in (TYPISTS, FRIENDS):
        bench.memory.soft.take(Soft(key, b"\xff", 90), bench.now)
    assert friends_there(bench.desk) == {}
    assert typists(bench.desk) == []


def test_that_its_owner_is_there_is_said_to_friends_only() -> None:
    """Spec IM-10."""
    assert spoken(ChatBench()) == {}
    assert spoken(ChatBench(buddy("bob", bond=2))) == {}
    bench = ChatBench(BOB)
    presence = Presence(state=THERE).SerializeToString()
    assert spoken(bench) == {PRESENCE: Soft(PRESENCE, presence, 90)}
    assert spoken(bench) == {}
    bench.memory.line.link = None
    bench.memory.soft.clear()
    assert spoken(bench) == {}, "nobody hears it"


def test_to_whom_somebody_types_is_said_unless_they_are_discreet_or_elsewhere() -> None:
    """Spec IM-10."""
    bench = ChatBench(BOB, buddy("carol", bond=3, discreet=True), buddy("dora", bond=2))
    bench.show(Talk("bob", "Te"))
    assert spoken(bench)[TYPING] == Soft(TYPING, Typing(address="bob").SerializeToString(), 8)
    bench.show(Talk("bob"))
    assert spoken(bench)[TYPING].value == b""
    for page in (Talk("carol", "Te"), Talk("dora", "Te"), Roster(words="Te")):
        bench.show(page)
        assert TYPING not in spoken(bench)
    bench.show(Talk("bob", "Te"))
    bench.memory.focus.append("contacts")
    assert TYPING not in spoken(bench)


def test_how_its_owner_is_seen_is_an_item_that_all_handsets_have() -> None:
    """H6."""
    bench = ChatBench(BOB)
    bench.choose("How friends see me")
    assert bench.page == Mood(THERE)
    bench.keys("wheel-down wheel-down wheel-down wheel-up 'in a x' delete 'tunnel' left")
    check_golden("im-mood", bench.screen)
    bench.keys("ok")
    own = somebody("alice", bench.desk).buddy
    assert (own.state, own.status) == (BUSY, "in a tunnel")
    assert Presence.FromString(spoken(bench)[PRESENCE].value) == Presence(state=BUSY, status="in a tunnel")
    bench.choose("How friends see me")
    bench.keys("wheel-down ok")
    assert somebody("alice", bench.desk).buddy.state == INVISIBLE
    made = len(bench.made)
    bench.choose("How friends see me")
    bench.keys("ok")
    assert len(bench.made) == made
    bench.choose("How friends see me")
    bench.keys("'x' back")
    assert len(bench.made) == made


def test_who_is_invisible_does_not_tell_that_they_type() -> None:
    bench = ChatBench(BOB, buddy("alice", state=INVISIBLE), message(1, "bob", "Tea?"))
    bench.show(Talk("bob", "Te"))
    assert TYPING not in spoken(bench)
