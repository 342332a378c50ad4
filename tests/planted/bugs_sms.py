"""The planted bugs of texts: one for each sentence of the chapter SMS, and of the word that comes of what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from planting import Bug, around, put
from thinline_server.services import sms
from thinline_server.services.sms import coding, joining, outbound, rules
from thinline_server.store import receipts

__all__ = ["BUGS"]


async def _at_once(_outbound: outbound.Outbound) -> None:
    """Waits for nothing."""


BUGS: Mapping[str, Bug] = {
    "SMS-1": Bug(
        "texts are in no order",
        put(sms, "_LATEST_S", 0),
        "server/services/test_sms.py::test_the_newest_comes_first",
    ),
    "SMS-2": Bug(
        "a text may have any control character",
        put(sms, "is_line", lambda _text, _most: True),
        "server/services/test_sms.py::test_what_breaks_a_bound_is_refused",
    ),
    "SMS-3": Bug(
        "what was sent is sent again",
        put(rules, "_SENDABLE", tuple(range(7))),
        "server/services/sms/test_rules.py::test_what_is_on_its_way_or_there_is_done",
    ),
    "SMS-4": Bug(
        "every part is the first",
        put(coding, "write_header", lambda place: bytes((5, 0, 3, place.reference, place.total, 1))),
        "server/services/sms/test_coding.py::test_what_goes_out_is_read_as_it_was_written",
    ),
    "SMS-5": Bug(
        "everybody texts from one number",
        put(rules, "read_number", lambda _written: "+15550000000"),
        "server/services/sms/test_rules.py::test_a_text_is_another_number_s_from_its_sender",
    ),
    "SMS-6": Bug(
        "a receipt that is quicker than the answer is lost",
        put(outbound.Outbound, "settled", _at_once),
        "server/services/sms/test_outbound.py::test_word_waits_until_what_goes_out_is_noted",
    ),
    "SMS-7": Bug(
        "parts of anybody's texts are joined",
        around(joining.Joiner, "came", lambda right, joiner, name, whose, *rest: right(joiner, name, None, *rest)),
        "server/services/sms/test_joining.py::test_texts_of_others_do_not_mix",
    ),
    "SMS-8": Bug(
        "a gap is not shown",
        put(coding, "_GAP", ""),
        "server/services/sms/test_coding.py::test_a_part_that_did_not_come_is_a_gap",
    ),
    "OUT-16": Bug(
        "one of its names is enough",
        put(receipts, "_OTHERS", "SELECT 1 FROM receipts WHERE 0 AND errand = ? AND name = ?"),
        "server/store/test_receipts.py::test_it_is_delivered_once_each_of_its_names_is",
    ),
}
