"""Pages that the emulator shows on the handset's screen: help, and the question before the battery is pulled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thinline_emulator.screen import Canvas, Screen, Style, clip

__all__ = ["help_page", "quit_page"]

_KEYS = (
    ("arrows", "the wheel; PgUp PgDn are the pad"),
    ("Enter", "press the wheel"),
    ("Esc", "BACK"),
    ("Tab", "JUMP: the wheel of apps"),
    ("F5 F6 F7 F8", "MENU, SEND, OK, CANCEL"),
    ("Backspace", "DELETE; letters type"),
    ("mouse", "turns the wheel, clicks the keys"),
    ("F2", "console: verbs such as battery 12"),
    ("F3 F4", "the wire decoded; the field test"),
    ("F9", "the charger, in or out"),
    ("Ctrl-C", "quit, which pulls the battery"),
)
_APPS: Mapping[str, tuple[str, ...]] = {
    "idle": ("The idle screen. JUMP opens the apps.", "Below the date stands what you should know."),
    "jump": ("Turn the wheel to an app and press it.", "A letter turns to the next app of that initial."),
    "contacts": ("Type to find; press opens; MENU edits.", "⇡ exists only here, ✓ is in a copy too."),
    "mail": ("LEFT: folders; MENU: reply, forward, move, flag", "• new < answered > forwarded * flagged + files"),
}


def help_page(app: str, width: int, height: int) -> Screen:
    """The help of the app in front, and of all keys."""
    canvas = Canvas(width, height)
    canvas.line(0, "Help", "any key leaves", Style.INVERSE)
    y = 1
    for text in _APPS.get(app, ()):
        canvas.put(1, y, text)
        y += 1
    y += 1
    for key, text in _KEYS:
        canvas.put(1, y, key, Style.BOLD)
        canvas.put(13, y, text)
        y += 1
    canvas.line(height - 1, "It keeps nothing but its SIM: see the top line", style=Style.DIM)
    return canvas.screen()


def quit_page(lost: str, names: Sequence[str], width: int, height: int) -> Screen:
    """What quitting would destroy, by name."""
    canvas = Canvas(width, height)
    canvas.line(0, "Pull the battery?", "", Style.INVERSE)
    canvas.put(1, 2, "Quitting pulls the battery. Its memory is gone")
    canvas.put(1, 3, f"then, and {lost}:")
    shown = height - 9
    for y, name in enumerate(names[:shown], 5):
        canvas.put(3, y, clip(name, width - 4), Style.BOLD)
    if len(names) > shown:
        canvas.put(3, 5 + shown, f"and {len(names) - shown} more")
    canvas.line(height - 2, " y: pull it, and lose that", style=Style.BOLD)
    canvas.line(height - 1, " any other key: stay")
    return canvas.screen()
