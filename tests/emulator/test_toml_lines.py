"""Lines of tables and names: as a person counts them, whatever stands inside of texts."""

from __future__ import annotations

import tomllib

from thinline_emulator.toml_lines import lines_of

SCRIPT = """title = "[[step]]"  # [[step]] and """
TEXT = (
    SCRIPT
    + """
[[step]]
key = "ok"
screen = '''
[[step]]
key = 'not this one' \"\"\"
'''
[[ step ]]  # "
screen = \"\"\"
\\\"\"\"
verb = ''' \"\"\"
  verb = 'battery'
[[step]]
"""
)


def test_each_table_and_each_name_has_its_line() -> None:
    assert len(tomllib.loads(TEXT)["step"]) == 3
    lines = lines_of(TEXT, "step")
    told = TEXT.split("\n")
    assert {place: told[line - 1].split("=")[0].strip() for place, line in lines.items() if place[1]} == {
        (0, "title"): "title",
        (1, "key"): "key",
        (1, "screen"): "screen",
        (2, "screen"): "screen",
        (2, "verb"): "verb",
    }
    assert [told[lines[number, ""] - 1] for number in (1, 2, 3)] == ["[[step]]", '[[ step ]]  # "', "[[step]]"]
    assert told[lines[2, "verb"] - 1] == "  verb = 'battery'"


def test_other_tables_are_none() -> None:
    assert lines_of("[[act]]\nkey = 1\n[[step]]", "step") == {(0, "key"): 2, (1, ""): 3}
