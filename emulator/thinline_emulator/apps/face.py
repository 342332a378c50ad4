"""The face: which app is in front, what it draws, and where a key goes."""

from __future__ import annotations

from collections.abc import Mapping

from thinline.errors import LocalError
from thinline.intents import Intent, part_hashes
from thinline_emulator.apps import APPS, HOME
from thinline_emulator.apps.base import App, Desk, Speaks, Step, TakesFiles, Watches
from thinline_emulator.asks import GetPart
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Char, Key
from thinline_emulator.memory import Volatile
from thinline_emulator.outbox import Entry
from thinline_emulator.screen import Screen

__all__ = ["along", "draw", "give", "press", "speak", "take", "tell"]

_WHEEL = "jump"
_MOST = 56  # asks at once; somebody who presses a key finds room for more
_FILLED = 15 / 16  # of the memory: what nobody asked for drives nothing out


def draw(desk: Desk) -> Screen:
    """What the screen shows."""
    app = _app(_front(desk.memory), desk)
    return app.view(desk.memory.screens.get(app.name, app.begin()), desk)


def press(key: Key | Char, desk: Desk) -> Step:
    """What a key does in the app in front; the jump key leads to the wheel from everywhere."""
    memory = desk.memory
    name = _front(memory)
    app = _app(name, desk)
    state = memory.screens.get(name, app.begin())
    if key is Key.JUMP and name not in (_WHEEL, HOME):
        return Step(state, close=True, open=_WHEEL)
    return app.on_key(state, key, desk)


def speak(desk: Desk) -> None:
    """Somebody has the handset in hand: the apps say what holds for the time being."""
    memory = desk.memory
    for app in desk.apps if memory.line.live else ():
        if isinstance(app, Speaks):
            for soft, every_s in app.says(memory.screens.get(app.name, app.begin()), desk):
                memory.soft.say(soft, every_s, desk.now)


def give(given: FileGiven, desk: Desk) -> Step:
    """What a file does in the app in front.

    Raises:
        LocalError: nothing.
    """
    app = APPS[_front(desk.memory)]
    if not isinstance(app, TakesFiles):
        raise LocalError("nothing here takes a file: open a contact, or a mail that is being written")
    return app.on_file(desk.memory.screens.get(app.name, app.begin()), given, desk)


def tell(desk: Desk) -> list[str]:
    """What was asked is answered: the apps say what follows. Returns what could not be done, to be told."""
    memory, troubles = desk.memory, list[str]()
    while memory.fresh:
        wish = memory.fresh.pop(0)
        for app in desk.apps:
            step = app.came(memory.screens.get(app.name, app.begin()), wish, desk)
            try:
                if step is not None:
                    take(memory, step, app.name)
            except LocalError as error:
                troubles.append(str(error))
    return troubles


def take(memory: Volatile, step: Step, name: str = "") -> None:
    """Carry out a step of an app; without a name of the one in front.

    Raises:
        LocalError: too much is asked, or memory is full; the app's state is as it was, and nothing was made.
    """
    name = name or _front(memory)
    for wish in step.unask:
        memory.unwant(wish)
    for wish in step.ask:
        memory.want(wish)
    if step.make:
        memory.do(*[_entry(intent, step.parts) for intent in step.make])
    if step.beside:
        memory.make(*[_entry(intent, step.parts) for intent in step.beside])
    if step.undo:
        memory.undo_last()
    if step.note:
        memory.note = step.note
    memory.screens[name] = step.state
    if step.holds is not None:
        memory.held[name] = step.holds
    if step.used:
        memory.cache.used(step.used)
    if step.dismiss:
        memory.outbox.dismiss(step.dismiss)
    if step.close and memory.focus:
        memory.focus.pop()
    if step.open and step.open in memory.focus:
        del memory.focus[memory.focus.index(step.open) + 1 :]
    elif step.open:
        memory.focus.append(step.open)
    if step.open or step.close:
        _tidy(memory)


def along(collection: int, desk: Desk) -> None:
    """All that was announced of a collection has come: its app may have more come with it, while there is room."""
    memory, app = desk.memory, _app(_front(desk.memory), desk)
    if desk.power.lit_until > desk.now:
        step = None
        if isinstance(app, Watches) and app.collection == collection:
            step = app.saw(memory.screens.get(app.name, app.begin()), desk)
        if step is not None:
            take(memory, step, app.name)
        speak(desk)
    room = memory.cache.budget_bytes * _FILLED - memory.cache.used_bytes - memory.beside_bytes
    wishes = [wish for app in desk.apps if app.collection == collection for wish in app.along(desk)]
    _tidy(memory)
    for wish in wishes:
        room -= wish.wanted_bytes if isinstance(wish, GetPart) else 0
        if room < 0 or len(memory.asks) >= _MOST:
            return
        memory.want(wish)


def _tidy(memory: Volatile) -> None:
    """What nobody looks at is not kept laid out: of thousands of items that is as much as half of what they take."""
    front = APPS[_front(memory)].collection
    memory.shelves = {collection: shelf for collection, shelf in memory.shelves.items() if collection == front}


def _entry(intent: Intent, parts: Mapping[bytes, bytes]) -> Entry:
    return Entry(intent, {one: parts[one] for one in part_hashes(intent) if one in parts})


def _app(name: str, desk: Desk) -> App:
    """One that stands on the wheel, or one of the handset's own."""
    return next((app for app in desk.apps if app.name == name), None) or APPS[name]


def _front(memory: Volatile) -> str:
    return memory.focus[-1] if memory.focus else HOME
