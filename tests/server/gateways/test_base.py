"""Which states are trouble, and that their numbers are those that handsets are told. Spec SOFT-2."""

from __future__ import annotations

from thinline.v1 import line_pb2
from thinline_server.gateways.base import GatewayFailed, GatewayState, Standing


def test_handsets_are_told_of_what_keeps_work_waiting() -> None:
    troubled = {state.name for state in GatewayState if Standing(state).troubled}
    assert troubled == {"BAD_CREDENTIALS", "BACKING_OFF", "STOPPED"}


def test_the_states_are_those_of_the_line() -> None:
    told = {state.name: state.value for state in GatewayState}
    assert told == {
        name.removeprefix("GATEWAY_STATE_"): number for name, number in line_pb2.GatewayState.items() if number
    }


def test_a_failure_has_a_state_and_a_sentence() -> None:
    failed = GatewayFailed(GatewayState.BAD_CREDENTIALS, "the relay does not let us in")
    assert (failed.state, str(failed)) == (GatewayState.BAD_CREDENTIALS, "the relay does not let us in")
