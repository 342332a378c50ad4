"""What the gate dials, in a world where every address answers and nothing can leave. T6; abuse 22 to 25."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import airgap
from airgap_scenes import PUBLIC
from thinline_server.gateways.render import missing

HOME, SIXTH = PUBLIC
OPEN = {
    *("http://home.test/", "http://sixth.test/", f"http://[{SIXTH}]/", "http://relay.test:8080/"),
    *("http://mixed.test/", "http://rebind.test/", "http://home.test/to?http://mixed.test/"),
}


@pytest.fixture(scope="module")
def ways() -> Mapping[str, Any]:
    """By address: what came of it, and whom it made the server dial."""
    told: Mapping[str, Any] = airgap.run("airgap_scenes:fetch_all")
    return told


def test_the_world_answers_and_a_public_place_is_reached(ways: Mapping[str, Any]) -> None:
    assert ways["http://home.test/"] == [f"here is {HOME}", [[HOME, 80]]]
    assert ways["http://sixth.test/"] == [f"here is {SIXTH}", [[SIXTH, 80]]]
    assert ways["http://mixed.test/"] == [f"here is {HOME}", [[HOME, 80]]]
    assert ways["http://home.test/to?http://mixed.test/"] == [f"here is {HOME}", [[HOME, 80]] * 2]


def test_an_allowed_place_is_reached_as_it_was_named(ways: Mapping[str, Any]) -> None:
    """T6."""
    assert ways["http://relay.test:8080/"] == ["here is 127.0.0.1", [["127.0.0.1", 8080]]]
    for other in ("http://relay.test/", "http://127.0.0.1:8080/", "http://home.test/to?http://relay.test/"):
        assert ways[other][0] == "ADDRESS"


def test_a_name_that_is_bound_again_leads_nowhere_but_to_what_was_checked(ways: Mapping[str, Any]) -> None:
    """T6: one question for each connection."""
    assert ways["http://rebind.test/"] == [f"here is {HOME}", [[HOME, 80]]]
    assert ways["http://home.test/to?http://rebind.test/"] == ["ADDRESS", [[HOME, 80]]]


def test_no_way_leads_inside(ways: Mapping[str, Any]) -> None:
    """T6: literal, encoded, by name, by redirect and by port, nearly 200 of them."""
    inner = {way: came for way, came in ways.items() if way not in OPEN}
    assert len(inner) > 180
    assert {came for came, _ in inner.values()} == {"ADDRESS", "UNREACHABLE"}
    for way, (_, peers) in inner.items():
        assert peers == [[HOME, 80]] * way.count("http://home.test/to?"), way


def test_the_world_tells_on_a_gate_that_believes_the_library() -> None:
    """T6: with the standard library's judgement alone some of the same addresses are reached, and seen."""
    reached = {way for way, (_, peers) in airgap.run("airgap_scenes:fetch_unguarded").items() if peers}
    assert {"http://[64:ff9b::a9fe:a9fe]/", "http://168.63.129.16/", "http://[::127.0.0.1]/"} <= reached
    assert "http://127.0.0.1/" not in reached


@pytest.mark.slow
def test_no_program_of_a_page_finds_a_way_inside(tmp_path: Path) -> None:
    """T6: by image, frame, style, object, fetch, beacon, WebSocket, WebRTC, by leaving, by redirect, and to a file."""
    if lacks := missing():
        pytest.skip(lacks)
    (tmp_path / "key").write_text("the service key")
    told = airgap.run("airgap_scenes:render_all", str(tmp_path / "key"))
    came = told["came"]
    out = came["home.test/page"].partition('id="out">')[2].partition("</p>")[0]
    assert {f"here is {HOME}", "got home.test"} <= set(out.split("; "))
    assert set(out.split("; ")) <= {f"here is {HOME}", "got home.test", "got mixed.test", "got rebind.test", ""}
    assert not any("the service key" in one for one in came.values())
    for way in ("home.test/gone", "home.test/to?http://10.0.0.1/"):
        assert came[way] == "ADDRESS"
    assert {"127.0.0.1:80", "127.0.0.1:8080", "169.254.169.254:80", "::1:80", "rebind.test:80"} <= set(told["asked"])
    assert len(told["asked"]) > 35
    assert {tuple(peer) for peer in told["peers"]} == {(HOME, 80)}
