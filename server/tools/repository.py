"""Statements on the tools of agents, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.errors import ApiError, ErrorCode
from server.tools.models import AgentTool, PlatformTool, ToolState, ToolToken


class ToolRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def platform(self) -> Sequence[PlatformTool]:
        """The tools of this version and of earlier ones, by name."""
        return (await self.session.scalars(select(PlatformTool).order_by(PlatformTool.name))).all()

    async def of_agent(self, agent_id: str) -> Sequence[AgentTool]:
        """What is set up for an agent, by name."""
        wanted = select(AgentTool).where(AgentTool.agent_id == agent_id).order_by(AgentTool.tool)
        return (await self.session.scalars(wanted)).all()

    async def find(self, agent_id: str, tool: str) -> AgentTool | None:
        """How the agent uses the tool, when it was ever set up."""
        found = await self.session.scalars(
            select(AgentTool).where(AgentTool.agent_id == agent_id, AgentTool.tool == tool)
        )
        return found.one_or_none()

    async def get(self, id: str) -> AgentTool:
        """By id; raises `ApiError`."""
        row = (await self.session.scalars(select(AgentTool).where(AgentTool.id == id))).one_or_none()
        if row is None:
            raise ApiError(ErrorCode.TOOL_NOT_FOUND)
        return row

    async def token(self, id: str) -> ToolToken | None:
        """What the agent's tool was allowed."""
        found = await self.session.scalars(select(ToolToken).where(ToolToken.agent_tool_id == id))
        return found.one_or_none()

    async def tokens(self, ids: Sequence[str]) -> dict[str, ToolToken]:
        """What each of them was allowed."""
        found = await self.session.scalars(select(ToolToken).where(ToolToken.agent_tool_id.in_(ids)))
        return {token.agent_tool_id: token for token in found}

    async def take_state(self, digest: str) -> ToolState | None:
        """The connection under way, which ends here."""
        found = await self.session.scalars(select(ToolState).where(ToolState.digest == digest))
        state = found.one_or_none()
        if state is not None:
            await self.session.delete(state)
            await self.session.flush()
        return state

    async def forget_states(self, before: int) -> None:
        """Those nobody came back with in time."""
        await self.session.execute(delete(ToolState).where(ToolState.expires_at < before))

    def add(self, row: AgentTool | ToolToken | ToolState) -> None:
        """Insert at the end of the session."""
        self.session.add(row)

    async def disconnect(self, id: str) -> None:
        """Forget the account and every connection under way."""
        await self.session.execute(delete(ToolState).where(ToolState.agent_tool_id == id))
        await self.session.execute(delete(ToolToken).where(ToolToken.agent_tool_id == id))

    async def remove(self, row: AgentTool) -> None:
        """Delete all of it."""
        await self.disconnect(row.id)
        await self.session.delete(row)
