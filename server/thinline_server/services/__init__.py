"""The registry of services: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from thinline.commands import Rule
from thinline_server.services.base import Catalogue, Service
from thinline_server.services.contacts import Contacts
from thinline_server.services.im import Messenger
from thinline_server.services.mail import Mailbox
from thinline_server.services.sms import Texts
from thinline_server.services.web import Web

__all__ = ["SERVICES", "rules"]

SERVICES: tuple[Service, ...] = (Contacts(), Mailbox(), Web(), Messenger(), Texts())


def rules() -> Mapping[int, Rule]:
    """Every kind of command that this server knows: the core's, then the services' own."""
    return Catalogue(SERVICES).rules
