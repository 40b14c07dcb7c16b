"""Transfers by REFER (RFC 3515): what the far side said, and what became of the target."""

import asyncio
import re

from aiosipua import SipRequest, SipResponse

from server.channels.phone.port import TransferOutcome
from server.channels.phone.reasons import TRANSFERS

_STATUS = re.compile(r"SIP/2\.0\s+(\d{3})\s*(.*)")


class Transfer:
    """One transfer under way."""

    def __init__(self) -> None:
        self._outcome: asyncio.Future[TransferOutcome] = asyncio.get_running_loop().create_future()
        self.accepted = False

    async def outcome(self, timeout: float) -> TransferOutcome:
        """Wait for how it went. An accepted transfer nobody reports about is ``unknown``."""
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.shield(self._outcome)
        except TimeoutError:
            if self.accepted:
                return TransferOutcome("unknown", detail="The provider did not say what became of it.")
            return TransferOutcome("error", 408, "The provider did not answer.")

    def settle(self, outcome: TransferOutcome) -> None:
        """That is how it went; the first word counts."""
        if not self._outcome.done():
            self._outcome.set_result(outcome)

    def answered(self, reply: SipResponse | None) -> None:
        """The answer to the REFER itself."""
        if reply is None:
            self.settle(TransferOutcome("error", 408, "The provider did not answer."))
        elif reply.status_code < 300:
            self.accepted = True
        else:
            self.settle(TransferOutcome("refused", reply.status_code, reply.reason_phrase))

    def notified(self, notify: SipRequest) -> None:
        """A NOTIFY about it: the target's answer as a piece of SIP."""
        found = _STATUS.search(notify.text)
        if found is None:
            return
        self.accepted = True
        code, phrase = int(found.group(1)), found.group(2).strip()
        if 200 <= code < 300:
            self.settle(TransferOutcome("ok", code))
        elif code >= 300:
            self.settle(TransferOutcome(TRANSFERS.get(code, "error"), code, phrase))

    def hung_up(self) -> bool:
        """The far side hung up meanwhile. After it took the transfer this is how many say that it worked."""
        if self.accepted:
            self.settle(TransferOutcome("ok", detail="The far side hung up."))
            return True
        self.settle(TransferOutcome("error", detail="The call ended."))
        return False
