"""The handset: battery, radio, line, memory, card, keys and apps, composed into one pure machine.

`handle` takes what happens (a packet, a key, the charger) and returns all that follows. What is due by itself is one
wake for all parts. A life begins when memory comes up empty: the card is written first, then the handset dials. When
the power goes, the memory object is handed out as lost and forgotten, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from thinline import frames
from thinline.errors import LocalError, RemoteError
from thinline.link import Came, Ended, Say, Spare
from thinline.machine import Arrived, Dial, Done, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline.reasons import Reason, sentence_of
from thinline_emulator import events
from thinline_emulator.apps import SERVICES, budgets
from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.face import along, draw, give, press, speak, take, tell
from thinline_emulator.coverage import Coverage
from thinline_emulator.events import HandsetInput, HandsetOutput, Notice, ScreenChanged, SimWritten
from thinline_emulator.keys import Char, Key
from thinline_emulator.line import NEVER, Brake, Call, Cut, Line, LineInput, Up
from thinline_emulator.memory import Volatile, only_here_text
from thinline_emulator.outbox import Entry
from thinline_emulator.power import Power
from thinline_emulator.radio import Radio
from thinline_emulator.screen import Screen
from thinline_emulator.settings import Settings
from thinline_emulator.sim import Sim, new_life
from thinline_emulator.talk import Talk, TalkOutput, Vitals, Welcomed

__all__ = ["ANNOUNCE_S", "Handset"]

ANNOUNCE_S = 10.0  # from the announcement that unsettled items must go until they do


class Handset:
    """One handset, off until `PowerOn`.

    Attributes:
        power: battery, radio, signal and screen.
        talk: the card, and what is said.
        memory: all that is volatile; None without power.
    """

    __slots__ = (
        "_armed_at", "_budgets", "_dirty", "_due_at", "_seed", "_settings", "_stirred", "_wire", "memory",
        "power", "talk",
    )  # fmt: skip

    def __init__(self, settings: Settings, sim: Sim, code: str = "", start_s: float = 0.0) -> None:
        self._settings = settings
        self._seed = int.from_bytes(settings.entropy(8), "big")
        self._budgets: Mapping[int, int] = budgets(settings.profile.cache_bytes)
        self._armed_at = self._due_at = NEVER
        self._dirty = self._stirred = False
        self._wire = 0
        radio = Radio(settings.profile.radio, self._seed)
        self.power = Power(settings.profile, radio, Coverage(settings.track, start_s))
        self.memory: Volatile | None = None
        self.talk = Talk(sim, self._empty(sim), self._budgets, settings.heartbeat_s, settings.entropy)
        self.talk.code = code

    @property
    def sim(self) -> Sim:
        """The card."""
        return self.talk.sim

    @property
    def live(self) -> bool:
        """Whether a welcomed link stands."""
        return self.memory is not None and self.memory.line.live

    @property
    def settled(self) -> bool:
        """Whether all that was announced has come and all that was done is answered."""
        memory = self.memory
        return memory is not None and memory.line.live and not memory.filling and not len(memory.outbox)

    def handle(self, event: HandsetInput, now: float) -> list[HandsetOutput]:
        """Take one input; return all that follows, in the order in which it is to be done."""
        if type(event) is Room and (self.memory is None or self.memory.line.noted(event)):
            return []
        out: list[HandsetOutput] = []
        if now >= self._armed_at:
            self._armed_at = NEVER
        if now >= self.power.change_at:
            self.power.settle(now)
        if now >= self._due_at:
            self._elapsed(now, out)
        match event:
            case Woke() | Done():
                pass
            case Opened() | Arrived() | Room() | Lost():
                self._line(event, now, out)
            case _:
                try:
                    self._asked(event, now, out)
                except LocalError as error:  # what time brought meanwhile is in `out` and must not be lost with it
                    out.append(events.Denied(str(error)))
        self._finish(now, out)
        return out

    # What its owner does

    def _asked(self, event: events.OwnerInput, now: float, out: list[HandsetOutput]) -> None:
        self._dirty = self._stirred = True
        match event:
            case events.PowerOn():
                self._boot(now, out)
            case events.PowerOff():
                self._die("the battery was taken out", now, out)
            case events.KeyPressed(key):
                self._key(key, now, out)
            case events.FileGiven():
                take(self._running(), give(event, self.desk(now)))
            case events.Make(intent, parts):
                self._running().do(Entry(intent, parts))
            case events.Undo():
                self._running().undo_last()
            case events.Want(wish):
                self._running().want(wish)
            case events.Enrol(code):
                self.talk.code = code
                self._line(Call(), now, out)
            case events.Reset(hard):
                self._reset(hard, now, out)
            case events.DropLink():
                self._line(Cut("dropped", retry=True), now, out)
            case _:
                self._body(event, now, out)

    def _body(self, event: events.BodyInput, now: float, out: list[HandsetOutput]) -> None:
        """What happens to battery and radio."""
        match event:
            case events.SetBattery(percent):
                self.power.set_percent(percent, now)
                self._level(now, out)
                self._revive(now, out)
            case events.Charge(on):
                self.power.charge(on, now)
                self._revive(now, out)
            case events.PullBattery():
                self._die("the battery was pulled", now, out)
                self._boot(now, out)
            case events.SwitchRadio(on):
                self.power.switch_radio(on, now)
                self._signal("the radio is off", now, out)
            case events.SetRadio(profile):
                self._line(Cut("another network"), now, out)  # another address, another rate: another hello
                self.power.set_radio(profile, now)
                self._signal("another network", now, out)
            case events.Tunnel(duration_s):
                self.power.tunnel(duration_s, now)
                self._signal("out of coverage", now, out)
            case _ as never:
                assert_never(never)

    def _running(self) -> Volatile:
        if self.memory is None:
            raise LocalError("the handset is off; charge it")
        return self.memory

    # Lives

    def _empty(self, sim: Sim) -> Volatile:
        """A memory that came up empty. Its line draws other jitter in each life."""
        line = Line(self.power.radio, self._seed + (sim.life << 32), self._wire)
        return Volatile(self._settings.profile.cache_bytes, line, sim.point)

    def _boot(self, now: float, out: list[HandsetOutput]) -> None:
        if self.memory is not None or not self.power.start(now):
            return
        self.talk.sim = new_life(self.talk.sim)
        out.append(SimWritten(self.talk.sim))
        self.memory = self.talk.memory = self._empty(self.talk.sim)
        self._line(Call(), now, out)

    def _revive(self, now: float, out: list[HandsetOutput]) -> None:
        """There may be charge again: a handset that went out starts by itself."""
        if self.memory is None and (self.power.battery.charger_ma or self.power.percent(now)):
            self._boot(now, out)

    def _die(self, cause: str, now: float, out: list[HandsetOutput]) -> None:
        memory = self.memory
        if memory is not None:
            self._line(Cut(cause), now, out)
            self._wire = memory.line.wire
            self.memory = None
            self.talk.memory = self._empty(self.talk.sim)
            out.append(events.MemoryLost(memory, cause))
        self.power.stop(now)

    def _reset(self, hard: bool, now: float, out: list[HandsetOutput]) -> None:
        if hard:
            self._die("a hard reset", now, out)
            self._boot(now, out)
            return
        memory = self._running()
        memory.focus.clear()
        memory.screens.clear()
        memory.held.clear()
        self._line(Cut("a reset"), now, out)
        self._line(Call(), now, out)

    # What time brings

    def _elapsed(self, now: float, out: list[HandsetOutput]) -> None:
        memory = self._running()  # nothing is due without power
        if now >= self.power.level_at and not self._level(now, out):
            return
        if now >= self.power.cover_at:
            self.power.cover(now)
            self._signal("out of coverage", now, out)
        if now >= memory.line.next_at:
            self._line(Woke(), now, out)
        self._stirred |= bool(len(memory.outbox) or len(memory.asks))  # they may have waited for this second
        self._dirty |= memory.soft.faded(now)
        if now >= memory.shed_at:
            self._shed(memory)

    def _level(self, now: float, out: list[HandsetOutput]) -> bool:
        """Say that the battery is low, or go out; whether there is still power."""
        memory = self.memory
        level = self.power.level_reached(now) if memory is not None else None
        if level is None or memory is None:
            return memory is not None
        if level == 0:
            self._die("the battery is empty", now, out)
            return False
        lost = memory.only_here
        what = f"{only_here_text(lost)} and would be lost" if lost else "memory would be lost, nothing else"
        self._tell(f"Battery {level} %: {what}", out)
        return True

    def _signal(self, lost: str, now: float, out: list[HandsetOutput]) -> None:
        """The radio came, went, or moved: the line follows."""
        self._dirty = True
        self._line(Call() if self.power.radio.attached else Cut(lost), now, out)

    # The line and the talk

    def _line(self, event: LineInput, now: float, out: list[HandsetOutput]) -> None:
        memory = self.memory
        if memory is None or (isinstance(event, Call) and not self.talk.able):
            return
        for output in memory.line.handle(event, now):
            match output:
                case Transmit() | Hang() | Dial():
                    out.append(output)
                case Spare():
                    self._stirred = True
                case Up():
                    self._said(self.talk.up(self._vitals(now)), now, out)
                case Came(frame):
                    self._came(frame, now, out)
                case Ended():
                    self._ended(output, now, out)
                case _ as never:
                    assert_never(never)

    def _vitals(self, now: float) -> Vitals:
        return Vitals(self.power.percent(now), self.power.radio.profile)

    def _came(self, frame: frames.Frame, now: float, out: list[HandsetOutput]) -> None:
        memory = self._running()
        link = memory.line.link
        self._dirty = self._stirred = True
        try:
            match frame:
                case frames.Enrolled():
                    said = self.talk.enrolled(frame, self._vitals(now), now)
                case frames.Challenge() if link is not None:
                    said = self.talk.challenged(frame, link.hello_digest)
                case frames.Welcome():
                    said = self.talk.welcomed(frame, now)
                case _:
                    said = self.talk.came(frame, now)
        except RemoteError as error:
            said = [Say(frames.Goodbye(error.reason, f"{sentence_of(error.reason)} ({error.detail})"))]
        self._said(said, now, out)
        if isinstance(frame, frames.Window) and not frame.more:
            along(frame.collection, self.desk(now))
        for text in tell(self.desk(now)):
            self._tell(text, out)

    def _said(self, outputs: list[TalkOutput], now: float, out: list[HandsetOutput]) -> None:
        for output in outputs:
            match output:
                case Say():
                    self._line(output, now, out)
                case Welcomed():
                    self._running().line.welcomed()
                    if self.power.lit_until > now:
                        speak(self.desk(now))
                case Notice(text):
                    self._tell(text, out)
                case SimWritten():
                    out.append(output)
                case _ as never:
                    assert_never(never)

    def _ended(self, ended: Ended, now: float, out: list[HandsetOutput]) -> None:
        self._dirty = True
        if ended.reason == Reason.BAD_CODE:  # another try would be refused too
            self.talk.code = ""
            self._line(Cut("the code was refused"), now, out)
        if ended.reason:
            self._tell(ended.sentence, out)

    def _pump(self, memory: Volatile, now: float, out: list[HandsetOutput]) -> None:
        """Say what there is to say, as far as it may go."""
        for frame in list(self.talk.ready(now)):
            self._line(Say(frame), now, out)
        while memory.line.live and memory.line.link is not None and memory.line.link.may_sync:
            chunk = self.talk.next_chunk(self.power.radio.profile)
            if chunk is None:
                return
            self._line(Say(chunk), now, out)

    # Memory

    def _fit(self, memory: Volatile, now: float, out: list[HandsetOutput]) -> None:
        """Come back into the budget: by what is settled at once, by anything else only announced (spec KEEP-3)."""
        short = memory.tidy()
        if short != memory.line.braked:
            self._line(Brake(short), now, out)
        if short and memory.shed_at == NEVER and memory.line.live and memory.may_shed:
            memory.shed_at = now + ANNOUNCE_S
            self._tell("Memory is full. What is used least and is in no copy yet goes in a moment.", out)

    def _shed(self, memory: Volatile) -> None:
        """It was announced: now what is not settled may go, unless the link is gone or a salvage began."""
        memory.shed_at = NEVER
        if memory.line.live and not memory.cache.frozen:
            memory.shed()
        self._dirty = self._stirred = True

    # Screen and keys

    def desk(self, now: float) -> Desk:
        """What an app sees.

        Raises:
            LocalError: there is no power.
        """
        who = self.talk.who
        account, account_id = (who.account_name, who.account) if who else ("", b"")
        return Desk(self._running(), self.power, self._settings.entropy, account, account_id, SERVICES, now)

    def look(self, now: float) -> Screen:
        """What the screen shows, drawn now; blank without power."""
        profile = self._settings.profile
        if self.memory is None:
            return Screen.blank(profile.cells_wide, profile.cells_high)
        return draw(self.desk(now))

    def _key(self, key: Key | Char, now: float, out: list[HandsetOutput]) -> None:
        memory = self._running()
        if isinstance(key, Key) and key not in self._settings.profile.keys:
            raise LocalError(f"this handset has no key {key.value}")
        self.power.light(now)
        memory.note = ""
        try:
            take(memory, press(key, self.desk(now)))
        except LocalError as error:
            self._tell(str(error), out)
        speak(self.desk(now))

    def _tell(self, text: str, out: list[HandsetOutput]) -> None:
        self._running().note = text
        self._dirty = True
        out.append(Notice(text))

    # One wake for all parts

    def _finish(self, now: float, out: list[HandsetOutput]) -> None:
        while (memory := self.memory) is not None:
            if self._stirred:
                self._stirred = False
                if memory.line.live:
                    self._pump(memory, now, out)
                self._fit(memory, now, out)
            if memory.line.aired:
                memory.line.aired = False
                self.power.booked(now)
            if memory.line.next_at > now:
                break
            self._line(Woke(), now, out)  # a radio without latency: what it has ready needs no wake
        self._due_at = min(self.power.next_at(now), self.memory.next_at(now)) if self.memory else NEVER
        if self._due_at != self._armed_at and self._due_at != NEVER:
            self._armed_at = self._due_at
            out.append(WakeAt(self._due_at))
        if self._dirty:
            self._dirty = False
            out.append(ScreenChanged())
