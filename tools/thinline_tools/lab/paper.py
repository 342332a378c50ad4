"""A handset on paper: an author of an account whose commands go straight to the store, as if its link had brought them.

It fills accounts for a measurement, and lets somebody else of the account change things while a real handset is
looked at. The hub is told as by any command, so that live links hear of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from random import Random
from typing import Any

from thinline.frames import Command
from thinline.identity import read_certificate
from thinline.intents import Change, Create, Intent, write_intent
from thinline.merge import Content, difference
from thinline.testing.world import ContactSample
from thinline.types import TYPES
from thinline_emulator.sim import Sim, public_key
from thinline_server.requests import Apply, EnrolHandset, Enrolment, NewCode, Request

__all__ = ["PaperHandset"]

_CONTACT = 1


class PaperHandset:
    """An author without a link.

    Args:
        enrolment: what the store answered when it enrolled.
    """

    def __init__(self, enrolment: Enrolment) -> None:
        self._certificate, _ = read_certificate(enrolment.certificate)
        self._number = 0

    @classmethod
    def of_town(cls, operate: Callable[[Request], Any], account: str, seed: int = 0) -> PaperHandset:
        """A new author of an account, by a town's `operate`."""
        return cls(operate(EnrolHandset(operate(NewCode(account)), _key(seed))))

    @classmethod
    async def of_server(cls, operate: Callable[[Request], Awaitable[Any]], account: str, seed: int) -> PaperHandset:
        """A new author of an account, by a running engine's `operate`."""
        return cls(await operate(EnrolHandset(await operate(NewCode(account)), _key(seed))))

    def command(self, intent: Intent) -> Apply:
        """A command as the store is asked to apply it."""
        self._number += 1
        kind, body = write_intent(intent)
        who = self._certificate
        return Apply(who.account, who.handset, 1, Command(self._number, 0, self._number - 1, kind, body))

    def creates(self, contacts: Iterable[ContactSample]) -> list[Request]:
        """The commands that make new contacts."""
        return [self.command(Create(one.item, _CONTACT, Content(one.fields))) for one in contacts]

    def change(self, item: bytes, before: bytes, after: bytes) -> Request:
        """The command by which one contact says something else."""
        return self.command(Change(item, difference(Content(before), Content(after), TYPES[_CONTACT].merges)))


def _key(seed: int) -> bytes:
    return public_key(Sim(Random(seed).randbytes(32)))
