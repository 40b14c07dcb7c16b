"""What a release knows: snapshots of its bases, taken in the transaction that publishes it."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.clock import Clock
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.knowledge.models import KnowledgeBase, KnowledgeSnapshot
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.sweeping import packed


class Scope(msgspec.Struct, frozen=True):
    """What a talk may search. ``known`` leads from the names and ids of bases to what is searched; ``own`` is
    searched when a node names nothing."""

    known: Mapping[str, str] = {}
    own: tuple[str, ...] = ()


async def snapshot(session: AsyncSession, clock: Clock, base: KnowledgeBase) -> str:
    """Pin what the base holds now; answers with the snapshot's id, the same for the same content."""
    knowledge = KnowledgeRepository(session)
    held = await knowledge.digests(base.id)
    digest = hashlib.sha256("".join(sorted(digest for _, digest in held)).encode()).hexdigest()
    found = await knowledge.same_snapshot(base.id, digest)
    if found is None:
        found = KnowledgeSnapshot(
            id=new_id("ks"),
            base_id=base.id,
            digest=digest,
            count=len(held),
            chunks=packed([id for id, _ in held]),
            created_at=clock.now_ms(),
        )
        knowledge.add(found)
        await session.flush()
    return found.id


async def pin(
    session: AsyncSession, clock: Clock, agent_id: str, release_id: str, names: Iterable[str]
) -> None:
    """Pin the agent's own base and those its flow names, in the transaction that inserts the release (which must be
    flushed).

    Raises `ApiError` for a name there is not.
    """
    knowledge = KnowledgeRepository(session)
    own = await knowledge.of_agent(agent_id)
    bases = {own.id: own} if own else {}
    for name in names:
        base = await knowledge.named(name)
        if base is None:
            raise ApiError(
                ErrorCode.KNOWLEDGE_BASE_NOT_FOUND,
                f'The flow asks the knowledge base "{name}", which there is not. Make it, or name another.',
            )
        bases[base.id] = base
    pins = [(base, await snapshot(session, clock, base), base is own) for base in bases.values()]
    await knowledge.add_pins(release_id, pins)


async def pinned(session: AsyncSession, release_id: str) -> Scope:
    """What a release knows."""
    pins = await KnowledgeRepository(session).pins(release_id)
    known = {name: pin.snapshot_id for pin in pins for name in (pin.name, pin.base_id)}
    own = tuple(pin.snapshot_id for pin in pins if pin.own)
    return Scope(known, own or tuple(pin.snapshot_id for pin in pins))


async def living(session: AsyncSession, agent_id: str, names: Iterable[str]) -> Scope:
    """What a rehearsal knows: the agent's own base (no agent: an empty id) and those named, as they are now."""
    knowledge = KnowledgeRepository(session)
    own = await knowledge.of_agent(agent_id) if agent_id else None
    known = {own.name: own.id, own.id: own.id} if own else {}
    for name in names:
        base = await knowledge.named(name)
        if base is not None:
            known |= {name: base.id}
    return Scope(known, (own.id,) if own else tuple(dict.fromkeys(known.values())))
