"""An event log that lives and dies with its session: rehearsals leave nothing behind."""

from collections.abc import Sequence

from engine.conversation import SessionRef
from engine.protocol import Record


class MemoryLog:
    """`engine.conversation.EventLog` of one session with one owner."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    async def append(
        self, session: SessionRef, epoch: int, records: Sequence[Record], *, key: str = ""
    ) -> None:
        """Keep them."""
        self.records.extend(records)

    async def read(self, session: SessionRef, after: int = 0) -> list[Record]:
        """Those with a number above ``after``."""
        return [record for record in self.records if record.seq > after]
