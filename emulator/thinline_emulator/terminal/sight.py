"""What of a handset is shown around its screen: whose it is, how it stands, and its light. Pure; it only looks."""

from __future__ import annotations

from thinline_emulator.battery import Battery
from thinline_emulator.handset import Handset
from thinline_emulator.memory import only_here_text
from thinline_emulator.screen import Screen
from thinline_emulator.terminal.device import View

__all__ = ["light_of", "see", "status_of", "title_of"]

_LOW, _LAST = 20, 5  # percent at which the light is amber, and red
_SEGMENTS = 5


def see(machine: Handset, now: float, screen: Screen, place: str, banner: str) -> View:
    """The whole picture of a handset around what its screen shows."""
    return View(
        screen,
        title_of(machine),
        place,
        banner,
        status_of(machine, now),
        light_of(machine, now, told=bool(banner)),
        machine.power.profile.keys,
        machine.power.lit_until > now,
    )


def title_of(machine: Handset) -> str:
    """Whose it is, and how often its memory came up empty."""
    who = machine.talk.who
    name = who.account_name if who else "not enrolled"
    return f"{name}, {machine.power.profile.name} handset, life {machine.sim.life}"


def light_of(machine: Handset, now: float, *, told: bool) -> str:
    """The colour of its light: red when memory is in danger, amber when there is something to know."""
    memory, battery = machine.memory, machine.power.battery
    if memory is None:
        return "off"
    percent = machine.power.percent(now)
    if memory.cache.frozen or (percent <= _LAST and not battery.charger_ma):
        return "red"
    if told or memory.outbox.rejected or (percent <= _LOW and not battery.charger_ma):
        return "amber"
    return "green" if memory.line.live else "off"


def status_of(machine: Handset, now: float) -> str:
    """Battery with an estimate, the link, and what exists only here."""
    memory, power = machine.memory, machine.power
    said = [f"{_gauge(power.percent(now))} {power.percent(now)} %{_left(power.battery, now)}"]
    if memory is None:
        said.append("off: its memory is empty" + ("" if power.percent(now) else "; put the charger in: F9"))
        return "   ".join(said)
    said.append(machine.desk(now).link)
    said.append(f"{len(memory.cache)} item{'' if len(memory.cache) == 1 else 's'} held")
    said.append(only_here_text(memory.only_here) if memory.only_here else "nothing exists only here")
    return "   ".join(said)


def _gauge(percent: int) -> str:
    full = -(-percent * _SEGMENTS // 100)
    return "█" * full + "░" * (_SEGMENTS - full)


def _left(battery: Battery, now: float) -> str:
    if battery.charger_ma > battery.draw_ma:
        return ", charging"
    empty_at = battery.empty_at(now)
    if empty_at is None or not battery.draw_ma:
        return ""
    left_s = empty_at - now
    return f", ≈ {left_s / 3600:.0f} h" if left_s >= 7_200 else f", ≈ {left_s / 60:.0f} min"
