"""The composition root: the only place that knows every part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from engine import VERSION
from server.accounts.service import AccountService
from server.adapters.http_tools import DemoDoor, HttpTools
from server.adapters.loop_clock import LoopClock
from server.adapters.sqlite.event_log import SqliteEventLog
from server.adapters.sqlite.lock import ProcessLock
from server.agents import routes as agent_routes
from server.agents.drafting import DraftService
from server.agents.flows import FlowWorkshop
from server.agents.service import AgentService
from server.calls import routes as call_routes
from server.calls.house import VoiceHouse
from server.calls.ports import Rooms, Sip
from server.channels.widget import pages
from server.channels.widget import routes as widget_routes
from server.channels.widget.cross_origin import CrossOrigin
from server.channels.widget.pages import WidgetFiles
from server.channels.widget.service import SOCKET, Embedding, WidgetService
from server.channels.widget.socket import SocketLimits, WidgetSockets
from server.channels.widget.tokens import WidgetTokens
from server.channels.widget.voice import ChatOnlooker, VisitorVoice
from server.demo import services as demo_services
from server.demo.papers import SamplePapers
from server.demo.publishing import DemoPublisher, Published
from server.deployments import routes as deployment_routes
from server.deployments.service import DeploymentService
from server.kit import envelope
from server.kit.clock import SystemClock
from server.kit.database import Database
from server.kit.http_guard import GuardedClient, parse_endpoint
from server.kit.limits import Quota, Slots
from server.kit.middleware.body_limit import BodyLimit
from server.kit.middleware.context import RequestContext
from server.kit.middleware.headers import SecurityHeaders
from server.kit.middleware.quotas import Quotas
from server.kit.middleware.sockets import Sockets
from server.kit.middleware.timing import Timing
from server.kit.migrating import migrate
from server.knowledge import agent_routes as agent_knowledge_routes
from server.knowledge import routes as knowledge_routes
from server.knowledge.house import KnowledgeHouse
from server.language.house import LanguageHouse
from server.operations import metric_routes
from server.operations import routes as operation_routes
from server.operations.metrics import Metrics
from server.operations.service import OperationsService
from server.operations.standing import Standing, standing
from server.recordings import routes as recording_routes
from server.recordings.service import RecordingService
from server.releases import routes as release_routes
from server.releases.service import ReleaseService
from server.sessions import routes as session_routes
from server.sessions.host import SessionHost
from server.sessions.service import SessionService
from server.settings import Settings
from server.speech import routes as speech_routes
from server.speech.configuration import speaking_of
from server.speech.prepared import PreparedSound
from server.speech.recordings import Recordings
from server.speech.settings import SpeechSettings
from server.speech.voices import OwnVoices
from server.telephony import carrier_routes
from server.telephony import routes as telephony_routes
from server.telephony.calling import CallingService
from server.telephony.carriers import CarrierService
from server.telephony.near import NearBy
from server.telephony.service import TelephonyService
from server.tools import platform_routes as platform_tool_routes
from server.tools import routes as tool_routes
from server.tools.house import ToolHouse
from server.turns import routes as turn_routes
from server.turns.book import TurnBook
from server.turns.service import TurnService
from server.workers.wire import Speaking

API = "/api/v1"
FLOW_PATHS = ("/flow", "/check")
UPLOAD_PATHS = ("/documents", "/knowledge-base", "/faqs")
UPLOAD_EXTRA = 64 * 1024
"""Bytes of a form around the document in it."""


class Server:
    """Every part, built from the settings and not yet started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        data = settings.data
        self.file = data / "parley.db"
        self.lock = ProcessLock(data)
        self.lock.acquire()
        try:
            self.keys = settings.keys()
            self.migrated = migrate(self.file)
        except BaseException:
            self.lock.release()
            raise
        self.clock = SystemClock()
        self.database = Database(self.file)
        self.workshop = FlowWorkshop()
        self.store = SqliteEventLog(self.file, self.clock, settings.event_queue)
        self.accounts = AccountService(self.database, self.keys, self.clock, data / "owner-token")
        self.agents = AgentService(self.database, self.clock)
        self.drafts = DraftService(self.database, self.clock, self.workshop)
        self.releases = ReleaseService(self.database, self.clock, self.workshop, self.drafts)
        self.deployments = DeploymentService(self.database, self.clock)
        self._connect()

    def _connect(self) -> None:
        """The parts that talk to visitors and to the outside."""
        settings = self.settings
        self.outside = GuardedClient([parse_endpoint(text) for text in settings.http_allow])
        self.demo_door = DemoDoor()
        self.tools = HttpTools(self.outside, self.demo_door)
        self.knowledge = KnowledgeHouse(settings, self.database, self.clock)
        self.host = SessionHost(
            self.database,
            self.store,
            self.workshop,
            self.tools,
            LoopClock(),
            zone=settings.time_zone,
            lease=settings.lease,
            rest=settings.session_rest,
            life=settings.session_life,
        )
        self.book = TurnBook(self.database, self.clock)
        self.host.measure = self.book.of
        self.turns = TurnService(self.database, self.book)
        self.toolhouse = ToolHouse(self.database, self.keys, self.clock, self.outside)
        self.language = LanguageHouse(settings, self.knowledge, self.toolhouse)
        self.host.thinking = self.language
        self.releases.knowledge = self.knowledge
        self.releases.tools = self.toolhouse.missing
        self.samples = DemoPublisher(self.agents, self.drafts, self.releases, SamplePapers(self.knowledge))
        self.sessions = SessionService(self.host, self.turns)
        tokens = WidgetTokens(self.keys, settings.token_life)
        embedding = Embedding(settings.public_url, settings.demo_origins)
        self.widget = WidgetService(self.database, self.host, tokens, self.keys, self.clock, embedding)
        self.slots = Slots(settings.sockets_per_address, settings.sockets)
        limits = SocketLimits(
            rate=settings.socket_rate,
            burst=settings.socket_burst,
            text=settings.socket_text,
            handshake=settings.socket_handshake,
            idle=settings.socket_idle,
            queue=settings.socket_queue,
        )
        self.sockets = WidgetSockets(self.host, tokens, limits, self.slots)
        near = NearBy(self.database, settings.demo)
        self.telephony = TelephonyService(self.database, self.keys, self.clock, near)
        self.voice = VoiceHouse(
            settings,
            self.host,
            self.accounts,
            self.telephony,
            self.keys,
            self.clock,
            self.slots,
            *_livekit(settings),
        )
        self.spoken = VisitorVoice(
            self.widget, self.host, tokens, self.voice.visits, self.voice.tokens, self.clock
        )
        self.voice.calls.onlooking = ChatOnlooker
        self.widget.voice = lambda: self.voice.visits.able
        self.telephony.changed = self.voice.calls.refresh_trunks
        self.calling = CallingService(self.telephony, self.host, self.voice.calls)
        self.carriers = CarrierService(self.database, self.clock, self.telephony, self.calling)
        self.own_voices = OwnVoices(settings)
        allowed = [parse_endpoint(text) for text in settings.http_allow]
        self.played = Recordings(settings.data / "sound" / "played", allowed)
        self.sound = PreparedSound(settings.data / "sound", self.own_voices.voice, self.played)
        if settings.voice:
            self.host.loaded = lambda program, speech: self.sound.want(program, self.speaking(speech))
            self.releases.published = self.host.program
        self.recordings = RecordingService(self.host, settings.data / "recordings", settings.recordings_days)
        self.files = WidgetFiles()
        self.operations = OperationsService(
            self.database,
            self.clock,
            settings.data,
            {
                "event_log": lambda: (self.store.healthy, f"{self.store.writer.waiting} turns wait"),
                "sessions": lambda: (True, f"{len(self.host.live)} live, {self.slots.held} sockets"),
                "voice": self.voice.health,
                "phone": self.telephony.health,
                "knowledge": self.knowledge.health,
            },
        )
        self._count()

    def speaking(self, speech: SpeechSettings) -> Speaking:
        """How an agent hears and speaks."""
        return speaking_of(self.settings, speech)

    def _count(self) -> None:
        """Let everything that is counted be counted."""
        self.metrics = Metrics(self.standing)
        self.book.seen.append(self.metrics.turned)
        self.voice.calls.line_ended = self.metrics.line_ended
        self.telephony.ended = self.metrics.call_ended

    def standing(self) -> Standing:
        """How everything stands now."""
        return standing(
            self.host,
            self.voice.hub,
            self.own_voices.reports(),
            sockets=self.slots.held,
            lines=len(self.voice.calls.lines),
            waiting=self.store.writer.waiting,
        )

    async def start(self, own_url: str) -> list[Published]:
        """Start every part; publishes the samples when this is a demo."""
        self.store.start()
        await self.accounts.start()
        await self.deployments.start()
        await self.host.start()
        self.book.start()
        self.sockets.start()
        self.recordings.start()
        await self.knowledge.start()
        await self.language.start()
        await self.toolhouse.start()
        self.sound.start()
        await self.voice.start(own_url)
        published: list[Published] = []
        if self.settings.demo:
            where = self.settings.demo_service_url or own_url
            if where:
                self.demo_door.open(where, demo_services.PREFIX)
            published = await self.samples.publish_all(self.accounts.organization_id)
            self.samples.teach(self.accounts.organization_id)
            self.files.agents = [(p.public_id, p.name) for p in published if p.ready]
        self.operations.ready = True
        return published

    async def stop(self) -> None:
        """Stop in an order that loses nothing: no new words, then the log, then the connections."""
        self.operations.ready = False
        self.sockets.stop()
        await self.samples.stop()
        await self.voice.stop()
        self.recordings.stop()
        await self.sound.stop()
        await self.own_voices.aclose()
        await self.played.aclose()
        await self.host.stop()
        await self.book.stop()
        await self.toolhouse.aclose()
        await self.language.aclose()
        await self.knowledge.stop()
        await self.store.stop()
        await self.outside.close()
        await self.demo_door.close()
        await self.database.close()
        self.workshop.close()
        self.lock.release()


def create_app(settings: Settings, own_url: str = "") -> FastAPI:
    """The server as an ASGI application. ``own_url`` is where it can reach itself.

    Raises `server.adapters.sqlite.lock.Locked` and `server.kit.migrating.UnusableDatabase`.
    """
    server = Server(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.published = await server.start(own_url)
        try:
            yield
        finally:
            await server.stop()

    app = FastAPI(
        title="Parley",
        version=VERSION,
        description="Draw conversations, publish them, talk to them.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    _expose(app, server)
    _route(app, server)
    _wrap(app, server)
    envelope.install(app)
    return app


def _expose(app: FastAPI, server: Server) -> None:
    """What the routes' dependencies look up."""
    app.state.server = server
    app.state.accounts = server.accounts
    app.state.agents = server.agents
    app.state.drafts = server.drafts
    app.state.releases = server.releases
    app.state.deployments = server.deployments
    app.state.sessions = server.sessions
    app.state.widget = server.widget
    app.state.visitor_voice = server.spoken
    app.state.widget_files = server.files
    app.state.operations = server.operations
    app.state.metrics = server.metrics
    app.state.rehearsals = server.voice.rehearsals
    app.state.hub = server.voice.hub
    app.state.telephony = server.telephony
    app.state.calling = server.calling
    app.state.carriers = server.carriers
    app.state.knowledge = server.knowledge.service
    app.state.finder = server.knowledge.finder
    app.state.recordings = server.recordings
    app.state.sound = server.sound
    app.state.turns = server.turns
    app.state.toolhouse = server.toolhouse


def _route(app: FastAPI, server: Server) -> None:
    for module in (
        agent_routes,
        release_routes,
        deployment_routes,
        session_routes,
        widget_routes,
        call_routes,
        telephony_routes,
        recording_routes,
        speech_routes,
        knowledge_routes,
        agent_knowledge_routes,
        turn_routes,
        tool_routes,
    ):
        app.include_router(module.router, prefix=API)
    app.include_router(agent_knowledge_routes.router, prefix="/api", include_in_schema=False)
    app.include_router(platform_tool_routes.router, prefix=API, include_in_schema=False)
    app.include_router(carrier_routes.router)
    app.include_router(operation_routes.router)
    app.include_router(metric_routes.router)
    app.include_router(metric_routes.looks, prefix=API)
    app.include_router(speech_routes.lists, prefix=API)
    app.include_router(recording_routes.lists, prefix=API)
    app.include_router(recording_routes.inner)
    app.include_router(speech_routes.inner)
    app.include_router(pages.router)
    if server.settings.demo:
        app.include_router(demo_services.router)


def _wrap(app: FastAPI, server: Server) -> None:
    """The layers around every request; the last one added is the outermost."""
    settings = server.settings

    def body_limit(path: str) -> int:
        if path.startswith("/api/") and path.endswith(UPLOAD_PATHS):
            return settings.knowledge_limit + UPLOAD_EXTRA
        large = path.startswith(API) and path.endswith(FLOW_PATHS)
        return settings.flow_limit if large else settings.body_limit

    app.add_middleware(BodyLimit, limit=body_limit)
    app.add_middleware(
        Quotas,
        prefixes=("/api/", "/voice/"),
        per_address=Quota("address", settings.rest_limit, settings.limit_window),
        per_token=Quota("token", settings.token_limit, settings.limit_window),
        identify=server.accounts.identify,
    )
    app.add_middleware(
        CrossOrigin,
        prefix=f"{API}/widget/",
        listed=lambda page: page in settings.demo_origins or server.deployments.embeds(page),
        public_url=settings.public_url,
    )
    app.add_middleware(SecurityHeaders, secure=settings.public_url.startswith("https:"))
    app.add_middleware(Timing, observe=server.metrics.requested, prefix=API)
    app.add_middleware(RequestContext)
    app.add_middleware(Sockets, routes={SOCKET: server.sockets, **server.voice.sockets})


def _livekit(settings: Settings) -> tuple[Rooms | None, Sip | None]:
    """LiveKit, when this server knows one; its libraries are read only then."""
    secret = settings.livekit_api_secret
    if not settings.livekit_url or not settings.livekit_api_key or secret is None:
        return None, None
    from server.adapters.livekit import LiveKitRooms
    from server.adapters.livekit_sip import LiveKitSip

    url, key, hidden = settings.livekit_url, settings.livekit_api_key, secret.get_secret_value()
    rooms = LiveKitRooms(url, settings.livekit_public_url, key, hidden)
    return rooms, LiveKitSip(url, key, hidden, settings.agent_name)
