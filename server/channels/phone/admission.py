"""Who may call in: known sources, known numbers, not too many, not too fast."""

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

import msgspec
from aiosipua import SipRequest

from server.channels.phone.datagrams import Address, is_address, plain
from server.channels.phone.digest import Guard, Verdict
from server.channels.phone.messages import user_of
from server.channels.phone.port import Trunk

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SOURCES = 10_000
WHATEVER = 2
"""How well a trunk fits that takes any number: worst."""
_PUNCTUATION = re.compile(r"[\s().-]")


class Refusal(msgspec.Struct, frozen=True):
    """No: the code, further headers (name and value), and the name of the end."""

    code: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


class Welcome(msgspec.Struct, frozen=True):
    """Yes: by which trunk, and which number of ours was called."""

    trunk: Trunk
    callee: str


class Pace:
    """A bucket of tokens for each source: ``rate`` a second, ``burst`` at once. 0 for no limit."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, source: str) -> bool:
        """Take one token."""
        if self._rate <= 0:
            return True
        now = self._now()
        left, at = self._buckets.pop(source, (float(self._burst), now))
        left = min(float(self._burst), left + (now - at) * self._rate)
        allowed = left >= 1
        self._buckets[source] = (left - 1 if allowed else left, now)
        while len(self._buckets) > SOURCES:
            self._buckets.popitem(last=False)
        return allowed


class Admission:
    """The door. ``trunks`` and ``resolved`` (addresses of trunks whose own address is a name) may be replaced
    at any time."""

    def __init__(self, guard: Guard, pace: Pace) -> None:
        self._guard = guard
        self._pace = pace
        self._trunks: tuple[Trunk, ...] = ()
        self._networks: dict[str, tuple[Network, ...]] = {}

    def serve(self, trunks: Iterable[Trunk], resolved: dict[str, tuple[str, ...]]) -> None:
        """Let these in from now on. ``resolved`` gives the addresses of each trunk by its id."""
        self._trunks = tuple(trunks)
        self._networks = {t.id: _networks(t, resolved.get(t.id, ())) for t in self._trunks}

    def knows(self, source: Address) -> bool:
        """Whether anybody at this address gets an answer at all; scanners hear nothing."""
        return any(self._from(trunk, source) for trunk in self._trunks)

    def admit(self, request: SipRequest, source: Address, room: bool) -> Welcome | Refusal:
        """Decide about an INVITE for a new call; ``room`` is whether one more call is taken."""
        if not self._pace.allows(source[0]):
            return Refusal(503, "full", (("Retry-After", "2"),))
        trunks = [trunk for trunk in self._trunks if self._from(trunk, source)]
        matches = [found for trunk in trunks if (found := _called(trunk, request)) is not None]
        if not matches:
            return Refusal(404, "no_such_number")
        matches.sort(key=lambda match: match[0])
        if matches[0][0] < WHATEVER:
            # Who is asked for a password is asked, though another trunk takes whatever comes.
            matches = [match for match in matches if match[0] < WHATEVER]
        refusal: Refusal | None = None
        for _, welcome in matches:
            refusal = self._challenge(welcome.trunk, request)
            if refusal is None:
                return welcome if room else Refusal(503, "full", (("Retry-After", "10"),))
        assert refusal is not None
        return refusal

    def _challenge(self, trunk: Trunk, request: SipRequest) -> Refusal | None:
        if not trunk.challenge:
            return None
        verdict = self._guard.judge(request, trunk.username, trunk.password)
        if verdict is Verdict.GOOD:
            return None
        stale = verdict is Verdict.STALE
        return Refusal(
            401, "auth_failed", tuple(("WWW-Authenticate", c) for c in self._guard.challenges(stale))
        )

    def _from(self, trunk: Trunk, source: Address) -> bool:
        address = ipaddress.ip_address(source[0])
        return any(address in network for network in self._networks.get(trunk.id, ()))


def _networks(trunk: Trunk, resolved: tuple[str, ...]) -> tuple[Network, ...]:
    """Where a trunk's calls come from. What cannot be read lets nobody in."""
    found: list[Network] = []
    for text in trunk.allowed or resolved or (host_of(trunk.address),):
        host = plain(text)
        if is_address(host) or "/" in host:
            try:
                found.append(ipaddress.ip_network(host, strict=False))
            except ValueError:
                continue
    return tuple(found)


def host_of(address: str) -> str:
    """The host of ``host[:port]``."""
    if address.startswith("["):
        return address[1:].split("]", maxsplit=1)[0]
    return address.rsplit(":", 1)[0] if address.count(":") == 1 else address


def port_of(address: str) -> int:
    """The port of ``host[:port]``, 5060 without one."""
    rest = address.rsplit("]", maxsplit=1)[-1] if address.startswith("[") else address
    if rest.count(":") == 1 and rest.split(":")[1].isdigit():
        return int(rest.split(":")[1])
    return 5060


def same_number(a: str, b: str) -> bool:
    """Whether two ways to write a number, or an account's name, are the same."""
    return _bare(a) == _bare(b)


def _bare(number: str) -> str:
    text = _PUNCTUATION.sub("", number)
    digits = text.removeprefix("+").removeprefix("00") if text.startswith(("+", "00")) else text
    return digits if digits.isdigit() else number.lower()


def _called(trunk: Trunk, request: SipRequest) -> tuple[int, Welcome] | None:
    """Which number of the trunk a request wants, and how good the match is: 0 a number, 1 the account itself,
    2 whatever comes."""
    to = request.to_addr
    asked = [user for user in (user_of(request.uri), user_of(to.uri) if to else "") if user]
    account = trunk.username
    for user in asked:
        if not same_number(user, account) and any(same_number(user, n) for n in trunk.numbers if n != "*"):
            return 0, Welcome(trunk, user)
    for user in asked:
        if account and same_number(user, account) and any(same_number(user, n) for n in trunk.numbers):
            return 1, Welcome(trunk, user)
    if "*" in trunk.numbers:
        return WHATEVER, Welcome(trunk, asked[0] if asked else "")
    return None
