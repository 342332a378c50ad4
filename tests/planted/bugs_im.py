"""The planted bugs of instant messaging: one for each sentence of the chapter IM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from planting import Bug, around, put
from thinline_server import hub, softly
from thinline_server.outside import FindAccount
from thinline_server.services import fields, im
from thinline_server.services.im import bonds, courier, presence, rules

__all__ = ["BUGS"]

_ORIGINS = count()


def _another(right: Any, parcel: Any) -> Any:
    return replace(right(parcel), origin=next(_ORIGINS).to_bytes(32))


BUGS: Mapping[str, Bug] = {
    "IM-1": Bug(
        "the oldest comes first",
        put(im, "_LATEST_MS", 0),
        "server/services/test_im.py::test_the_roster_comes_first_then_the_latest",
    ),
    "IM-2": Bug(
        "a text may have any control character",
        put(im, "is_text", lambda _text: True),
        "server/services/test_im.py::test_what_no_server_takes",
    ),
    "IM-3": Bug(
        "a buddy may have any item",
        put(rules, "buddy_id", lambda _account, _address: _Any()),
        "server/services/im/test_rules.py::test_a_buddy_s_item_is_the_same_on_every_handset_and_no_other",
    ),
    "IM-4": Bug(
        "what was delivered is sent again",
        put(rules, "_OPEN", tuple(range(7))),
        "server/services/im/test_rules.py::test_what_was_not_sent_is_sent_again_by_its_writer",
    ),
    "IM-5": Bug(
        "a message is another one each time it is handed over",
        around(bonds, "hand_message", _another),
        "server/services/im/test_bonds.py::test_a_message_is_made_once_and_never_changed",
    ),
    "IM-6": Bug(
        "what went out keeps the writer's time",
        put(rules, "with_fields", lambda content, told, *names: fields.with_fields(content, told, *names[:2])),
        "server/services/im/test_rules.py::test_what_alice_says_bob_has_and_both_have_it_at_the_same_time",
    ),
    "IM-7": Bug(
        "whoever asks is a friend",
        around(bonds, "_met", lambda right, mine, theirs: 3 if theirs == 1 else right(mine, theirs)),
        "server/services/im/test_bonds.py::test_how_things_stand_follows_from_how_they_stand_for_the_other",
    ),
    "IM-8": Bug(
        "strangers are told what is read",
        put(rules, "_FRIENDS", 0),
        "server/services/im/test_rules.py",
    ),
    "IM-10": Bug(
        "as long as a handset says",
        put(presence, "TTL_S", 1 << 40),
        "server/services/im/test_presence.py::test_it_never_outlives_who_said_it",
    ),
    "IM-11": Bug(
        "whoever has somebody for a friend sees them",
        put(presence.Presences, "_friends", lambda self, account: set(self._here) - {account}),
        "server/services/im/test_presence.py::test_friends_see_each_other_and_strangers_do_not",
    ),
    "IM-12": Bug(
        "who typed once types for ever",
        put(presence, "TYPING_S", 1 << 40),
        "server/services/im/test_presence.py::test_who_types_is_told_to_whom_it_is_for_and_for_some_seconds",
    ),
    "IM-13": Bug(
        "each change is told at once",
        put(presence.Presences, "_is_time", lambda *_told: True),
        "server/services/im/test_presence.py::test_presence_that_flaps_a_thousand_times_a_second_is_told_once_a_second",
    ),
    "SOFT-3": Bug(
        "nobody is told that a link is over",
        put(hub, "Silenced", lambda *_told: softly.Changed(b"")),
        "server/test_softly.py::test_it_is_gone_with_the_link_and_only_with_the_newest",
    ),
    "IM-9": Bug(
        "what is for nobody waits for ever",
        put(courier, "FindAccount", lambda _name: FindAccount("alice")),
        "server/services/im/test_courier.py::test_what_is_for_nobody_fails_and_says_so",
    ),
}


class _Any(bytes):
    """Equal to every item."""

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = bytes.__hash__
