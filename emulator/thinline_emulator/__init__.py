"""The handset: an emulated dumb terminal with a battery that dies.

`Handset` runs one in this process, without a terminal; the pure machine behind it is `thinline_emulator.handset`.
"""

from __future__ import annotations

from thinline_emulator.host import Handset, Options

__all__ = ["Handset", "Options"]
