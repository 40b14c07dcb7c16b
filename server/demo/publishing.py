"""Publishes the sample flows into the default organisation: again only when they, or their papers, changed."""

import asyncio
from pathlib import Path

import msgspec
import structlog

from server.agents.drafting import DraftService
from server.agents.schemas import AgentCreate, AgentView, DraftBody
from server.agents.service import AgentService
from server.demo.papers import SamplePapers
from server.kit.errors import ApiError
from server.releases.service import ReleaseService

HERE = Path(__file__).parent
FLOWS = HERE.parents[1] / "flows" if (HERE.parents[1] / "flows").is_dir() else HERE / "flows"
"""In a checkout beside the packages, in an installation beside this file."""
PUBLIC = "pk_demo_"
NOTE = "sample flow"
"""The note of releases that were made here: what somebody else has drafted or published stays."""

PAPERS = "knowledge"
"""The folder beside a flow with what its agent knows."""

log = structlog.get_logger()


class Published(msgspec.Struct, frozen=True):
    """A sample agent, and what was done to it: ``new``, ``changed``, ``unchanged`` or why it could not be
    published."""

    public_id: str
    name: str
    state: str
    ready: bool


class DemoPublisher:
    """Works through the same services as the API. Without ``papers`` the samples know nothing but their flows."""

    def __init__(
        self,
        agents: AgentService,
        drafts: DraftService,
        releases: ReleaseService,
        papers: SamplePapers | None = None,
    ) -> None:
        self.agents = agents
        self.drafts = drafts
        self.releases = releases
        self.papers = papers
        self.reading: asyncio.Task[None] | None = None
        """The papers are brought in the background: nobody waits for them before the server serves."""

    def teach(self, organization_id: str, folder: Path = FLOWS) -> None:
        """Begin to bring the samples their papers; each is published again once it knows them."""
        self.reading = asyncio.create_task(self._teach_all(organization_id, folder))

    async def stop(self) -> None:
        """Leave the papers that were not brought to the next start."""
        if self.reading is not None:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)

    async def _teach_all(self, organization_id: str, folder: Path) -> None:
        for path in sorted(folder.glob(f"*/{PAPERS}")):
            try:
                await self._teach(organization_id, path)
            except ApiError as error:
                log.warning("a sample's papers stay unknown", sample=path.parent.name, reason=error.message)
            except Exception:
                log.exception("a sample's papers could not be brought", sample=path.parent.name)

    async def _teach(self, organization_id: str, folder: Path) -> None:
        agent = await self.agents.find_public(organization_id, PUBLIC + folder.parent.name)
        if self.papers is None or agent is None or agent.release is None:
            return
        draft = await self.drafts.row(organization_id, agent.id)
        if await self._edited(organization_id, agent, draft.flow):
            return
        if await self.papers.bring(organization_id, agent.id, folder):
            # Somebody may have drawn on while the papers were read: her draft is not ours to publish.
            await self.releases.publish(organization_id, agent.id, draft.revision, NOTE)

    async def publish_all(self, organization_id: str, folder: Path = FLOWS) -> list[Published]:
        """Every folder with a ``flow.json``. One that cannot be published is reported and keeps its last
        release."""
        found = sorted(
            folder.glob("*/flow.json"), key=lambda path: (path.parent.name != "table-reservation", path)
        )
        return [await self._publish(organization_id, path) for path in found]

    async def _publish(self, organization_id: str, path: Path) -> Published:
        public_id = PUBLIC + path.parent.name
        agent = await self.agents.find_public(organization_id, public_id)
        name = path.parent.name.replace("-", " ").capitalize()
        try:
            read = await self.drafts.workshop.read(path.read_bytes())
            name = read.flow.name or name
            if agent is None:
                wanted = AgentCreate(name=name, description=read.flow.description)
                agent = await self.agents.create(organization_id, wanted, public_id)
            draft = await self.drafts.row(organization_id, agent.id)
            edited = await self._edited(organization_id, agent, draft.flow)
            if draft.flow == read.text and agent.release is not None and not edited:
                return Published(public_id, agent.name, "unchanged", True)
            if draft.flow != read.text and edited:
                return Published(public_id, agent.name, "kept: it was edited here", bool(agent.release))
            if draft.flow != read.text:
                layout = path.with_name("layout.json")
                body = DraftBody(
                    msgspec.Raw(read.text.encode()),
                    msgspec.Raw(layout.read_bytes() if layout.exists() else b""),
                )
                await self.drafts.save(organization_id, agent.id, body, None)
            published = await self.releases.publish(organization_id, agent.id, note=NOTE)
        except ApiError as error:
            return Published(
                public_id, name, f"not published: {error.message}", bool(agent and agent.release)
            )
        state = "unchanged" if published.unchanged else "new" if published.number == 1 else "changed"
        return Published(public_id, agent.name, state, True)

    async def _edited(self, organization_id: str, agent: AgentView, draft: str) -> bool:
        if agent.release is None:
            return agent.draft_revision > 1
        released = await self.releases.flow(organization_id, agent.release.id)
        return agent.release.note != NOTE or released.decode() != draft
