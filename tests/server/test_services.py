"""The registry: every item type has one service, and every kind of command one rule."""

from __future__ import annotations

from thinline.commands import CORE_RULES
from thinline.types import TYPES
from thinline_server.services import SERVICES, rules
from thinline_server.services.base import Catalogue


def test_every_type_that_the_protocol_knows_is_served() -> None:
    assert dict(Catalogue(SERVICES).types) == dict(TYPES)


def test_the_core_s_commands_come_first() -> None:
    known = rules()
    assert list(known)[: len(CORE_RULES)] == list(CORE_RULES)
    assert all(kind >= 16 for kind in known.keys() - CORE_RULES.keys())
