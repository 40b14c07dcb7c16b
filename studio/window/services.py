"""Requests of a rehearsal that the connected server answers: its own demo services."""

from urllib.parse import urlsplit

from engine.protocol import HttpRequest
from engine.protocol.script import Answer
from studio.client.api import Api, ServerTrouble
from studio.client.connection import Connection
from studio.simulator.dock import RehearsalDock
from studio.window.tasks import Tasks

SCHEME = "demo:"


class ServerServices:
    """Asks the server, and gives the talk its answer."""

    def __init__(self, dock: RehearsalDock, connection: Connection, tasks: Tasks) -> None:
        self._dock = dock
        self._connection = connection
        self._tasks = tasks
        dock.ask_server.connect(self.ask)

    def ask(self, request: HttpRequest) -> None:
        """Ask for a request's answer, unless the talk has gone on meanwhile."""
        api = self._connection.api
        if api is not None and request.url.startswith(SCHEME):
            self._tasks.spawn(self._ask(api, request), "Asking a service")

    async def _ask(self, api: Api, request: HttpRequest) -> None:
        parts = urlsplit(request.url.removeprefix(SCHEME))
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            status, body = await api.demo(request.method, path, request.body)
        except ServerTrouble as trouble:
            self._dock.service_trouble(f"{trouble.message} Say here what it would answer.")
            return
        talk = self._dock.talk
        if talk is not None and talk.asking is not None and talk.asking.id == request.id:
            self._dock.answer(Answer("ok", status, body), remember=False)
