"""The registry of apps: a service on the handset is one file here and one line below."""

from __future__ import annotations

from collections.abc import Mapping

from thinline_emulator.apps.base import App
from thinline_emulator.apps.contacts import Contacts
from thinline_emulator.apps.idle import Idle
from thinline_emulator.apps.im import Messages
from thinline_emulator.apps.jump import Jump
from thinline_emulator.apps.mail import Mailer
from thinline_emulator.apps.sms import Texts
from thinline_emulator.apps.web import Browser

__all__ = ["APPS", "HOME", "SERVICES", "budgets"]

HOME = Idle.name

# What the wheel shows, in its order.
SERVICES: tuple[App, ...] = (
    Contacts(),
    Mailer(),
    Browser(),
    Messages(),
    Texts(),
)  # fmt: skip

_OWN: tuple[App, ...] = (Idle(), Jump())
APPS: Mapping[str, App] = {app.name: app for app in (*_OWN, *SERVICES)}

# The rest is for what was done here and is not answered yet.
_FOR_ITEMS = 7 / 8


def budgets(cache_bytes: int) -> dict[int, int]:
    """Bytes by collection that a handset with so much memory follows it with."""
    shares = {app.collection: app.share for app in SERVICES if app.collection}
    whole = sum(shares.values())
    return {collection: int(cache_bytes * _FOR_ITEMS * share / whole) for collection, share in shares.items()}
