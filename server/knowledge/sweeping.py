"""Forgetting chunks that nothing holds any more, a few in each transaction: the log of talks waits for none of them
long."""

import struct
from collections.abc import Sequence

from server.kit.database import Database
from server.knowledge.repository import KnowledgeRepository

AT_ONCE = 300
"""Chunks in one transaction."""


async def sweep(database: Database, organization_id: str, base_id: str) -> None:
    """Delete the base's chunks that neither a source nor a snapshot holds.

    Nothing is deleted while a source of the base is worked on: what it embedded is not held yet.
    """
    while True:
        async with database.write(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            sources = await knowledge.all_sources(base_id)
            if any(source.state not in ("ready", "failed") for source in sources):
                return
            kept: set[int] = set()
            for snapshot in await knowledge.snapshots(base_id):
                kept.update(unpacked(snapshot.chunks))
            if await knowledge.sweep(base_id, kept, AT_ONCE) < AT_ONCE:
                return


def packed(chunk_ids: Sequence[int]) -> bytes:
    """Numbers of chunks as a snapshot keeps them: int64, little-endian."""
    return struct.pack(f"<{len(chunk_ids)}q", *chunk_ids)


def unpacked(data: bytes) -> tuple[int, ...]:
    """The numbers again."""
    return struct.unpack(f"<{len(data) // 8}q", data)
