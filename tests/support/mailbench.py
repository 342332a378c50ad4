"""A desk with mails on it, for tests of the mail app: what came, what is pressed, and what would go up."""

from __future__ import annotations

from desks import DeskBench, bob
from mails import Came
from thinline.intents import Intent
from thinline.v1.mail_pb2 import Mail
from thinline_emulator.apps.mail import Mailer
from thinline_emulator.apps.mail.menus import actions
from thinline_emulator.apps.mail.pages import Menu, Page
from thinline_emulator.overlay import Shown

__all__ = ["MailBench"]


class MailBench(DeskBench):
    """Bob is among the contacts; mail is in front."""

    def __init__(self, *mails: Came) -> None:
        super().__init__(bob())
        for mail in mails:
            self.memory.cache.take(mail.head)
        self.apps = (*self.apps, Mailer())
        self.open(Mailer())

    @property
    def page(self) -> Page:
        """The page that is open."""
        page: Page = self.memory.screens[Mailer.name]
        return page

    @property
    def made(self) -> list[Intent]:
        """What waits to go up, in its order."""
        return [entry.intent for entry in self.memory.outbox.entries()]

    def show(self, page: Page) -> None:
        """Open a page."""
        self.memory.screens[Mailer.name] = page

    def fetch(self, mail: Came, name: str = "mail", *, rest: bool = True) -> None:
        """A part has come: of the letter its text, and the rest of it."""
        blob = next(blob for blob in mail.head.blobs if blob.name == name)
        if name != "mail":
            self.memory.cache.keep_part(blob.hash, mail.parts[name])
            return
        told = Mail.FromString(mail.head.fields)
        stretches = [(0, told.text_bytes), (told.text_bytes, told.rest_bytes)]
        for start, length in stretches[: 1 + rest]:
            if length:
                self.memory.cache.keep_part(blob.hash, mail.parts[name][start : start + length], (start, length))

    def choose(self, action: str) -> None:
        """Open the menu, turn to an action, press it."""
        self.keys("menu")
        page = self.page
        assert isinstance(page, Menu)
        told = actions(page.back, self.desk)
        assert action in told, told
        self.keys("wheel-down " * told.index(action) + "ok")

    def shown(self, item: bytes) -> tuple[Shown, Mail]:
        """An item as it is shown."""
        shown = self.desk.item(item)
        assert shown is not None
        return shown, Mail.FromString(shown.content.fields)
