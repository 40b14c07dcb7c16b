"""Breakers, retries, rate limits and counters, on a clock of their own."""

import asyncio
from pathlib import Path

import pytest

from engine.providers.prices import Price, cost_micros, list_prices, load_prices
from engine.providers.registry import Health, ProviderConfig, build_speech_to_text, build_text_to_speech
from engine.providers.resilience.breaker import FAILURES, FIRST_PAUSE, Breaker, BreakerState
from engine.providers.resilience.metrics import ProviderMetrics
from engine.providers.resilience.rate_gate import RateGate
from engine.providers.resilience.retrying import retrying
from engine.providers.speech import ProviderError, SpeechToText, TextToSpeech, Trouble


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def failure(trouble: Trouble = Trouble.BROKEN, retry_after: float | None = None) -> ProviderError:
    return ProviderError("vendor", trouble, "it failed", retry_after)


def test_a_breaker_opens_after_some_failures_and_lets_one_try() -> None:
    clock = Clock()
    breaker = Breaker("vendor", clock)
    for _ in range(FAILURES):
        assert breaker.state is BreakerState.CLOSED
        breaker.enter()
        breaker.failed(failure())
    with pytest.raises(ProviderError, match="not asked for 5 s, after: broken"):
        breaker.enter()
    clock.now += FIRST_PAUSE
    assert breaker.state is BreakerState.HALF_OPEN
    breaker.enter()
    with pytest.raises(ProviderError):
        breaker.enter()
    breaker.succeeded()
    assert breaker.state is BreakerState.CLOSED


def test_each_failed_try_doubles_the_pause() -> None:
    clock = Clock()
    breaker = Breaker("vendor", clock)
    breaker.failed(failure(Trouble.REJECTED))
    for pause in (FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4):
        clock.now += pause - 1
        assert breaker.state is BreakerState.OPEN
        clock.now += 1
        breaker.enter()
        breaker.failed(failure())


def test_a_try_that_was_given_up_leaves_the_door_as_it_was() -> None:
    clock = Clock()
    breaker = Breaker("vendor", clock)
    breaker.failed(failure(Trouble.REJECTED))
    clock.now += FIRST_PAUSE
    breaker.enter()
    breaker.left()
    breaker.enter()


def test_what_is_unsupported_says_nothing_about_health() -> None:
    breaker = Breaker("vendor", Clock())
    for _ in range(FAILURES):
        breaker.failed(failure(Trouble.UNSUPPORTED))
    assert breaker.state is BreakerState.CLOSED


async def tried(clock: Clock, *failures: ProviderError, budget: float = 60, attempts: int = 4) -> str:
    left = list(failures)

    async def ask() -> str:
        if left:
            raise left.pop(0)
        return "answered"

    return await retrying(
        ask, budget=budget, attempts=attempts, clock=clock, chance=lambda: 1.0, pause=clock.pause
    )


async def test_what_may_pass_is_tried_again_with_growing_pauses() -> None:
    clock = Clock()
    assert await tried(clock, failure(), failure(), failure()) == "answered"
    assert clock.pauses == [0.1, 0.2, 0.4]


async def test_what_will_not_pass_is_not_tried_again() -> None:
    clock = Clock()
    with pytest.raises(ProviderError):
        await tried(clock, failure(Trouble.REJECTED))
    assert clock.pauses == []


async def test_a_vendors_own_pause_is_kept_to_unless_it_is_longer_than_the_budget() -> None:
    clock = Clock()
    assert await tried(clock, failure(Trouble.RATE_LIMITED, 3)) == "answered"
    assert clock.pauses == [3]
    with pytest.raises(ProviderError):
        await tried(clock, failure(Trouble.RATE_LIMITED, 3), budget=2)


def gate(clock: Clock, at_once: int = 1, waiting: int = 1, patience: float = 30) -> RateGate:
    return RateGate(
        "vendor", at_once=at_once, waiting=waiting, patience=patience, clock=clock, pause=clock.pause
    )


async def test_a_gate_waits_as_long_as_the_vendor_says() -> None:
    clock = Clock()
    line = gate(clock)
    line.limited(7)
    async with line:
        assert clock.now == 7


async def test_a_gate_turns_away_who_would_wait_too_long() -> None:
    line = gate(Clock(), patience=2)
    line.limited(7)
    with pytest.raises(ProviderError) as away:
        await line.enter()
    assert (away.value.trouble, away.value.retry_after) == (Trouble.RATE_LIMITED, 7)


async def test_a_full_line_turns_away_at_once_and_the_others_pass_in_their_order() -> None:
    line = gate(Clock())
    order: list[str] = []

    async def pass_through() -> None:
        async with line:
            order.append("second")

    await line.enter()
    waiting = asyncio.create_task(pass_through())
    await asyncio.sleep(0)
    with pytest.raises(ProviderError, match="too many requests wait already"):
        await line.enter()
    order.append("first")
    line.leave()
    await waiting
    assert order == ["first", "second"]


def test_counters_are_plain_data() -> None:
    metrics = ProviderMetrics("vendor", "model")
    metrics.requests += 1
    metrics.answered(120)
    metrics.answered(99_999)
    metrics.failed(Trouble.TIMEOUT)
    metrics.used(sound_ms=1500, cost_micros=9)
    data = metrics.export()
    assert (data["latency_ms"]["200"], data["latency_ms"]["inf"]) == (1, 1)
    assert data["failures"] == {"timeout": 1}
    assert (data["sound_ms"], data["cost_micros"]) == (1500, 9)


def test_prices_come_from_a_list_and_may_be_overridden(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text('{"deepgram/nova-3": {"minute": 4300}}')
    prices = load_prices(file)
    assert cost_micros(prices, "deepgram", "nova-3", sound_ms=30_000) == 2150
    assert cost_micros(prices, "openai", "tts-1", characters=1) == 15
    assert cost_micros(prices, "nobody", "nothing", sound_ms=60_000, characters=1000) == 0
    assert list_prices()["deepgram/nova-3"] == Price(minute=7_700)
    file.write_text('{"deepgram/nova-3": 4300}')
    with pytest.raises(ValueError, match=r"prices.json cannot be read .* They look like"):
        load_prices(file)


def test_chains_are_built_from_names() -> None:
    configs = {"deepgram": ProviderConfig(api_key="k1"), "openai": ProviderConfig(api_key="k2")}
    hearing = build_speech_to_text((), configs, health=Health())
    assert [link.provider.name for link in hearing.links] == ["deepgram", "openai", "local"]
    assert isinstance(hearing, SpeechToText)
    speaking = build_text_to_speech(("local",), configs, health=Health())
    assert [each["name"] for each in speaking.describe()] == ["local"]
    assert isinstance(speaking, TextToSpeech)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"no speech provider 'parrot'. There are: deepgram, openai, local"):
        build_speech_to_text(("parrot",), {}, health=Health())
    with pytest.raises(ValueError, match="needs a key: set PARLEY_CARTESIA_API_KEY"):
        build_text_to_speech(("cartesia",), {}, health=Health())


def test_all_calls_of_an_organisation_share_what_one_learned() -> None:
    health = Health(clock=Clock())
    first, second = (build_speech_to_text(("local",), {}, health=health, organization="one") for _ in "12")
    other = build_speech_to_text(("local",), {}, health=health, organization="two")
    first.links[0].failed(failure(Trouble.REJECTED))
    assert not second.links[0].ready
    assert other.links[0].ready


def test_a_configuration_does_not_show_its_key() -> None:
    assert "secret" not in repr(ProviderConfig(api_key="secret"))
