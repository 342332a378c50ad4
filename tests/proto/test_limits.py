"""Limits that must agree with one another."""

from __future__ import annotations

from thinline.limits import LIMITS


def test_a_head_fits_a_command_and_a_frame_fits_a_packet() -> None:
    """Spec FRAME-5, ITEM-9."""
    assert 2 * LIMITS.head_bytes <= LIMITS.up_frame_bytes <= LIMITS.frame_bytes < LIMITS.packet_bytes


def test_a_window_of_the_largest_chunk_fits_a_frame() -> None:
    """One head beyond the chunk may always go."""
    blobs = LIMITS.blobs_per_item * (LIMITS.name_bytes + 64)
    assert (
        LIMITS.chunk_bytes // LIMITS.pieces + LIMITS.head_bytes + blobs + 200 * LIMITS.heads_per_window
        <= LIMITS.frame_bytes
    )


def test_heartbeats_are_in_order() -> None:
    """Spec LINK-16."""
    assert LIMITS.heartbeat_least_s < LIMITS.heartbeat_s < LIMITS.heartbeat_most_s
