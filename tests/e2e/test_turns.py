"""What the turns of a real call took: stored with its session, and counted for Prometheus."""

import asyncio
from typing import Any

import pytest

from tests.e2e.calling import falls_silent, loud_ms
from tests.e2e.telephones import Line
from tests.phone.caller import Phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_a_turn_by_key_is_stored_and_counted(line: Line) -> None:
    async with Phone() as phone:
        before = await line.sessions()
        call = await phone.call(line.uri("clinic"))
        await call.up()
        session = await line.newest(before)
        await falls_silent(call)
        call.heard = b""
        await call.press("1")
        await call.until(lambda: loud_ms(call.heard) > 500)
        await call.hang_up()
        assert await line.house.outcome(session)
        assert (await line.call(session))["reason"] == "caller_hung_up"
        turn = await answered(line, session)
    assert (turn["modality"], turn["transcript_ms"], turn["speech_to_text"]) == ("voice", None, "")
    assert turn["prepared"] != bool(turn["text_to_speech"])
    counted = (await line.house.client.get(f"{line.server.origin}/metrics")).text
    for sample in (
        'parley_calls_ended_total{direction="in",reason="caller_hung_up"}',
        'parley_turn_stage_seconds_count{modality="voice",provider="',
        'parley_provider_requests_total{kind="hearing"',
        'http_request_duration_seconds_count{code="200",method="GET",route="/api/v1/sessions/{session_id}"}',
    ):
        assert sample in counted, counted
    providers = (await line.house.get("/operations/providers"))["items"]
    assert {item["provider"] for item in providers} == {"local"}


async def answered(line: Line, session: str) -> Any:
    """The turn whose answer was heard, once it is over."""
    async with asyncio.timeout(30):
        while True:
            items = (await line.house.get(f"/sessions/{session}/turns"))["items"]
            found = [item for item in items if item["audio_ms"] is not None]
            if found:
                assert 0 <= found[0]["decision_ms"] <= found[0]["audio_ms"]
                return found[0]
            await asyncio.sleep(0.1)
