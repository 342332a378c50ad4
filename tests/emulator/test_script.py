"""Scripts: read with clear complaints, played in virtual time, compared with a clear difference."""

from __future__ import annotations

import pytest

from thinline.errors import LocalError
from thinline_emulator.keys import Char, Key, keys_of
from thinline_emulator.script import ScriptBad, ScriptFailed, Step, condition, play, read_script
from town import Town


@pytest.fixture
def town() -> Town:
    town = Town()
    town.account("alice", "Bob")
    town.linked("alice")
    town.linked("desk", "alice")
    return town


def perform(town: Town, text: str) -> None:
    for pause_s in play(read_script(text), town.residents):
        town.run(pause_s)


def test_a_tunnel_is_played_on_two_handsets(town: Town) -> None:
    perform(
        town,
        """
        title = "A tunnel"

        [[step]]
        handset = "alice"
        verb = "tunnel 30s"
        answers = "no signal"
        until = "offline"

        [[step]]
        key = "jump ok menu 'Carol B' ok"
        shows = ["Carol B", "Contacts (2)"]
        hides = "linked"

        [[step]]
        wait = "29s"
        until = "settled"
        within = "2m"

        [[step]]
        handset = "desk"
        key = "jump ok"
        until = "shows Carol B"
        screen = '''
+------------------------------------------------+
|00:00  Contacts (2)        gprs ▂▄▆█ linked 100%|
|  New contact                                   |
|  Bob                                           |
|  Carol B                                       |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|                                                |
|press: open  type: find  LEFT: groups  MENU     |
+------------------------------------------------+
'''
    """,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shows = 'Carol'", "should show 'Carol'"),
        ("hides = 'alice'", "should not show 'alice'"),
        ("until = 'off'\nwithin = '1s'", "not 'off' within 1 s"),
        ("verb = 'battery'\nanswers = '55%'", "battery should answer '55%'"),
        ("screen = 'nothing'", r"the screen is another(?s:.)*nothing  ≠ \+--"),
        ("until = 'screen'\nwithin = '1s'\nscreen = 'nothing'", r"within 1 s(?s:.)*nothing  ≠ \+--"),
        ("verb = 'link fall'", r"usage: link \[drop\]; the screen:\n\+--"),
        ("handset = 'carol'", "there is no handset 'carol'"),
    ],
)
def test_what_is_not_as_expected_says_where_and_how(town: Town, text: str, said: str) -> None:
    with pytest.raises(ScriptFailed, match=f"line 3, step 2: .*{said}"):
        perform(town, f"[[step]]\nwait = 1\n[[step]]\n{text}")


def test_a_verb_that_can_not_be_done_stops_the_script(town: Town) -> None:
    with pytest.raises(LocalError, match="no verb"):
        perform(town, "[[step]]\nverb = 'dance'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=", "not TOML"),
        ("step = 1", "a script has a title"),
        ("step = [1]", "a script has a title"),
        ("sleep = 1", "not sleep; docs/scripts.md says"),
        ("[[step]]\nkeys = 'ok'", "line 2, step 1: a step has no 'keys'"),
        ("[[step]]\nkey = 'okay'", "line 2, step 1: key: no key is called 'okay'"),
        ("step = [{}, {key = 7}]", "^step 2: key: a text, not 7"),
        ("[[step]]\n[[step]]\nverb = 'dance'", "line 3, step 2: verb: there is no verb 'dance'; help lists them"),
        ("[[step]]\nuntil = 'screen'", "line 2, step 1: until: the step has no screen to wait for"),
        ("[[step]]\nuntil = 'happy'", "step 1: until: until is one of"),
        ("[[step]]\nwait = 'long'", "step 1: wait: a duration"),
        ("[[step]]\nshows = [7]", "step 1: shows: a text or a list of texts"),
        ("[[step]]\nshows = 7", "step 1: shows: a text or a list of texts"),
    ],
)
def test_what_is_no_script_says_why(text: str, said: str) -> None:
    with pytest.raises(ScriptBad, match=said):
        read_script(text)


def test_a_step_is_for_the_handset_of_the_step_before() -> None:
    script = read_script("title = 'T'\n[[step]]\nhandset = 'a'\n[[step]]\nwait = '1m'")
    assert script.title == "T"
    assert script.steps == (Step("line 2, step 1", "a"), Step("line 4, step 2", "a", wait_s=60.0))


def test_a_screen_is_waited_for_and_may_be_open_in_places(town: Town) -> None:
    rows = town.residents["alice"].machine.look(town.now).text().split("\n")
    rows[1] = rows[1].replace("linked", "▒▒▒▒▒▒").replace("00:00", "▒▒:▒▒")
    screen = "\n".join(rows)
    perform(town, "[[step]]\nverb = 'link drop'\nshows = 'retry'")
    perform(town, f"[[step]]\nuntil = 'shows linked'\nscreen = '''\n{screen}\n'''")
    linked = screen.replace("▒▒▒▒▒▒", "linked")
    perform(town, f"[[step]]\nverb = 'link drop'\nuntil = 'screen'\nscreen = '''\n{linked}\n'''")
    assert town.residents["alice"].machine.live


def test_keys_may_be_pressed_at_the_pace_of_somebody_who_looks_on(town: Town) -> None:
    began_s = town.now
    for pause_s in play(read_script("[[step]]\nkey = 'jump ok back'"), town.residents, key_s=0.5):
        town.run(pause_s)
    assert town.now == began_s + 1.5


def test_in_a_narrow_terminal_the_screens_are_one_below_the_other(town: Town) -> None:
    with pytest.raises(ScriptFailed) as failed:
        perform(town, "[[step]]\nscreen = 'nothing'")
    assert "expected:\nnothing\nseen:\n+--" in failed.value.told(60)
    assert "nothing  ≠ +--" in failed.value.told(120)


def test_keys_by_words_and_typed_in_quotes() -> None:
    assert keys_of("menu 'A b' OK x") == [Key.MENU, Char("A"), Char(" "), Char("b"), Key.OK, Char("x")]


def test_conditions(town: Town) -> None:
    alice = town.residents["alice"]
    held = {text: condition(text)(alice) for text in ("linked", "offline", "settled", "on", "off", "salvage")}
    assert held == {"linked": True, "offline": False, "settled": True, "on": True, "off": False, "salvage": False}
    assert condition("shows alice")(alice)
    alice.memory.cache.frozen = True
    assert condition("salvage")(alice)
