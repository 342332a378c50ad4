"""Examples of every kind of command, found by their place: `tests/examples/SERVICE.py` holds `EXAMPLES`.

Tests that cut links, kill servers and cut power go through all of them, so a service that adds its file is covered
unedited. An example is a small story: commands that set the stage, then the one that it is of.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from line_client import Submit
from thinline.frames import Verdict

__all__ = ["EXAMPLES_FOLDER", "Example", "all_examples", "kinds_without_example"]

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


def all_examples() -> Mapping[str, Example]:
    """By service and name."""
    found: dict[str, Example] = {}
    for path in sorted(EXAMPLES_FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"examples_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        examples: Sequence[Example] = module.EXAMPLES
        found |= {f"{path.stem}: {example.name}": example for example in examples}
    return found


def kinds_without_example(kinds: Sequence[int]) -> list[int]:
    """Kinds of commands that nobody gives an example of."""
    shown = {example.command.kind for example in all_examples().values()}
    return sorted(set(kinds) - shown)
