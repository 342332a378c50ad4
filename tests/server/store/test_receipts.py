"""Word comes of what alice sent, by the names that the far side gave to it. X7, H10, spec OUT-16."""

from __future__ import annotations

from pathlib import Path

from letters import WORD, post, shown
from powered import People, PoweredServer, contact
from thinline.errands import ErrandState
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline_server.outside import Begin, Drawn, Due, End, Settle, Settled, Word
from thinline_server.store.database import STORE_SCHEMA
from thinline_server.store.receipts import WAITED_MS

BOB = b"contact  bob"
FAR, NEAR = "bob@far.test", "bob@near.test"
STORES = Path(__file__).resolve().parents[2] / "fixtures" / "stores"
DELIVERED, FAILED = ErrandState.DELIVERED, ErrandState.FAILED


class Post:
    """Alice's word to bob, and what her item shows of it."""

    def __init__(self, server: PoweredServer, people: People) -> None:
        self.server = server
        self.alice = people.alice
        for command in (write_intent(Create(BOB, 1, Content(contact("bob")))), post(BOB, FAR)):
            self.say(*command)
        self.errand = self.newest()

    def say(self, kind: int, body: bytes) -> None:
        """A command of alice's."""
        answer = self.server.one(self.alice.command(kind, body))
        self.alice.answered(self.alice.number, answer)

    def newest(self) -> int:
        """The errand that is due."""
        drawn = self.server.one(Due((WORD,), 1))
        assert isinstance(drawn, Drawn)
        return drawn.tasks[0].errand

    def took(self, *names: str) -> None:
        """The far side has it."""
        self.server.one(Begin((self.errand,)))
        self.server.one(Settle((End(self.errand, ErrandState.SENT, names=names),)))

    def hears(self, name: str, state: ErrandState = DELIVERED, reason: str = "", kind: int = WORD) -> frozenset[str]:
        """Word comes; what was not known."""
        settled = self.server.one(Settle((), (Word(kind, name, state, reason),)))
        assert isinstance(settled, Settled)
        return settled.unheard

    def shows(self) -> str:
        version = self.server.store._tables.version(self.alice.account, BOB)
        assert version is not None
        return shown(version.content.fields)[FAR]


def test_it_is_delivered_once_each_of_its_names_is(server: PoweredServer, people: People) -> None:
    """OUT-16."""
    told = Post(server, people)
    told.took("m1", "m2")
    assert told.hears("m2") == frozenset()
    assert told.shows() == "SENT"
    assert told.hears("m2") == {"m2"}, "it is told once"
    assert told.hears("m1") == frozenset()
    assert told.shows() == "DELIVERED"


def test_it_has_failed_at_the_first_that_was_not(server: PoweredServer, people: People) -> None:
    """OUT-16."""
    told = Post(server, people)
    told.took("m1", "m2", "m3")
    told.hears("m1")
    told.hears("m2", FAILED, "no such number")
    assert told.shows() == "FAILED no such number"
    assert told.hears("m3") == {"m3"}


def test_it_is_known_after_a_restart_and_not_to_others(server: PoweredServer, people: People) -> None:
    told = Post(server, people)
    told.took("m1")
    assert told.hears("m2") == {"m2"}
    assert told.hears("m1", kind=WORD + 1) == {"m1"}
    server.boot()
    assert told.hears("m1") == frozenset()
    assert told.shows() == "DELIVERED"


def test_what_was_sent_again_is_known_by_its_new_name(server: PoweredServer, people: People) -> None:
    told = Post(server, people)
    told.took("m1")
    told.hears("m1", FAILED, "no such number")
    told.say(*post(BOB, FAR))
    told.took("m7", "m1")
    assert told.hears("m7") == told.hears("m1") == frozenset()
    assert told.shows() == "DELIVERED"


def test_names_are_forgotten_after_a_week(server: PoweredServer, people: People) -> None:
    told = Post(server, people)
    told.took("m1")
    server.now_ms += WAITED_MS + 1
    told.say(*post(BOB, NEAR))
    server.one(Settle((End(told.newest(), ErrandState.SENT, names=("m2",)),)))
    assert told.hears("m1") == {"m1"}


def test_a_careful_account_shows_nothing_new(server: PoweredServer, people: People) -> None:
    """H10."""
    told = Post(server, people)
    told.took("m1")
    account = server.store._tables.account(told.alice.account)
    assert account is not None
    account.careful = True
    assert told.hears("m1") == frozenset()
    assert told.shows() == "SENT"


def test_a_store_of_the_third_version_goes_on(server: PoweredServer) -> None:
    """U2: `0003.sqlite` was written by the version before names, with alice, bob, and a word that was sent."""
    server.stop()
    server.restore((STORES / "0003.sqlite").read_bytes())
    tables = server.store._tables
    assert server.store._connection.pragma("user_version") == len(STORE_SCHEMA)
    assert tables.rows("SELECT state FROM errands") == [(ErrandState.SENT,)]
    settled = server.one(Settle((), (Word(WORD, "m1", DELIVERED),)))
    assert isinstance(settled, Settled)
    assert settled.unheard == {"m1"}
