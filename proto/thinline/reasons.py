"""Every reason that a refusal, a rejection or a goodbye can give: number, class, name and sentence.

One registry. The class says what to do, so that a number of a later version can still be obeyed: its hundreds digit
is the class (1 retry, 2 final, 3 identity; spec REASON-2).
"""

from __future__ import annotations

from enum import Enum, IntEnum, unique

__all__ = ["Reason", "ReasonClass", "class_of", "name_of", "sentence_of"]


@unique
class ReasonClass(Enum):
    """What the receiver of a reason does."""

    RETRY = 1  # the same again later
    FINAL = 2  # never the same again
    IDENTITY = 3  # somebody has to look; memory is kept


@unique
class Reason(IntEnum):
    """The numbers. 0 stands for no reason at all."""

    BUSY = 100
    FULL = 101
    GAP = 102
    LIMIT = 103
    LINK_LOST = 104
    SALVAGE_FIRST = 105
    STOPPING = 106
    REPLACED = 107
    BLOB_MISSING = 108
    STORE_FAILED = 109
    SILENT = 110
    OFFSET = 111

    MALFORMED = 200
    TOO_LARGE = 201
    OUT_OF_TURN = 202
    NO_SUCH_ITEM = 203
    EDITED = 204
    UNKNOWN_TYPE = 205
    UNKNOWN_KIND = 206
    POISON = 207
    INVALID = 208
    CREDIT = 209
    NO_SUCH_PART = 210
    NO_PICTURE = 211
    UNAUTHORIZED = 212
    NO_PAGE = 213
    UNREACHABLE = 214
    NOT_ALLOWED = 215
    NO_SUCH_PAGE = 216

    VERSION = 300
    UNKNOWN_HANDSET = 301
    BAD_PROOF = 302
    BAD_CODE = 303
    REVOKED = 304
    OLD_LIFE = 305
    CLONE = 306
    INSECURE = 307


_SENTENCES: dict[Reason, str] = {
    Reason.BUSY: "The server is busy; try again at the time it names.",
    Reason.FULL: "The server has no room to store this; nothing was stored.",
    Reason.GAP: "An earlier command has not arrived; send again from the oldest unanswered one.",
    Reason.LIMIT: "A limit is reached for now; send less, or later.",
    Reason.LINK_LOST: "Frames went missing; say hello again.",
    Reason.SALVAGE_FIRST: "This server lost history that the handset knows; commands wait until it is salvaged.",
    Reason.STOPPING: "The server is stopping; come back.",
    Reason.REPLACED: "A newer link of this handset took over.",
    Reason.BLOB_MISSING: "A part that this command names is not on the server yet; send the part first.",
    Reason.STORE_FAILED: "The server could not write to its disk; nothing was acknowledged.",
    Reason.SILENT: "Nothing was heard for longer than the heartbeat allows.",
    Reason.OFFSET: "The chunk does not continue what the server has; ask for the offset again.",
    Reason.MALFORMED: "The frame could not be understood.",
    Reason.TOO_LARGE: "The frame or the item is larger than the protocol allows.",
    Reason.OUT_OF_TURN: "This frame may not be sent at this point of the conversation.",
    Reason.NO_SUCH_ITEM: "There is no such item.",
    Reason.EDITED: "The item was edited meanwhile; the deletion did not see that edit.",
    Reason.UNKNOWN_TYPE: "This server does not know items of this type.",
    Reason.UNKNOWN_KIND: "This server does not know commands or asks of this kind.",
    Reason.POISON: "The command was tried three times without an outcome; it is kept on the handset.",
    Reason.INVALID: "The service refused the content of the item.",
    Reason.CREDIT: "More was sent than the credit allowed.",
    Reason.NO_SUCH_PART: "The item has no such part.",
    Reason.NO_PICTURE: "The part is no picture that this server can show.",
    Reason.UNAUTHORIZED: "The site wants a name and a password.",
    Reason.NO_PAGE: "What is at that address is no page that can be shown; it can be downloaded.",
    Reason.UNREACHABLE: "The site did not answer as it should.",
    Reason.NOT_ALLOWED: "This server does not fetch from that address.",
    Reason.NO_SUCH_PAGE: "The server does not have this page any more; open its address again.",
    Reason.VERSION: "This server does not speak that version of the protocol.",
    Reason.UNKNOWN_HANDSET: "This server does not know the handset; memory is kept.",
    Reason.BAD_PROOF: "The handset did not prove its key.",
    Reason.BAD_CODE: "The code is unknown, spent or too old; ask the operator for a new one.",
    Reason.REVOKED: "The handset was revoked; memory is kept.",
    Reason.OLD_LIFE: "The handset is in a newer life already; this one is a stale image.",
    Reason.CLONE: "The same command number came with another content; two handsets share one identity.",
    Reason.INSECURE: "Off loopback a link must be encrypted.",
}


def class_of(number: int) -> ReasonClass:
    """The class of a reason, known or of a later version (spec REASON-2); unknown classes are final."""
    try:
        return ReasonClass(number // 100)
    except ValueError:
        return ReasonClass.FINAL


def name_of(number: int) -> str:
    """The reason's name, or its number where this version does not know it."""
    try:
        return Reason(number).name
    except ValueError:
        return f"REASON_{number}"


def sentence_of(reason: Reason) -> str:
    """One sentence for a person."""
    return _SENTENCES[reason]
