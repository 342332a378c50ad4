"""The device as golden pictures, in every size of terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from thinline_emulator.apps.icons import icon
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, width
from thinline_emulator.terminal.device import View, draw_device, least_size
from thinline_emulator.terminal.paint import Brush

GOLDEN = Path(__file__).parent / "golden"


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
    ],
)
def test_pictures(name: str, wide: int, high: int, told: dict[str, object]) -> None:
    drawn = draw_device(view(**told), wide, high).sheet
    assert drawn.text().rstrip("\n") == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


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
