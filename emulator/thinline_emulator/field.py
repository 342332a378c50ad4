"""The field-test screen: what a handset knows about its line, its history, its radio and its memory, in one look.

Pure, and of data first: the screen's lines are made from what JSON carries.
"""

from __future__ import annotations

from typing import Any

from thinline.types import Collection
from thinline_emulator.handset import Handset

__all__ = ["field_lines", "field_of"]


def field_of(machine: Handset, now: float) -> dict[str, Any]:
    """All of it; what is volatile is None without power."""
    power = machine.power
    radio = power.radio
    data: dict[str, Any] = {
        "life": machine.sim.life,
        "sim_position": machine.sim.point.position if machine.sim.point else None,
        "radio": {
            "network": radio.profile.name,
            "state": radio.state(now).value,
            "bars": power.coverage.bars(now),
            "current_ma": round(radio.current_ma(now), 3),
            "bytes_up": radio.bytes_up,
            "bytes_down": radio.bytes_down,
        },
        "battery": {
            "percent": power.percent(now),
            "draw_ma": round(power.battery.draw_ma, 3),
            "spent_mah": {
                name: round(power.battery.spent_mah(name, now), 3) for name in ("idle", "screen", "cpu", "radio")
            },
        },
        "link": None,
        "memory": None,
    }
    if machine.memory is not None:
        data["link"] = _link(machine)
        data["memory"] = _memory(machine)
    return data


def _link(machine: Handset) -> dict[str, Any]:
    memory = machine.memory
    assert memory is not None
    welcome, link = memory.welcome, memory.line.link
    said, allowed = link.credit if link is not None else (0, 0)
    return {
        "phase": memory.line.phase.value,
        "live": memory.line.live,
        "failures": memory.line.failures,
        "seen": [point.position for point in memory.seen.points],
        "epoch": welcome.epoch if welcome else None,
        "safe": memory.cache.safe.position if memory.cache.safe else None,
        "heartbeat_s": welcome.heartbeat_s if welcome else None,
        "credit_up": [said, allowed],
        "credit_down": [link.received, link.granted] if link is not None else [0, 0],
        "frames": [link.sent, link.came] if link is not None else [0, 0],
    }


def _memory(machine: Handset) -> dict[str, Any]:
    memory = machine.memory
    assert memory is not None
    cache = memory.cache
    return {
        "budget_bytes": cache.budget_bytes,
        "used_bytes": cache.used_bytes + memory.beside_bytes,
        "frozen": cache.frozen,
        "commands": len(memory.outbox),
        "rejected": len(memory.outbox.rejected),
        "asks": len(memory.asks),
        "collections": {
            _name(one): {
                "items": sum(not head.dead for head in cache.heads(one)),
                "tombstones": sum(head.dead for head in cache.heads(one)),
                "cursor": cache.cursors.get(one, b"").hex(),
                "filling": one in memory.filling,
            }
            for one in sorted({*cache.collections(), *cache.cursors, *memory.filling})
        },
    }


def _name(collection: int) -> str:
    known = collection in Collection.values()
    return Collection.Name(Collection.ValueType(collection))[11:].lower() if known else str(collection)


def field_lines(data: dict[str, Any]) -> list[str]:
    """The same as lines of at most 29 cells or so, the most asked for first."""
    radio, battery, link, memory = data["radio"], data["battery"], data["link"], data["memory"]
    lines = [
        f"RADIO {radio['network']} {radio['state']} {radio['bars']}/4",
        f" {radio['current_ma']:g} mA of {battery['draw_ma']:g} mA",
        f" up {radio['bytes_up']} B  down {radio['bytes_down']} B",
        f"BATTERY {battery['percent']} %",
        *(f" {name:<7}{mah:9.3f} mAh" for name, mah in battery["spent_mah"].items()),
        f"SIM life {data['life']}  point {data['sim_position']}",
    ]
    if link is None or memory is None:
        return [*lines, "no power: memory is empty"]
    lines += [
        f"LINK {link['phase']}{' live' if link['live'] else ''}",
        f" seen {' '.join(map(str, link['seen']))}  epoch {link['epoch']}",
        f" safe {link['safe']}  beat {link['heartbeat_s']} s",
        " credit up {}/{}".format(*link["credit_up"]),
        " credit down {}/{}".format(*link["credit_down"]),
        " frames up {} down {}".format(*link["frames"]),
        f"QUEUE {memory['commands']} commands  {memory['asks']} asks",
        f" {memory['rejected']} rejected",
        f"MEMORY {memory['used_bytes']} of {memory['budget_bytes']} B",
    ]
    for name, one in memory["collections"].items():
        lines += [
            f" {name}: {one['items']} items, {one['tombstones']} dead{', filling' if one['filling'] else ''}",
            f"  cursor {one['cursor'][:18] or 'none'}",
        ]
    return lines
