"""The panes that only show."""

from __future__ import annotations

from thinline.codec import encode_body, join_packet, number_body
from thinline.frames import Beat, Credit, Direction, Frame
from thinline_emulator.terminal.lookers import FieldLines, WireLines
from thinline_emulator.wire import Packet
from thinline_tools.lab.town import Town


def test_the_wire_pane_tells_what_each_packet_cost() -> None:
    lines = WireLines()
    frames: list[tuple[Frame, float]] = [(Credit(5), 0.1), (Beat(), 0.3)]
    for at, (frame, mah) in enumerate(frames, 1):
        data = join_packet([number_body(at, encode_body(frame, Direction.UP))])
        lines.passed(Packet(float(at), Direction.UP, data, mah))
    rows = ["".join(text for _, text in row) for row in lines.rows(60, 9)]
    assert rows[0].endswith("0.100 mAh")
    assert rows[1] == "  up_to=5"
    assert rows[2].endswith("0.200 mAh")


def test_the_field_pane_is_made_anew_each_time() -> None:
    town = Town(seed=6)
    town.account("alice")
    phone = town.handset("phone", "alice")
    pane = FieldLines(phone)
    before = pane.create_content(29, 40)
    assert before.get_line(0) == [("class:pane", "RADIO gprs active 4/4")]
    assert town.settle()
    after = pane.create_content(29, 40)
    assert after.line_count > before.line_count
    assert pane.create_content(29, 5).line_count == 5
