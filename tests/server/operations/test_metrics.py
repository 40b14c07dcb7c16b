"""What is counted, as Prometheus reads it, and how the providers do, in words."""

import asyncio
import math
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from engine.conversation.voice import TurnTimes
from server.operations.providers import providers_view
from server.operations.standing import WorkerStanding
from server.workers import wire
from server.workers.wire import ProviderReport
from tests.server.calls.worker import worker
from tests.server.flows import asking
from tests.server.running import WAIT, Frame, Running, application, settings_for

NUMBER = "+12025550123"
DEAD = ProviderReport(
    "hearing",
    "deepgram",
    "nova-3",
    "open",
    "deepgram: the key is refused",
    requests=3,
    failures={"rejected": 3},
    latency=(0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    latency_total_ms=9160,
    sound_ms=1500,
    cost_micros=250_000,
)
WELL = ProviderReport("voice", "local", "espeak-ng", requests=4, characters=40)


async def scraped(
    client: httpx2.AsyncClient, **headers: str
) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels, read by Prometheus' own parser."""
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


async def test_requests_are_counted_by_route_and_not_by_address(running: Running) -> None:
    client = running.owner.client
    for id in ("ses_one", "ses_two"):
        await running.owner.ask("GET", f"/sessions/{id}")
    await client.get("/nowhere/at/all")
    found = await scraped(client)
    counted = of(method="GET", route="/api/v1/sessions/{session_id}", code="404")
    assert found["http_request_duration_seconds_count", counted] == 2
    assert found["http_request_duration_seconds_count", of(method="GET", route="none", code="404")] == 1
    assert found["parley_sessions", of(modality="text")] == 0
    assert found["process_cpu_seconds_total", of()] > 0


async def test_turns_ends_seats_and_providers_are_counted(running: Running) -> None:
    owner = running.owner
    agent = await owner.agent(asking())
    trunk: Frame = (await owner.ask("POST", "/trunks", json={"name": "Provider"})).json()
    body = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": NUMBER}
    await owner.ask("POST", "/numbers", json=body)
    async with worker(running) as held:
        await held.send(wire.Beat((), 7, providers=(DEAD, WELL)))
        await held.send(wire.Offered("call_1", trunk["id"], "+12025550199", NUMBER))
        seat = (await held.take()).seat
        await held.spoken(1)
        during = await scraped(owner.client)
        times = TurnTimes(1, 80, 90, 250, "deepgram", "", True, 1500, cost_micros=7_000)
        await held.send(wire.Heard(seat, "measured", (times,)))
        await held.send(wire.Heard(seat, "gone", ("caller", "caller_hung_up")))
        await held.send(wire.CallState("call_1", "ended", "made up by somebody"))
        ended = of(direction="in", reason="failed")
        async with asyncio.timeout(WAIT):
            while ("parley_calls_ended_total", ended) not in (after := await scraped(owner.client)):
                await asyncio.sleep(0.05)
    assert during["parley_lines", of()] == 1
    assert during["parley_worker_seats_taken", of(worker="w1")] == 1
    assert during["parley_worker_seats", of(worker="w1")] == 4
    names = {"worker": "w1", "kind": "hearing", "provider": "deepgram", "model": "nova-3"}
    assert during["parley_provider_circuit", of(**names)] == 2
    assert during["parley_provider_failures_total", of(**names, trouble="rejected")] == 3
    assert during["parley_provider_latency_seconds_bucket", of(**names, le="0.1")] == 2
    assert during["parley_provider_latency_seconds_count", of(**names)] == 3
    assert math.isclose(during["parley_provider_cost_dollars_total", of(**names)], 0.25)
    assert after["parley_lines", of()] == 0
    assert after["parley_lines_ended_total", of(by="caller", reason="caller_hung_up")] == 1
    stage = {"stage": "audio", "modality": "voice", "provider": "prepared"}
    assert after["parley_turn_stage_seconds_bucket", of(**stage, le="0.2")] == 0
    assert after["parley_turn_stage_seconds_bucket", of(**stage, le="0.3")] == 1
    words = of(stage="transcript", modality="voice", provider="deepgram")
    assert after["parley_turn_stage_seconds_count", words] == 1


async def test_metrics_are_for_this_machine_and_the_owner(running: Running, tmp_path: Path) -> None:
    client, token = running.owner.client, running.owner.token
    assert (await client.get("/metrics")).status_code == 200
    # A proxy on this machine asks for the whole world.
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        answer = await client.get("/metrics", headers={header: "203.0.113.7"})
        assert answer.status_code == 401, header
    shown = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.7"}
    assert (await client.get("/metrics", headers=shown)).status_code == 200
    (tmp_path / "other").mkdir()
    async with application(settings_for(tmp_path / "other")) as (app, _):
        elsewhere = httpx2.ASGITransport(app, client=("203.0.113.7", 1))
        async with httpx2.AsyncClient(transport=elsewhere, base_url="http://testserver") as stranger:
            assert (await stranger.get("/metrics")).status_code == 401


async def test_the_owner_reads_how_the_providers_do(running: Running) -> None:
    async with worker(running) as held:
        await held.send(wire.Beat((), providers=(DEAD, WELL)))
        async with asyncio.timeout(WAIT):
            while not (items := await _providers(running))[0]["requests"]:
                await asyncio.sleep(0.05)
    assert [(i["kind"], i["provider"], i["state"]) for i in items if i["requests"]] == [
        ("hearing", "deepgram", "not_asked"),
        ("voice", "local", "working"),
    ]
    assert items[0]["last_error"] == "deepgram: the key is refused" in items[0]["words"]
    # What is set up and was never asked is there too.
    assert ("hearing", "local", "unused") in [(i["kind"], i["provider"], i["state"]) for i in items]


async def _providers(running: Running) -> list[Frame]:
    items: list[Frame] = (await running.owner.ask("GET", "/operations/providers")).json()["items"]
    return sorted(items, key=lambda item: (item["kind"], -item["requests"]))


@pytest.mark.parametrize(
    ("state", "trouble", "shown"),
    [
        ("closed", "", "working"),
        ("closed", "it failed", "failing"),
        ("half_open", "it failed", "failing"),
        ("open", "it failed", "not_asked"),
    ],
)
def test_of_several_workers_the_worst_off_speaks(state: str, trouble: str, shown: str) -> None:
    well = ProviderReport("voice", "cartesia", "sonic", requests=1)
    other = ProviderReport("voice", "cartesia", "sonic", state, trouble, 1, {"broken": 1} if trouble else {})
    workers = [WorkerStanding("a", providers=(well,)), WorkerStanding("b", providers=(other,))]
    (item,) = providers_view({"voice": ["cartesia"]}, workers).items
    assert (item.state, item.last_error, item.requests, item.workers) == (shown, trouble, 2, ["a", "b"])
