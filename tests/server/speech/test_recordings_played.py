"""Recordings that flows play: fetched under guard, decoded apart, kept, and missed without a caller's silence."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.compiler.prepared import recordings
from engine.providers import sound
from server.kit.http_guard import parse_endpoint
from server.speech.decoding import RATE, Unplayable
from server.speech.recordings import Recordings, Unfetchable, decoded
from server.workers import wire
from tests.engine.drawing import end, program
from tests.server.calls.worker import worker
from tests.server.flows import document
from tests.server.kit.test_http_guard import http
from tests.server.running import WAIT, Frame, Owner, serving, settings_for
from tests.server.voice.fakes import tone

JINGLE = sound.write_wav(tone(500, 16_000, loudness=2_000), 16_000)


class Site:
    """A web site with sounds; ``asked`` are the paths that were asked for."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Yields its port."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        self.asked.append(path)
        writer.write(self.pages.get(path, http("404 Not Found")))
        writer.close()


@asynccontextmanager
async def kept(folder: Path, pages: dict[str, bytes]) -> AsyncIterator[tuple[Recordings, Site, str]]:
    site = Site(pages)
    async with site.open() as port:
        them = Recordings(folder, [parse_endpoint(f"127.0.0.1:{port}")])
        yield them, site, f"http://127.0.0.1:{port}"
        await them.aclose()


async def test_a_recording_is_fetched_once_and_stays_when_its_site_is_gone(tmp_path: Path) -> None:
    async with kept(tmp_path, {"/a.wav": http("200 OK", JINGLE)}) as (them, site, url):
        first, second = await asyncio.gather(them.keep(f"{url}/a.wav"), them.get(f"{url}/a.wav"))
        assert first == second and site.asked == ["/a.wav"]
        pcm = first.read_bytes()
        assert 480 <= sound.duration_ms(pcm, RATE) <= 520
        louder, before = sound.loudness(pcm, RATE), sound.loudness(tone(500, 16_000, loudness=2_000), 16_000)
        assert louder is not None and before is not None and louder > before
        site.pages.clear()
        # Long ago for the clock of the file: what a release names is kept nevertheless.
        for at in tmp_path.glob("*.at"):
            os.utime(at, (1, 1))
        assert await them.get(f"{url}/a.wav") == first
        assert await them.keep(f"{url}/a.wav") == first
    again = Recordings(tmp_path, [])
    assert await again.get(f"{url}/a.wav") == first
    await again.aclose()


async def test_one_that_no_release_names_is_fetched_anew_after_a_while(tmp_path: Path) -> None:
    async with kept(tmp_path, {"/a.wav": http("200 OK", JINGLE)}) as (them, site, url):
        first = await them.get(f"{url}/a.wav")
        site.pages["/a.wav"] = http("200 OK", sound.write_wav(tone(300, 8_000), 8_000))
        assert await them.get(f"{url}/a.wav") == first
        for at in tmp_path.glob("*.at"):
            os.utime(at, (1, 1))
        assert await them.get(f"{url}/a.wav") != first


async def test_the_same_sound_at_two_addresses_is_kept_once(tmp_path: Path) -> None:
    pages = {"/a.wav": http("200 OK", JINGLE), "/b.wav": http("200 OK", JINGLE)}
    async with kept(tmp_path, pages) as (them, _, url):
        assert await them.get(f"{url}/a.wav") == await them.get(f"{url}/b.wav")
    assert len(list(tmp_path.glob("*.pcm"))) == 1


@pytest.mark.parametrize(
    ("path", "page", "says"),
    [
        ("/gone.wav", http("404 Not Found"), "answered 404"),
        ("/page.wav", http("200 OK", b"<html><body>Sign in</body></html>"), "no sound"),
        ("/empty.wav", http("200 OK", b""), "no sound"),
        ("/cut.wav", http("200 OK", JINGLE[:20]), "no sound"),
        ("/list.m3u8", http("200 OK", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "no sound"),
    ],
)
async def test_what_is_no_sound_is_said(tmp_path: Path, path: str, page: bytes, says: str) -> None:
    async with kept(tmp_path, {path: page}) as (them, _, url):
        with pytest.raises(Unfetchable, match=says) as caught:
            await them.get(f"{url}{path}")
    assert f"{url}{path}" in str(caught.value)
    assert list(tmp_path.glob("*")) == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:1/a.wav", "http://[::1]/a.wav", "jingle.wav", ""]
)
async def test_only_public_addresses_are_fetched(tmp_path: Path, address: str) -> None:
    them = Recordings(tmp_path, [])
    with pytest.raises(Unfetchable):
        await them.get(address)
    await them.aclose()


async def test_hours_of_silence_are_no_recording() -> None:
    with pytest.raises(Unplayable, match="10 minutes"):
        await decoded(sound.write_wav(bytes(8_000 * 2 * 601), 8_000))


def greeting(url: str) -> Frame:
    """Plays two recordings by fixed addresses and one by a made one, then asks."""
    return document(
        "n_hi",
        {
            "n_hi": {
                "kind": "play",
                "audio": f"{url}/hi.wav",
                "text": {"en-US": "Hi."},
                "out": {"then": "n_no"},
            },
            "n_no": {
                "kind": "play",
                "audio": f"{url}/no.wav",
                "text": {"en-US": "No."},
                "out": {"then": "n_it"},
            },
            "n_it": {
                "kind": "play",
                "audio": url + "/{{ which }}.wav",
                "text": {"en-US": "It."},
                "out": {"then": "n_ask"},
            },
            "n_ask": {
                "kind": "ask",
                "type": "text",
                "prompt": {"en-US": "Well?"},
                "save": "words",
                "out": {"understood": "n_end", "no_match": "n_end", "no_input": "n_end"},
            },
            "n_end": {"kind": "end", "outcome": "done"},
        },
        {"words": {"type": "text"}, "which": {"type": "text", "initial": "tune"}},
    )


async def standing(owner: Owner, release: str) -> Frame:
    view: Frame = (await owner.ask("GET", f"/releases/{release}/sound")).json()
    return view


async def test_a_release_has_its_recordings_and_workers_get_them_and_the_others(tmp_path: Path) -> None:
    pages = {f"/{name}.wav": http("200 OK", JINGLE) for name in ("hi", "tune")}
    site = Site(pages)
    async with site.open() as port:
        allow = (f"127.0.0.1:{port}",)
        settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=allow)
        async with serving(settings) as running, worker(running) as held:
            url, owner = f"http://127.0.0.1:{port}", running.owner
            agent = await owner.agent(greeting(url))
            release = (await owner.ask("GET", f"/agents/{agent['id']}/releases")).json()["items"][0]["id"]
            async with asyncio.timeout(WAIT):
                while (
                    "no.wav"
                    not in (view := (await owner.ask("GET", f"/releases/{release}/sound")).json())["trouble"]
                ):
                    await asyncio.sleep(0.05)
            assert (view["recordings"], view["fetched"]) == (2, 1)
            assert site.asked == ["/hi.wav", "/no.wav"]

            trunk = (await owner.ask("POST", "/trunks", json={"name": "Provider"})).json()
            body = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": "100"}
            await owner.ask("POST", "/numbers", json=body)
            await held.send(wire.Offered("call_1", trunk["id"], "+12025550199", "100"))
            seat = (await held.take()).seat
            await held.spoken(4)
            spoken = [m.args[0] for m in held.told if isinstance(m, wire.Tell) and m.call == "speak"]
            assert [s.get("audio", "") for s in spoken] == [
                f"{url}/{n}.wav" for n in ("hi", "no", "tune")
            ] + [""]

            path = f"{wire.SOUND_PATH}address"
            admitted = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
            for name, status in (("hi", 200), ("tune", 200), ("no", 404)):
                answer = await owner.client.get(path, params={"of": f"{url}/{name}.wav"}, headers=admitted)
                assert answer.status_code == status, name
            assert "answered 404" in answer.json()["error"]["message"]
            stranger = await owner.client.get(path, params={"of": f"{url}/hi.wav"})
            assert stranger.status_code == 401

            # What could not be had is told, and stands in the log; the talk goes on.
            await held.send(wire.Heard(seat, "trouble", ("recording", f"{url}/no.wav cannot be had.")))
            await held.finishes(seat)
            session = seat.partition(":")[0]
            async with asyncio.timeout(WAIT):
                while True:
                    events = (await owner.ask("GET", f"/sessions/{session}/events")).json()["items"]
                    if events[-1]["event"]["type"] == "speech_finished":
                        break
                    await asyncio.sleep(0.05)
            (trouble,) = [e for e in events if e["event"]["type"] == "trouble"]
            assert trouble["event"]["what"] == "recording" and "no.wav" in trouble["event"]["detail"]
            assert trouble["effects"] == []


def test_addresses_that_are_made_in_the_talk_are_not_known_before() -> None:
    drawn = program(
        {
            "a": {"kind": "play", "audio": "https://s.example/a.ogg", "out": {"then": "b"}},
            "b": {"kind": "play", "audio": "https://s.example/{{ n }}.ogg", "out": {"then": "bye"}},
            "bye": end("done"),
        },
        variables={"n": {"type": "int", "initial": "1"}},
    )
    assert recordings(drawn) == ("https://s.example/a.ogg",)
