"""Logs of the server: structured lines on standard error, for people or for machines, without secrets or contents.

Events carry ids, counts and reasons. Of an error that nobody expected only its type and its place are told: its
message may hold what a peer sent, a code or a contact (T9).
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from thinline_server.config import Settings

__all__ = ["configure_logs", "loop_error", "where"]

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_LONGEST = 300


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Let every logger of this process write as the settings say; `stream` is standard error where none is given."""
    out = stream or sys.stderr
    json = settings.log_format == "json" or (settings.log_format == "auto" and not out.isatty())
    renderer: Processor = structlog.processors.JSONRenderer()
    if not json:
        renderer = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_error,
            _clip,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def where(error: BaseException) -> str:
    """The type of an error and the way to it, innermost last, without anybody's values."""
    return f"{type(error).__name__} at {_way(error.__traceback__)}"


def _way(trace: TracebackType | None) -> str:
    steps = traceback.extract_tb(trace)[-6:]
    return " > ".join(f"{step.filename.rpartition('/')[2]}:{step.lineno} {step.name}" for step in steps) or "nowhere"


def _tell_error(_logger: Any, _method: str, event: EventDict) -> EventDict:
    info: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()[1]
    if isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        event["exception"] = where(info)
    return event


def _clip(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """One event is one line of bounded length, whatever sentence a peer chose."""
    for name, value in event.items():
        if isinstance(value, str) and not (value.isprintable() and len(value) <= _LONGEST):
            event[name] = "".join(one if one.isprintable() else "�" for one in value[:_LONGEST])
    return event


def loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own words would show the arguments of a callback."""
    error = context.get("exception")
    told = where(error) if isinstance(error, BaseException) else str(context.get("message", ""))
    structlog.get_logger("thinline.loop").error("unexpected error", exception=told)
