"""Talking aloud to a draft: client, server and worker, with a worker that does as it is told."""

import json

import pytest
import websockets

from server.kit.errors import ErrorCode
from server.workers import wire
from tests.server.calls.client import connected, rehearse
from tests.server.calls.worker import worker
from tests.server.flows import greeting
from tests.server.running import Running


async def test_what_the_flow_says_is_spoken_and_what_is_heard_is_its_answer(running: Running) -> None:
    async with worker(running) as held, connected(running, await rehearse(running, greeting())) as client:
        ready = await client.until("ready")
        assert ready["header"]["modality"] == "voice"
        take = await held.take()
        assert take.way == wire.MediaWay(f"{wire.MEDIA_PATH}{take.seat}", 16000)
        assert await held.spoken(1) == ["What is your name?"]
        await held.send(wire.Heard(take.seat, "began", (1,)))
        await client.until("caption", who="agent", text="What is your name?")
        await held.finishes(take.seat)
        await client.until("state", state="listening")
        await held.hears(take.seat, "Anna")
        await client.until("caption", who="caller", text="Anna")
        assert (await held.spoken(2))[1] == "Thank you, Anna."
        await held.until(wire.Tell, call="hang_up")
        await held.send(wire.Heard(take.seat, "gone", ("agent", "agent_hung_up")))
        ended = await client.until("ended")
        assert ended["reason"] == "agent_hung_up"
        kinds = [f["record"]["event"]["type"] for f in client.frames if f["type"] == "record"]
        assert kinds == ["started", "speech_finished", "text"]
        assert await client.closed() == 1000


async def test_sound_passes_both_ways_and_what_is_not_wanted_any_more_is_dropped(running: Running) -> None:
    async with worker(running) as held, connected(running, await rehearse(running, greeting())) as client:
        take = await held.until(wire.Take)
        address = running.url.replace("http", "ws", 1) + take.way.path
        headers = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
        async with websockets.connect(address, additional_headers=headers, compression=None) as line:
            await held.send(wire.Joined(take.seat))
            await client.ws.send(b"\x01\x00" * 320)
            assert await line.recv() == b"\x01\x00" * 320
            await client.send(type="mute", on=True)
            await client.ws.send(b"\x01\x00" * 320)
            assert await line.recv() == bytes(640)
            await client.send(type="keys", keys="12x#")
            assert json.loads(await line.recv()) == {"type": "keys", "keys": "12#"}
            await line.send(b"\x02\x00" * 320)
            assert await client.hears(640) == b"\x02\x00" * 320
            await line.send('{"type":"clear"}')
            await client.until("clear")


async def test_sound_in_the_telephone_s_code_is_understood(running: Running) -> None:
    entrance = await rehearse(running, greeting())
    async with worker(running) as held, connected(running, entrance, rate=8000, encoding="mulaw") as client:
        take = await held.until(wire.Take)
        assert take.way.rate == 8000
        address = running.url.replace("http", "ws", 1) + take.way.path
        headers = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
        async with websockets.connect(address, additional_headers=headers, compression=None) as line:
            await held.send(wire.Joined(take.seat))
            await client.ws.send(b"\xff" * 160)
            assert await line.recv() == bytes(320)
            await line.send(bytes(320))
            assert await client.hears(160) == b"\xff" * 160


async def test_without_a_worker_one_is_told_to_try_again(running: Running) -> None:
    async with connected(running, await rehearse(running, greeting())) as client:
        error = await client.until("error", fatal=True)
        assert error["code"] == ErrorCode.SERVER_BUSY.value
        assert await client.closed() == 1013


async def test_a_worker_that_dies_is_replaced_and_the_talk_goes_on(running: Running) -> None:
    entrance = await rehearse(running, greeting())
    async with worker(running, "w1") as first, connected(running, entrance) as client:
        old = await first.take()
        await first.spoken(1)
        async with worker(running, "w2") as second:
            await first.die()
            new = await second.take()
            assert new.resumed and new.seat != old.seat
            words = await second.spoken(2)
            assert "line was gone" in words[0] and words[1] == "What is your name?"
            await second.hears(old.seat, "somebody else")  # a seat it never had
            await second.hears(new.seat, "Anna")
            assert (await second.spoken(3))[2] == "Thank you, Anna."
            assert client.frames


async def test_who_does_not_take_a_line_up_is_passed_over(running: Running) -> None:
    async with (
        worker(running, "w1", seats=9) as first,
        worker(running, "w2") as second,
        connected(running, await rehearse(running, greeting())),
    ):
        take = await first.until(wire.Take)
        await first.send(wire.NotJoined(take.seat, "no sound card"))
        again = await second.take()
        assert again.seat != take.seat
        await first.until(wire.Drop, seat=take.seat)
        assert await second.spoken(1) == ["What is your name?"]


async def test_a_client_that_leaves_ends_the_rehearsal(running: Running) -> None:
    entrance = await rehearse(running, greeting())
    async with worker(running) as held:
        async with connected(running, entrance) as client:
            take = await held.take()
            await held.spoken(1)
            await client.send(type="bye")
            assert await client.closed() == 1000
        await held.until(wire.Drop, seat=take.seat)
    assert entrance["session_id"] not in running.parts.voice.calls.lines


@pytest.mark.parametrize(
    "frame", ['{"type":"hello","token":"nobody"}', "{}", '{"type":"ping"}', "\x00", '{"type":"hello"}']
)
async def test_who_does_not_say_hello_with_our_token_is_shown_the_door(running: Running, frame: str) -> None:
    async with websockets.connect(running.url.replace("http", "ws", 1) + "/api/v1/media") as ws:
        await ws.send(frame)
        assert json.loads(await ws.recv())["type"] == "error"
        await ws.wait_closed()
        assert ws.close_code in (4400, 4401)


async def test_sound_faster_than_it_sounds_is_not_taken(running: Running) -> None:
    async with worker(running) as held, connected(running, await rehearse(running, greeting())) as client:
        await held.take()
        for _ in range(8):
            await client.ws.send(bytes(32000))
        assert (await client.until("error"))["code"] == ErrorCode.RATE_LIMITED.value


async def test_a_flow_that_is_none_is_refused_in_words(running: Running) -> None:
    answer = await running.owner.ask("POST", "/rehearsals", json={"flow": {"format": "something else"}})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "FLOW_UNREADABLE"


async def test_an_owner_holds_only_so_many_rehearsals_at_once(running: Running) -> None:
    for _ in range(5):
        await rehearse(running, greeting())
    answer = await running.owner.ask("POST", "/rehearsals", json={"flow": greeting()})
    assert answer.status_code == 503
