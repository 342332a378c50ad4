"""Regenerate the protobuf modules beside their .proto files.

    python -m thinline_tools.genproto [--check]

The generated code is committed, so that a clone runs without a generator and a change of a schema
shows its effect in review. protoc writes imports by file path: that is why ``thinline.v1`` lies in
``proto/thinline/v1``. ``--check`` writes nothing and exits 1 when the committed code is stale.
"""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["generate", "generated_files", "main"]

PROTO_ROOT = Path(__file__).resolve().parents[2] / "proto"
GENERATED = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")


def generate(out: Path) -> None:
    """Run protoc over every schema into ``out``."""
    schemas = sorted(path.relative_to(PROTO_ROOT) for path in PROTO_ROOT.rglob("*.proto"))
    services = [path for path in schemas if "\nservice " in (PROTO_ROOT / path).read_text()]
    plugins = Path(sys.executable).parent  # of this environment, which need not be on PATH
    protoc = [
        sys.executable,
        *("-m", "grpc_tools.protoc", f"--proto_path={PROTO_ROOT}"),
        f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}",
    ]
    messages = [f"--python_out={out}", f"--mypy_out=quiet:{out}"]
    stubs = [f"--grpc_python_out={out}", f"--mypy_grpc_out=quiet:{out}"]
    subprocess.run([*protoc, *messages, *map(str, schemas)], check=True)
    if services:
        subprocess.run([*protoc, *stubs, *map(str, services)], check=True)


def generated_files(root: Path) -> set[Path]:
    """List the generated modules under ``root``, relative to it."""
    return {path.relative_to(root) for path in root.rglob("*") if path.name.endswith(GENERATED)}


def main() -> int:
    """Generate, then copy into place or compare."""
    check = "--check" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(fresh)
        wanted, present = generated_files(fresh), generated_files(PROTO_ROOT)
        stale = {
            path
            for path in wanted | present
            if not (path in wanted and path in present)
            or not filecmp.cmp(fresh / path, PROTO_ROOT / path, shallow=False)
        }
        if check:
            for path in sorted(stale):
                print(f"stale: proto/{path}")
            return 1 if stale else 0
        for path in present - wanted:
            (PROTO_ROOT / path).unlink()
        for path in wanted:
            shutil.copyfile(fresh / path, PROTO_ROOT / path)
    print(f"generated {len(wanted)} files, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
