"""The knowledge a program asks for by name, and whether its release still knows just that."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from engine.kinds.program import Program
from engine.kinds.thoughts import Search
from server.kit.clock import Clock
from server.knowledge.pinning import snapshot
from server.knowledge.repository import KnowledgeRepository


def bases_named(program: Program) -> tuple[str, ...]:
    """The knowledge bases a program asks by name."""
    named = (name for i in program.instructions if isinstance(i, Search) for name in i.scope)
    return tuple(dict.fromkeys(named))


async def same(
    session: AsyncSession, clock: Clock, agent_id: str, release_id: str, names: Iterable[str]
) -> bool:
    """Whether a release knows just what there is now; not when a base it should know is gone."""
    knowledge = KnowledgeRepository(session)
    own = await knowledge.of_agent(agent_id)
    bases = {own.id: own} if own else {}
    for name in names:
        base = await knowledge.named(name)
        if base is None:
            return False
        bases[base.id] = base
    now = {base.id: await snapshot(session, clock, base) for base in bases.values()}
    return now == {pin.base_id: pin.snapshot_id for pin in await knowledge.pins(release_id)}
