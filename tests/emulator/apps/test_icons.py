"""The icons: of one size, one for each app of the handset, and a tile for any other."""

from __future__ import annotations

import pytest

from thinline_emulator.apps import SERVICES
from thinline_emulator.apps.icons import ICON_PIXELS, icon


@pytest.mark.parametrize("name", [app.name for app in SERVICES])
def test_every_app_has_its_own(name: str) -> None:
    assert icon(name) != icon("nobody")


@pytest.mark.parametrize(
    "name", ["contacts", "calendar", "tasks", "notes", "mail", "im", "sms", "photos", "pages", "settings", "nobody"]
)
def test_all_are_of_one_size_and_leave_the_paper_to_be_seen(name: str) -> None:
    drawn = icon(name)
    assert (drawn.width, drawn.height) == (ICON_PIXELS, ICON_PIXELS)
    assert drawn.clear in drawn.pixels
