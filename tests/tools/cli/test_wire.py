"""`thinline wire show`, over a recording."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import run
from thinline.codec import encode_body, join_packet, number_body
from thinline.frames import Credit, Direction
from thinline_emulator.wire import Packet, write_packet


def test_a_recording_is_told_for_people_and_for_machines(tmp_path: Path) -> None:
    recording = tmp_path / "wire"
    frame = number_body(3, encode_body(Credit(4_096), Direction.UP))
    packets = [Packet(1.5, Direction.UP, join_packet([frame]), mah) for mah in (0.5, 0.75)]
    recording.write_text("\n".join(map(write_packet, packets)))
    ran = run("wire", "show", str(recording))
    assert ran.exit_code == 0
    assert ran.stdout.count("credit #3") == 2
    told = json.loads(run("wire", "show", str(recording), "--json").stdout)
    assert [(one["kind"], one["mah"]) for one in told] == [("credit", 0.5), ("credit", 0.25)]


def test_what_is_no_recording_is_a_sentence(tmp_path: Path) -> None:
    recording = tmp_path / "wire"
    recording.write_text("what")
    ran = run("wire", "show", str(recording))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "this is no recorded packet: 'what'" in ran.stderr
    assert run("wire", "show", str(tmp_path / "none")).exit_code == 2
