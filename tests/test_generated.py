"""The generated protobuf modules are those that the committed schemas give, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from thinline_tools import genproto


def test_committed_code_is_fresh(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["genproto", "--check"])
    assert genproto.main() == 0, capsys.readouterr().out


def test_a_changed_schema_is_noticed_and_generated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    schemas = tmp_path / "thinline" / "v1"
    shutil.copytree(genproto.PROTO_ROOT / "thinline" / "v1", schemas)
    monkeypatch.setattr(genproto, "PROTO_ROOT", tmp_path)
    (schemas / "alice.proto").write_text(
        'syntax = "proto3";\npackage thinline.v1;\nmessage Alice { string name = 1; }\n'
    )
    (schemas / "bob_pb2.py").write_text('"""Its schema is gone."""\n')

    monkeypatch.setattr("sys.argv", ["genproto", "--check"])
    assert genproto.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "stale: proto/thinline/v1/alice_pb2.py",
        "stale: proto/thinline/v1/alice_pb2.pyi",
        "stale: proto/thinline/v1/bob_pb2.py",
    ]

    monkeypatch.setattr("sys.argv", ["genproto"])
    assert genproto.main() == 0
    assert (schemas / "alice_pb2.pyi").exists()
    assert not (schemas / "bob_pb2.py").exists()
