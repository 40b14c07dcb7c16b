"""Two telephone calls as one: what one side says the other hears, keys too, until either hangs up."""

import asyncio

from engine.providers.sound import Resampler
from server.channels.phone.port import Leg, State


class Joint:
    """Carries between two legs whose callbacks for sound and keys are ours from now on."""

    def __init__(self, one: Leg, other: Leg) -> None:
        self._legs = (one, other)
        self._keys: set[asyncio.Task[None]] = set()
        for source, target in ((one, other), (other, one)):
            source.clear()
            self._carry(source, target)

    def ended(self, leg: Leg) -> None:
        """One of the two is over: so is the other."""
        for each in self._legs:
            if each is not leg and each.state is not State.ENDED:
                each.hang_up("transferred")

    def _carry(self, source: Leg, target: Leg) -> None:
        converter = Resampler(source.rate, target.rate)
        source.on_audio = lambda pcm: target.push(converter.feed(pcm))
        source.on_digit = lambda digit: self._press(target, digit)

    def _press(self, leg: Leg, digit: str) -> None:
        task = asyncio.get_running_loop().create_task(leg.send_keys(digit))
        self._keys.add(task)
        task.add_done_callback(self._keys.discard)
