"""Sessions over the API: begun, spoken to, looked at."""

from collections.abc import Awaitable
from typing import Any

import msgspec

from engine.conversation import SessionRef
from engine.conversation.conversation import Closed
from engine.kinds.program import FIRST_SLOT
from engine.kinds.values import to_plain
from engine.protocol import Header, State
from engine.runtime import Phase, Run, bind, replay
from server.agents.repository import AgentRepository
from server.kit.clock import iso
from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Page, Paging
from server.sessions.host import Beginning, SessionHost, busy_means_503
from server.sessions.live import LiveSession
from server.sessions.messages import Message, Shown, history
from server.sessions.models import SessionRow
from server.sessions.repository import SessionRepository
from server.sessions.schemas import (
    ContextView,
    EventsView,
    EventView,
    HistoryView,
    MessageCreate,
    MessageView,
    SessionCreate,
    SessionView,
    TurnView,
)
from server.turns.service import TurnService

CHANNEL = "api"


class Collector:
    """Keeps what is said while a request waits (`server.sessions.live.Watcher`)."""

    def __init__(self) -> None:
        self.messages: list[Shown] = []

    def shown(self, own: Shown | None, key: str, messages: list[Shown], waiting: bool) -> None:
        """A record was committed."""
        self.messages.extend(messages)

    def lost(self) -> None:
        """The session leaves this process; what was said is in the log."""


class SessionService:
    """What an owner does with sessions."""

    def __init__(self, host: SessionHost, turns: TurnService) -> None:
        self.host = host
        self.turns = turns
        self.database = host.database

    async def begin(self, organization_id: str, wanted: SessionCreate) -> TurnView:
        """A new session; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(wanted.agent_id)
        if agent.release_id is None:
            raise ApiError(ErrorCode.AGENT_NOT_PUBLISHED)
        collector = Collector()
        beginning = Beginning(
            organization_id=organization_id,
            agent_id=agent.id,
            release_id=agent.release_id,
            channel=CHANNEL,
            locale=wanted.locale,
            inputs=wanted.inputs,
            visitor_id=wanted.user_id,
        )
        live = await self.host.begin(beginning, lambda live: live.watchers.append(collector))
        live.watchers.remove(collector)
        return await self._turn(live, collector)

    async def message(self, organization_id: str, session_id: str, said: MessageCreate) -> TurnView:
        """Say something; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        live = await self.host.open(ref)
        if live.conversation.ended:
            raise ApiError(ErrorCode.SESSION_ENDED, details={"outcome": live.conversation.state.outcome})
        collector = Collector()
        live.watchers.append(collector)
        try:
            known = await busy_means_503(_bring(live, said))
            await live.settle(said.wait_ms / 1000)
        except Closed:
            raise ApiError(ErrorCode.SERVER_BUSY) from None
        finally:
            if collector in live.watchers:
                live.watchers.remove(collector)
        if known is not None:
            collector.messages = [m for m in await self._history(ref, live.started_ms) if m.seq >= known * 64]
        return await self._turn(live, collector)

    async def page(
        self, organization_id: str, paging: Paging, *, agent_id: str, status: str, channel: str, outcome: str
    ) -> Page[SessionView]:
        """Newest first."""
        async with self.database.read(organization_id) as session:
            if agent_id:
                agent_id = (await AgentRepository(session).get(agent_id)).id
            rows = await SessionRepository(session).page(paging, agent_id, status, channel, outcome)
        views = [session_view(row) for row in rows[: paging.limit]]
        return paging.page(views, views[-1].id if views else "", len(rows) > paging.limit)

    async def get(self, organization_id: str, session_id: str) -> SessionView:
        """One session, with its turns in a few numbers; raises `ApiError`."""
        view = session_view(await self.host.row(SessionRef(organization_id, session_id)))
        view.turns = await self.turns.summary(organization_id, session_id)
        return view

    async def history(self, organization_id: str, session_id: str) -> HistoryView:
        """Everything said; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        row = await self.host.row(ref)
        messages = await self._history(ref, row.started_at)
        return HistoryView(session=session_view(row), messages=_views(messages))

    async def context(self, organization_id: str, session_id: str) -> ContextView:
        """Where it stands; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        row = await self.host.row(ref)
        run = bind(await self.host.program(organization_id, row.release_id), _header(row))
        live = self.host.live.get(session_id)
        state = live.conversation.state if live else replay(run, await self.host.store.read(ref))
        return context_view(session_id, run, state)

    async def events(self, organization_id: str, session_id: str, after: int, limit: int) -> EventsView:
        """The log; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        row = await self.host.row(ref)
        records = await self.host.store.read(ref, after)
        items = [
            EventView(
                seq=record.seq,
                at=iso(row.started_at + record.event.at),
                event=msgspec.to_builtins(record.event),
                effects=msgspec.to_builtins(record.effects),
                fault=record.fault,
            )
            for record in records[:limit]
        ]
        more = len(records) > limit
        return EventsView(
            items=items,
            has_more=more,
            next_after=items[-1].seq if more else None,
            header=msgspec.to_builtins(_header(row)),
        )

    async def _history(self, ref: SessionRef, started_ms: int) -> list[Shown]:
        return history(await self.host.store.read(ref), started_ms, await self.host.store.keys(ref))

    async def _turn(self, live: LiveSession, collector: Collector) -> TurnView:
        row = await self.host.row(live.ref)
        working = bool(live.conversation.state.pending)
        return TurnView(session=session_view(row), messages=_views(collector.messages), working=working)


def _bring(live: LiveSession, said: MessageCreate) -> Awaitable[int | None]:
    if said.text is not None:
        return live.say(said.text, said.client_msg_id)
    if said.button is not None:
        return live.press(said.button, said.client_msg_id)
    return live.digit(said.digit or "", said.client_msg_id)


def session_view(row: SessionRow) -> SessionView:
    """As the API shows it."""
    return SessionView(
        id=row.id,
        agent_id=row.agent_id,
        release_id=row.release_id,
        channel=row.channel,
        modality=row.modality,
        status="active" if row.status == "active" else "ended",
        outcome=row.outcome,
        started_at=iso(row.started_at),
        ended_at=None if row.ended_at is None else iso(row.ended_at),
    )


def context_view(session_id: str, run: Run, state: State) -> ContextView:
    """A state in people's words."""
    table = run.program.flows[state.flow]
    variables: dict[str, Any] = {
        name: to_plain(value)
        for name, value in list(zip(table.names, state.vars, strict=False))[FIRST_SLOT:]
        if not name.startswith("#")
    }
    return ContextView(
        session_id=session_id,
        flow=table.id,
        node=run.instructions[state.pc].node if state.seq else "",
        phase=Phase(state.phase).name.lower(),
        variables=variables,
        events=state.seq,
    )


def _header(row: SessionRow) -> Header:
    return msgspec.json.decode(row.header, type=Header)


def _views(messages: list[Shown]) -> list[MessageView]:
    plain = [msgspec.to_builtins(m) for m in messages if isinstance(m, Message)]
    return [MessageView.model_validate(facts) for facts in plain]
