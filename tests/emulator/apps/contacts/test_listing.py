"""The list by group, and finding: what is here at once, and what the server finds beside it."""

from __future__ import annotations

from dataclasses import replace

from desks import DeskBench, bob, head_of_contact, item_id
from golden import check_golden
from thinline.link import Link, Role
from thinline.reasons import Reason
from thinline.states import State
from thinline.v1.contacts_pb2 import Contact
from thinline_emulator.apps.contacts.pages import List, View
from thinline_emulator.asks import AskState, Find, Standing
from thinline_emulator.line import Phase


def opened(*contacts: Contact) -> DeskBench:
    bench = DeskBench(*contacts)
    bench.keys("jump ok")
    return bench


def page(bench: DeskBench) -> List:
    state = bench.memory.screens["contacts"]
    assert isinstance(state, List)
    return state


def live(bench: DeskBench) -> None:
    link = bench.memory.line.link = Link(Role.UP, 1)
    link.state = State.LIVE
    bench.memory.line.phase = Phase.OPEN


def came(bench: DeskBench, find: Find, *items: bytes, cursor: bytes = b"") -> None:
    """The server's answer."""
    list(bench.memory.asks.ready(0.0))
    bench.memory.asks.drop(find)
    bench.memory.answered(find, Standing(AskState.CAME, items=items, cursor=cursor))


def test_typing_finds_what_is_here_at_once_and_asks_the_server() -> None:
    bench = opened(bob(), Contact(name="Carol"), Contact(name="Bobby"))
    bench.keys("'bo'")
    check_golden("contacts-find-waiting", bench.screen)
    assert page(bench) == List(item_id(1), find="bo", asked=(Find(1, "bo", limit=16),))
    assert bench.memory.standing(Find(1, "b", limit=16)) is None  # nobody waits for it any more
    live(bench)
    list(bench.memory.asks.ready(0.0))
    assert "asking the server" in bench.screen
    came(bench, Find(1, "bo", limit=16))
    assert "That is all, here and on the server." in bench.screen


def test_what_the_server_found_stands_among_the_rest() -> None:
    bench = opened(bob())
    live(bench)
    bench.keys("'bo'")
    bench.memory.cache.take(head_of_contact(Contact(name="Boba"), 7, 7))
    came(bench, Find(1, "bo", limit=16), item_id(7))
    check_golden("contacts-find", bench.screen)
    bench.keys("down ok")
    assert bench.memory.screens["contacts"].item == item_id(7)


def test_typing_on_asks_again_only_where_the_server_has_more() -> None:
    bench = opened(bob())
    bench.keys("'b'")
    came(bench, Find(1, "b", limit=16), item_id(1))
    bench.keys("'o'")
    assert page(bench).asked == (Find(1, "b", limit=16),)
    assert len(bench.memory.asks) == 0
    bench.keys("delete delete 'c'")
    came(bench, Find(1, "c", limit=16), cursor=b"more")
    bench.keys("'a'")
    assert page(bench).asked == (Find(1, "ca", limit=16),)
    came(bench, Find(1, "ca", limit=16), item_id(77))  # memory had to let it go again
    bench.keys("'r'")
    assert page(bench).asked == (Find(1, "car", limit=16),)


def test_the_server_looks_on_at_the_end_of_what_was_found() -> None:
    bench = opened(bob(), Contact(name="Bobby"))
    bench.keys("'b'")
    came(bench, Find(1, "b", limit=16), item_id(1), cursor=b"on")
    assert "More is on the server: wheel on." in bench.screen
    bench.keys("down")
    assert len(page(bench).asked) == 1
    bench.keys("down")
    assert page(bench).asked == (Find(1, "b", limit=16), Find(1, "b", b"on", 16))
    assert bench.memory.standing(Find(1, "b", b"on", 16)) is not None
    bench.keys("back")
    assert page(bench) == List(item_id(2))
    assert len(bench.memory.asks) == 0


def test_a_search_that_the_server_refuses_says_why_and_nobody_found_says_so() -> None:
    bench = opened(bob())
    bench.keys("'zz'")
    assert "the server waits (offline)" in bench.screen
    bench.memory.answered(Find(1, "zz", limit=16), Standing(AskState.REFUSED, reason=Reason.UNKNOWN_KIND))
    bench.memory.asks.drop(Find(1, "zz", limit=16))
    assert "did not search: UNKNOWN_KIND" in bench.screen
    bench.keys("ok down")
    assert page(bench).find == "zz"
    bench.memory.answers.clear()
    assert "Nobody is here" in bench.screen


def test_what_is_typed_to_find_has_a_bound_and_begins_with_no_space() -> None:
    bench = opened(bob())
    bench.keys("space delete")
    assert page(bench) == List()
    for _ in range(70):
        bench.keys("ø")
    assert page(bench).find == "ø" * 64


def test_the_groups_and_the_people_in_one() -> None:
    bench = opened(bob(), Contact(name="Carol", groups=["choir"], favourite=True), Contact(name="Dave"))
    bench.keys("left")
    check_golden("contacts-groups", bench.screen)
    bench.keys("up up ok")
    assert page(bench) == List(item_id(1), "friends")
    assert "friends (1)" in bench.screen
    bench.keys("left down ok")
    check_golden("contacts-favourites", bench.screen)
    bench.keys("back")
    assert "Contacts (3)" in bench.screen
    bench.keys("left left")
    assert page(bench) == List()
    bench.keys("left a ok")
    assert page(bench) == List()


def test_who_leaves_the_group_leaves_its_list() -> None:
    bench = opened(bob())
    bench.keys("left down ok")
    bench.memory.cache.take(replace(head_of_contact(bob(), 1, 9), fields=Contact(name="Bob").SerializeToString()))
    assert "Nobody is here" in bench.screen
    bench.keys("ok")
    assert page(bench).group == "friends"


def test_opening_marks_as_used_and_comes_back_to_what_was_found() -> None:
    bench = opened(bob(), Contact(name="Carol"))
    bench.keys("'ca' ok")
    assert bench.memory.screens["contacts"] == View(
        item_id(2), List(item_id(2), find="ca", asked=(Find(1, "ca", limit=16),))
    )
    bench.keys("back")
    assert page(bench).find == "ca"
