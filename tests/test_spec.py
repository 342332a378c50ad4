"""The specification and the code hold each other: ids, citations, and the tables that are written in both.

A test cites a sentence by its id, in its docstring or in a comment ``# spec LINK-7``; so does code, as a comment. What
no test cites yet stands in spec_uncited.txt, and leaves it with the test that cites it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from thinline.limits import LIMITS
from thinline.reasons import Reason, class_of, sentence_of

ROOT = Path(__file__).resolve().parents[1]
SPEC = (ROOT / "proto" / "SPEC.md").read_text(encoding="utf-8")
UNCITED = ROOT / "tests" / "spec_uncited.txt"
SOURCES = ("proto", "server", "emulator", "tools", "tests")
SUFFIXES = {".py", ".proto", ".sql", ".toml", ".md"}

PARAGRAPH = re.compile(r"^\*\*([A-Z]+)-(\d+)\*\* (.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
KEYWORD = re.compile(r"\b(MUST|SHOULD|MAY)\b")
CHAPTERS = sorted({match[1] for match in PARAGRAPH.finditer(SPEC)})
CITATION = re.compile(rf"\b(?:{'|'.join(CHAPTERS)})-\d+\b")
COMMENT = re.compile(r"#.*\bspec\b.*")


def sentences(spec: str) -> dict[str, str]:
    """Normative paragraphs by id; an id given twice is an error."""
    found: dict[str, str] = {}
    for match in PARAGRAPH.finditer(spec):
        name = f"{match[1]}-{match[2]}"
        assert name not in found, f"{name} stands twice"
        found[name] = match[3]
    return found


def musts(spec: str) -> set[str]:
    return {name for name, text in sentences(spec).items() if re.search(r"\bMUST\b", text)}


def cited_by_tests(source: str) -> set[str]:
    """Ids in the docstrings of tests, and in comments that say spec."""
    found = {name for comment in COMMENT.findall(source) for name in CITATION.findall(comment)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            found.update(CITATION.findall(ast.get_docstring(node) or ""))
    return found


def source_files() -> Iterator[Path]:
    for top in SOURCES:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SUFFIXES and "_pb2" not in path.name and path.name != "SPEC.md":
                yield path


def rows(heading: str) -> list[list[str]]:
    """The cells of the last table of a chapter, without its head."""
    chapter = SPEC.split(f"\n## {heading}")[1].split("\n## ")[0]
    table = [line for line in chapter.strip().split("\n\n")[-1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


CITED = {name for path in (ROOT / "tests").rglob("test_*.py") for name in cited_by_tests(path.read_text("utf-8"))}
LISTED = [line for line in UNCITED.read_text("utf-8").split() if line]


def test_every_sentence_has_an_id_of_its_own_in_its_chapter() -> None:
    assert len(sentences(SPEC)) > 100
    for chapter in SPEC.split("\n## ")[1:]:
        title = chapter.split(":")[0]
        names = {match[1] for match in PARAGRAPH.finditer(chapter)}
        assert names <= set(title.replace(" and ", " ").split()), title


def test_nothing_is_required_without_an_id() -> None:
    body = SPEC.split("\n## ", 1)[1]
    assert KEYWORD.findall(PARAGRAPH.sub("", body)) == []
    assert [name for name, text in sentences(SPEC).items() if not KEYWORD.search(text)] == []


def test_what_is_cited_exists() -> None:
    known = sentences(SPEC).keys()
    lost = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in source_files()
        for name in CITATION.findall(path.read_text("utf-8"))
        if name not in known
    }
    assert lost == set()


def test_every_must_is_cited_by_a_test_or_listed_as_waiting() -> None:
    assert sorted(musts(SPEC) - CITED - set(LISTED)) == [], "cite these in a test"


def test_the_list_of_what_waits_only_shrinks() -> None:
    assert sorted(set(LISTED) - sentences(SPEC).keys()) == [], "these are no ids"
    assert sorted(set(LISTED) & CITED) == [], "these are cited now: take them off tests/spec_uncited.txt"
    assert sorted(LISTED) == sorted(set(LISTED)), "listed twice"


def test_the_reasons_are_the_registry_s() -> None:
    """Spec REASON-2: number, class, name and sentence."""
    told = [[str(int(one)), class_of(one).name.lower(), one.name, sentence_of(one)] for one in Reason]
    assert rows("REASON") == told


def test_the_limits_are_the_code_s() -> None:
    """Spec LIMIT-1."""
    told = {field.name: f"{getattr(LIMITS, field.name):,}".removesuffix(".0") for field in fields(LIMITS)}
    assert dict(rows("LIMIT")) == told


def test_a_limit_in_a_sentence_is_the_limit() -> None:
    """A number with a limit's name behind it, as in 512 (`frames_per_packet`), is that limit's."""
    named = re.findall(r"([\d,]+)(?: bytes)?(?: [a-z]+){0,5}\s*\(`([a-z]+_\w+)`\)", SPEC)
    assert len(named) > 5
    wrong = [(told, name) for told, name in named if f"{getattr(LIMITS, name):,.0f}" != told]
    assert wrong == []


def test_the_guards_bite() -> None:
    spec = "# x\n\n**LINK-1** A MUST\nb.\n\ntext\n\n**LINK-2** c MAY d.\n"
    assert sentences(spec) == {"LINK-1": "A MUST\nb.", "LINK-2": "c MAY d.\n"}
    assert musts(spec) == {"LINK-1"}
    with pytest.raises(AssertionError, match="LINK-1 stands twice"):
        sentences(spec + "\n**LINK-1** again.\n")
    code = 'def test_x():\n    """Spec LINK-1, CMD-2."""\n\ndef helper():\n    """LINK-3"""\n    pass  # spec LINK-4\n'
    assert cited_by_tests(code) == {"LINK-1", "CMD-2", "LINK-4"}
