"""Every bound of the protocol, in one place. Bytes, seconds and counts; spec LIMIT.

A limit that a peer can reach is told as a reason (`Reason.LIMIT`, `Reason.TOO_LARGE`), never by silence.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers both sides hold to."""

    frame_bytes: int = 65_536  # one frame, inflated or not
    up_frame_bytes: int = 8_192  # one frame of a handset; an idle bearer reports at least this much room
    packet_bytes: int = 131_072  # one message of a bearer
    frames_per_packet: int = 512
    head_bytes: int = 4_096  # the fields of one item
    head_records: int = 1_024  # protobuf records in them
    blobs_per_item: int = 16
    blob_bytes: int = 32 * 1024 * 1024
    heads_per_outcome: int = 100
    heads_per_window: int = 64
    ancestors: int = 8
    cursor_bytes: int = 64
    seen_points: int = 16
    follows: int = 32
    name_bytes: int = 64
    code_bytes: int = 64
    search_bytes: int = 256
    sentence_bytes: int = 512
    soft_keys: int = 64
    soft_bytes: int = 1_024
    asks_open: int = 32
    commands_open: int = 32  # unanswered commands of one handset that the server holds at once
    position: int = 2**53 - 1
    transmissions_marked: int = 3  # from this transmission on a durable mark comes first (spec CMD-14)
    marks: int = 3
    errand_starts: int = 3  # without an end, before an errand is taken as it lies (spec OUT-10)
    errands_open: int = 10_000  # of one account, queued or under way
    handed_burst: int = 1_000  # that one account hands to another at once
    handed_a_s: int = 20  # and on and on
    queue_frames: int = 1_024  # frames of one class that wait inside a link
    ignored_frames: int = 1_024  # frames of unknown kind a link puts up with
    handshake_s: float = 30.0
    heartbeat_s: int = 28 * 60
    heartbeat_least_s: int = 15
    heartbeat_most_s: int = 3_600
    timeout_s: int = 60  # beyond the heartbeat, before a silent link is lost
    squeeze_from_bytes: int = 96  # shorter frames are not worth compressing
    squeeze_fast_bytes: int = 1_024  # nor are these, where a second carries `chunk_bytes`: time in the air is cheap
    credit_bytes: int = 262_144  # bulk bytes a handset may have under way to the server
    chunk_bytes: int = 65_536  # sync and bulk bytes under way to a handset: at most a second of its rate
    chunk_least_bytes: int = 2_048
    page_bytes: int = 1_048_576  # one page, its pieces together
    page_blocks: int = 16_384
    page_links: int = 4_096  # and as many pictures
    page_cells: int = 16  # of a table's row
    page_depth: int = 16  # of lists and of quotes
    page_marker: int = 8  # characters before a list's item
    page_controls: int = 1_024  # and as many forms
    page_choices: int = 4_096  # of all controls of a page
    form_bytes: int = 3_072  # of what is filled into a form, values and numbers together
    links_asked: int = 64  # addresses that one ask wants
    pieces: int = 4  # of a chunk: what one window or chunk frame takes at most
    picture_side: int = 1_024  # pixels across and down that a picture is scaled to at most
    picture_pixels: int = 50_000_000  # that a picture may claim to have before it is decoded


LIMITS = Limits()
