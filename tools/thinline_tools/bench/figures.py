"""A figure of the bench: what was measured, against what, how often, and how far the rounds lay apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

__all__ = ["Figure", "median_of", "shown", "spread_of", "write_json"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One id, one number.

    Attributes:
        value: the figure itself; a ratio where there is a baseline of the same shape. None where it could not be had.
        baseline: the comparison's own figure.
        n: how many rounds or samples stand behind it.
        spread: (largest - smallest) / median over the rounds.
        hold: what it must hold, as text; empty where it is only printed.
        reason: why there is no value.
    """

    id: str
    what: str
    value: float | None
    unit: str
    baseline: float | None = None
    n: int = 1
    spread: float = 0.0
    seed: int | None = None
    hold: str = ""
    reason: str = ""


def median_of(rounds: Sequence[float]) -> float:
    """The median of some rounds."""
    return float(median(rounds))


def spread_of(rounds: Sequence[float]) -> float:
    """How far the rounds lie apart, as a share of their median."""
    middle = median(rounds)
    return (max(rounds) - min(rounds)) / middle if middle else 0.0


def shown(figure: Figure) -> str:
    """A figure as a line for a person."""
    value = "none" if figure.value is None else f"{figure.value:,.4g}"
    baseline = "" if figure.baseline is None else f"  (baseline {figure.baseline:,.4g})"
    hold = f"  hold {figure.hold}" if figure.hold else ""
    reason = f"  {figure.reason}" if figure.reason else ""
    return f"{figure.id:12} {value:>12} {figure.unit:18}{baseline}{hold}{reason}  {figure.what}"


def write_json(figures: Sequence[Figure], path: Path) -> None:
    """All figures as a JSON list, in the fields that the bench's users know."""
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
