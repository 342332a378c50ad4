"""Examples of what a service does, found by their place: `tests/examples/SERVICE.py`.

`EXAMPLES` has one of every kind of command, as a small story: commands that set the stage, then the one that it is of.
`OUTSIDE`, where there is one, has what comes to the service from outside: mails, cards. Tests that cut links, kill
servers and cut power go through all of them, so a service that adds its file is covered unedited.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from line_client import Submit
from thinline.frames import Verdict
from thinline_server.outside import Incoming

__all__ = ["EXAMPLES_FOLDER", "Example", "Outside", "all_examples", "all_outside", "kinds_without_example"]

EXAMPLES_FOLDER = Path(__file__).parents[1] / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One command and how it ends.

    Attributes:
        name: of the story.
        command: with the parts that it names.
        before: what the same handset did before.
        verdict: how it ends.
        reason: of a rejection.
        heads: how many heads its outcome tells.
    """

    name: str
    command: Submit
    before: tuple[Submit, ...] = ()
    verdict: int = Verdict.VERDICT_APPLIED
    reason: int = 0
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that comes from outside, as a gateway or an operator hands it to the server.

    Attributes:
        name: of the story.
        source: where it comes from, as the server is told.
        item: what becomes of it; the server takes it.
    """

    name: str
    source: str
    item: Incoming

    def another(self, number: int) -> Outside:
        """The same with other raw content, so that it is another item."""
        return replace(self, item=replace(self.item, origin=sha256(self.item.origin + number.to_bytes(4)).digest()))


def all_examples() -> Mapping[str, Example]:
    """By service and name."""
    return {f"{service}: {one.name}": one for service, module in _modules() for one in module.EXAMPLES}


def all_outside() -> Mapping[str, Outside]:
    """By service and name; of services that take something from outside."""
    return {f"{service}: {one.name}": one for service, module in _modules() for one in getattr(module, "OUTSIDE", ())}


def _modules() -> Iterator[tuple[str, Any]]:
    for path in sorted(EXAMPLES_FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"examples_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield path.stem, module


def kinds_without_example(kinds: Sequence[int]) -> list[int]:
    """Kinds of commands that nobody gives an example of."""
    shown = {example.command.kind for example in all_examples().values()}
    return sorted(set(kinds) - shown)
