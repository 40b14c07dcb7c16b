"""How the server stands at a moment, as far as it is counted."""

from collections import Counter

import msgspec

from server.calls.hub import Hub, Worker
from server.sessions.host import SessionHost
from server.workers.wire import ProviderReport

SERVER = "server"
"""Whose providers are no worker's: those that prepare sound."""


class WorkerStanding(msgspec.Struct, frozen=True):
    """A process that asks providers."""

    name: str
    seats: int = 0
    taken: int = 0
    late_ms: int = 0
    draining: bool = False
    providers: tuple[ProviderReport, ...] = ()


class Standing(msgspec.Struct, frozen=True):
    """How many there are. ``waiting`` are turns that wait to be written."""

    sessions: dict[str, int]
    sockets: int
    lines: int
    waiting: int
    workers: tuple[WorkerStanding, ...]


def of_worker(worker: Worker) -> WorkerStanding:
    """How a worker stands."""
    return WorkerStanding(
        worker.name,
        worker.facts.seats,
        len(worker.seats),
        worker.late_ms,
        worker.draining,
        worker.providers,
    )


def standing(
    host: SessionHost,
    hub: Hub,
    own: tuple[ProviderReport, ...],
    *,
    sockets: int,
    lines: int,
    waiting: int,
) -> Standing:
    """Everything that is looked up; ``own`` are the providers this process asks itself."""
    spoken = Counter("voice" if live.voice is not None else "text" for live in host.live.values())
    workers = [of_worker(worker) for worker in hub.workers.values()]
    if own:
        workers.append(WorkerStanding(SERVER, providers=own))
    sessions = {modality: spoken[modality] for modality in ("text", "voice")}
    return Standing(sessions, sockets, lines, waiting, tuple(workers))
