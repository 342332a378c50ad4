"""Controls: how each looks, what it says at first and filled in, and what is sent."""

from __future__ import annotations

from thinline.v1.page_pb2 import Choice, Control, ControlKind, Page
from thinline.v1.web_pb2 import Field
from thinline_emulator.apps.web.controls import (
    at_first,
    fields_of,
    missing,
    reset,
    shown_as,
    toggled,
    typed,
    value_of,
)
from webbench import ORDER

TEA = [Choice(text="Assam"), Choice(text="Darjeeling", chosen=True), Choice(text="Ceylon")]
AREA, PASSWORD, CHOICE = (
    ControlKind.CONTROL_KIND_AREA,
    ControlKind.CONTROL_KIND_PASSWORD,
    ControlKind.CONTROL_KIND_CHOICE,
)


def test_each_looks_like_what_it_is() -> None:
    looks = [shown_as(control) for control in ORDER.controls]
    assert looks == [
        "[__________________]", "[x]", "(o)", "( )", "[two ▾]", "[__________________]", "[a file: not from here]",
        "[ Order ]", "[ Begin again ]", "[tea_______________]", "[ Search ]", "[__________________]",
    ]  # fmt: skip


def test_filled_in_it_shows_that() -> None:
    assert shown_as(Control(), ("a long text that is being typed",)) == "[…at is being typed]"
    assert shown_as(Control(kind=PASSWORD), ("tea",)) == "[•••_______________]"
    assert shown_as(Control(kind=AREA), ("one\ntwo",)) == "[one\ntwo]"
    assert shown_as(Control(kind=CHOICE, several=True, choices=TEA), ("1", "3")) == "[Assam, Ceylon ▾]"
    assert shown_as(Control(kind=CHOICE, several=True, choices=TEA), ()) == "[- ▾]"
    assert shown_as(Control(kind=ControlKind.CONTROL_KIND_BUTTON)) == "[ Send ]"


def test_of_a_list_something_is_chosen_unless_there_may_be_several() -> None:
    plain = [Choice(text="Assam"), Choice(text="Ceylon")]
    assert at_first(Control(kind=CHOICE, choices=TEA)) == ("2",)
    assert at_first(Control(kind=CHOICE, choices=plain)) == ("1",)
    assert at_first(Control(kind=CHOICE, choices=plain, several=True)) == ()
    assert at_first(Control(kind=CHOICE)) == ()


def test_a_text_takes_as_much_as_it_says() -> None:
    assert typed(Control(most=3), "te", "a") == "tea"
    assert typed(Control(most=3), "tea", "s") == "tea"
    assert len(typed(Control(), "x" * 2_000, "y")) == 1_024


def test_radios_exclude_each_other_and_boxes_do_not() -> None:
    values = toggled(ORDER, 4, {})
    assert (value_of(ORDER, 3, values), value_of(ORDER, 4, values)) == ((), ("",))
    assert toggled(ORDER, 3, values) == {3: ("",), 4: ()}
    assert toggled(ORDER, 2, {}) == {2: ()}
    assert toggled(ORDER, 2, {2: ()}) == {2: ("",)}


def test_what_is_sent_is_one_form_with_the_button_that_was_pressed() -> None:
    """WEB-13: no file, nothing fixed, nothing of another form."""
    fields = fields_of(ORDER, 2, {1: ("Bob",), 5: ("1",)}, pressed=8)
    assert fields == [
        Field(control=1, value="Bob"),
        Field(control=2),
        Field(control=3),
        Field(control=5, value="1"),
        Field(control=6),
        Field(control=8),
        Field(control=12),
    ]
    assert fields_of(ORDER, 1, {}) == [Field(control=10, value="tea")]
    fixed = Page(controls=[Control(form=1, value="x", fixed=True)])
    assert fields_of(fixed, 1, {}) == []


def test_what_has_to_be_filled_in() -> None:
    assert missing(ORDER, 2, {}) == 1
    assert missing(ORDER, 2, {1: ("  ",)}) == 1
    assert missing(ORDER, 2, {1: ("Bob",)}) == 0
    box = Page(controls=[Control(kind=ControlKind.CONTROL_KIND_BOX, form=1, required=True)])
    assert missing(box, 1, {}) == 1
    assert missing(box, 1, {1: ("",)}) == 0


def test_reset_concerns_its_own_form() -> None:
    assert reset(ORDER, 2, {1: ("Bob",), 10: ("milk",)}) == {10: ("milk",)}
