"""`thinline wire`: recordings of what passed on a wire."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thinline_tools.cli.shared import JsonOption, command, group, show

__all__ = ["commands"]

commands = group("wire", "Recordings of what passed on a wire.")


@command(commands, "show")
def wire_show(
    file: Annotated[Path, typer.Argument(dir_okay=False, exists=True)], *, as_json: JsonOption = False
) -> None:
    """Tell the frames of a recording, with their bytes and what the radio drew for them."""
    from thinline_emulator.wire import read_packet, tell

    told, before_mah = [], 0.0
    for line in file.read_text("ascii", "replace").splitlines():
        packet = read_packet(line)
        told += list(tell(packet, before_mah))
        before_mah = packet.mah
    lines = [f"{one.line()}\n    {one.detail}".rstrip() for one in told]
    show([one.data() for one in told], as_json=as_json, plain=lambda: typer.echo("\n".join(lines)))
