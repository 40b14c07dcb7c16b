"""How an agent hears and speaks: set once, carried by its releases, and told to the worker of each line."""

import pytest

from engine.providers.registry import Health
from engine.providers.resilience.fallback_speaking import FallbackTextToSpeech
from engine.providers.resilience.link import Link
from engine.providers.speech import ProviderError, Trouble, Voice
from server.settings import Settings
from server.speech.configuration import speaking_of
from server.speech.settings import SpeechBody, SpeechSettings, read_speech, speech_body
from server.workers import wire
from server.workers.wire import Speaking, Tongue, voice_of
from tests.server.calls.client import connected, rehearse
from tests.server.calls.worker import worker
from tests.server.flows import greeting
from tests.server.running import Frame, Owner, Running
from tests.server.voice.fakes import HummingVoice

WISHES: Frame = {
    "text_to_speech": ["cartesia", "local"],
    "voices": {"cartesia": "sonia", "local": "en-gb"},
    "speed": 90,
    "languages": {"it": {"voices": {"local": "it"}, "speed": 110}},
    "resumes": False,
    "standby": {"en": "One moment, please.", "it-IT": "Un momento."},
    "remembers": True,
    "thinks_ahead": False,
}


async def test_speech_is_set_and_shown_and_goes_out_with_the_next_release(owner: Owner) -> None:
    agent = await owner.agent(greeting())
    assert agent["speech"] == SpeechBody().model_dump()
    changed = await owner.ask("PATCH", f"/agents/{agent['id']}", json={"speech": WISHES})
    assert changed.status_code == 200, changed.text
    assert changed.json()["speech"]["voices"] == WISHES["voices"]
    assert changed.json()["speech"]["languages"]["it"] == {"voices": {"local": "it"}, "speed": 110}
    # Another change leaves it as it is.
    named = await owner.ask("PATCH", f"/agents/{agent['id']}", json={"name": "Other"})
    assert named.json()["speech"] == changed.json()["speech"]
    assert named.json()["release"]["speech"] == SpeechBody().model_dump()
    # The same flow, spoken by others, is another release.
    published = (await owner.ask("POST", f"/agents/{agent['id']}/publish")).json()
    assert not published["unchanged"] and published["number"] == 2
    assert published["speech"] == changed.json()["speech"]
    again = (await owner.ask("POST", f"/agents/{agent['id']}/publish")).json()
    assert again["unchanged"] and again["number"] == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"speech_to_text": ["whisperer"]}, "deepgram"),
        ({"text_to_speech": ["deepgram"]}, "cartesia"),
        ({"voices": {"nobody": "x"}}, "cartesia"),
        ({"voices": {"local": "en; rm -rf"}}, "pattern"),
        ({"speed": 10}, "50"),
        ({"languages": {"../it": {}}}, "pattern"),
        ({"languages": {"it": {"voices": {"nobody": "x"}}}}, "cartesia"),
        ({"standby": {"../it": "Ciao."}}, "pattern"),
        ({"standby": {"en": ""}}, "at least 1"),
        ({"standby": {"en": "x" * 501}}, "at most 500"),
        ({"volume": 3}, "not permitted"),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_words(owner: Owner, wrong: Frame, says: str) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "A"})).json()
    answer = await owner.ask("PATCH", f"/agents/{agent['id']}", json={"speech": wrong})
    assert answer.status_code == 422 and says in answer.text, answer.text


async def test_the_worker_of_a_line_is_told_how_the_agent_speaks(running: Running) -> None:
    agent = await running.owner.agent(greeting())
    await running.owner.ask("PATCH", f"/agents/{agent['id']}", json={"speech": WISHES})
    await running.owner.ask("POST", f"/agents/{agent['id']}/publish")
    trunk = (await running.owner.ask("POST", "/trunks", json={"name": "Provider"})).json()
    body = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": "100"}
    await running.owner.ask("POST", "/numbers", json=body)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "+12025550199", "100"))
        speaking = (await held.take()).speaking
    assert speaking.tts == ("cartesia", "local") and speaking.stt == ("local",)
    assert (speaking.speed, speaking.resumes) == (90, False)
    assert voice_of(speaking, "it-IT").by == {"cartesia": "sonia", "local": "it"}
    assert speaking.voice_key != running.parts.speaking(SpeechSettings()).voice_key


async def test_a_rehearsal_is_spoken_as_it_asks(running: Running) -> None:
    async with worker(running) as held:
        begun = await rehearse(running, greeting(), speech={"speed": 150})
        async with connected(running, begun):
            assert (await held.until(wire.Take)).speaking.speed == 150


def test_what_is_stored_is_shown_as_it_was_said() -> None:
    body = SpeechBody.model_validate(WISHES)
    assert speech_body(body.stored()) == body
    assert read_speech("{}") == SpeechSettings()


def test_a_locale_has_the_voice_set_for_it_then_its_languages_then_the_agents() -> None:
    speaking = Speaking(
        tts=("local",),
        voices={"local": "en-us"},
        speed=90,
        tongues={"it": Tongue({"local": "it"}), "it-CH": Tongue({}, 120)},
    )
    assert (voice_of(speaking, "en-US").id, voice_of(speaking, "en-US").speed) == ("en-us", 90)
    assert (voice_of(speaking, "it-IT").id, voice_of(speaking, "it-IT").speed) == ("it", 90)
    assert (voice_of(speaking, "it-CH").id, voice_of(speaking, "it-CH").speed) == ("it", 120)


def test_prepared_sound_belongs_to_the_voice_that_made_it() -> None:
    settings = Settings(_env_file=None)
    plain = speaking_of(settings, SpeechSettings())
    assert plain == speaking_of(settings, SpeechSettings(resumes=True))
    others = [
        speaking_of(settings, speech).voice_key
        for speech in (
            SpeechSettings(voices={"local": "en-gb"}),
            SpeechSettings(speed=90),
            SpeechSettings(languages={"it": Tongue({"local": "it"})}),
            SpeechSettings(text_to_speech=("cartesia", "local")),
        )
    ]
    assert len({plain.voice_key, *others}) == 5
    # Who takes over does not change what the first one says.
    assert speaking_of(settings, SpeechSettings(voices={"cartesia": "x"})).voice_key == plain.voice_key


class Refusing(HummingVoice):
    """Speaks nothing."""

    name = "refusing"

    async def synthesize_batch(self, text: str, voice: object, rate: int) -> bytes:
        raise ProviderError("refusing", Trouble.REJECTED, "the key is refused")


async def test_who_takes_over_speaks_with_the_voice_chosen_for_it() -> None:
    health, second = Health(), HummingVoice()
    chain = FallbackTextToSpeech(
        [
            Link(Refusing(), health.watch("voice", "refusing", "", "")),
            Link(second, health.watch("voice", "humming", "", "")),
        ]
    )
    await chain.synthesize_batch("Hello", Voice("first", "en-US", by={"humming": "second"}), 16_000)
    assert second.asked == ["Hello"] and second.voices_used == [Voice("second", "en-US")]


async def test_voices_are_listed_by_provider_and_language(owner: Owner) -> None:
    every = (await owner.ask("GET", "/voices")).json()
    assert every["troubles"] == {}
    assert {voice["provider"] for voice in every["items"]} == {"local"}
    italian = (await owner.ask("GET", "/voices?locale=it-IT&provider=local")).json()["items"]
    assert italian and len(italian) < len(every["items"])
    assert all("it" in (locale[:2] for locale in voice["locales"]) for voice in italian)
    assert (await owner.ask("GET", "/voices?provider=nobody")).json()["items"] == []
