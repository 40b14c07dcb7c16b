"""A model fails in the middle of a turn, and whoever talks does not notice."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

import msgspec
import pytest

from engine.providers.llm.chain import FallbackLanguageModel
from engine.providers.llm.contract import (
    Answer,
    BrokenAnswer,
    ContextTooLong,
    Done,
    Event,
    LanguageModel,
    Prompt,
    Usage,
    Words,
    collect,
)
from engine.providers.llm.link import ModelLink
from engine.providers.llm.openai_chat import OpenAiChat
from engine.providers.llm.standby import Memory, Standby
from engine.providers.prices import Price
from engine.providers.resilience.breaker import FAILURES, BreakerState
from engine.providers.resilience.link import Watch
from engine.providers.speech import ProviderError, Trouble
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.engine.providers.llm.cases import BUDGET, GREETING, SHAPE

PRICES = {"well/*": Price(read=1_000_000, cached=100_000, written=2_000_000)}
SHAPED = msgspec.structs.replace(GREETING, schema=SHAPE)


class Model:
    """Fails as it is told, one trouble a request, then answers."""

    model = "one"
    window = 1000

    def __init__(self, name: str, *failures: Exception, words: Sequence[str] = ("Good ", "day.")) -> None:
        self.name = name
        self.asked = 0
        self._failures = list(failures)
        self._words = words

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        self.asked += 1
        failure = self._failures.pop(0) if self._failures else None
        if isinstance(failure, Late):
            yield Words("Good ")
            raise failure.error
        if isinstance(failure, Silent):
            await asyncio.Event().wait()
        if failure is not None:
            raise failure
        for word in self._words:
            yield Words(word)
        yield Done("stop", Usage(100, 50, 10), self.name, self.model)

    async def check(self) -> None:
        if self._failures:
            raise self._failures[0]

    async def aclose(self) -> None:
        """Nothing."""


class Late(Exception):
    """After the first word."""

    def __init__(self, error: ProviderError) -> None:
        super().__init__()
        self.error = error


class Silent(Exception):
    """For ever."""


def error(trouble: Trouble = Trouble.BROKEN, after: float | None = None) -> ProviderError:
    return ProviderError("ill", trouble, "it failed", after)


def chain(*models: LanguageModel) -> FallbackLanguageModel:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    pauses: list[float] = []
    links = [ModelLink(each, Watch(each.name, each.model, lambda: 0.0, PRICES)) for each in models]
    made = FallbackLanguageModel(links, chance=lambda: 1.0, pause=pause)
    made.pauses = pauses  # type: ignore[attr-defined]
    return made


async def asked(model: LanguageModel, prompt: Prompt = GREETING, budget_ms: int = BUDGET) -> Answer:
    return await collect(model.stream(prompt, budget_ms=budget_ms))


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_whoever_fails_before_the_first_word_is_followed_by_the_next(trouble: Trouble) -> None:
    ill, well = Model("ill", error(trouble)), Model("well")
    answer = await asked(chain(ill, well))
    assert (answer.text, answer.done.provider) == ("Good day.", "well")
    assert (ill.asked, well.asked) == (1, 1)


async def test_who_is_silent_leaves_the_next_its_share_of_the_turn() -> None:
    answer = await asked(chain(Model("ill", Silent()), Model("well")), budget_ms=1500)
    assert answer.done.provider == "well"


async def test_nobody_speaks_on_for_another() -> None:
    ill, well = Model("ill", Late(error(Trouble.UNREACHABLE))), Model("well")
    given = []
    with pytest.raises(ProviderError, match="it failed"):
        async for event in chain(ill, well).stream(GREETING, budget_ms=BUDGET):
            given.append(event)
    assert given == [Words("Good ")]
    assert well.asked == 0


async def test_what_may_pass_is_asked_again_with_growing_pauses_and_the_rest_is_not() -> None:
    ill = Model("ill", error(), error(Trouble.UNREACHABLE))
    alone = chain(ill)
    assert (await asked(alone)).text == "Good day."
    assert alone.pauses == [0.1, 0.2]  # type: ignore[attr-defined]
    refused = Model("ill", error(Trouble.REJECTED))
    with pytest.raises(ProviderError):
        await asked(chain(refused))
    assert refused.asked == 1


async def test_a_vendors_own_pause_is_kept_to_unless_the_turn_is_shorter() -> None:
    hurried = chain(Model("ill", error(Trouble.BROKEN, 3)))
    assert (await asked(hurried)).text
    assert hurried.pauses == [3]  # type: ignore[attr-defined]
    with pytest.raises(ProviderError, match="it failed"):
        await asked(chain(Model("ill", error(Trouble.BROKEN, 3))), budget_ms=2000)


async def test_a_broken_answer_is_asked_for_once_more() -> None:
    once = Model("ill", BrokenAnswer("ill", "no JSON"))
    assert (await asked(chain(once))).text and once.asked == 2
    twice = Model("ill", BrokenAnswer("ill", "no JSON"), BrokenAnswer("ill", "no JSON"))
    with pytest.raises(BrokenAnswer):
        await asked(chain(twice))
    assert twice.asked == 2


async def test_what_is_too_hard_for_a_model_says_nothing_about_its_health() -> None:
    failures = [BrokenAnswer("ill", "no JSON"), ContextTooLong("ill")] * FAILURES
    one = chain(Model("ill", *failures), Model("well"))
    for _ in failures:
        await asked(one)
    assert one.links[0].watch.breaker.state is BreakerState.CLOSED


async def test_who_fails_again_and_again_is_not_asked_for_a_while() -> None:
    ill, well = Model("ill", *[error() for _ in range(20)]), Model("well")
    one = chain(ill, well)
    for _ in range(10):
        await asked(one)
    assert ill.asked == FAILURES
    assert one.describe()[0]["status"] == "open"
    assert one.name == "well"


async def test_tokens_cost_and_pace_are_told_and_counted() -> None:
    one = chain(Model("well"))
    done = (await asked(one)).done
    assert done.cost_micros == 50 + 5 + 20
    assert done.times.first_ms <= done.times.whole_ms
    metrics = one.describe()[0]["metrics"]
    assert (metrics["tokens_read"], metrics["tokens_cached"], metrics["tokens_written"]) == (100, 50, 10)
    assert metrics["cost_micros"] == 75
    assert sum(metrics["latency_ms"].values()) == sum(metrics["between_ms"].values()) == 1


async def test_who_is_cut_in_on_is_paid_for_what_it_said() -> None:
    one = chain(Model("well", words=["Good day. "] * 100))
    async with contextlib.aclosing(one.stream(GREETING, budget_ms=BUDGET)) as events:
        for _ in range(10):
            await anext(events)
    metrics = one.describe()[0]["metrics"]
    assert 20 < metrics["tokens_written"] < 60
    assert metrics["cost_micros"] > 0 and metrics["failures"] == {}


async def test_when_all_fail_what_was_said_before_is_said_again_or_what_was_written() -> None:
    memory = Memory()
    ill = Model("well", *[])
    assert (await asked(Standby(chain(ill), memory))).done.source == "model"
    gone = chain(Model("ill", *[error() for _ in range(9)]))
    known = await asked(Standby(gone, memory, "One moment, please."))
    assert (known.text, known.done.source) == ("Good day.", "memory")
    other = msgspec.structs.replace(GREETING, most_tokens=3)
    written = await asked(Standby(gone, memory, "One moment, please."), other)
    assert (written.text, written.done.source, written.done.cost_micros) == (
        "One moment, please.",
        "canned",
        0,
    )
    for none in (Standby(gone, memory), Standby(gone)):
        with pytest.raises(ProviderError):
            await asked(none, other)
    with pytest.raises(ProviderError):
        await asked(Standby(gone, None, "One moment, please."), SHAPED)


async def test_nothing_is_added_to_what_broke_off() -> None:
    broken = Standby(chain(Model("ill", Late(error()))), Memory(), "One moment, please.")
    given = []
    with pytest.raises(ProviderError):
        async for event in broken.stream(GREETING, budget_ms=BUDGET):
            given.append(event)
    assert given == [Words("Good ")]


async def test_a_memory_is_bounded_and_forgets() -> None:
    memory = Memory(most=3)
    for most in range(1, 9):
        memory.keep(msgspec.structs.replace(GREETING, most_tokens=most), Answer("hello"))
    assert len(memory) == 3
    assert memory.find(msgspec.structs.replace(GREETING, most_tokens=8)) is not None
    assert memory.find(msgspec.structs.replace(GREETING, most_tokens=1)) is None
    memory.forget()
    assert len(memory) == 0


@pytest.mark.parametrize("trouble", ["cut", "clipped", "garbage", "broken", "limit", "too_long", "poor"])
async def test_over_real_protocols_another_vendor_answers(trouble: str) -> None:
    good = Talk(replies=(Reply("All is well."),))
    async with ChatEmulator(Talk(trouble=trouble, cut_after=1)) as ill, ChatEmulator(good) as well:
        one = chain(
            OpenAiChat(RIGHT_KEY, "a", ill.url, window=50), OpenAiChat(RIGHT_KEY, "b", well.url, window=90)
        )
        assert (await asked(one)).text == "All is well."
        assert one.window == 50
        await one.check()
        await one.aclose()


async def test_a_chain_of_nobody_is_a_mistake_and_one_that_is_open_says_why() -> None:
    with pytest.raises(ValueError, match="at least one"):
        chain()
    one = chain(Model("ill", *[error(Trouble.REJECTED) for _ in range(9)]))
    for _ in range(2):
        with pytest.raises(ProviderError):
            await asked(one)
    with pytest.raises(ProviderError):
        await one.check()
