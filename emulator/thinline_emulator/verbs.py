"""The verbs: what a person, a script or another program does to a handset beyond pressing its keys.

One registry; a verb is a row with its usage, its help and a function. Each answers with a text and with the same as
data that JSON can carry. A verb that can not be carried out raises `LocalError` with a sentence, and changes nothing.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline.reasons import name_of
from thinline_emulator import events
from thinline_emulator.autopsy import Autopsy
from thinline_emulator.cache import Grade
from thinline_emulator.events import HandsetInput
from thinline_emulator.export import export
from thinline_emulator.field import field_lines, field_of
from thinline_emulator.handset import Handset
from thinline_emulator.keys import keys_of
from thinline_emulator.memory import Volatile
from thinline_emulator.profiles import load_radio, radio_names
from thinline_emulator.titles import doing

__all__ = ["VERBS", "Answer", "Bench", "Verb", "do_verb", "seconds", "verb_of"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb says."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)


class Bench(Protocol):
    """Where a handset lies when verbs are done to it: its host, a script's stage, a simulation."""

    @property
    def autopsies(self) -> Sequence[Autopsy]:
        """Of every memory that it lost, oldest first."""
        ...

    @property
    def machine(self) -> Handset:
        """The handset."""
        ...

    @property
    def now(self) -> float:
        """Its time in seconds."""
        ...

    @property
    def rate(self) -> float:
        """Its seconds in one of the world's; infinite where time only jumps."""
        ...

    def do(self, event: HandsetInput) -> None:
        """Hand it an input, and carry out what follows. Raises LocalError."""
        ...

    def set_rate(self, rate: float) -> None:
        """Let its time pass faster, or slower. Raises LocalError where it can not."""
        ...


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb; `whole` where what follows it keeps its spaces."""

    name: str
    usage: str
    help: str
    run: Callable[[Bench, Sequence[str]], Answer]
    whole: bool = False


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|)")
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def seconds(text: str) -> float:
    """Read a duration: `30s`, `5m`, `2h`, `1d`, `250ms`, or plain seconds.

    Raises:
        LocalError: it is none.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise LocalError(f"a duration is a number with ms, s, m, h or d, not {text!r}")
    return float(found[1]) * _UNITS[found[2]]


def verb_of(line: str) -> Verb:
    """The verb of a line; an empty one asks for help.

    Raises:
        LocalError: there is no such verb.
    """
    name = (line.split() or ["help"])[0]
    verb = VERBS.get(name.lower())
    if verb is None:
        raise LocalError(f"there is no verb {name!r}; help lists them")
    return verb


def do_verb(line: str, bench: Bench) -> Answer:
    """Carry out a line.

    Raises:
        LocalError: there is no such verb, or it can not be done; the message says what to write.
    """
    verb = verb_of(line)
    words = line.split()[1:]
    if verb.whole:
        words = [line.split(None, 1)[1]] if words else []
    return verb.run(bench, words)


def _wrong(name: str) -> LocalError:
    return LocalError(f"usage: {VERBS[name].usage}")


def _memory(bench: Bench) -> Volatile:
    memory = bench.machine.memory
    if memory is None:
        raise LocalError("the handset is off; charge it")
    return memory


# Keys and screen


def _key(bench: Bench, words: Sequence[str]) -> Answer:
    if not words:
        raise _wrong("key")
    for key in keys_of(words[0]):
        bench.do(events.KeyPressed(key))
    return _screen(bench, ())


def _screen(bench: Bench, words: Sequence[str]) -> Answer:
    screen = bench.machine.look(bench.now)
    rows = ["".join(cell.text for cell in row) for row in screen.rows]
    return Answer(screen.text(), {"width": screen.width, "height": screen.height, "rows": rows})


def _attach(bench: Bench, words: Sequence[str]) -> Answer:
    if not words:
        raise _wrong("attach")
    path = Path(words[0].strip()).expanduser()
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LIMITS.blob_bytes:
            raise LocalError(f"{path} is no file of at most {LIMITS.blob_bytes} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise LocalError(f"{path}: {error.strerror or error}") from error
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    bench.do(events.FileGiven(path.name, media_type, data))
    return Answer(f"{path.name}, {len(data)} bytes, goes in", {"name": path.name, "size": len(data)})


# Power


def _battery(bench: Bench, words: Sequence[str]) -> Answer:
    match words:
        case []:
            pass
        case ["pull"]:
            return _lost(bench, events.PullBattery())
        case [percent] if re.fullmatch(r"\d+(\.\d+)?%?", percent):
            return _lost(bench, events.SetBattery(float(percent.rstrip("%"))))
        case _:
            raise _wrong("battery")
    return _charge_told(bench)


def _charge_told(bench: Bench) -> Answer:
    power, now = bench.machine.power, bench.now
    empty_at = power.battery.empty_at(now)
    left_s = None if empty_at is None else round(empty_at - now)
    data = {
        "percent": power.percent(now),
        "mah": round(power.battery.charge_mah(now), 3),
        "draw_ma": round(power.battery.draw_ma, 3),
        "charging": power.battery.charger_ma > 0,
        "left_s": left_s,
        "spent_mah": {one: round(power.battery.spent_mah(one, now), 3) for one in ("idle", "screen", "cpu", "radio")},
        "on": power.on,
    }
    left = "" if left_s is None else f", {left_s / 3600:.1f} h left at {data['draw_ma']:g} mA"
    return Answer(f"{data['percent']}%{' charging' if data['charging'] else ''}{left}", data)


def _lost(bench: Bench, event: HandsetInput) -> Answer:
    """Do it, and tell what was lost by it, if anything was."""
    before = len(bench.autopsies)
    bench.do(event)
    told = _charge_told(bench)
    if len(bench.autopsies) == before:
        return told
    autopsy = bench.autopsies[-1]
    return Answer(f"{told.text}\n{autopsy.text()}", {**told.data, "autopsy": autopsy.data()})


def _charge(bench: Bench, words: Sequence[str]) -> Answer:
    if words not in (["on"], ["off"]):
        raise _wrong("charge")
    bench.do(events.Charge(words == ["on"]))
    return _charge_told(bench)


def _reset(bench: Bench, words: Sequence[str]) -> Answer:
    if words not in ([], ["hard"]):
        raise _wrong("reset")
    return _lost(bench, events.Reset(hard=bool(words)))


def _undo(bench: Bench, words: Sequence[str]) -> Answer:
    if words:
        raise _wrong("undo")
    what = bench.machine.memory.undo.what if bench.machine.memory is not None else ""
    bench.do(events.Undo())
    return Answer(f"undone: {what}", {"undone": what})


def _autopsy(bench: Bench, words: Sequence[str]) -> Answer:
    if not bench.autopsies:
        return Answer("no memory was lost yet", {"autopsies": []})
    return Answer(bench.autopsies[-1].text(), {"autopsies": [one.data() for one in bench.autopsies]})


# Radio and link


def _radio(bench: Bench, words: Sequence[str]) -> Answer:
    match words:
        case []:
            pass
        case ["on" | "off"]:
            bench.do(events.SwitchRadio(words == ["on"]))
        case [name]:
            bench.do(events.SetRadio(load_radio(name)))
        case _:
            raise _wrong("radio")
    power, now = bench.machine.power, bench.now
    radio = power.radio
    data = {
        "radio": radio.profile.name,
        "state": radio.state(now).value,
        "bars": power.coverage.bars(now),
        "current_ma": radio.current_ma(now),
        "bytes_up": radio.bytes_up,
        "bytes_down": radio.bytes_down,
        "active_s": round(radio.active_s, 3),
    }
    return Answer(f"{data['radio']}: {data['state']}, {data['bars']} bars, {data['current_ma']:g} mA", data)


def _tunnel(bench: Bench, words: Sequence[str]) -> Answer:
    if len(words) != 1:
        raise _wrong("tunnel")
    duration_s = seconds(words[0])
    bench.do(events.Tunnel(duration_s))
    return Answer(f"no signal for {duration_s:g} s", {"duration_s": duration_s})


def _link(bench: Bench, words: Sequence[str]) -> Answer:
    if words == ["drop"]:
        bench.do(events.DropLink())
    elif words:
        raise _wrong("link")
    memory = _memory(bench)
    welcome = memory.welcome
    data = {
        "link": bench.machine.desk(bench.now).link,
        "phase": memory.line.phase.value,
        "live": memory.line.live,
        "failures": memory.line.failures,
        "bytes_up": memory.line.bytes_up,
        "bytes_down": memory.line.bytes_down,
        "salvage": memory.cache.frozen,
        "seen": [point.position for point in memory.seen.points],
        "epoch": welcome.epoch if welcome else None,
        "heartbeat_s": welcome.heartbeat_s if welcome else None,
    }
    return Answer(f"{data['link']}: {data['bytes_up']} bytes up, {data['bytes_down']} down", data)


# Time


def _clock(bench: Bench, words: Sequence[str]) -> Answer:
    match words:
        case []:
            pass
        case [factor] if re.fullmatch(r"x\d+(\.\d+)?", factor):
            bench.set_rate(float(factor[1:]))
        case _:
            raise _wrong("clock")
    memory = bench.machine.memory
    data = {
        "now_s": round(bench.now, 3),
        "rate": bench.rate,
        "time_ms": memory.clock.read(bench.now) if memory else None,
    }
    shown = bench.machine.desk(bench.now).time if memory else "--:--"
    return Answer(f"{shown}, {data['now_s']:g} s since the start, x{bench.rate:g}", data)


# Memory


def _cache(bench: Bench, words: Sequence[str]) -> Answer:
    memory = _memory(bench)
    cache, outbox = memory.cache, memory.outbox
    grades = {grade.value: 0 for grade in (Grade.DURABLE, Grade.SAFE)}
    for head in cache.heads():
        if not head.dead:
            grades[cache.grade(head).value] += 1
    data = {
        "budget_bytes": cache.budget_bytes,
        "used_bytes": cache.used_bytes + memory.beside_bytes,
        "items": {str(one): sum(not head.dead for head in cache.heads(one)) for one in cache.collections()},
        "tombstones": sum(head.dead for head in cache.heads()),
        **grades,
        "local": len(outbox.items),
        "waiting": [doing(entry, cache) for entry in outbox.entries()],
        "rejected": [{"what": doing(one.entry, cache), "reason": name_of(one.reason)} for one in outbox.rejected],
        "frozen": cache.frozen,
    }
    waiting = [f"waiting: {doing(entry, cache)}" for entry in outbox.entries()]
    text = (
        f"{len(cache)} items, {data['used_bytes']} of {cache.budget_bytes} bytes; "
        f"{grades['safe']} safe, {grades['durable']} durable, {data['local']} only here"
    )
    return Answer("\n".join([text, *waiting]), data)


def _field(bench: Bench, words: Sequence[str]) -> Answer:
    data = field_of(bench.machine, bench.now)
    return Answer("\n".join(field_lines(data)), data)


def _export(bench: Bench, words: Sequence[str]) -> Answer:
    machine = bench.machine
    data = export(_memory(bench), machine.desk(bench.now).account, machine.sim.life)
    return Answer(f"{len(data['items'])} items, {len(data['only_here'])} only here", data)


def _enrol(bench: Bench, words: Sequence[str]) -> Answer:
    if len(words) != 1:
        raise _wrong("enrol")
    bench.do(events.Enrol(words[0]))
    return Answer("enrolling", {})


def _help(bench: Bench, words: Sequence[str]) -> Answer:
    if words and words[0] in VERBS:
        verb = VERBS[words[0]]
        return Answer(f"{verb.usage}\n{verb.help}", {verb.name: {"usage": verb.usage, "help": verb.help}})
    if words:
        raise LocalError(f"there is no verb {words[0]!r}; help lists them")
    lines = [f"{verb.usage:<32} {verb.help}" for verb in VERBS.values()]
    return Answer("\n".join(lines), {name: {"usage": one.usage, "help": one.help} for name, one in VERBS.items()})


_ROWS = (
    Verb(
        "battery", "battery [PERCENT | pull]", "show the charge, set it, or pull the battery and lose memory", _battery
    ),
    Verb("key", "key KEY... | 'TEXT'", "press keys and type: key jump ok menu 'Bob' ok", _key, whole=True),
    Verb("attach", "attach PATH", "a file of this machine goes into the open draft or contact", _attach, whole=True),
    Verb("screen", "screen", "what the screen shows", _screen),
    Verb("undo", "undo", "take back what was done last, a deletion too", _undo),
    Verb("charge", "charge on|off", "plug the charger in or out", _charge),
    Verb("radio", f"radio [on|off|{'|'.join(radio_names())}]", "show the radio, switch it, or change network", _radio),
    Verb("tunnel", "tunnel DURATION", "lose the signal for that long: tunnel 30s", _tunnel),
    Verb("clock", "clock [xFACTOR]", "show the time, or let it pass faster: clock x60", _clock),
    Verb("cache", "cache", "what memory holds, and how safe it is", _cache),
    Verb("link", "link [drop]", "how the link stands; drop cuts it", _link),
    Verb("field", "field", "all that a field test asks for: points, cursors, credit, queues, radio, draw", _field),
    Verb("reset", "reset [hard]", "start again; a hard reset loses the memory", _reset),
    Verb("export", "export", "everything that is held, as JSON", _export),
    Verb("autopsy", "autopsy", "what was lost when memory was lost", _autopsy),
    Verb("enrol", "enrol CODE", "enrol with a one-time code", _enrol),
    Verb("help", "help [VERB]", "this list, or more of one verb", _help),
)
VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _ROWS}
