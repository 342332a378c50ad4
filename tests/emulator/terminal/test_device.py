"""The device as golden pictures, in every size of terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glass import on_glass
from golden import check_golden
from thinline_emulator.apps.icons import icon
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, width
from thinline_emulator.terminal.device import View, draw_device, least_size
from thinline_emulator.terminal.lives import Refill, with_refill
from thinline_emulator.terminal.pages import help_page, quit_page
from thinline_emulator.terminal.paint import Brush


def screen() -> Screen:
    canvas = Canvas()
    canvas.line(0, "18:03 Contacts (4)", "gprs ▂▄▆█ linked 100%", Style.INVERSE)
    for y, name in enumerate(("Amara Murphy", "王秀英", "נועה כהן", "สมชาย ใจดี"), 2):
        canvas.line(y, f" {name}", style=Style.BOLD if y == 2 else Style.NORMAL)
    canvas.line(15, "press: open   MENU: new   BACK", style=Style.DIM)
    return canvas.screen()


def view(**more: object) -> View:
    told = {
        "title": "alice, classic handset, life 1",
        "place": "SIM ~/sim",
        "status": "100 %   linked",
        "light": "green",
    }
    return View(screen(), **{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "wide", "high", "told"),
    [
        ("whole", 80, 24, {}),
        ("banner", 80, 24, {"banner": "Battery 12 %: 1 item exists only here and would be lost", "light": "amber"}),
        ("keyboard", 100, 36, {}),
        ("slim", 60, 24, {}),
        ("least", 50, 20, {"banner": "Bob is not accepted"}),
        ("tiny", 40, 10, {}),
        ("long-words", 80, 24, {"title": "王" * 50, "place": "SIM " + "/a" * 60, "status": "נועה כהן " * 12}),
        ("long-banner", 50, 20, {"banner": "a long banner " * 6}),
        ("half-faded", 50, 20, {"fade": 0.5, "light": "off", "status": "off: its memory is empty"}),
        ("dead", 50, 20, {"fade": 1.0, "light": "off", "status": "off: its memory is empty; put the charger in: F9"}),
    ],
)
def test_pictures(name: str, wide: int, high: int, told: dict[str, object]) -> None:
    check_golden(f"device/{name}", on_glass(view(**told), wide, high))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("help", help_page("contacts", 48, 16)),
        (
            "quit",
            quit_page("3 items exist only here", ["new: Bob", "changed: נועה כהן", f"deleted: {'王' * 40}"], 48, 16),
        ),
        ("quit-many", quit_page("40 items exist only here", [f"new: Person {at}" for at in range(40)], 48, 16)),
        ("refill", with_refill(Canvas().screen(), Refill(37, 60, 9_310, 4.2))),
        ("refill-first", with_refill(Canvas().screen(), Refill(37, 0, 9_310, None))),
    ],
)
def test_what_the_emulator_shows_on_the_screen(name: str, shown: Screen) -> None:
    check_golden(f"device/{name}", on_glass(replace(view(), screen=shown), 50, 20))


@pytest.mark.parametrize("brush", [Brush.HALF, Brush.SHADE, Brush.NONE])
def test_a_picture_on_the_screen(brush: Brush) -> None:
    check_golden(f"device/picture-{brush.value}", on_glass(pictured(brush=brush), 50, 20))


def test_a_terminal_without_utf_8() -> None:
    check_golden("device/ascii", on_glass(view(), 80, 24, ascii_only=True))
    check_golden("device/ascii-picture", on_glass(pictured(brush=Brush.SHADE), 50, 20, ascii_only=True))


def test_keys_are_where_they_are_drawn() -> None:
    picture = draw_device(view(), 100, 36)
    rows = picture.sheet.text().split("\n")
    found = {picture.key_at(x, y) for y in range(36) for x in range(100)} - {None}
    assert found >= {*Key, Char("q"), Char(" ")}
    for label, key in (
        ("│  JUMP  │", Key.JUMP),
        ("│  BACK  │", Key.BACK),
        ("│press │", Key.WHEEL_PRESS),
        (" q ", Char("q")),
    ):
        ((x, y),) = [(width(row[: row.index(label)]) + 1, y) for y, row in enumerate(rows) if label in row]
        assert picture.key_at(x, y) == key
    assert picture.key_at(0, 0) is None


def test_a_profile_without_a_key_does_not_show_it() -> None:
    picture = draw_device(view(keys=frozenset({Key.WHEEL_PRESS})), 80, 24)
    assert "JUMP" not in "\n".join(picture.sheet.text().split("\n")[:-1])
    assert {key for *_, key in picture.keys} == {Key.WHEEL_UP, Key.WHEEL_DOWN, Key.WHEEL_PRESS}


def test_a_fading_screen_loses_cells_until_none_is_left() -> None:
    letters = [draw_device(view(fade=fade), 50, 20).sheet.text().count("r") for fade in (0.0, 0.5, 1.0)]
    assert letters[0] > letters[1] > letters[2]
    assert "Amara" not in draw_device(view(fade=1.0), 50, 20).sheet.text()


def pictured(**more: object) -> View:
    canvas = Canvas()
    canvas.picture(30, 4, 10, 5, icon("mail"))
    return replace(view(**more), screen=canvas.screen())


@pytest.mark.parametrize(("wide", "high", "at"), [(80, 24, (46, 8)), (60, 24, (36, 5))])
def test_a_picture_in_pixels_hangs_over_its_empty_cells(wide: int, high: int, at: tuple[int, int]) -> None:
    drawn = draw_device(pictured(brush=Brush.PIXELS), wide, high)
    (placed,) = drawn.pictures
    assert (placed.x, placed.y, placed.wide, placed.high) == (*at, 10, 5)
    assert draw_device(pictured(brush=Brush.PIXELS, lit=False), wide, high).pictures[0].raster != placed.raster


def test_a_picture_fades_cell_by_cell() -> None:
    """Pixels cannot, so they become half blocks."""
    counts = []
    for fade in (0.01, 0.6, 1.0):
        drawn = draw_device(pictured(brush=Brush.PIXELS, fade=fade), 50, 20)
        assert drawn.pictures == ()
        counts.append(drawn.sheet.text().count("▀"))
    assert counts[0] > counts[1] > counts[2] == 0


def test_the_least_size_holds_the_screen_its_frame_and_two_lines() -> None:
    assert least_size(screen()) == (50, 20)
