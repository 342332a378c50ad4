"""The form in which a mail is written: four lines, its files, and the text below."""

from __future__ import annotations

from dataclasses import replace

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.mail.letters import size_text
from thinline_emulator.apps.mail.pages import Menu, Write
from thinline_emulator.apps.mail.people import address_text, candidates, completed
from thinline_emulator.apps.mail.writing import keep, send
from thinline_emulator.apps.pageview import draw_lines, styled
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, clip_start

__all__ = ["draw_form", "key_form"]

_LABELS = ("To", "Cc", "Bcc", "Subject")
_PEOPLE = range(3)
_TEXT = 4
_LABEL_CELLS = 10


def draw_form(form: Write, desk: Desk) -> Screen:
    """Draw it, the end of what is typed in sight."""
    people = candidates(form.texts[form.line], desk) if form.line in _PEOPLE else []
    hint = "press: take it   RIGHT: another" if people else "SEND   MENU: more   wheel: line   BACK: keep"
    canvas = begin_screen(desk, "Draft" if form.item else "New mail", hint)
    for at, label in enumerate(_LABELS):
        here = at == form.line
        canvas.put(1, 1 + at, label, Style.DIM)
        text = clip_start(f"{form.texts[at]}{'_' if here else ''}", canvas.width - _LABEL_CELLS - 1)
        canvas.put(_LABEL_CELLS, 1 + at, text, Style.BOLD if here else Style.NORMAL)
    y = _draw_files(canvas, form, 1 + len(_LABELS))
    if people:
        for at, one in enumerate(people):
            style = Style.INVERSE if at == form.pick % len(people) else Style.NORMAL
            canvas.line(y + at, f"   {address_text(one)}", style=style)
    else:
        _draw_text(canvas, form, y)
    said = form.said or desk.memory.note
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD)
    return canvas.screen()


def _draw_files(canvas: Canvas, form: Write, y: int) -> int:
    told = [f"+ {file.name} {size_text(blob.size)}" for file, blob in form.files]
    if form.origin is not None and form.origin.name == "forward":
        told.append(f"+ the mail it sends on, {size_text(form.origin.size)}")
    if told:
        canvas.line(y, " " + "  ".join(told), style=Style.DIM)
        y += 1
    return y


def _draw_text(canvas: Canvas, form: Write, y: int) -> None:
    here = form.line == _TEXT
    style = Style.BOLD if here else Style.NORMAL
    lines = styled(form.texts[_TEXT] + ("_" if here else ""), canvas.width - 2, style)
    draw_lines(canvas, lines, len(lines), y)


# Keys


def key_form(form: Write, key: Key | Char, desk: Desk) -> Step:
    """Type, turn from line to line, send."""
    form = replace(form, said="")
    people = candidates(form.texts[form.line], desk) if form.line in _PEOPLE else []
    match key:
        case Char(typed):
            return Step(_typed(form, form.texts[form.line] + typed))
        case Key.DELETE:
            return Step(_typed(form, form.texts[form.line][:-1]))
        case Key.RIGHT if people:
            return Step(replace(form, pick=form.pick + 1))
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER if people:
            return Step(_typed(form, completed(form.texts[form.line], people[form.pick % len(people)])))
        case Key.ENTER if form.line == _TEXT:
            return Step(_typed(form, form.texts[_TEXT] + "\n"))
        case Key.WHEEL_DOWN | Key.DOWN | Key.ENTER:
            return Step(replace(form, line=min(_TEXT, form.line + 1), pick=0))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(form, line=max(0, form.line - 1), pick=0))
        case Key.SEND:
            return send(form, desk)
        case Key.MENU | Key.WHEEL_PRESS | Key.OK:
            return Step(Menu(form))
        case Key.BACK | Key.CANCEL:
            return keep(form, desk)
        case _:
            return Step(form)


def _typed(form: Write, text: str) -> Write:
    return replace(form, texts=(*form.texts[: form.line], text, *form.texts[form.line + 1 :]), pick=0)
