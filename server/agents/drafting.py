"""The draft of an agent's flow: read, saved under a revision, checked."""

import msgspec

from server.agents.flows import FlowWorkshop, plain
from server.agents.models import Draft
from server.agents.repository import AgentRepository
from server.agents.schemas import CheckView, DraftBody, DraftView, SavedView
from server.kit.clock import Clock, iso
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode


class DraftService:
    """What a designer does with a draft."""

    def __init__(self, database: Database, clock: Clock, workshop: FlowWorkshop) -> None:
        self.database = database
        self.clock = clock
        self.workshop = workshop

    async def read(self, organization_id: str, agent_id: str) -> DraftView:
        """The draft; raises `ApiError`."""
        draft = await self.row(organization_id, agent_id)
        return DraftView(
            agent_id=draft.agent_id,
            revision=draft.revision,
            updated_at=iso(draft.updated_at),
            flow=msgspec.json.decode(draft.flow),
            layout=msgspec.json.decode(draft.layout),
        )

    async def row(self, organization_id: str, agent_id: str) -> Draft:
        """The stored draft; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            agents = AgentRepository(session)
            return await agents.draft((await agents.get(agent_id)).id)

    async def save(
        self, organization_id: str, agent_id: str, body: DraftBody, expected: int | None
    ) -> SavedView:
        """Save over revision ``expected`` (None: over any); raises `ApiError`, with both revisions when they
        differ."""
        await self.row(organization_id, agent_id)
        read = await self.workshop.read(bytes(body.flow))
        sent = bytes(body.layout)
        layout = await self.workshop.read_layout(sent) if sent not in (b"", b"null") else None
        async with self.database.write(organization_id) as session:
            agents = AgentRepository(session)
            draft = await agents.draft((await agents.get(agent_id)).id)
            if expected is not None and expected != draft.revision:
                raise ApiError(ErrorCode.REVISION_MISMATCH, details=revisions(expected, draft.revision))
            draft.flow = read.text
            draft.layout = draft.layout if layout is None else layout
            draft.revision += 1
            draft.updated_at = self.clock.now_ms()
        diagnostics = [plain(d) for d in read.diagnostics]
        return SavedView(agent_id=draft.agent_id, revision=draft.revision, diagnostics=diagnostics)

    async def check(self, organization_id: str, agent_id: str) -> CheckView:
        """What the compiler says about the draft; raises `ApiError`."""
        draft = await self.row(organization_id, agent_id)
        view = await self.check_flow(draft.flow.encode())
        view.revision = draft.revision
        return view

    async def check_flow(self, flow: bytes) -> CheckView:
        """What the compiler says about a flow that is stored nowhere; raises `ApiError`."""
        checked = await self.workshop.check(flow)
        program_hash = checked.program.hash if checked.program else None
        return CheckView(errors=checked.errors, findings=checked.findings, program_hash=program_hash)


def revisions(yours: int, current: int) -> dict[str, int]:
    """The details of a conflict."""
    return {"your_revision": yours, "current_revision": current}
