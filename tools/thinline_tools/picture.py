"""A film as an SVG: a picture of the terminal that moves, without a script, a font or anything else from elsewhere.

Each stretch of cells that changed is drawn once, over what was there, and appears at its second of a round that begins
again at its end. Where nothing moves, in print or for somebody who asked their system for calm, all of it is there, so
that the last frame is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from xml.sax.saxutils import escape, quoteattr

from prompt_toolkit.styles import Style

from thinline_emulator.terminal.sheet import Run, runs
from thinline_tools.film import HIGH, READ_S, WIDE, Frame, Stretch, film_style, stretches

__all__ = ["as_svg"]

_CELL_WIDE, _CELL_HIGH = 9, 18
_FONT = "font-size:15.4px;font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
_BASE_UP = 13.6  # from the top of a cell to the line on which letters stand
_EDGE = 10
# These fill their cells to the edge whatever the font: left, top, right, bottom of what is inked.
_BLOCKS = {
    "▀": (0.0, 0.0, 1.0, 0.5),
    "▄": (0.0, 0.5, 1.0, 1.0),
    "█": (0.0, 0.0, 1.0, 1.0),
    "▌": (0.0, 0.0, 0.5, 1.0),
    "▐": (0.5, 0.0, 1.0, 1.0),
    "▂": (0.0, 0.75, 1.0, 1.0),
    "▆": (0.0, 0.25, 1.0, 1.0),
}


def as_svg(frames: Sequence[Frame], title: str) -> str:
    """The film, drawn.

    Args:
        frames: what is to be seen.
        title: read to who cannot see it.
    """
    wide, high = WIDE * _CELL_WIDE + 2 * _EDGE, HIGH * _CELL_HIGH + 2 * _EDGE
    painter = _Painter(film_style())
    layers = [
        (at_s, "".join([painter.paint(one) for one in together]))
        for at_s, together in groupby(stretches(frames), key=lambda one: one.at_s)
    ]
    whole_s = frames[-1].at_s + READ_S
    moves = "".join(_moves(number, at_s / whole_s) for number, (at_s, _) in enumerate(layers) if number)
    drawn = "\n".join(f'<g id="f{number}">{cells}</g>' for number, (_, cells) in enumerate(layers))
    calm = "@media(prefers-reduced-motion:reduce){g{animation:none!important}}"
    style = f"text{{{_FONT};white-space:pre}}g{{animation:{whole_s:g}s step-end infinite}}{painter.css()}{moves}{calm}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        f' role="img" aria-label={quoteattr(title)} xml:space="preserve">\n<style>{style}</style>\n'
        f'<rect width="{wide}" height="{high}" rx="8" fill="{painter.ground}"/>\n'
        f'<svg x="{_EDGE}" y="{_EDGE}" shape-rendering="crispEdges">\n{drawn}\n</svg>\n</svg>\n'
    )


def _moves(number: int, begins: float) -> str:
    """A layer is hidden until its second comes."""
    return f"@keyframes m{number}{{0%{{visibility:hidden}}{100 * begins:.3f}%{{visibility:visible}}}}" + (
        f"#f{number}{{animation-name:m{number}}}"
    )


class _Painter:
    """Draws cells, and gathers the colours that it needs.

    Attributes:
        ground: the colour of the desk, on which all lies.
    """

    def __init__(self, style: Style) -> None:
        self._style = style
        self._classes: dict[str, str] = {}
        self.ground = self._attrs("desk")[1]

    def css(self) -> str:
        """The colours, as classes."""
        return "".join([f".{name}{{{rule}}}" for rule, name in self._classes.items()])

    def paint(self, stretch: Stretch) -> str:
        """One stretch of a row, and nothing beyond its cells: first what lies below, then the letters."""
        below: list[tuple[str, int]] = []
        above, x = "", 0
        parts = [list(part) for _, part in groupby(stretch.inks, key=lambda ink: ink.text in _BLOCKS)]
        for run in chain.from_iterable(map(runs, parts)):
            ink, paper, bold = self._attrs(run.style)
            below.append((paper, run.cells))
            above += "".join(self._letters(run, x, self._class(f"fill:{ink}{';font-weight:bold' if bold else ''}")))
            x += run.cells * _CELL_WIDE
        place = f'x="{stretch.x * _CELL_WIDE}" y="{stretch.y * _CELL_HIGH}" width="{x}" height="{_CELL_HIGH}"'
        drawn, x = "", 0
        for paper, together in groupby(below, key=lambda one: one[0]):
            wide = sum(cells for _, cells in together) * _CELL_WIDE
            drawn += _box(x, 0, wide, _CELL_HIGH, self._class(f"fill:{paper}"))
            x += wide
        return f"<svg {place}>{drawn}{above}</svg>"

    def _letters(self, run: Run, x: int, name: str) -> Iterator[str]:
        if run.text[0] in _BLOCKS:
            for letter in run.text:
                left, top, right, bottom = _BLOCKS[letter]
                wide, high = round((right - left) * _CELL_WIDE), round((bottom - top) * _CELL_HIGH)
                yield _box(x + round(left * _CELL_WIDE), round(top * _CELL_HIGH), wide, high, name)
                x += _CELL_WIDE
            return
        text = run.text.strip(" ")
        if not text:
            return
        x += (len(run.text) - len(run.text.lstrip(" "))) * _CELL_WIDE
        wide = (run.cells - (len(run.text) - len(text))) * _CELL_WIDE
        yield f'<text class="{name}" x="{x}" y="{_BASE_UP:g}" textLength="{wide}">{escape(text)}</text>'

    def _attrs(self, style: str) -> tuple[str, str, bool]:
        """Ink, paper, and whether it is bold."""
        attrs = self._style.get_attrs_for_style_str(f"class:{style}")
        return f"#{attrs.color}", f"#{attrs.bgcolor}", bool(attrs.bold)

    def _class(self, rule: str) -> str:
        return self._classes.setdefault(rule, f"c{len(self._classes)}")


def _box(x: int, y: int, wide: int, high: int, name: str) -> str:
    return f'<rect class="{name}" x="{x}" y="{y}" width="{wide}" height="{high}"/>'
