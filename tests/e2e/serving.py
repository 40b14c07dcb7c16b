"""A real server in a process of its own, and a web page elsewhere that embeds its widget."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.e2e.prepared import keep, lend
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
"""Seconds anything may take to happen before a test gives up on it."""


class Server:
    """``parley serve --demo`` on a port and a data folder that outlive the process."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / f"{data.name}.log"

    def start(self) -> "Server":
        """Start, and wait until it is ready."""
        environment = {
            **os.environ,
            "PARLEY_DATA": str(self.data),
            "PARLEY_HTTP_PORT": str(self.port),
            "PARLEY_REST_LIMIT": "0",
            **self.environment,
        }
        lend(self.data)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve", "--demo"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._wait_ready()
        return self

    def _wait_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log.read_text()[-2000:]}")
            try:
                if httpx.get(f"{self.origin}/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"the server was not ready in {PATIENCE} s: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it without a word: the power is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; answers its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process = None
            keep(self.data)

    @property
    def token(self) -> str:
        """The owner's token."""
        return (self.data / "owner-token").read_text().strip()

    def api(self) -> httpx.Client:
        """A client that speaks as the owner."""
        return httpx.Client(
            base_url=f"{self.origin}/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE,
        )

    def agent(self, public_id: str) -> dict[str, Any]:
        """An agent, by the id its widget uses."""
        with self.api() as api:
            agents = api.get("/agents").json()
        rows = agents["items"] if isinstance(agents, dict) else agents
        return next(row for row in rows if row["public_id"] == public_id)

    def publish(self, public_id: str, change: Any) -> dict[str, Any]:
        """Change an agent's draft by a function of its raw flow, and publish it."""
        agent = self.agent(public_id)
        with self.api() as api:
            draft = api.get(f"/agents/{agent['id']}/flow")
            flow = change(draft.json()["flow"])
            saved = api.put(
                f"/agents/{agent['id']}/flow",
                json={"flow": flow},
                headers={"If-Match": draft.headers["ETag"]},
            )
            assert saved.status_code == 200, saved.text
            release = api.post(f"/agents/{agent['id']}/publish", json={})
            assert release.status_code == 200, release.text
            return dict(release.json())


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Elsewhere</title></head>
<body><main><h1>Another shop</h1><p>With its own page.</p></main>
<script src="{origin}/widget.js" data-agent-id="{agent}" data-auto-open="false"></script></body></html>"""


@contextmanager
def page_elsewhere(port: int, origin: str, agent: str) -> Iterator[str]:
    """A page on another origin that embeds the widget of ``agent``; yields its address."""
    body = PAGE.format(origin=origin, agent=agent).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as pages:
        thread = threading.Thread(target=pages.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            pages.shutdown()
            thread.join()
