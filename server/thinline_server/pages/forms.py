"""Forms of the web: what is to be filled in goes to the page, what it is called on the wire stays behind.

A control belongs to the form that its tag names, else to the one that it stands in. Old pages open a form between the
rows of a table, where a parser makes an empty element of it: such a form lasts until the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode

from thinline.limits import LIMITS
from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import Choice, Control, ControlKind
from thinline_server.pages.depth import names
from thinline_server.pages.order import HIDDEN, FieldLeft, FormLeft
from thinline_server.pages.writer import Look, PageWriter, clean

__all__ = ["CONTROLS", "FormReader"]

_Attributes: TypeAlias = Mapping[str, str | None]

CONTROLS = names("input button select textarea")
_KINDS: Mapping[str, ControlKind.ValueType] = {
    "password": page_pb2.CONTROL_KIND_PASSWORD,
    "checkbox": page_pb2.CONTROL_KIND_BOX,
    "radio": page_pb2.CONTROL_KIND_RADIO,
    "submit": page_pb2.CONTROL_KIND_BUTTON,
    "image": page_pb2.CONTROL_KIND_BUTTON,
    "reset": page_pb2.CONTROL_KIND_RESET,
    "file": page_pb2.CONTROL_KIND_FILE,
}
_BUTTONS = {"submit": "Send", "image": "Send", "reset": "Reset"}
_PRESSED = (page_pb2.CONTROL_KIND_BUTTON, page_pb2.CONTROL_KIND_RESET)
_LABELS = ("aria-label", "placeholder", "title")  # attributes
_LABEL_CHARACTERS = 128
_LABEL_DEPTH = 4  # tags between a control and the label around it
_CHOICE_CHARACTERS = 256
_VALUE_CHARACTERS = 3_072
_NAME_CHARACTERS = 256
_HIDDEN_BYTES = 262_144  # of hidden values that one page may leave here
_GAP = "_" * 10


def _short(text: str | None, most: int) -> str:
    return " ".join(clean(text or "").split())[:most]


class FormReader:
    """The forms of one document, as it is walked.

    Args:
        writer: the page's.
        parser: the document's.
        charset: of the document.
    """

    def __init__(self, writer: PageWriter, parser: LexborHTMLParser, charset: str) -> None:
        self._writer = writer
        self._charset = charset
        self._fields: list[list[FieldLeft]] = []
        self._told: list[FormLeft] = []
        self._numbers: dict[int, int] = {}  # of forms, by their node
        self._by_id: dict[str, int] = {}
        self._open: list[int] = []
        self._groups: dict[tuple[int, str], int] = {}
        self._hidden_bytes = 0
        self._labels = {
            str(node.attributes.get("for")): _short(node.text(), _LABEL_CHARACTERS) for node in parser.css("label[for]")
        }
        self._around_read: dict[int, str] = {}  # by their node
        for node in parser.css("form"):
            self._register(node)

    @property
    def forms(self) -> tuple[FormLeft, ...]:
        """What is left behind of each, by number; addresses are as they stood there."""
        return tuple(
            FormLeft(one.action, one.post, one.multipart, one.charset, tuple(fields))
            for one, fields in zip(self._told, self._fields, strict=True)
        )

    def _register(self, node: LexborNode) -> None:
        attributes: _Attributes = node.attributes
        post = (attributes.get("method") or "").strip().lower() == "post"
        number = self._writer.form(post=post)
        if not number:
            return
        multipart = post and (attributes.get("enctype") or "").strip().lower() == "multipart/form-data"
        charset = (attributes.get("accept-charset") or self._charset).split(" ")[0].split(",")[0]
        self._told.append(FormLeft(attributes.get("action") or "", post, multipart, charset))
        self._fields.append([])
        self._numbers[node.mem_id] = number
        self._by_id.setdefault(attributes.get("id") or "", number)

    def enter(self, node: LexborNode) -> None:
        """A form begins."""
        self._open = [self._numbers.get(node.mem_id, 0)]

    def leave(self, node: LexborNode) -> None:
        """A form ends, unless nothing is in it."""
        if node.child is not None:
            self._open = []

    def control(self, node: LexborNode, tag: str, look: Look) -> None:
        """A control, where it stands."""
        attributes: _Attributes = node.attributes
        told = (attributes.get("type") or "").strip().lower()
        if tag == "button" and told not in ("reset", "button"):
            told = "submit"
        if told == "button":  # it does nothing without a program
            self._writer.text(f"[{self._button_text(node, tag, told)}]", look)
            return
        named = attributes.get("form")
        form = self._by_id.get(named or "", 0) if named else (self._open[-1] if self._open else 0)
        if tag == "input" and told == "hidden":
            self._hide(form, attributes)
            return
        made, values = self._made(node, tag, told, form)
        number = self._writer.control(made)
        self._writer.text(_in_place(made), look._replace(control=number))
        if form and number:
            sent = self._fixed(attributes)
            value = attributes.get("value") or ""
            if made.kind in (page_pb2.CONTROL_KIND_BOX, page_pb2.CONTROL_KIND_RADIO):
                value = value if "value" in attributes else "on"
            elif made.kind not in _PRESSED:
                value = made.value
            name = (attributes.get("name") or "")[:_NAME_CHARACTERS]
            place = told == "image" and tag == "input"
            self._fields[form - 1].append(FieldLeft(number, made.kind, name, value, values, sent, place))

    def _fixed(self, attributes: _Attributes) -> bool:
        return "disabled" in attributes

    def _hide(self, form: int, attributes: _Attributes) -> None:
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        self._hidden_bytes += len(name) + len(value)
        if form and name and "disabled" not in attributes and self._hidden_bytes <= _HIDDEN_BYTES:
            self._fields[form - 1].append(FieldLeft(0, HIDDEN, name, value))

    def _made(self, node: LexborNode, tag: str, told: str, form: int) -> tuple[Control, tuple[str, ...]]:
        """The control as the page tells it, and the values of its options."""
        attributes: _Attributes = node.attributes
        made = Control(form=form, label=self._label(node, tag, told), required="required" in attributes)
        made.fixed = "disabled" in attributes
        if (most := attributes.get("maxlength") or "").isdecimal():
            made.most = min(int(most[:6]), _VALUE_CHARACTERS)
        if tag == "select":
            return made, self._choices(node, made)
        if tag == "textarea":
            made.kind = page_pb2.CONTROL_KIND_AREA
            text = node.text(deep=True).replace("\r\n", "\n").replace("\r", "\n")
            made.value = clean(text.removeprefix("\n"))[:_VALUE_CHARACTERS]
            return made, ()
        made.kind = _KINDS.get(told, page_pb2.CONTROL_KIND_UNSPECIFIED)
        if made.kind in (page_pb2.CONTROL_KIND_BOX, page_pb2.CONTROL_KIND_RADIO):
            made.on = "checked" in attributes
        elif made.kind == page_pb2.CONTROL_KIND_UNSPECIFIED:
            made.value = _short(attributes.get("value"), _VALUE_CHARACTERS)
            made.fixed = made.fixed or "readonly" in attributes
        if made.kind == page_pb2.CONTROL_KIND_RADIO:
            key = (form, attributes.get("name") or "")
            made.group = self._groups.setdefault(key, len(self._groups) + 1)
        return made, ()

    def _choices(self, node: LexborNode, made: Control) -> tuple[str, ...]:
        made.kind = page_pb2.CONTROL_KIND_CHOICE
        made.several = "multiple" in node.attributes
        values = []
        for option in node.css("option")[: LIMITS.page_choices]:
            text = _short(option.text(), _CHOICE_CHARACTERS)
            chosen = "selected" in option.attributes
            made.choices.append(Choice(text=text, chosen=chosen))
            told = option.attributes.get("value")
            values.append(option.text().strip() if told is None else told)
        if made.choices and not made.several and not any(one.chosen for one in made.choices):
            made.choices[0].chosen = True
        return tuple(values)

    def _label(self, node: LexborNode, tag: str, told: str) -> str:
        attributes: _Attributes = node.attributes
        if tag == "button" or told in _BUTTONS:
            return self._button_text(node, tag, told)
        for name in _LABELS:
            if attributes.get(name):
                return _short(attributes[name], _LABEL_CHARACTERS)
        by_id = self._labels.get(attributes.get("id") or "\0", "")
        return by_id or self._around(node) or _short(attributes.get("name"), _LABEL_CHARACTERS)

    def _around(self, node: LexborNode) -> str:
        """What the label says in which a control stands; each is read once (T5)."""
        around = node.parent
        for _ in range(_LABEL_DEPTH):
            if around is None or around.tag == "label":
                break
            around = around.parent
        if around is None or around.tag != "label":
            return ""
        if around.mem_id not in self._around_read:
            self._around_read[around.mem_id] = _short(around.text(deep=False), _LABEL_CHARACTERS).rstrip(": ")
        return self._around_read[around.mem_id]

    def _button_text(self, node: LexborNode, tag: str, told: str) -> str:
        attributes: _Attributes = node.attributes
        text = _short(node.text() if tag == "button" else attributes.get("value"), _LABEL_CHARACTERS)
        other = attributes.get("alt") or attributes.get("aria-label") or attributes.get("title")
        return text or _short(other, _LABEL_CHARACTERS) or _BUTTONS.get(told, "Button")


def _in_place(made: Control) -> str:
    """What stands where a control is, for a reader that knows nothing of it (spec PAGE-7)."""
    match made.kind:
        case page_pb2.CONTROL_KIND_BOX:
            return "[x]" if made.on else "[ ]"
        case page_pb2.CONTROL_KIND_RADIO:
            return "(x)" if made.on else "( )"
        case page_pb2.CONTROL_KIND_CHOICE:
            chosen = [one.text for one in made.choices if one.chosen]
            return f"[{', '.join(chosen[:3]) or made.label}…]"
        case page_pb2.CONTROL_KIND_BUTTON | page_pb2.CONTROL_KIND_RESET:
            return f"[{made.label}]"
        case page_pb2.CONTROL_KIND_FILE:
            return "[file]"
        case page_pb2.CONTROL_KIND_PASSWORD:
            return f"[{_GAP}]"
        case _:
            return f"[{made.value[:80] or _GAP}]"
