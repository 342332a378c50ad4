"""Plays an async function of a support module in the world of texts: see `thinline_tools.bench.messaging`.

Kannel listens on every interface, so that is a network namespace of its own. Who lacks a program skips with the reason.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from thinline_tools.bench.messaging import in_namespace, missing

__all__ = ["run"]

_PATIENCE_S = 120


def run(scene: str, *arguments: str) -> Any:
    """What an async function, as `module:function`, makes of it; through JSON."""
    why = missing()
    if why:
        pytest.skip(f"left out: texts to Kannel and back: {why}")
    ran = subprocess.run(
        in_namespace([sys.executable, "-W", "error", __file__, scene, *arguments]),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


async def _play(scene: str, *arguments: str) -> None:
    module, _, function = scene.partition(":")
    told = await getattr(importlib.import_module(module), function)(*arguments)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(_play(*sys.argv[1:]))
