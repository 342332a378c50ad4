"""The wire, tapped and told: nothing is changed by listening, and a recording reads as it passed."""

from __future__ import annotations

import pytest

from thinline.codec import encode_body, join_packet, number_body
from thinline.errors import LocalError
from thinline.frames import Credit, Direction, Frame, Goodbye
from thinline.testing.samples import HELLO, WELCOME
from thinline_emulator.wire import Packet, Tap, read_packet, tell, write_packet


class End:
    """Both a bearer and an ear; keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def send(self, data: bytes) -> None:
        self.told.append(("send", data))

    def close(self) -> None:
        self.told.append("close")

    def arrived(self, data: bytes) -> None:
        self.told.append(("arrived", data))

    def room(self, size_bytes: int) -> None:
        self.told.append(("room", size_bytes))

    def lost(self, reason: str) -> None:
        self.told.append(("lost", reason))


def packet(direction: Direction, *frames: Frame, mah: float = 0.5) -> Packet:
    return Packet(
        1.5,
        direction,
        join_packet(number_body(at, encode_body(one, direction)) for at, one in enumerate(frames, 3)),
        mah,
    )


def test_a_tap_passes_everything_on() -> None:
    bearer, ear, heard = End(), End(), list[tuple[Direction, bytes]]()
    tap = Tap(bearer, lambda direction, data: heard.append((direction, data)))
    tap.room(7)
    tap.arrived(b"early")
    tap.lost("early")
    tap.listen(ear)
    tap.send(b"up")
    tap.arrived(b"down")
    tap.room(9)
    tap.close()
    tap.lost("gone")
    assert bearer.told == [("send", b"up"), "close"]
    assert ear.told == [("arrived", b"down"), ("room", 9), ("lost", "gone")]
    assert heard == [(Direction.DOWN, b"early"), (Direction.UP, b"up"), (Direction.DOWN, b"down")]


def test_frames_are_told_with_bytes_and_charge() -> None:
    first, second = tell(packet(Direction.UP, HELLO, Credit(6_200)), 0.25)
    assert first.line().startswith("↑    1.50 hello #3 ")
    assert first.line().endswith(" B 0.250 mAh")
    assert "life=" in first.detail
    assert second.line() == f"↑    1.50 credit #4 {second.size_bytes} B"
    assert second.detail == "up_to=6200"
    assert second.data()["direction"] == "up"
    (third,) = tell(packet(Direction.DOWN, WELCOME), 0.5)
    assert third.line().startswith("↓")
    (last,) = tell(packet(Direction.DOWN, Goodbye(1, "bye")), 0.5)
    assert "sentence='bye'" in last.detail


def test_what_can_not_be_read_is_told_as_such() -> None:
    (told,) = tell(Packet(0.0, Direction.UP, b"\xff\xff", 0.0), 0.0)
    assert told.kind == "unreadable"
    (unknown,) = tell(Packet(0.0, Direction.UP, join_packet([b"\x08\x07"]), 0.0), 0.0)
    assert (unknown.kind, unknown.detail) == ("unknown", "")


def test_a_recorded_packet_is_read_as_it_was() -> None:
    passed = packet(Direction.DOWN, WELCOME)
    assert read_packet(write_packet(passed)) == passed


@pytest.mark.parametrize("line", ["", "7", "{}", '{"at_s": 1, "way": "left", "mah": 0, "data": ""}', '{"data": "é"}'])
def test_a_line_that_is_no_packet_is_refused(line: str) -> None:
    with pytest.raises(LocalError, match="no recorded packet"):
        read_packet(line)
