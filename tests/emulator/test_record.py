"""The recorder: what is done becomes a script, with the screens that somebody has seen, and the script plays."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from thinline_emulator import events
from thinline_emulator.events import OwnerInput
from thinline_emulator.expect import veiled
from thinline_emulator.keys import Char, Key
from thinline_emulator.profiles import load_radio
from thinline_emulator.record import Recorder, deed_of, resting, watch
from thinline_emulator.script import Script, ScriptFailed, play, read_script
from thinline_emulator.verbs import do_verb
from town import Resident, Town

SIGHT = "+---+\n|Bob|\n+---+"


def linked() -> tuple[Town, Resident]:
    town = Town()
    town.account("alice", "Bob", "Carol")
    return town, town.linked("alice")


def perform(script: Script, town: Town, alice: Resident) -> None:
    for pause_s in play(script, {"alice": alice}):
        town.run(pause_s)


class Use:
    """Somebody with a handset and a recorder, in virtual time."""

    def __init__(self, town: Town, alice: Resident) -> None:
        self.town = town
        self.alice = alice
        self.recorder = Recorder("alice")

    def look(self, seconds: float) -> None:
        """Let time pass, watched."""
        for _ in range(round(seconds * 10)):
            machine, now = self.alice.machine, self.town.now
            self.recorder.looked(veiled(machine, now), now, now, still=resting(machine))
            self.town.run(0.1)

    def press(self, *keys: Key | Char) -> None:
        for key in keys:
            self.town.feed(self.alice, events.KeyPressed(key))
            self.recorder.did(key, self.town.now, self.town.now)
            self.look(0.2)

    def do(self, event: OwnerInput) -> None:
        self.town.feed(self.alice, event)
        self.recorder.did(deed_of(event), self.town.now, self.town.now)

    def text(self) -> str:
        return self.recorder.done()


def test_a_use_is_recorded_and_plays_on_another_handset() -> None:
    use = Use(*linked())
    use.look(1)
    use.press(Key.JUMP, Key.WHEEL_PRESS)
    use.look(1)
    use.do(events.Tunnel(20.0))
    use.look(1)
    use.press(Key.MENU, *map(Char, "O'Hara"), Key.MENU)
    use.look(1)
    use.look(40)
    text = use.text()
    script = read_script(text)
    assert [(step.handset, step.key, step.verb) for step in script.steps] == [
        ("alice", "", ""),
        ("alice", "jump wheel-press", ""),
        ("alice", "", "tunnel 20s"),
        ("alice", "menu 'O' quote 'Hara' menu", ""),
    ]
    assert all("▒▒▒▒▒" in step.screen and step.until == "screen" for step in script.steps)
    assert "O'Hara" in script.steps[-1].screen
    assert "linked" in script.steps[-1].screen
    assert script.steps[-1].within_s > 45

    perform(script, *linked())
    wrong = read_script(text.replace("O'Hara  ", "O'Hare  "))
    with pytest.raises(ScriptFailed, match="O'Hare"):
        perform(wrong, *linked())


def test_what_nobody_could_look_at_is_no_expectation_but_its_pause_is_kept() -> None:
    recorder = Recorder("alice")
    recorder.looked(SIGHT, 0.0, 0.0, still=False)
    recorder.did(Key.JUMP, 3.0, 3.0)
    recorder.did(Char("x"), 3.4, 3.4)
    recorder.did(Char("y"), 4.4, 4.4)
    recorder.did("radio off", 4.7, 4.7)
    recorder.looked(SIGHT, 4.71, 4.71, still=False)
    steps = read_script(recorder.done()).steps
    assert [(step.key, step.verb, step.wait_s, step.screen) for step in steps] == [
        ("jump 'x'", "", 1.0, ""),
        ("'y'", "", 0.3, ""),
        ("", "radio off", 0.0, ""),
    ]


def test_a_screen_that_changed_just_now_was_not_seen() -> None:
    recorder = Recorder("alice")
    recorder.looked(SIGHT, 0.0, 0.0, still=True)
    recorder.did(Key.OK, 9.0, 9.0)
    recorder.looked(SIGHT.replace("Bob", "Eve"), 9.3, 9.3, still=True)
    recorder.did(Key.OK, 9.6, 9.6)
    recorder.looked(SIGHT.replace("Bob", "Eve"), 11.0, 11.0, still=True)
    first, second, third = read_script(recorder.done()).steps
    assert (first.screen.strip(), second.screen, third.screen.strip()) == (SIGHT, "", SIGHT.replace("Bob", "Eve"))


def test_nothing_done_and_nothing_seen_is_an_empty_script() -> None:
    assert read_script(Recorder("alice").done()).steps == ()


def test_texts_that_toml_would_take_for_its_own_are_kept() -> None:
    recorder = Recorder("alice")
    screen = SIGHT.replace("Bob", "'''\\\"\"\"")
    recorder.looked(screen, 0.0, 0.0, still=True)
    for letter in 'a"\\é':
        recorder.did(Char(letter), 1.0, 1.0)
    first, second = read_script(recorder.done()).steps
    assert first.screen.strip() == screen
    assert second.key == "'a\"\\é'"


@pytest.mark.parametrize(
    ("event", "verb"),
    [
        (events.SetBattery(12.0), "battery 12"),
        (events.SetBattery(0.5), "battery 0.5"),
        (events.PullBattery(), "battery pull"),
        (events.Charge(True), "charge on"),
        (events.SwitchRadio(False), "radio off"),
        (events.SetRadio(load_radio("edge")), "radio edge"),
        (events.Tunnel(90.0), "tunnel 90s"),
        (events.DropLink(), "link drop"),
        (events.Reset(), "reset"),
        (events.Reset(hard=True), "reset hard"),
    ],
)
def test_what_is_done_to_a_handset_has_a_verb_that_does_the_same(event: OwnerInput, verb: str) -> None:
    assert deed_of(event) == verb
    town, alice = linked()
    done: list[OwnerInput] = []

    class Bench:
        machine, now, rate, autopsies = alice.machine, town.now, 1.0, alice.autopsies

        def do(self, event: OwnerInput) -> None:
            done.append(event)

        def set_rate(self, rate: float) -> None:
            raise AssertionError

    do_verb(verb, Bench())  # type: ignore[arg-type]
    assert done == [event]


def test_a_code_is_never_written_down() -> None:
    assert deed_of(events.Enrol("secret")) == ""
    recorder = Recorder("alice")
    recorder.did("", 0.0, 0.0)
    assert "step" not in recorder.done()


def test_what_is_under_way_is_not_at_rest() -> None:
    town, alice = linked()
    assert resting(alice.machine)
    town.keys(alice, "jump ok 'c' 'a'")
    assert alice.machine.settled
    town.until(lambda: bool(len(alice.memory.asks)))
    assert not resting(alice.machine), "the server is asked for what it finds"
    town.until(lambda: resting(alice.machine))
    do_verb("link drop", alice)
    assert not resting(alice.machine)
    do_verb("radio off", alice)
    assert resting(alice.machine)
    do_verb("battery 0", alice)
    assert alice.machine.memory is None
    assert resting(alice.machine)


async def test_a_handset_is_watched_until_somebody_has_enough() -> None:
    _, alice = linked()
    recorder = Recorder("alice")
    watching = asyncio.ensure_future(watch(recorder, alice))
    await asyncio.sleep(0)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    recorder.did(Key.OK, 9.0, asyncio.get_running_loop().time() + 9.0)
    assert "linked" in recorder.done()
