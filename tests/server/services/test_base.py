"""All services seen as one: each type to its owner, and none twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from letters import LETTER, LETTERS, WORD, Letters
from thinline.commands import Rule
from thinline.merge import Content
from thinline.reasons import Reason
from thinline_server.services.base import KEY_BYTES, Catalogue
from thinline_server.services.contacts import Contacts
from thinline_server.services.mail import Mailbox


def test_a_type_is_its_owner_s() -> None:
    catalogue = Catalogue([Contacts()])
    fields = b"\x0a\x05Carol"
    assert catalogue.key(1, fields) == b"carol".ljust(KEY_BYTES, b"\0")
    assert catalogue.check(1, Content(fields)) is None
    assert catalogue.search_text(1, fields) == "Carol"


def test_a_type_whose_service_is_not_here_is_first_and_refused() -> None:
    catalogue = Catalogue([])
    assert catalogue.key(1, b"\x0a\x05Carol") == bytes(KEY_BYTES)
    assert catalogue.check(1, Content()) is Reason.UNKNOWN_TYPE
    assert catalogue.search_text(1, b"") == ""


def test_an_owner_is_the_only_one() -> None:
    with pytest.raises(AssertionError, match="has an owner"):
        Catalogue([Contacts(), Contacts()])


def test_errands_have_one_owner_too() -> None:
    class Twin(Letters):
        rules: Mapping[int, Rule] = {}

    assert list(Catalogue([LETTERS]).errands) == [WORD, LETTER]
    with pytest.raises(AssertionError, match="letters takes errands that have an owner"):
        Catalogue([LETTERS, Twin()])


def test_a_service_may_have_texts_in_parts() -> None:
    """Spec MAIL-11."""
    catalogue = Catalogue([Contacts(), Mailbox()])
    assert set(catalogue.part_texts(2)) == {"mail", "body"}
    assert catalogue.part_texts(1) == catalogue.part_texts(99) == {}
