"""The frozen vectors: this code reads and writes what every version before it did, and no file of them ever changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from google.protobuf import json_format

import vectors
from thinline import frames
from thinline.codec import cut_packet, encode_body, join_packet, number_body, read_frame
from thinline.convert import from_message
from thinline.errors import RemoteError
from thinline.frames import Direction
from thinline.v1 import line_pb2

ALL = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(vectors.FOLDER.glob("*.json"))}
SPEC = (vectors.FOLDER.parents[1] / "proto" / "SPEC.md").read_text("utf-8")


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    found = {name: one for name, one in ALL.items() if one["kind"] in kinds}
    return pytest.mark.parametrize("vector", found.values(), ids=found)


def test_no_vector_was_changed_or_lost() -> None:
    sums = {name: told for told, name in (line.split() for line in vectors.SUMS.read_text("utf-8").splitlines())}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vectors.FOLDER.glob("*.json")}
    assert found == sums


@of_kind("frame", "inflate")
def test_a_frame_is_read(vector: dict[str, Any]) -> None:
    """Spec FRAME-6, FRAME-8: the packet means what its JSON says."""
    direction = Direction[vector["direction"].upper()]
    schema = line_pb2.Up if direction is Direction.UP else line_pb2.Down
    came = [read_frame(one, direction) for one in cut_packet(bytes.fromhex(vector["packet"]))]
    told = [json_format.ParseDict(one, schema()) for one in vector["frames"]]
    assert came == [(message.number, from_message(message)) for message in told]


@of_kind("frame")
def test_a_frame_is_written(vector: dict[str, Any]) -> None:
    """Spec FRAME-1, FRAME-2: from its JSON the very bytes come again."""
    direction = Direction[vector["direction"].upper()]
    schema = line_pb2.Up if direction is Direction.UP else line_pb2.Down
    packed = []
    for told in vector["frames"]:
        message = json_format.ParseDict(told, schema())
        frame = from_message(message)
        assert frame is not None
        packed.append(number_body(message.number, encode_body(frame, direction)))
    assert join_packet(packed).hex() == vector["packet"]


@of_kind("refused")
def test_a_bad_packet_is_refused(vector: dict[str, Any]) -> None:
    """Spec LINK-7, LIMIT-1."""
    direction = Direction[vector["direction"].upper()]
    with pytest.raises(RemoteError) as caught:
        [read_frame(one, direction) for one in cut_packet(bytes.fromhex(vector["packet"]))]
    assert caught.value.reason.name == vector["reason"]


@of_kind("bytes")
def test_what_is_hashed_and_signed_is_made_again(vector: dict[str, Any]) -> None:
    """Spec HIST-1, HIST-2, HIST-4, ITEM-4, ITEM-5, CMD-9, ID-3, ID-4, ID-5."""
    made = vectors.RULES[vector["rule"]](vector["given"])
    assert {name: value.hex() for name, value in made.items()} == vector["gives"]


def test_every_kind_of_frame_has_a_vector() -> None:
    for word, kinds in (("up", get_args(frames.UpFrame)), ("down", get_args(frames.DownFrame))):
        assert {f"frame-{word}-{kind.__name__.lower()}" for kind in kinds} <= ALL.keys()


def test_vectors_show_sentences_that_exist() -> None:
    assert [one for vector in ALL.values() for one in vector["spec"] if f"**{one}**" not in SPEC] == []


def test_the_generator_adds_and_never_rewrites(tmp_path: Path) -> None:
    added = vectors.write(tmp_path)
    assert added == list(vectors.made())
    (tmp_path / f"{added[0]}.json").write_text("{}")
    assert vectors.write(tmp_path) == []
    assert (tmp_path / f"{added[0]}.json").read_text() == "{}"
