"""The pair itself: time, rate, room, cuts and goodbyes between two links."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import pytest

from thinline.frames import Chunk, Credit, Frame, Goodbye, Soft
from thinline.link import Came, Ended, Role, Spare
from thinline.reasons import Reason
from thinline.testing import samples
from thinline.testing.netem import Cut, Faults, Netem
from thinline.testing.pair import Pair


def test_a_command_takes_its_latency_and_its_rate() -> None:
    pair = Pair(latency_s=0.35, rate_bytes_s=100.0)
    pair.live()
    start = pair.now
    pair.say(Role.UP, samples.COMMAND)
    before = pair.sent_bytes[Role.UP]
    pair.run()
    size = before - 76 - 70  # what hello and proof cost, about
    assert pair.heard == {Role.UP: [], Role.DOWN: [samples.COMMAND]}
    assert pair.now - start == pytest.approx(0.35 + size / 100.0, abs=0.1)
    assert pair.transcript[-1].split(": ", 1)[1].startswith("Command(number=1, kind=1")
    assert pair.transcript[-1].split()[1:3] == ["alice", "3:"]


def test_owners_answer_what_their_link_passes_on() -> None:
    pair = Pair()
    pair.live()

    def server(event: Came | Spare | Ended) -> Iterable[Frame]:
        return [samples.OUTCOME] if isinstance(event, Came) else []

    pair.owners[Role.DOWN] = server
    pair.say(Role.UP, samples.COMMAND)
    pair.run()
    assert pair.heard[Role.UP] == [samples.OUTCOME]


def test_spare_is_told_to_the_owner() -> None:
    pair = Pair()
    told: list[Came | Spare | Ended] = []
    pair.live()

    def server(event: Came | Spare | Ended) -> Iterable[Frame]:
        told.append(event)
        return ()

    pair.owners[Role.DOWN] = server
    noise = b"".join(sha256(bytes([index])).digest() for index in range(128))
    pair.say(Role.DOWN, *[Chunk(1, 0, noise)] * 2)
    pair.run()
    assert not told
    pair.say(Role.UP, Credit(100_000))
    pair.run()
    assert told == [Spare(1)]
    assert len(pair.heard[Role.UP]) == 2


def test_time_passes_with_its_heartbeats() -> None:
    pair = Pair(latency_s=0.1, names=("bob", "home"))
    pair.live()
    pair.run(3 * 1_680)
    assert [line.split(": ")[1] for line in pair.transcript[4:]] == ["Beat()"] * 6
    assert pair.transcript[-1].split()[1] == "home"
    assert not pair.ended
    assert pair.now == pytest.approx(3 * 1_680, abs=1)


def test_a_goodbye_arrives_before_the_hanging_up() -> None:
    pair = Pair(latency_s=0.1, rate_bytes_s=100.0)
    pair.live()
    pair.say(Role.DOWN, Goodbye(Reason.STOPPING, "night"))
    pair.run()
    assert pair.ended[Role.UP] == Ended(Reason.STOPPING, "night")
    assert set(pair.ended) == {Role.UP}  # who says goodbye knows that it is over


def test_a_cut_is_learned_by_both() -> None:
    pair = Pair()
    pair.live()
    pair.cut()
    pair.run()
    assert pair.ended == {role: Ended(0, "cut") for role in Role if role in pair.links}


def test_an_end_that_hangs_up_unheard_is_noticed() -> None:
    pair = Pair(netem=Netem(faults=Faults(0.1, 0.1)))
    pair.live()
    pair.links[Role.UP].state = pair.links[Role.UP].state.CLOSED
    pair.run(1_680 + 60)
    assert pair.ended[Role.DOWN].reason == Reason.SILENT


def test_a_bad_network_shows_in_the_transcript() -> None:
    pair = Pair(netem=Netem(cuts={5: Cut.BEFORE}))
    pair.live()
    pair.say(Role.UP, Soft(1, b"x", 60))
    pair.run()
    assert pair.transcript[-1].endswith("(lost)")
    assert pair.ended[Role.DOWN] == Ended(0, "cut")
