"""How often someone may ask."""

import ipaddress
import math
import time
from collections import Counter

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from server.kit.errors import ApiError, ErrorCode


class Quota:
    """At most ``count`` requests in any ``window`` seconds, per identity. ``count`` 0 sets no limit."""

    def __init__(self, name: str, count: int, window: int) -> None:
        self.name = name
        self.item: RateLimitItem | None = (
            RateLimitItemPerSecond(count, window, namespace=name) if count else None
        )
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def take(self, identity: str) -> None:
        """Count one request; raises `ApiError` with Retry-After when there were too many."""
        if self.item is None or await self._limiter.hit(self.item, identity):
            return
        reset = (await self._limiter.get_window_stats(self.item, identity)).reset_time
        wait = str(max(1, math.ceil(reset - time.time())))
        raise ApiError(
            ErrorCode.RATE_LIMITED,
            f"More than {self.item.amount} requests in {self.item.multiples} seconds. Try again in {wait} s.",
            {"limit": self.item.amount, "window_s": self.item.multiples, "retry_after_s": int(wait)},
            {"Retry-After": wait},
        )


class Bucket:
    """A token bucket for one socket: ``rate`` messages a second on the long run, ``burst`` at once. Rate 0
    sets no limit."""

    __slots__ = ("_at", "_level", "burst", "rate")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self.rate, self.burst = rate, burst
        self._level, self._at = float(burst), now

    def take(self, now: float) -> bool:
        """Whether one more message is allowed at ``now`` (seconds of a monotonic clock)."""
        if not self.rate:
            return True
        level = min(float(self.burst), self._level + (now - self._at) * self.rate)
        self._at = now
        if level < 1.0:
            self._level = level
            return False
        self._level = level - 1.0
        return True


class Slots:
    """So many at a time, per identity and in all."""

    def __init__(self, each: int, total: int) -> None:
        self.each, self.total = each, total
        self._held: Counter[str] = Counter()
        self._all = 0

    def take(self, identity: str) -> bool:
        """Take a slot; False when there is none left."""
        if self._held[identity] >= self.each or self._all >= self.total:
            return False
        self._held[identity] += 1
        self._all += 1
        return True

    def give_back(self, identity: str) -> None:
        """Give a slot back."""
        self._held[identity] -= 1
        self._all -= 1
        if not self._held[identity]:
            del self._held[identity]

    @property
    def held(self) -> int:
        """How many are taken."""
        return self._all


def network_of(address: str) -> str:
    """The identity of an address: itself, or the /64 a version 6 address lives in, because a household owns
    all of it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)
