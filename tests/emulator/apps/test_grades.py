"""How safe an item is, in a cell and in words. Spec KEEP-5."""

from __future__ import annotations

import pytest

from thinline.merge import Content
from thinline.reasons import Reason
from thinline_emulator.apps.grades import grade_mark, grade_text
from thinline_emulator.cache import Grade
from thinline_emulator.overlay import Shown


@pytest.mark.parametrize(
    ("grade", "mark", "text"),
    [
        (Grade.LOCAL, "⇡", "exists only here"),
        (Grade.DURABLE, " ", "on the server"),
        (Grade.SAFE, "✓", "on the server and in a copy"),
    ],
)
def test_each_grade_has_its_mark_and_its_words(grade: Grade, mark: str, text: str) -> None:
    shown = Shown(bytes(12), 2, Content(), grade)
    assert (grade_mark(shown), grade_text(shown)) == (mark, text)


def test_another_version_and_a_rejected_change_say_so() -> None:
    copy = Shown(bytes(12), 2, Content(), Grade.DURABLE, copy_of=b"a" * 12)
    assert (grade_mark(copy), grade_text(copy)) == ("2 ", "another version; on the server")
    refused = Shown(bytes(12), 2, Content(), Grade.LOCAL, rejected=Reason.INVALID)
    assert (grade_mark(refused), grade_text(refused)) == ("!", "not accepted: INVALID; DELETE forgets it")
