"""What bytes cost: the seconds they are in the air, and the charge that the radio spends on them."""

from __future__ import annotations

from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.mail.letters import size_text

__all__ = ["charge_mah", "cost_text", "spent_text"]


def charge_mah(size_bytes: int, desk: Desk) -> float:
    """What the radio spends while so many bytes come down, at its rate of now, without its lingering."""
    profile = desk.power.radio.profile
    return profile.active_ma * size_bytes / profile.down_bytes_s / 3_600


def cost_text(size_bytes: int, desk: Desk) -> str:
    """Bytes, the time they take, and the charge."""
    seconds = size_bytes / desk.power.radio.profile.down_bytes_s
    told = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{size_text(size_bytes)}, {told}, {spent_text(charge_mah(size_bytes, desk), desk)}"


def spent_text(mah: float, desk: Desk) -> str:
    """A charge, and its share of the battery."""
    percent = 100 * mah / desk.power.battery.capacity_mah
    return f"{mah:.2f} mAh, {percent:.3f} %"
