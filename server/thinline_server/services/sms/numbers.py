"""Who texts: telephone numbers, short codes and names, as people write them and as SMPP carries them.

A number is written with a plus and its country, a short code or a number of the own network with its digits only.
Some senders are no numbers but names of up to eleven characters; nobody can answer those.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NUMBER_CHARACTERS", "Address", "address_of", "number_of"]

NUMBER_CHARACTERS = 20  # of an address field in SMPP, which has 21 bytes with its end
_UNKNOWN, _INTERNATIONAL, _ALPHANUMERIC = 0, 1, 5  # types of number: SMPP 3.4, 5.2.5
_NO_PLAN, _E164 = 0, 1  # numbering plans: SMPP 3.4, 5.2.6


@dataclass(frozen=True, slots=True)
class Address:
    """As a PDU tells it: type of number, numbering plan, and digits or a name."""

    type: int
    plan: int
    digits: str


def address_of(number: str) -> Address:
    """How a message centre is told of it."""
    if number.startswith("+"):
        return Address(_INTERNATIONAL, _E164, number[1:])
    return Address(_UNKNOWN, _E164 if number.isdigit() else _NO_PLAN, number)


def number_of(address: Address) -> str:
    """Who a message is from or for; whatever it says, at most `NUMBER_CHARACTERS` and a plus, in one line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in address.digits[:NUMBER_CHARACTERS])
    if address.type == _INTERNATIONAL and plain.isascii() and plain.isdigit():
        return f"+{plain}"
    return plain
