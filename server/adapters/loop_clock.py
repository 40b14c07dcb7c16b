"""The clock conversations run by: the machine's time, and the event loop's timers."""

import asyncio
import time
from collections.abc import Callable
from typing import Any


class LoopClock:
    """`engine.conversation.Clock` on the running event loop."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000

    def call_later(self, ms: int, callback: Callable[[], Any]) -> asyncio.TimerHandle:
        """Call back after ``ms`` milliseconds."""
        return asyncio.get_running_loop().call_later(ms / 1000, callback)
