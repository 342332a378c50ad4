"""Logs: lines for people or machines, and never what a peer sent."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
import structlog

from thinline_server.config import load_settings
from thinline_server.logs import configure_logs, loop_error, where

SECRET = "4MZK7Q2T9XW3B5N8C6D1F0GHJR"


def logged(*, form: str = "json", level: str = "info") -> tuple[Any, io.StringIO]:
    """A logger, and where it writes."""
    stream = io.StringIO()
    configure_logs(load_settings(flags={"log_format": form, "log_level": level}), stream)
    return structlog.get_logger("test"), stream


def test_machines_get_json() -> None:
    log, stream = logged()
    log.info("linked", handset="00ff")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["handset"], line["level"]) == ("linked", "00ff", "info")
    assert line["timestamp"].endswith("Z")


def test_what_is_no_terminal_gets_json_unasked() -> None:
    log, stream = logged(form="auto")
    log.info("linked")
    assert json.loads(stream.getvalue())["event"] == "linked"


def test_people_get_words() -> None:
    log, stream = logged(form="console")
    log.info("linked", handset="00ff")
    assert "linked" in stream.getvalue()
    assert "handset=00ff" in stream.getvalue()


@pytest.mark.parametrize(("level", "said"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_less_than_the_level_is_not_said(level: str, said: int) -> None:
    log, stream = logged(level=level)
    for tell in (log.debug, log.info, log.warning):
        tell("something")
    assert len(stream.getvalue().splitlines()) == said


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_error_tells_its_type_and_place_and_not_its_message(form: str) -> None:
    """T9."""
    log, stream = logged(form=form)
    try:
        raise KeyError(SECRET)
    except KeyError:
        log.exception("request failed")
    assert "KeyError at test_logs.py" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_an_error_may_be_given_in_every_way_there_is() -> None:
    log, stream = logged()
    error = ValueError(SECRET)
    for given in (error, (ValueError, error, None), None):
        log.error("failed", exc_info=given)
    told = [json.loads(line).get("exception") for line in stream.getvalue().splitlines()]
    assert told == ["ValueError at nowhere", "ValueError at nowhere", None]
    assert where(error) == "ValueError at nowhere"


def test_a_peers_sentence_is_one_line_of_bounded_length() -> None:
    log, stream = logged(form="console")
    log.info("unlinked", sentence="bye\n[info] all is well " + "x" * 10_000)
    assert len(stream.getvalue().splitlines()) == 1
    assert len(stream.getvalue()) < 1_000


def test_the_loops_own_errors_do_not_show_arguments() -> None:
    _, stream = logged()
    loop = asyncio.new_event_loop()
    try:
        loop_error(loop, {"message": "Exception in callback", "exception": ValueError(SECRET), "handle": SECRET})
        loop_error(loop, {"message": "Task was destroyed"})
    finally:
        loop.close()
    told = [json.loads(line)["exception"] for line in stream.getvalue().splitlines()]
    assert told == ["ValueError at nowhere", "Task was destroyed"]
