"""The operator's verbs: what each asks of the server, and how its answer reads."""

from __future__ import annotations

from typing import Any

import pytest

from thinline.items import NO_REVISION, Blob, Head
from thinline.reasons import Reason, sentence_of
from thinline_server.outside import Incoming, Take, Taken, Took
from thinline_server.requests import (
    AccountInfo,
    AddAccount,
    BlobRead,
    GetBlob,
    HandsetInfo,
    HeadsRead,
    ListAccounts,
    ListItems,
    NewCode,
    Refused,
    Request,
    Revoke,
    Revoked,
)
from thinline_server.verbs import Attached, ControlRefused, obey

TAKE = {"verb": "items.take", "account": b"account1".hex(), "source": "vcard"}
CARD = {"origin": "00" * 32, "type": 1, "fields": ""}
PHONE = HandsetInfo(b"handset1", life=2, done=7, revoked=False)
ALICE = AccountInfo(b"account1", "alice", "+4520304050", 1, 9, False, {1: 3, 77: 1}, (PHONE,))
TOLD = {
    "account": b"account1".hex(),
    "name": "alice",
    "number": "+4520304050",
    "epoch": 1,
    "position": 9,
    "careful": False,
    "items": {"contacts": 3, "77": 1},
    "handsets": [{"handset": b"handset1".hex(), "life": 2, "done": 7, "revoked": False, "linked": True}],
}


class FakeServer:
    """Answers everything with one thing, and notes what it was asked."""

    code_life_s = 600

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    async def operate(self, request: Request) -> Any:
        self.asked.append(request)
        return self.answer

    def status(self) -> dict[str, Any]:
        return {"links": 3}

    def linked(self, handset: bytes) -> bool:
        return handset == b"handset1"

    def stop(self) -> None:
        """Not called by a verb: the answer leaves first."""


@pytest.mark.parametrize(
    ("told", "request_", "answer", "result"),
    [
        ({"verb": "account.add", "name": "alice"}, AddAccount("alice"), ALICE, TOLD),
        ({"verb": "account.add", "name": "alice", "number": "12"}, AddAccount("alice", "12"), ALICE, TOLD),
        ({"verb": "account.list"}, ListAccounts(), (ALICE, ALICE), [TOLD, TOLD]),
        ({"verb": "account.show", "name": "alice"}, ListAccounts("alice"), (ALICE,), TOLD),
        (
            {"verb": "account.enroll", "name": "alice"},
            NewCode("alice", 600),
            "CODE",
            {"name": "alice", "code": "CODE"},
        ),
        (
            {"verb": "account.revoke", "handset": b"handset1".hex()},
            Revoke(b"handset1"),
            Revoked(b"account1"),
            {"account": b"account1".hex(), "handset": b"handset1".hex()},
        ),
        (
            {**TAKE, "items": [{**CARD, "parts": {"vcard": 5, "photo": 3}}, CARD], "attached": b"BEGINGIF"},
            Take(
                b"account1",
                "vcard",
                (Incoming(bytes(32), 1, b"", (("vcard", b"BEGIN"), ("photo", b"GIF"))), Incoming(bytes(32), 1, b"")),
            ),
            Taken(b"account1", (Took(bytes(12), reason=Reason.INVALID),), frozenset()),
            {
                "account": b"account1".hex(),
                "items": [
                    {
                        "item": "00" * 12,
                        "new": False,
                        "dead": False,
                        "reason": "INVALID",
                        "sentence": sentence_of(Reason.INVALID),
                    }
                ],
            },
        ),
        (
            {"verb": "items.list", "account": b"account1".hex(), "collection": 1, "cursor": "YQ=="},
            ListItems(b"account1", 1, b"a", 64),
            HeadsRead((Head(bytes(12), 4, NO_REVISION, 1, b"f", (Blob("photo", bytes(32), 3),)),), b""),
            {
                "heads": [
                    {
                        "item": "00" * 12,
                        "type": 1,
                        "position": 4,
                        "fields": "Zg==",
                        "parts": {"photo": {"hash": "00" * 32, "size": 3}},
                    }
                ],
                "cursor": "",
            },
        ),
        (
            {"verb": "items.part", "account": b"account1".hex(), "item": "00" * 12, "part": "p", "hash": "00" * 32},
            GetBlob(b"account1", bytes(12), "p", bytes(32)),
            BlobRead(2, b"GIF", 3),
            Attached({"size": 3, "zstd": True}, b"GIF"),
        ),
    ],
    ids=["add", "add with a number", "list", "show", "enroll", "revoke", "take", "items", "part"],
)
async def test_a_verb_asks_the_store_and_tells(told: Any, request_: Request, answer: Any, result: Any) -> None:
    server = FakeServer(answer)
    assert await obey(server, told) == result
    assert server.asked == [request_]


@pytest.mark.parametrize(("verb", "result"), [("status", {"links": 3}), ("stop", {"stopping": True})])
async def test_some_verbs_are_of_the_server_itself(verb: str, result: Any) -> None:
    server = FakeServer()
    assert await obey(server, {"verb": verb}) == result
    assert server.asked == []


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (["status"], "a request is a JSON object with a verb"),
        ({}, "give verb as a text"),
        ({"verb": "account.add"}, "give name as a text"),
        ({"verb": "account.add", "name": 7}, "give name as a text"),
        ({"verb": "account.add", "name": "alice", "number": 7}, "give number as a text"),
        ({"verb": "account.revoke", "handset": "zz"}, "'zz' is not a handset: give its 16 hexadecimal digits"),
        ({"verb": "account.revoke", "handset": "00ff"}, "'00ff' is not a handset"),
        (TAKE, "give items as a list of objects"),
        ({**TAKE, "items": [7]}, "give items as a list of objects"),
        ({**TAKE, "items": [{**CARD, "origin": "00"}]}, "'00' is not a"),
        ({**TAKE, "items": [{**CARD, "type": True}]}, "give type as a number"),
        ({**TAKE, "items": [{**CARD, "fields": "%"}]}, "give fields in base64"),
        ({**TAKE, "items": [{**CARD, "parts": []}]}, "give parts as an object"),
        ({**TAKE, "items": [{**CARD, "parts": {"photo": "1"}}]}, "give photo as a number"),
        ({**TAKE, "items": [{**CARD, "parts": {"photo": 2}}], "attached": b"G"}, "attach the bytes of all parts"),
        ({**TAKE, "items": [{**CARD, "parts": {"photo": 2}}], "attached": b"GIF"}, "attach the bytes of all parts"),
        ({"verb": "items.list", "account": "00" * 8, "collection": -1}, "give collection as a number"),
        ({"verb": "items.part", "account": "00" * 8, "item": "00"}, "give its 24 hexadecimal digits"),
        ({"verb": "dance"}, "there is no verb 'dance'; there are account.add, "),
    ],
)
async def test_what_is_no_request_is_a_sentence(told: Any, sentence: str) -> None:
    with pytest.raises(ControlRefused, match=sentence):
        await obey(FakeServer(), told)


async def test_an_account_that_is_not_there() -> None:
    with pytest.raises(ControlRefused, match="there is no account bob"):
        await obey(FakeServer(()), {"verb": "account.show", "name": "bob"})


@pytest.mark.parametrize(("detail", "sentence"), [("taken", "taken"), ("", sentence_of(Reason.INVALID))])
async def test_the_stores_no_is_told(detail: str, sentence: str) -> None:
    with pytest.raises(ControlRefused) as raised:
        await obey(FakeServer(Refused(Reason.INVALID, detail)), {"verb": "account.add", "name": "alice"})
    assert (raised.value.reason, str(raised.value)) == ("INVALID", sentence)
