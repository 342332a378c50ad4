"""The registry of apps."""

from __future__ import annotations

from thinline.types import TYPES
from thinline_emulator.apps import APPS, HOME, SERVICES, budgets


def test_every_app_has_its_name_and_a_state_to_begin_with() -> None:
    assert APPS[HOME].name == HOME
    for name, app in APPS.items():
        assert app.name == name
        app.begin()


def test_budgets_share_the_memory_and_leave_room_for_what_is_made() -> None:
    shared = budgets(2_097_152)
    assert set(shared) == {app.collection for app in SERVICES}
    assert set(shared) <= {kind.collection for kind in TYPES.values()}
    assert sum(shared.values()) <= 2_097_152 * 7 // 8
