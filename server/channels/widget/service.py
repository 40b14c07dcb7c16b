"""A visitor's way in: from an agent's public id and a page's origin to a session and a token for its
socket."""

import hmac
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from engine.conversation import SessionRef
from server.agents.models import Agent
from server.agents.repository import AgentRepository
from server.channels.widget.schemas import AgentFacts, SessionRequest, SessionView, VoiceFacts, WidgetFacts
from server.channels.widget.tokens import Pass, WidgetTokens
from server.deployments.repository import DeploymentRepository
from server.deployments.schemas import WidgetSettings
from server.deployments.service import WIDGET
from server.kit.clock import Clock, iso
from server.kit.crypto import Keys
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.origin import own_origin, parse_origin
from server.sessions.host import Beginning, SessionHost
from server.sessions.models import SessionRow
from server.sessions.repository import SessionRepository

SOCKET = "/api/v1/widget/socket"
DEMO = "pk_demo_"


class Embedding(msgspec.Struct, frozen=True):
    """What the server says about origins: its own address, if it was told one, and the demo's."""

    public_url: str
    demo_origins: tuple[str, ...]


class WidgetService:
    """Starts and takes up sessions for visitors. ``voice`` says whether somebody could hear them."""

    def __init__(
        self,
        database: Database,
        host: SessionHost,
        tokens: WidgetTokens,
        keys: Keys,
        clock: Clock,
        embedding: Embedding,
    ) -> None:
        self.database = database
        self.host = host
        self.tokens = tokens
        self.keys = keys
        self.clock = clock
        self.embedding = embedding
        self.voice: Callable[[], bool] = lambda: False

    async def session(self, wanted: SessionRequest, origin: str, scheme: str, host: str) -> SessionView:
        """The visitor's session, old or new; raises `ApiError`. ``origin`` is the page's, ``scheme`` and
        ``host`` are those the request was sent to."""
        agent, settings = await self._agent(wanted.agent_id)
        page = self._admit(agent, settings, origin, scheme, host)
        row = await self._previous(agent, wanted, page)
        if row is not None:
            ref, secret = SessionRef(row.organization_id, row.id), wanted.session_secret
        else:
            secret = secrets.token_urlsafe(24)
            ref = await self._begin(agent, wanted, page, secret)
        visitor = Pass(ref, agent.id, page, wanted.visitor_id)
        token, until = self.tokens.make(visitor, self.clock.now_ms())
        return SessionView(
            session_id=ref.session,
            token=token,
            resume_secret=secret,
            expires_at=iso(until),
            agent=AgentFacts(name=agent.name, locale=await self._locale(agent)),
            widget=_facts(settings),
            voice=self._voice(settings),
            socket=SOCKET,
        )

    async def speaks(self, visitor: Pass) -> bool:
        """Whether a visitor may talk to her agent aloud."""
        async with self.database.read(visitor.ref.organization) as session:
            row = await DeploymentRepository(session).find(visitor.agent_id, WIDGET)
        return self._voice(WidgetSettings.model_validate(row.settings if row else {})).enabled

    def _voice(self, settings: WidgetSettings) -> VoiceFacts:
        behavior = settings.behavior
        return VoiceFacts(
            enabled=behavior.voiceEnabled is not False and self.voice(),
            pushToTalk=bool(behavior.pushToTalk),
        )

    async def _agent(self, public_id: str) -> tuple[Agent, WidgetSettings]:
        async with self.database.system_session("a visitor names an agent by its public id") as session:
            agent = await AgentRepository(session).find_public(public_id)
            if agent is None:
                raise ApiError(ErrorCode.AGENT_NOT_FOUND)
            row = await DeploymentRepository(session).find(agent.id, WIDGET)
        return agent, WidgetSettings.model_validate(row.settings if row else {})

    def _admit(self, agent: Agent, settings: WidgetSettings, origin: str, scheme: str, host: str) -> str:
        page = parse_origin(origin)
        allowed = {*settings.allowed_origins}
        if agent.public_id.startswith(DEMO):
            allowed.update(self.embedding.demo_origins)
        own = own_origin(scheme, host, self.embedding.public_url)
        if page is None or not (page in allowed or page == own):
            raise ApiError(ErrorCode.ORIGIN_NOT_ALLOWED, details={"origin": origin[:300]})
        return page

    async def _previous(self, agent: Agent, wanted: SessionRequest, page: str) -> SessionRow | None:
        if not wanted.session_id or not wanted.session_secret:
            return None
        async with self.database.read(agent.organization_id) as session:
            try:
                row = await SessionRepository(session).get(wanted.session_id)
            except ApiError:
                return None
        right = hmac.compare_digest(self.keys.digest(wanted.session_secret), row.secret)
        return row if right and row.agent_id == agent.id and row.origin == page else None

    async def _begin(self, agent: Agent, wanted: SessionRequest, page: str, secret: str) -> SessionRef:
        if agent.release_id is None:
            raise ApiError(ErrorCode.AGENT_NOT_PUBLISHED)
        live = await self.host.begin(
            Beginning(
                organization_id=agent.organization_id,
                agent_id=agent.id,
                release_id=agent.release_id,
                channel=WIDGET,
                locale=await self._locale(agent),
                visitor_id=wanted.visitor_id,
                origin=page,
                secret=self.keys.digest(secret),
            )
        )
        return live.ref

    async def _locale(self, agent: Agent) -> str:
        if agent.release_id is None:
            return "en-US"
        program = await self.host.program(agent.organization_id, agent.release_id)
        return program.locales[0]


def _facts(settings: WidgetSettings) -> WidgetFacts:
    parts: dict[str, Any] = settings.model_dump(exclude_none=True, exclude={"allowed_origins"})
    return WidgetFacts(**parts)
