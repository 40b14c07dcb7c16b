"""Logs say what happened, and nothing about what people said."""

import asyncio
import io
import logging
from pathlib import Path

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from server.logs import configure_logging, redact
from tests.server.running import settings_for


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.com",
        "+49 30 901820",
        "4111 1111 1111 1111",
        "own_0123456789abcdefghijKLMN",
        "eyJhbGciOi.eyJhdWQiOi.c2lnbmF0dXJl",
    ],
)
def test_what_is_personal_or_secret_is_taken_out(text: str) -> None:
    event = redact(None, "info", {"event": f"failed for {text} again", "inner": {"list": [text]}})
    assert text not in orjson.dumps(event).decode()
    assert event["event"].startswith("failed for [")


@pytest.mark.parametrize(
    "key", ["token", "api_key", "Authorization", "password", "text", "phone", "resume_secret"]
)
def test_what_a_key_says_is_enough(key: str) -> None:
    assert "hidden" not in str(redact(None, "info", {key: "hidden"})[key])


@given(
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.text(max_size=40), st.integers(), st.none(), st.binary())
    )
)
def test_any_event_can_be_written(event: dict[str, object]) -> None:
    orjson.dumps(redact(None, "info", event))


def test_a_line_is_json_with_the_ids_of_its_context(tmp_path: Path) -> None:
    stream = io.StringIO()
    configure_logging(settings_for(tmp_path), stream)
    with structlog.contextvars.bound_contextvars(request_id="r", session="s"):
        structlog.get_logger().info("hello", path="/x", count=2)
        logging.getLogger("library").warning("careful, %s", "anna@example.com")
        logging.getLogger("mcp.client").error("A stranger wrote what nobody asked for.")
    ours, library = [orjson.loads(line) for line in stream.getvalue().splitlines()]
    assert (ours["event"], ours["request_id"], ours["session"], ours["count"]) == ("hello", "r", "s", 2)
    assert library["event"] == "careful, [email]"


@pytest.mark.parametrize(("ended", "lines"), [(asyncio.CancelledError(), 0), (OSError("disk full"), 1)])
def test_that_work_was_cancelled_is_no_trouble(tmp_path: Path, ended: BaseException, lines: int) -> None:
    stream = io.StringIO()
    configure_logging(settings_for(tmp_path), stream)
    logging.getLogger("sqlalchemy.pool").error("Exception during reset or similar", exc_info=ended)
    assert len(stream.getvalue().splitlines()) == lines


def test_a_console_gets_plain_lines(tmp_path: Path) -> None:
    stream = io.StringIO()
    configure_logging(settings_for(tmp_path, log_format="console", log_level="warning"), stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert "loud" in stream.getvalue() and "quiet" not in stream.getvalue()
