"""What keeps mail from the world, as the screen tells it. Spec SOFT-1, SOFT-2."""

from __future__ import annotations

import pytest

from desks import DeskBench
from golden import check_golden
from mailbench import MailBench
from mails import came
from thinline.frames import Soft
from thinline.types import Collection
from thinline.v1 import line_pb2
from thinline_emulator.apps.troubles import trouble_text
from thinline_emulator.soft import GATEWAY_KEY

MAIL: int = Collection.COLLECTION_MAIL
BACKING_OFF = line_pb2.GATEWAY_STATE_BACKING_OFF


def told(bench: DeskBench, state: line_pb2.GatewayState.ValueType, why: str = "", in_s: int = 0) -> str:
    now_ms = bench.memory.clock.read(bench.now)
    assert now_ms is not None
    until_ms = now_ms + 1_000 * in_s if in_s else 0
    status = line_pb2.GatewayStatus(name="mail out", state=state, why=why, until_ms=until_ms)
    bench.memory.soft.take(Soft(GATEWAY_KEY + MAIL, status.SerializeToString(), 60), bench.now)
    return trouble_text(MAIL, bench.desk)


@pytest.mark.parametrize(
    ("state", "why", "in_s", "said"),
    [
        (BACKING_OFF, "the relay refuses", 40, "mail out: backing off, again in 40 s (the relay refuses)"),
        (BACKING_OFF, "", 3_600, "mail out: backing off, again in 60 min"),
        (line_pb2.GATEWAY_STATE_BAD_CREDENTIALS, "535 no", 0, "mail out: not let in (535 no)"),
        (line_pb2.GATEWAY_STATE_STOPPED, "", 0, "mail out: stopped"),
        (line_pb2.GATEWAY_STATE_UNSPECIFIED, "a\nb", 0, "mail out: in trouble (a b)"),
    ],
)
def test_it_says_how_why_and_when(state: line_pb2.GatewayState.ValueType, why: str, in_s: int, said: str) -> None:
    bench = DeskBench()
    bench.link()
    assert told(bench, state, why, in_s) == said


def test_the_time_runs_and_what_has_expired_or_is_over_is_gone() -> None:
    bench = DeskBench()
    bench.link()
    told(bench, BACKING_OFF, in_s=50)
    bench.now += 50
    assert trouble_text(MAIL, bench.desk) == "mail out: backing off, again now"
    bench.now += 10
    assert trouble_text(MAIL, bench.desk) == ""
    told(bench, BACKING_OFF)
    bench.memory.soft.take(Soft(GATEWAY_KEY + MAIL, b"", 60), bench.now)
    assert trouble_text(MAIL, bench.desk) == ""


def test_it_is_told_of_a_link_that_lives_only() -> None:
    bench = DeskBench()
    assert told(bench, BACKING_OFF) == ""


def test_it_stands_below_the_list_of_mails() -> None:
    bench = MailBench(*[came(number, subject=f"Tea {number}") for number in range(9)])
    bench.link()
    told(bench, BACKING_OFF, "the relay does not let us in: 454 4.7.0 try again later", 40)
    check_golden("mail-trouble", bench.screen)
    bench.memory.note = "Battery 5 %: memory would be lost, nothing else"
    assert "mail out" not in bench.screen
    assert "Battery 5 %" in bench.screen
