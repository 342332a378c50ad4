"""Frames as text, one line each: what a ladder's difference and a pair's transcript are made of.

Short on purpose: fields at their default are left out, bytes show their first four, heads their id and place. Names
stand for the numbers of reasons, verdicts and dispositions.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from thinline.frames import Disposition, KeepUntil, Verdict
from thinline.history import Point
from thinline.items import Head, Revision
from thinline.reasons import name_of

__all__ = ["tell"]

_SHOWN_BYTES = 4
_ENUMS = {
    "verdict": Verdict.DESCRIPTOR,
    "disposition": Disposition.DESCRIPTOR,
    "keep_until": KeepUntil.DESCRIPTOR,
}


def _name(field: str, number: int) -> str:
    """The name that stands for a number; without what all names of its enum begin with."""
    if field == "reason":
        return name_of(number)
    known = _ENUMS[field].values_by_number.get(number)
    return known.name.removeprefix(f"{field.upper()}_") if known else str(number)


def _head(head: Head) -> str:
    marks = ["dead"] if head.dead else [f"{len(head.fields)}B"]
    marks += [f"copy of {_value(head.copy_of)}"] if head.copy_of else []
    return f"<{_value(head.item)} @{head.position} {_value(head.revision)} {' '.join(marks)}>"


def _value(value: Any) -> str:
    match value:
        case Point():
            return f"@{value.position}"
        case Head():
            return _head(value)
        case Revision():
            return f"r{value.generation}"
        case bytes():
            return value.hex() if len(value) <= _SHOWN_BYTES else f"{value[:_SHOWN_BYTES].hex()}..{len(value)}B"
        case tuple():
            return f"[{', '.join(_value(one) for one in value)}]"
        case str():
            return repr(value)
        case _:
            return tell(value) if hasattr(value, "__dataclass_fields__") else str(value)


def tell(frame: Any) -> str:
    """One line for a frame, or for any other dataclass: its name and the fields that say something."""
    told = []
    for field in fields(frame):
        value = getattr(frame, field.name)
        plain = field.default is not MISSING and value == field.default
        if plain or value in (0, b"", "", (), None):
            continue
        named = (field.name == "reason" and isinstance(value, int)) or field.name in _ENUMS
        told.append(f"{field.name}={_name(field.name, value) if named else _value(value)}")
    return f"{type(frame).__name__}({', '.join(told)})"
