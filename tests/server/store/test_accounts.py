"""Subscribers, codes, enrolment and revocation."""

from __future__ import annotations

import pytest

from powered import People, PoweredServer, contact
from thinline.identity import read_certificate
from thinline.intents import Create
from thinline.items import Revision
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact
from thinline_server.outside import FindAccount, PeersRead, ReadPeers
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    EnrolHandset,
    Enrolment,
    HandsetInfo,
    ListAccounts,
    NewCode,
    Refused,
    Revoke,
    Revoked,
)
from thinline_server.store.accounts import code_hash


def code(server: PoweredServer, name: str = "alice") -> str:
    answer = server.one(NewCode(name))
    assert isinstance(answer, str)
    return answer


def test_an_account_begins_empty(server: PoweredServer) -> None:
    info = server.one(AddAccount("alice", "+4520304050"))
    assert isinstance(info, AccountInfo)
    assert (info.name, info.number, info.epoch, info.position) == ("alice", "+4520304050", 1, 0)
    assert (info.careful, info.items, info.handsets) == (False, {}, ())
    assert server.one(ListAccounts()) == (info,)
    assert server.one(ListAccounts("alice")) == (info,)
    assert server.one(ListAccounts("bob")) == ()
    assert (server.one(FindAccount("alice")), server.one(FindAccount("bob"))) == (info.account, None)


def test_the_list_counts_live_items_and_handsets(server: PoweredServer, people: People) -> None:
    server.do(people.alice, Create(b"twelve bytes", 1, Content(contact("carol"))))
    server.one(Revoke(people.alice_too.handset))
    listed = server.one(ListAccounts())
    assert isinstance(listed, tuple)
    alice, bob = listed
    assert (alice.name, bob.name) == ("alice", "bob")
    assert (alice.items, alice.position) == ({1: 1}, 3)
    assert set(alice.handsets) == {
        HandsetInfo(people.alice.handset, 1, 1, False),
        HandsetInfo(people.alice_too.handset, 1, 0, True),
    }


@pytest.mark.parametrize("name", ["", "Alice", "al ice", ".alice", "alice-", "a" * 65, "ali\nce", "ælice", "alice\n"])
def test_a_name_must_fit(server: PoweredServer, name: str) -> None:
    answer = server.one(AddAccount(name))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.INVALID


@pytest.mark.parametrize("number", ["1", "++45", "45 20", "1" * 16])
def test_a_number_must_fit(server: PoweredServer, number: str) -> None:
    answer = server.one(AddAccount("alice", number))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.INVALID


def test_names_and_numbers_are_given_once(server: PoweredServer) -> None:
    server.one(AddAccount("alice", "112"))
    for again in (AddAccount("alice"), AddAccount("bob", "112")):
        answer = server.one(again)
        assert isinstance(answer, Refused)
        assert "taken" in answer.detail
    assert isinstance(server.one(AddAccount("bob")), AccountInfo)
    assert isinstance(server.one(AddAccount("carol")), AccountInfo), "no number is no number"


def test_a_code_stands_for_128_bits_and_is_stored_as_its_hash(server: PoweredServer, people: People) -> None:
    """ID-2, T9."""
    fresh = code(server)
    assert len(fresh) == 26
    held = server.disk.read("/store.db-wal") + server.disk.read("/store.db")
    assert fresh.encode() not in held
    assert code_hash(fresh) in held
    assert code_hash(f" {fresh[:5]}-{fresh[5:].lower()} ") == code_hash(fresh)
    assert server.one(NewCode("mallory")) == Refused(
        Reason.INVALID, "there is no account mallory; account list tells which there are"
    )


def test_the_same_code_and_key_give_the_same_certificate_again(server: PoweredServer, people: People) -> None:
    """ID-3: an answer may be lost."""
    fresh = code(server)
    first = server.one(EnrolHandset(fresh, b"k" * 32))
    assert isinstance(first, Enrolment)
    certificate, signer = read_certificate(first.certificate)
    assert (certificate.account, certificate.key, certificate.account_name) == (
        people.alice.account,
        b"k" * 32,
        "alice",
    )
    assert signer == server.store._state.key.public
    assert certificate.point.position == 3
    server.do(people.alice, Create(b"twelve bytes", 1, Content(contact("carol"))))
    assert server.one(EnrolHandset(fresh, b"k" * 32)) == first
    assert server.one(EnrolHandset(fresh, b"m" * 32)) == Refused(Reason.BAD_CODE)


def test_an_enrolment_is_a_row(server: PoweredServer, people: People) -> None:
    """Spec HIST-3: the handset's id and four zero bytes, no revision, number 0 of life 0."""
    enrolment = server.one(EnrolHandset(code(server), b"k" * 32))
    assert isinstance(enrolment, Enrolment)
    certificate, _ = read_certificate(enrolment.certificate)
    position = certificate.point.position
    found = server.store._tables.row(
        "SELECT row FROM rows WHERE account = ? AND position = ?", (people.alice.account, position)
    )
    author = certificate.handset + bytes(3)
    told = bytes([position, 1]) + certificate.handset + bytes(4) + Revision(0, b"").encode() + author
    assert found == (told,)


def test_a_code_that_is_unknown_or_too_old_is_bad(server: PoweredServer, people: People) -> None:
    fresh = code(server)
    server.now_ms += NewCode("alice").life_s * 1_000
    assert server.one(EnrolHandset(fresh, b"k" * 32)) == Refused(Reason.BAD_CODE)
    assert server.one(EnrolHandset("A" * 26, b"k" * 32)) == Refused(Reason.BAD_CODE)
    code(server)
    unspent = server.store._tables.rows("SELECT code FROM codes WHERE handset IS NULL")
    assert len(unspent) == 1, "codes that nobody used are swept"


def test_revocation(server: PoweredServer, people: People) -> None:
    """T3."""
    assert server.one(Revoke(people.alice.handset)) == Revoked(people.alice.account)
    assert server.one(Revoke(people.alice.handset)) == Revoked(people.alice.account)
    sentence = "there is no handset 6d616c6c6f727900; account show tells those of an account"
    assert server.one(Revoke(b"mallory\0")) == Refused(Reason.UNKNOWN_HANDSET, sentence)
    request = people.alice.command(1, b"")
    assert server.one(request) == Refused(Reason.REVOKED)


def test_the_accounts_that_items_are_about(server: PoweredServer, people: People) -> None:
    for number, name in enumerate(("bob", "nobody", "alice")):
        content = Content(contact(name))
        server.do(people.alice, Create(number.to_bytes(12, "big"), 1, content))
    told = server.one(ReadPeers(people.alice.account, 1, b"\xff", lambda fields: Contact.FromString(fields).name))
    assert told == PeersRead("alice", frozenset({people.alice.account, people.bob.account}))
    told = server.one(ReadPeers(people.alice.account, 1, b"b", lambda fields: Contact.FromString(fields).name))
    assert told == PeersRead("alice", frozenset({people.alice.account}))
    assert server.one(ReadPeers(b"stranger", 1, b"b", lambda _fields: "bob")) is None
