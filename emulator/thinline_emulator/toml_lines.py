"""Where things stand in a TOML file of tables: tomllib tells the line of an error in TOML, and of nothing else.

Only what opens a line is looked at, and nothing that stands inside a text of several lines.
"""

from __future__ import annotations

import re

__all__ = ["lines_of"]

_LITERAL, _BASIC = "'" * 3, '"' * 3
_TOKEN = re.compile(rf"""{_BASIC}|{_LITERAL}|"(?:\\.|[^"\\])*"|'[^']*'|#.*""")
_ENDS = {_LITERAL: re.compile(rf".*?{_LITERAL}"), _BASIC: re.compile(rf"(?:\\.|[^\\])*?{_BASIC}")}
_NAME = re.compile(r"\s*([A-Za-z_]+)\s*=")


def lines_of(text: str, table: str) -> dict[tuple[int, str], int]:
    """Line numbers by (number of the table, name in it), both from 1; the table's own line has the name ""."""
    header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    lines: dict[tuple[int, str], int] = {}
    tables, inside = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if not inside and header.match(line):
            tables += 1
            lines[tables, ""] = number
        elif not inside and (named := _NAME.match(line)):
            lines.setdefault((tables, named[1]), number)
        inside = _inside_after(line, inside)
    return lines


def _inside_after(line: str, inside: str) -> str:
    """The quotes of the text that goes on in the next line; empty where none does."""
    at = 0
    while True:
        if inside:
            end = _ENDS[inside].match(line, at)
            if end is None:
                return inside
            at, inside = end.end(), ""
        found = _TOKEN.search(line, at)
        if found is None:
            return ""
        at = found.end()
        if found[0] in (_LITERAL, _BASIC):
            inside = found[0]
