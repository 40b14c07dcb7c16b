"""What all models of vendors have in common: one client, one deadline, one way to read an answer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from typing import Any

from engine.providers.llm.contract import Event, Prompt
from engine.providers.llm.draft import Draft, Piece
from engine.providers.llm.unicode import whole_prompt
from engine.providers.speech import ProviderError, Trouble

PATIENCE = 20.0
"""Seconds between two pieces of an answer, within the budget."""
WINDOW = 128_000
"""Tokens, of a model that is not known."""


class VendorModel:
    """A `LanguageModel` over a vendor's SDK. A vendor's file says how its client is made, how it is asked, and what
    its errors mean.

    ``effort`` is how long a model that thinks may think, in the vendor's words (``none``, ``low``, ...), empty for its
    own choice: who talks cannot wait long.
    """

    name = ""
    usual_window = WINDOW
    """Tokens, where nobody says otherwise."""

    def __init__(
        self,
        api_key: str,
        model: str,
        url: str = "",
        *,
        window: int = 0,
        effort: str = "",
        patience: float = PATIENCE,
    ) -> None:
        self.model = model
        self.effort = effort
        self.window = window or self.usual_window
        self._key = api_key
        self._url = url
        self._patience = patience
        self._made: Any = None
        self._making = asyncio.Lock()

    async def warm(self) -> None:
        """Read the vendor's package and make its client, which takes seconds the first time in a process: before
        anybody waits for an answer. Raises `ProviderError` when the package is missing."""
        async with self._making:
            if self._made is None:
                await asyncio.to_thread(self._client)

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        """See `engine.providers.llm.contract.LanguageModel`."""
        prompt = whole_prompt(prompt)
        draft = Draft(self.name, self.model, prompt)
        async with contextlib.aclosing(self._within(budget_ms, self._asked(prompt))) as pieces:
            async for piece in pieces:
                if (words := draft.take(piece)) is not None:
                    yield words
                if draft.overflows:
                    break
        for event in draft.finish():
            yield event

    async def _within(
        self, budget_ms: int, pieces: AsyncGenerator[Piece, None]
    ) -> AsyncGenerator[Piece, None]:
        clock = asyncio.get_running_loop().time
        ends = clock() + budget_ms / 1000
        await self.warm()
        async with contextlib.aclosing(pieces):
            while True:
                left = ends - clock()
                try:
                    if left <= 0:
                        raise TimeoutError
                    async with asyncio.timeout(min(self._patience, left)):
                        piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    what = "no answer in time" if left > self._patience else "the turn's budget is used up"
                    raise ProviderError(self.name, Trouble.TIMEOUT, what) from None
                yield piece

    async def _asked(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        with self._troubles():
            async with contextlib.aclosing(self._pieces(prompt)) as pieces:
                async for piece in pieces:
                    yield piece

    def _client(self) -> Any:
        """The client, made at first use. Called in a thread."""
        raise NotImplementedError

    def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The vendor's stream. It may raise what its SDK raises."""
        raise NotImplementedError

    def _troubles(self) -> AbstractContextManager[None]:
        """Turns what the SDK raises into `ProviderError`."""
        raise NotImplementedError

    async def _close(self, made: Any) -> None:
        await made.close()

    async def aclose(self) -> None:
        """Let connections go."""
        made, self._made = self._made, None
        if made is not None:
            await self._close(made)


def ended(provider: str, seen: bool) -> None:
    """A stream that just stops, without saying why, was cut off. Raises `ProviderError`."""
    if not seen:
        raise ProviderError(provider, Trouble.UNREACHABLE, "the answer was cut off in the middle")
