"""Write anew what the README shows of the demo: its transcripts, and the film of it in docs.

    python -m thinline_tools.readme [--check]

A transcript stands between fences below a line `<!-- demo: N -->`, and is what act N prints. The demo is the same every
time, so that what stands there is what anybody sees who runs it. `--check` writes nothing and exits 1 when something is
stale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from thinline_tools.demo import tell, the_acts
from thinline_tools.film import as_cast, shoot
from thinline_tools.picture import as_svg

__all__ = ["main", "told_by_act", "with_transcripts", "written"]

ROOT = Path(__file__).resolve().parents[2]
_PLACE = re.compile(r"(<!-- demo: (\d+) -->\n```\n)(.*?)(\n```)", re.DOTALL)
_ACT = re.compile(r"^(\d+)\. ")
_TITLE = "A handset is used, goes through tunnels, loses its battery and is filled again"


def told_by_act() -> dict[int, str]:
    """What each act of the demo prints."""
    said: list[str] = []
    tell(the_acts(), said.append)
    acts: dict[int, str] = {}
    number = 0
    for text in said:
        found = _ACT.match(text.lstrip("\n"))
        number = int(found[1]) if found else number
        acts[number] = f"{acts[number]}\n{text}" if number in acts else text
    return {number: text.strip("\n") for number, text in acts.items()}


def with_transcripts(text: str, told: Mapping[int, str]) -> str:
    """A page with its transcripts written anew.

    Raises:
        KeyError: it asks for an act that there is not.
    """
    return _PLACE.sub(lambda found: f"{found[1]}{told[int(found[2])]}{found[4]}", text)


def written() -> dict[Path, str]:
    """Each file that is written here, and what stands in it."""
    page = ROOT / "README.md"
    frames = shoot(the_acts(), "phone")
    return {
        page: with_transcripts(page.read_text("utf-8"), told_by_act()),
        ROOT / "docs" / "demo.svg": as_svg(frames, _TITLE),
        ROOT / "docs" / "demo.cast": as_cast(frames, _TITLE),
    }


def main() -> int:
    """Write them, or compare."""
    check = "--check" in sys.argv[1:]
    stale = [(path, text) for path, text in written().items() if not path.exists() or path.read_text("utf-8") != text]
    for path, text in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_text(text, "utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
