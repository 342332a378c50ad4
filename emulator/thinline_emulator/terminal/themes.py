"""The colours: day, night, amber, and none.

A theme maps the names of what is drawn to styles of prompt_toolkit. With NO_COLOR there are no colours whatever was
chosen, only bold, underline and reverse, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from thinline.errors import LocalError
from thinline_emulator.terminal.paint import Tint

__all__ = ["THEMES", "styles_of", "tint_of"]


class _Inks(NamedTuple):
    """The colours of one theme."""

    desk: str
    desk_text: str
    body: str
    body_edge: str
    key: str
    key_text: str
    paper: str
    ink: str
    faint: str
    bar: str
    bar_ink: str


THEMES: Mapping[str, _Inks | None] = {
    "day": _Inks(
        "#d9dce0", "#3a4148", "#f4f5f6", "#9aa3ac", "#e3e6ea", "#2b3138", "#eef3e2", "#1d2a16", "#7b8a70", "#2f4a5c",
        "#ffffff",
    ),
    "night": _Inks(
        "#101418", "#8894a0", "#262c33", "#56616d", "#343c46", "#cfd8e0", "#0b1622", "#d6e6f5", "#6c8298", "#1f4d78",
        "#ffffff",
    ),
    "amber": _Inks(
        "#0a0703", "#9a6a1c", "#1a1208", "#6e4a10", "#2a1d0b", "#ffb000", "#120b02", "#ffb000", "#8f6410", "#ffb000",
        "#120b02",
    ),
    "none": None,
}  # fmt: skip

_ONE_COLOUR = frozenset({"amber"})
_LIGHTS = {"green": "#3fbf5f", "amber": "#ffb000", "red": "#ff4a3d"}


def styles_of(name: str, *, no_color: bool = False) -> dict[str, str]:
    """The styles of a theme.

    Raises:
        LocalError: no theme is called that.
    """
    if name not in THEMES:
        raise LocalError(f"no theme is called {name!r}; there are {', '.join(THEMES)}")
    inks = THEMES[name]
    return _plain() if inks is None or no_color else _coloured(inks)


def tint_of(name: str) -> Tint | None:
    """The two colours of a theme whose screen has no more; None for the others."""
    inks = THEMES[name]
    if inks is None or name not in _ONE_COLOUR:
        return None
    dark, bright = (bytes.fromhex(colour[1:]) for colour in (inks.paper, inks.ink))
    return Tint((dark[0], dark[1], dark[2]), (bright[0], bright[1], bright[2]))


def _coloured(inks: _Inks) -> dict[str, str]:
    desk, paper = f"bg:{inks.desk} {inks.desk_text}", f"bg:{inks.paper}"
    styles = {
        "desk": desk,
        "strong": f"{desk} bold",
        "banner": f"bg:{inks.bar} {inks.bar_ink} bold",
        "body": f"bg:{inks.body} {inks.body_edge}",
        "brand": f"bg:{inks.body} {inks.key_text} bold",
        "key": f"bg:{inks.key} {inks.key_text}",
        "bezel": f"{paper} {inks.body_edge}",
        "screen": f"{paper} {inks.ink}",
        "screen-bold": f"{paper} {inks.ink} bold",
        "screen-dim": f"{paper} {inks.faint}",
        "screen-link": f"{paper} {inks.ink} underline",
        "screen-inverse": f"bg:{inks.bar} {inks.bar_ink}",
        "unlit": f"{paper} {inks.faint}",
        "light-off": f"bg:{inks.body} {inks.body_edge}",
        "pane": desk,
        "pane-title": f"bg:{inks.bar} {inks.bar_ink}",
        "pane-faint": f"bg:{inks.desk} {inks.body_edge}",
    }
    styles |= {
        "completion-menu": f"bg:{inks.key} {inks.key_text}",
        "completion-menu.completion.current": f"bg:{inks.bar} {inks.bar_ink}",
        "completion-menu.meta.completion": f"bg:{inks.body} {inks.key_text}",
        "completion-menu.meta.completion.current": f"bg:{inks.bar} {inks.bar_ink}",
    }
    return styles | {f"light-{name}": f"bg:{inks.body} {ink}" for name, ink in _LIGHTS.items()}


def _plain() -> dict[str, str]:
    names = set(_coloured(_Inks(*[""] * len(_Inks._fields))))
    marked = {
        "strong": "bold",
        "banner": "reverse",
        "brand": "bold",
        "screen-bold": "bold",
        "screen-link": "underline",
        "pane-title": "reverse",
    }
    marked |= {name: "reverse" for name in names if name.endswith("current")}
    return dict.fromkeys(names, "") | marked | {"screen-inverse": "reverse", "light-red": "bold"}
