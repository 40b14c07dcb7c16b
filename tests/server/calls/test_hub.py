"""The workers' socket lets in who has the token, and speaks with who speaks its language."""

import websockets

from server.workers import wire
from tests.server.calls.worker import worker
from tests.server.running import Running


async def address(running: Running) -> str:
    return running.url.replace("http", "ws", 1) + wire.PATH


async def test_who_has_no_token_is_not_let_in(running: Running) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {running.owner.token}"}):
        try:
            async with websockets.connect(await address(running), additional_headers=headers) as ws:
                await ws.wait_closed()
        except websockets.InvalidStatus as refused:
            assert refused.response.status_code == 403
        else:
            raise AssertionError("let in")


async def test_who_does_not_register_is_sent_away(running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
    for frame in (b"nonsense", wire.encode(wire.Beat(()))):
        async with websockets.connect(await address(running), additional_headers=headers) as ws:
            await ws.send(frame)
            await ws.wait_closed()
            assert ws.close_code == 4400


async def test_a_worker_that_comes_again_under_its_name_replaces_itself(running: Running) -> None:
    async with worker(running, "w1") as old, worker(running, "w1") as new:
        await old.closed()
        assert list(running.parts.voice.hub.workers) == ["w1"]
        await new.send(wire.Beat(()))


async def test_seats_that_are_not_known_any_more_are_lost(running: Running) -> None:
    async with worker(running, "w1", lines=("ses_x:1",)) as held:
        welcome = await held.until(wire.Welcome)
        assert welcome.lost == ("ses_x:1",)


async def test_health_tells_of_the_workers(running: Running) -> None:
    async with worker(running, "w1"):
        health = (await running.owner.client.get("/health")).json()
        assert health["components"]["voice"]["status"] == "healthy"
