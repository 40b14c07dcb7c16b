"""Coroutines of a window: each is held, named, its failure told, and all end with the window."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Tasks:
    """``trouble`` is told of a task that failed, with a sentence."""

    def __init__(self, trouble: Callable[[str], None]) -> None:
        self._trouble = trouble
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start it on the running loop."""
        task = asyncio.get_event_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._trouble(f"{task.get_name()} failed: {error}")

    async def close(self, seconds: float = 3.0) -> None:
        """Cancel what still runs, and wait for it a little."""
        waiting = list(self._tasks)
        for task in waiting:
            task.cancel()
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)
