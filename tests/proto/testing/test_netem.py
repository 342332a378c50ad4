"""The fault network: each fault happens, is counted, and comes again from the same seed."""

from __future__ import annotations

from thinline.testing.netem import Cut, Delivery, Fault, Faults, Netem

ALICE, BOB = "to alice", "to bob"


def packets(netem: Netem, count: int, every_s: float = 0.01) -> list[Delivery]:
    return [
        delivery for index in range(count) for delivery in netem.carry(1, BOB, str(index).encode(), index * every_s)
    ]


def order(deliveries: list[Delivery]) -> list[bytes | None]:
    return [one.data for one in sorted(deliveries, key=lambda one: one.at_s)]


def test_a_good_network_delivers_everything_in_order() -> None:
    netem = Netem(faults=Faults(0.1, 0.1))
    came = packets(netem, 5)
    assert order(came) == [b"0", b"1", b"2", b"3", b"4"]
    assert came[0] == Delivery(0.1, 1, BOB, b"0")
    assert set(netem.counts.values()) == {0}
    assert set(netem.counts) == set(Fault)


def test_a_perfect_network_draws_nothing() -> None:
    """What is sent is there at once, on every wire that stands."""
    net = Netem(seed=1)
    assert net.carry(1, "up", b"one", 5.0) == [Delivery(5.0, 1, "up", b"one")]
    net.hang(1, "down", 5.0)
    assert net.carry(1, "up", b"two", 5.0) == []


def test_delays_vary_but_nothing_overtakes_by_itself() -> None:
    netem = Netem(1, Faults(0.0, 0.5))
    came = packets(netem, 50)
    assert order(came) == [one.data for one in came]
    assert netem.counts[Fault.DELAY] == 50


def test_loss_repeats_and_overtaking() -> None:
    lossy = Netem(2, Faults(loss=0.3))
    assert len(packets(lossy, 100)) == 100 - lossy.counts[Fault.LOSS] < 100
    twice = Netem(2, Faults(repeat=0.3))
    assert len(packets(twice, 100)) == 100 + twice.counts[Fault.REPEAT] > 100
    hasty = Netem(2, Faults(overtake=0.3))
    came = packets(hasty, 100)
    assert order(came) != [one.data for one in came]
    assert sorted(one.data or b"" for one in came) == sorted(str(index).encode() for index in range(100))
    assert hasty.counts[Fault.OVERTAKE] > 0


def test_a_seed_repeats_itself() -> None:
    faults = Faults(0.1, 0.9, loss=0.1, repeat=0.1, overtake=0.1, cut=0.01)
    assert packets(Netem(7, faults), 60) == packets(Netem(7, faults), 60) != packets(Netem(8, faults), 60)


def test_cuts_at_chosen_packets() -> None:
    netem = Netem(faults=Faults(0.1, 0.1), cuts={2: Cut.BEFORE, 3: Cut.AFTER})
    assert order(packets(netem, 2)) == [b"0", None]
    assert netem.carry(2, BOB, b"x", 1.0) == [Delivery(1.1, 2, BOB, b"x"), Delivery(1.1, 2, None, None)]
    assert netem.carry(2, ALICE, b"y", 1.0) == []
    assert (netem.counts[Fault.CUT], netem.carried) == (2, 4)


def test_cuts_by_chance_are_of_both_kinds() -> None:
    kinds = set()
    for seed in range(20):
        came = packets(Netem(seed, Faults(cut=1.0)), 1)
        kinds.add(len(came))
        assert came[-1].data is None
    assert kinds == {1, 2}


def test_a_half_open_wire_carries_nothing_and_says_nothing() -> None:
    ways = set()
    for seed in range(20):
        netem = Netem(seed, Faults(half_open=1.0))
        assert packets(netem, 1) == []
        netem.heal()
        back = netem.carry(1, ALICE, b"hello?", 1.0)
        assert netem.carry(1, BOB, b"hello?", 1.0) == []
        assert netem.hang(1, BOB, 2.0) == []
        assert netem.counts[Fault.HALF_OPEN] == 1
        ways.add(len(back))
    assert ways == {0, 1}


def test_hanging_up_is_learned_after_what_is_under_way() -> None:
    netem = Netem(3, Faults(0.1, 0.1, overtake=1.0))
    (last,) = netem.carry(1, BOB, b"goodbye", 0.0)
    assert netem.hang(1, BOB, 0.0) == [Delivery(last.at_s, 1, BOB, None)]
    assert netem.hang(1, ALICE, 0.0) == []
    assert last.at_s > 0.1
    assert netem.carry(2, BOB, b"another wire", 0.0)
    assert netem.cut(3, 5.0) == [Delivery(5.1, 3, None, None)]


def test_a_healed_network_is_a_good_one() -> None:
    netem = Netem(4, Faults(0.1, 0.9, loss=1.0), cuts={3: Cut.BEFORE})
    assert packets(netem, 1) == []
    netem.heal()
    assert netem.carry(1, BOB, b"1", 1.0) == [Delivery(1.1, 1, BOB, b"1")]
    assert netem.carry(1, BOB, b"2", 1.0) == [Delivery(1.1, 1, BOB, b"2")]


def test_faults_drawn_from_a_seed_are_sometimes_off() -> None:
    ceiling = Faults(0.1, 0.9, loss=0.2, repeat=0.2, overtake=0.2, cut=0.2, half_open=0.2)
    drawn = [Faults.draw(seed, ceiling) for seed in range(40)]
    assert drawn[5] == Faults.draw(5, ceiling)
    assert {one.loss == 0 for one in drawn} == {one.cut == 0 for one in drawn} == {True, False}
    assert all(one.loss <= 0.2 and (one.least_s, one.most_s) == (0.1, 0.9) for one in drawn)
