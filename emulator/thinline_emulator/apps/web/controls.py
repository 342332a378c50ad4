"""Controls of forms: what each says at first and when it is filled in, how it looks, and what is sent of it."""

from __future__ import annotations

from collections.abc import Iterable

from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import Control, Page
from thinline.v1.web_pb2 import Field
from thinline_emulator.apps.web.states import Values
from thinline_emulator.screen import clip, clip_start, width

__all__ = ["KNOWN", "TEXTS", "at_first", "fields_of", "missing", "reset", "shown_as", "toggled", "typed", "value_of"]

TEXTS = (page_pb2.CONTROL_KIND_UNSPECIFIED, page_pb2.CONTROL_KIND_AREA, page_pb2.CONTROL_KIND_PASSWORD)
KNOWN = frozenset(page_pb2.ControlKind.values())  # others are of a later version
_SWITCHES = (page_pb2.CONTROL_KIND_BOX, page_pb2.CONTROL_KIND_RADIO)
_CELLS = 18  # of a line of text
_CHOICE_CELLS = 24
_MOST = 1_024  # characters of one text


def at_first(control: Control) -> tuple[str, ...]:
    """What `Field.value` says of it before somebody changes it: nothing for what is off."""
    if control.kind in TEXTS:
        return (control.value,)
    if control.kind in _SWITCHES:
        return ("",) if control.on else ()
    if control.kind == page_pb2.CONTROL_KIND_CHOICE:
        chosen = [str(number) for number, choice in enumerate(control.choices, 1) if choice.chosen]
        # Of a list of which one is chosen the first is, unless the page says another.
        return tuple(chosen) or (("1",) if control.choices and not control.several else ())
    return ()


def value_of(page: Page, number: int, values: Values) -> tuple[str, ...]:
    """What a control says now."""
    return values.get(number, at_first(page.controls[number - 1]))


def shown_as(control: Control, value: tuple[str, ...] | None = None) -> str:
    """How it looks in the page."""
    said = at_first(control) if value is None else value
    match control.kind:
        case page_pb2.CONTROL_KIND_BOX:
            return "[x]" if said else "[ ]"
        case page_pb2.CONTROL_KIND_RADIO:
            return "(o)" if said else "( )"
        case page_pb2.CONTROL_KIND_CHOICE:
            texts = [control.choices[int(one) - 1].text.strip() for one in said]
            return f"[{clip(', '.join(texts) or '-', _CHOICE_CELLS)} ▾]"
        case page_pb2.CONTROL_KIND_BUTTON | page_pb2.CONTROL_KIND_RESET:
            return f"[ {control.label.strip() or 'Send'} ]"
        case page_pb2.CONTROL_KIND_FILE:
            return "[a file: not from here]"
        case page_pb2.CONTROL_KIND_AREA if "\n" in said[0]:
            return f"[{said[0]}]"
        case page_pb2.CONTROL_KIND_PASSWORD:
            return _line("•" * len(said[0]))
        case _:
            return _line(said[0] if said else "")


def _line(text: str) -> str:
    told = clip_start(text, _CELLS)
    return f"[{told}{'_' * (_CELLS - width(told))}]"


# Filling in


def typed(control: Control, said: str, text: str) -> str:
    """With a character more, as far as it takes any."""
    return (said + text)[: min(control.most or _MOST, _MOST)]


def toggled(page: Page, number: int, values: Values) -> dict[int, tuple[str, ...]]:
    """A box the other way; a radio on, and the others of its group off."""
    control, filled = page.controls[number - 1], dict(values)
    if control.kind == page_pb2.CONTROL_KIND_BOX:
        filled[number] = () if value_of(page, number, values) else ("",)
        return filled
    for other, one in enumerate(page.controls, 1):
        if (one.kind, one.form, one.group) == (control.kind, control.form, control.group):
            filled[other] = ("",) if other == number else ()
    return filled


def reset(page: Page, form: int, values: Values) -> dict[int, tuple[str, ...]]:
    """What was filled in, without that form."""
    return {number: said for number, said in values.items() if page.controls[number - 1].form != form}


# Sending


def _of(page: Page, form: int) -> Iterable[tuple[int, Control]]:
    return ((number, one) for number, one in enumerate(page.controls, 1) if one.form == form and not one.fixed)


def missing(page: Page, form: int, values: Values) -> int:
    """The first control that has to be filled in and is not; 0 where none is."""
    empty = (
        number
        for number, one in _of(page, form)
        if one.required and not any(map(str.strip, _said(page, number, values)))
    )
    return next(empty, 0)


def _said(page: Page, number: int, values: Values) -> tuple[str, ...]:
    said = value_of(page, number, values)
    return tuple([one or "on" for one in said]) if page.controls[number - 1].kind in _SWITCHES else said


def fields_of(page: Page, form: int, values: Values, pressed: int = 0) -> list[Field]:
    """What is sent of a form, with the button that was pressed; files are not."""
    fields = []
    for number, control in _of(page, form):
        if control.kind in (page_pb2.CONTROL_KIND_BUTTON, page_pb2.CONTROL_KIND_RESET):
            fields += [Field(control=number)] if number == pressed else []
        elif control.kind != page_pb2.CONTROL_KIND_FILE:
            fields += [Field(control=number, value=value) for value in value_of(page, number, values)]
    return fields
