"""Serving: the socket, the web server around the application, what is printed, and a clean end."""

import asyncio
import errno
import gc
import signal
import socket
import sys

import uvicorn

from server.kit.addresses import own_address
from server.main import create_app
from server.settings import Settings

GRACE = 5
"""Seconds open requests get to finish when the server ends."""
KEEP_ALIVE = 65
"""Seconds an idle connection stays open: longer than clients and proxies keep theirs, so that none is closed just as
it is used again."""
BACKLOG = 2048
SWITCH = 0.001
"""Seconds after which a busy thread lets another have Python's lock."""
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104


class PortTaken(Exception):
    """The address cannot be listened at; the message says what to do."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.set_inheritable(True)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {port} on {host} is taken. Stop what uses it, or choose another with --port or "
                "PARLEY_HTTP_PORT (0 takes a free one)."
            ) from error
        raise PortTaken(
            f"Cannot listen at {host}:{port}: {error.strerror or error}. Choose another with --host and --port."
        ) from error
    return listening


class Serving(uvicorn.Server):
    """The web server. Prints where it is once it takes requests."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self.settings = settings
        self.listening = listening
        self.own_url = reachable(listening)
        self.app = create_app(settings, self.own_url)
        super().__init__(
            uvicorn.Config(
                self.app,
                loop="uvloop",
                http="httptools",
                ws="websockets-sansio",
                ws_max_size=settings.socket_frame,
                ws_per_message_deflate=False,
                ws_ping_interval=30,
                ws_ping_timeout=30,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=settings.trusted_proxies or None,
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=KEEP_ALIVE,
                backlog=BACKLOG,
            )
        )

    def run(self, sockets: list[socket.socket] | None = None) -> int:  # type: ignore[override]
        """Serve until a signal; answers with the exit code."""
        # The web server raises a signal again once it has ended; by then it has been obeyed.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        super().run([self.listening])
        return 0 if self.started else 1

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            # What is loaded now stays: the collector need not walk it again in the middle of somebody's turn.
            gc.collect()
            gc.freeze()
            # The writer's thread needs Python's lock a few times a commit; it must not wait 5 ms for each.
            sys.setswitchinterval(SWITCH)
            await asyncio.to_thread(print, self.greeting(), flush=True)

    def _telephone(self) -> list[str]:
        """What a telephone dials, or why there is no voice."""
        settings, voice = self.settings, self.app.state.server.voice
        if voice.why_not:
            return [f"  voice           {voice.why_not}"]
        if not settings.phone or not settings.demo or not settings.sip_port:
            return []
        host = settings.sip_public_host or (
            own_address() if settings.sip_host in EVERYWHERE else settings.sip_host
        )
        name = "table-reservation"
        return [
            f"  telephone       sip:{name}@{host}:{settings.sip_port}  (from this machine and its network)"
        ]

    def greeting(self) -> str:
        """Where everything is."""
        here = self.settings.public_url or self.own_url
        token = (self.settings.data / "owner-token").resolve()
        lines = [
            f"Parley serves at  {here}",
            f"  API             {here}/docs",
            f"  health          {here}/health/ready",
            f"  owner token     {token}",
        ]
        if self.settings.demo:
            lines.append(f"  demo page       {here}/demo")
            for agent in self.app.state.published:
                lines.append(f"    {agent.public_id:<32} {agent.name} ({agent.state})")
        lines += self._telephone()
        lines.append(f"  studio          parley studio --server {here} --token-file {token}")
        return "\n".join(lines)


def reachable(listening: socket.socket) -> str:
    """The address this machine can reach the socket at."""
    host, port = listening.getsockname()[:2]
    if host in EVERYWHERE:
        host = "127.0.0.1" if listening.family == socket.AF_INET else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
