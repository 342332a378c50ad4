"""Delivery receipts: what a message centre tells later of a text that it took (SMPP 3.4, 5.3.2 and Appendix B).

Newer centres say it in fields of their own, older ones in a line of text that each of them writes a little
differently. What does not say of which message it is, or nothing final, is no receipt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Receipt", "read_receipt"]

_ID_CHARACTERS = 64
_LINE = re.compile(rb"\bid:\s*([^\s]{1,64})", re.IGNORECASE)
_STATE = re.compile(rb"\bstat:\s*([A-Za-z]{1,10})", re.IGNORECASE)
_ERROR = re.compile(rb"\berr:\s*([0-9A-Za-z]{1,8})", re.IGNORECASE)
_DELIVERED = 2
_STATES = {1: "", 2: "", 3: "expired", 4: "deleted", 5: "not deliverable", 6: "", 7: "", 8: "rejected"}  # SMPP 5.2.28
_WORDS = {b"DELIVRD": 2, b"EXPIRED": 3, b"DELETED": 4, b"UNDELIV": 5, b"REJECTD": 8}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message.

    Attributes:
        message: as the centre named it when it took it.
        delivered: or it will not be, for the reason told.
    """

    message: str
    delivered: bool
    reason: str = ""


def read_receipt(text: bytes, message: str, state: int) -> Receipt | None:
    """A receipt of its text and of the fields beside, where they are told (empty, and 0, where not).

    None for what is none, or tells only that the message is on its way.
    """
    named = _LINE.search(text)
    message = message or (named[1].decode("ascii", "replace") if named else "")
    if not state:
        word = _STATE.search(text)
        state = _WORDS.get(word[1].upper(), 0) if word else 0
    if not message or len(message) > _ID_CHARACTERS:
        return None
    if state == _DELIVERED:
        return Receipt(message, delivered=True)
    why = _STATES.get(state, "")
    if not why:
        return None
    error = _ERROR.search(text)
    code = error[1].decode() if error else ""
    return Receipt(message, delivered=False, reason=f"{why} ({code})" if code.strip("0") else why)
