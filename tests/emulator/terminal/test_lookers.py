"""The panes that only show."""

from __future__ import annotations

from thinline.codec import encode_body, join_packet, number_body
from thinline.frames import Beat, Credit, Direction, Frame
from thinline_emulator.keys import Key
from thinline_emulator.terminal.device import Picture
from thinline_emulator.terminal.lookers import FieldLines, WireLines, beside
from thinline_emulator.terminal.sheet import Sheet
from thinline_emulator.wire import Packet
from thinline_tools.lab.town import Town


def test_the_wire_pane_tells_what_each_packet_cost() -> None:
    lines = WireLines()
    frames: list[tuple[Frame, float]] = [(Credit(5), 0.1), (Beat(), 0.3)]
    for at, (frame, mah) in enumerate(frames, 1):
        data = join_packet([number_body(at, encode_body(frame, Direction.UP))])
        lines.passed(Packet(float(at), Direction.UP, data, mah))
    rows = [text for _, text in lines.rows(60, 9)]
    assert rows[0].endswith("0.100 mAh")
    assert rows[1] == "  up_to=5"
    assert rows[2].endswith("0.200 mAh")


def test_the_field_pane_is_made_anew_each_time() -> None:
    town = Town(seed=6)
    town.account("alice")
    phone = town.handset("phone", "alice")
    pane = FieldLines(phone)
    before = pane.rows(29, 40)
    assert before[0] == ("pane", "RADIO gprs active 4/4")
    assert town.settle()
    assert len(pane.rows(29, 40)) > len(before)
    assert len(pane.rows(29, 5)) == 5


def test_a_pane_stands_beside_the_device_and_what_does_not_fit_is_cut() -> None:
    sheet = Sheet(4, 3)
    sheet.put(0, 1, "desk", "strong")
    picture = beside(Picture(sheet, ((0, 0, 1, 1, Key.JUMP),)), 10, " Wire", [("strong", "王王王王"), ("pane", "a")])
    assert picture.sheet.text() == "     Wire\ndesk王王王\n    a"
    assert [ink.style for ink in picture.sheet.inks[0]] == ["desk"] * 4 + ["pane-title"] * 6
    assert picture.key_at(1, 1) is Key.JUMP
