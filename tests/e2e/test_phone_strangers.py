"""Whole talks with telephones nobody here wrote: sipp and baresip hear, press keys, speak, and are served."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.calling import RATE, loud_ms, spoken
from tests.e2e.ear import understood
from tests.e2e.telephones import Line
from tests.phone import pcap
from tests.phone.baresip import Baresip
from tests.phone.pcap import Capture
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence, write_wav

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
GREETING = "good evening this is the trattoria"
WHERE = "inside or under the trees"
WHICH = "do you want it for lunch or for dinner"
DONE = "your table is booked good bye"


def _choice(prompt: str, save: str, options: dict[str, str], then: str) -> dict[str, Any]:
    return {
        "kind": "ask",
        "label": save,
        "prompt": {"en-US": prompt},
        "type": "choice",
        "tries": 9,
        "save": save,
        "choices": [{"id": label, "label": {"en-US": label}, "key": key} for key, label in options.items()],
        "out": {"understood": then, "gives_up": "n_sorryaaa"},
    }


TRATTORIA: dict[str, Any] = {
    "format": "parley-flow",
    "schema": 1,
    "name": "Trattoria",
    "start": "n_helloaaa",
    "locales": ["en-US"],
    "patience": {"voice": 60_000},
    "defaults": {"gives_up": "n_sorryaaa", "error": "n_sorryaaa"},
    "variables": {
        "guests": {"type": "text", "export": True},
        "meal": {"type": {"enum": ["lunch", "dinner"]}, "export": True},
        "place": {"type": {"enum": ["inside", "trees"]}, "export": True},
    },
    "nodes": {
        "n_helloaaa": {
            "kind": "say",
            "label": "Hello",
            "text": {"en-US": f"{GREETING}."},
            "out": {"then": "n_guestsaa"},
        },
        "n_guestsaa": {
            "kind": "digits",
            "label": "Guests",
            "prompt": {"en-US": "For how many?"},
            "save": "guests",
            "maximum": 2,
            "tries": 9,
            "out": {"understood": "n_placeaaa"},
        },
        "n_mealaaaa": _choice(f"{WHICH}?", "meal", {"1": "lunch", "2": "dinner"}, "n_bookedaa"),
        "n_placeaaa": _choice(f"{WHERE}?", "place", {"1": "inside", "2": "trees"}, "n_mealaaaa"),
        "n_bookedaa": {"kind": "end", "label": "Booked", "outcome": "booked", "text": {"en-US": f"{DONE}."}},
        "n_sorryaaa": {"kind": "end", "label": "Sorry", "outcome": "sorry", "text": {"en-US": "Sorry."}},
    },
}
SENTENCES = [GREETING, WHICH, WHERE, DONE]


async def trattoria(line: Line) -> None:
    """Number 730 is its own."""
    if not any(n["number"] == "730" for n in await line.house.get("/numbers")):
        await line.number("730", await line.agent("Trattoria", TRATTORIA))


async def booked(line: Line, session: str, **expected: str) -> list[dict[str, Any]]:
    """The log of a session that booked this."""
    assert await line.house.outcome(session) == "booked"
    variables = (await line.house.get(f"/sessions/{session}/context"))["variables"]
    assert {name: variables[name] for name in expected} == expected
    assert (await line.call(session))["reason"] == "agent_hung_up"
    return [record["event"] for record in await line.log(session)]


async def test_sipp_hears_the_greeting_keys_digits_speaks_and_books(line: Line, tmp_path: Path) -> None:
    await trattoria(line)
    before = await line.sessions()
    # It cannot listen: it keys ahead, and says its word again and again, as somebody does who talks to a wall.
    words = [part for _ in range(6) for part in (spoken("dinner"), silence(7000))]
    sound = pcap.write(tmp_path / "said.pcap", silence(9000), "4#", silence(5000), "2", silence(6000), *words)
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("caller_waits", tmp_path, at=line.uri("730"), sound=sound) as sipp,
    ):
        session = await line.newest(before)
        log = await booked(line, session, guests="4", meal="dinner", place="trees")
        assert await sipp.over() == 0, sipp.troubles()
    assert any(event.get("spoken") and event["text"] == "dinner" for event in log), "it was heard speaking"
    assert [e["digit"] for e in log if e["type"] == "digit"][:2] == ["4", "#"]
    heard, _ = pcap.heard(wire.path, sipp.media_port)
    assert await understood(heard, SENTENCES) == DONE, ending(heard, log)
    first = heard[: heard_until(heard, 2000)]
    assert await understood(first, SENTENCES) == GREETING


def ending(heard: bytes, log: list[dict[str, Any]]) -> str:
    """What became of the last words: what was loud, a sign for each 20 ms, and how the log ends."""
    step = 2 * RATE // 50
    # `loud_ms` leaves out the last frame of what it is given.
    signs = ["#" if loud_ms(heard[at : at + 2 * step]) else "." for at in range(0, len(heard), step)]
    return "\n".join(["".join(signs[-250:]), *map(str, log[-12:])])


def heard_until(pcm: bytes, ms: int) -> int:
    """Where so much of it was loud, in bytes."""
    step = 2 * RATE // 5
    return next((i for i in range(0, len(pcm), step) if loud_ms(pcm[:i]) >= ms), len(pcm))


async def test_a_softphone_holds_a_whole_spoken_talk(line: Line, tmp_path: Path) -> None:
    await trattoria(line)
    write_wav(tmp_path / "quiet.wav", silence(60_000))
    write_wav(tmp_path / "dinner.wav", spoken("dinner") + silence(6000))
    write_wav(tmp_path / "inside.wav", spoken("inside") + silence(6000))
    before = await line.sessions()
    async with Baresip(tmp_path, tmp_path / "quiet.wav") as phone:
        await phone.dial(line.uri("730"))
        await phone.event("CALL_ESTABLISHED")
        session = await line.newest(before)
        await line.house.says(session, "For how many?")
        await phone.keys("3#")
        await line.house.says(session, "under the trees")
        await phone.command("ausrc", f"aufile,{tmp_path / 'inside.wav'}")
        await line.house.says(session, "lunch or for dinner")
        await phone.command("ausrc", f"aufile,{tmp_path / 'dinner.wav'}")
        log = await booked(line, session, guests="3", meal="dinner", place="inside")
        await phone.event("CALL_CLOSED")
        pcm, rate = phone.heard()
    spoke = [event["text"] for event in log if event.get("spoken")]
    assert "dinner" in spoke and "inside" in spoke
    assert await understood(pcm, SENTENCES, rate) == DONE
