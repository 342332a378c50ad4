"""What a form's controls become in a page, and what of them stays behind."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from thinline.marks import mark, unmark
from thinline.v1 import page_pb2
from thinline.v1.page_pb2 import Page
from thinline_server.pages.html import Left, write_document
from thinline_server.pages.order import HIDDEN
from thinline_server.pages.writer import PageWriter

BASE = "http://tea.example/shop/"


def written(html: str) -> tuple[Page, Left]:
    writer = PageWriter()
    left = write_document(writer, LexborHTMLParser(html), BASE, "utf-8")
    return unmark(mark(writer.without_addresses())), left


EVERY = """<form method=POST action=order enctype=multipart/form-data id=f>
<input name=text value=' two  words ' maxlength=9 required placeholder=Words><input type=password name=pin value=1234>
<input type=hidden name=token value='a&b'><input type=hidden value=unnamed>
<input type=checkbox name=box checked><input type=checkbox name=other value=yes>
<input type=radio name=size value=s><input type=radio name=size value=l checked><input type=radio name=milk>
<select name=one><option value=1>One<option selected>Two</select>
<select name=many multiple><optgroup label=x><option>A<option selected>B</optgroup></select>
<textarea name=area>
line
 two</textarea><input type=file name=up><button name=go value=1>Order <b>now</b></button>
<input type=image name=map src=m.png alt=Map><input type=reset><button type=button onclick=x()>Nothing</button>
<input name=ro readonly value=r><input name=off disabled></form><input name=late form=f><input name=alone>"""


def test_every_control_is_told_and_its_name_is_not() -> None:
    """Spec PAGE-8, WEB-4: a control's record stands before the block that shows it."""
    page, left = written(EVERY)
    kinds = [page_pb2.ControlKind.Name(one.kind).removeprefix("CONTROL_KIND_") for one in page.controls]
    assert kinds == [
        "UNSPECIFIED", "PASSWORD", "BOX", "BOX", "RADIO", "RADIO", "RADIO", "CHOICE", "CHOICE", "AREA", "FILE",
        "BUTTON", "BUTTON", "RESET", "UNSPECIFIED", "UNSPECIFIED", "UNSPECIFIED", "UNSPECIFIED",
    ]  # fmt: skip
    text, pin, box, other, small, large, milk, one, many, area, *_ = page.controls
    assert (text.value, text.most, text.required, text.label) == ("two words", 9, True, "Words")
    assert pin.value == ""
    assert (box.on, other.on, small.on, large.on) == (True, False, False, True)
    assert small.group == large.group != milk.group
    assert [(choice.text, choice.chosen) for choice in one.choices] == [("One", False), ("Two", True)]
    assert (many.several, [choice.chosen for choice in many.choices]) == (True, [False, True])
    assert area.value == "line\n two"
    assert [one.label for one in page.controls[11:14]] == ["Order now", "Map", "Reset"]
    assert [one.fixed for one in page.controls[14:16]] == [True, True]
    assert [one.form for one in page.controls[16:]] == [1, 0]
    runs = [run for block in page.blocks for run in block.runs]
    assert [run.control for run in runs if run.control] == list(range(1, 19))
    assert "[Nothing]" in "".join(run.text for run in runs)
    told = page.SerializeToString()
    assert not any(name in told for name in (b"token", b"a&b", b"1234"))
    (form,) = left.forms
    assert (form.action, form.post, form.multipart) == ("http://tea.example/shop/order", True, True)
    by_name = {field.name: field for field in form.fields}
    assert (by_name["token"].kind, by_name["token"].value) == (HIDDEN, "a&b")
    assert by_name["one"].values == ("1", "Two")
    assert (by_name["box"].value, by_name["other"].value) == ("on", "yes")
    assert by_name["map"].place
    assert "late" in by_name
    assert "alone" not in by_name


def test_a_form_between_the_rows_of_a_table_holds_its_controls() -> None:
    page, left = written(
        "<table><form action=a><tr><td>Name<td><input name=n></tr><tr><td><input type=submit></tr></form></table>"
        "<form action=b><input name=m></form><input name=after>"
    )
    assert [[field.name for field in form.fields] for form in left.forms] == [["n", ""], ["m"]]
    assert [one.form for one in page.controls] == [1, 1, 2, 0]


def test_a_form_without_an_address_goes_to_its_page() -> None:
    _, left = written("<form><input name=q></form>")
    assert left.forms[0].action == BASE


def test_a_control_is_called_by_the_label_around_it() -> None:
    page, _ = written(
        "<form><label>Tea: <span><select name=t><option>Assam</select></span></label>"
        "<label><input type=radio name=where> here</label><label><input type=radio name=where> along</label>"
        "<label for=x>Over there</label><input id=x name=y><input name=z></form>"
    )
    assert [control.label for control in page.controls] == ["Tea", "here", "along", "Over there", "z"]
