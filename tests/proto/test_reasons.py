"""One registry of reasons: each with its class, its name and a sentence."""

from __future__ import annotations

import pytest

from thinline.reasons import Reason, ReasonClass, class_of, name_of, sentence_of


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_class_a_name_and_a_sentence(reason: Reason) -> None:
    """Spec REASON-3: the sentence is for a person."""
    assert class_of(reason) in ReasonClass
    assert name_of(reason) == reason.name
    assert sentence_of(reason).endswith(".")
    assert len(sentence_of(reason)) < 120


def test_the_hundreds_digit_is_the_class_of_later_versions_too() -> None:
    """Spec REASON-2."""
    assert [class_of(number) for number in (100, 199, 250, 399)] == [
        ReasonClass.RETRY,
        ReasonClass.RETRY,
        ReasonClass.FINAL,
        ReasonClass.IDENTITY,
    ]
    assert class_of(0) is class_of(400) is class_of(10**9) is ReasonClass.FINAL
    assert name_of(199) == "REASON_199"


def test_numbers_stay() -> None:
    """Spec REASON-1: what was once given out means the same for ever; new ones are added here."""
    given = {
        100: "BUSY", 101: "FULL", 102: "GAP", 103: "LIMIT", 104: "LINK_LOST", 105: "SALVAGE_FIRST", 106: "STOPPING",
        107: "REPLACED", 108: "BLOB_MISSING", 109: "STORE_FAILED", 110: "SILENT", 111: "OFFSET",
        200: "MALFORMED", 201: "TOO_LARGE", 202: "OUT_OF_TURN", 203: "NO_SUCH_ITEM", 204: "EDITED",
        205: "UNKNOWN_TYPE", 206: "UNKNOWN_KIND", 207: "POISON", 208: "INVALID", 209: "CREDIT", 210: "NO_SUCH_PART",
        211: "NO_PICTURE", 212: "UNAUTHORIZED", 213: "NO_PAGE", 214: "UNREACHABLE", 215: "NOT_ALLOWED",
        216: "NO_SUCH_PAGE",
        300: "VERSION", 301: "UNKNOWN_HANDSET", 302: "BAD_PROOF", 303: "BAD_CODE", 304: "REVOKED", 305: "OLD_LIFE",
        306: "CLONE", 307: "INSECURE",
    }  # fmt: skip
    assert {int(reason): reason.name for reason in Reason} == given
