"""Trying again, with growing pauses, inside a budget of time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.providers.speech import ProviderError

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
Answer = TypeVar("Answer")


async def retrying(
    ask: Callable[[], Awaitable[Answer]],
    *,
    budget: float,
    attempts: int,
    clock: Callable[[], float],
    chance: Callable[[], float],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Answer:
    """The answer of ``ask``, tried up to ``attempts`` times while ``budget`` seconds last.

    Only troubles that may pass are tried again. A pause is drawn between nothing and twice the last one
    (``chance`` gives 0 to 1), so that calls that failed together do not come back together; a provider's
    ``retry_after`` is kept to. Raises the last `ProviderError`.
    """
    ends = clock() + budget
    wait = FIRST_PAUSE
    for attempt in range(1, attempts + 1):
        try:
            return await ask()
        except ProviderError as error:
            wanted = max(error.retry_after or 0.0, wait * chance())
            if not error.trouble.passing or attempt == attempts or clock() + wanted >= ends:
                raise
            await pause(wanted)
            wait = min(wait * 2, LONGEST_PAUSE)
    raise ValueError("At least one attempt is needed.")
