"""Metrics in Prometheus' text: what is counted as it happens, and what is looked up when somebody asks."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from engine.providers.resilience.metrics import LATENCIES
from server.operations.standing import Standing
from server.turns.facts import TurnFacts
from server.workers.wire import ProviderReport

CONTENT_TYPE = CONTENT_TYPE_LATEST
REQUEST_SECONDS = (0.1, 0.3, 0.5, 0.7, 1, 3, 5, 7, 10)
TURN_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 4, 8)
BREAKER = {"closed": 0, "half_open": 1, "open": 2}
PROVIDER = ("worker", "kind", "provider", "model")


class Metrics:
    """One registry for this server. ``standing`` is asked when somebody looks."""

    def __init__(self, standing: Callable[[], Standing]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(StandingCollector(standing))
        self.requests = Histogram(
            "http_request_duration_seconds",
            "Requests, by method, route and status.",
            ("method", "route", "code"),
            buckets=REQUEST_SECONDS,
            registry=self.registry,
        )
        self.stages = Histogram(
            "parley_turn_stage_seconds",
            "From the end of what the caller said to the words, to the decision, to the first sound.",
            ("stage", "modality", "provider"),
            buckets=TURN_SECONDS,
            registry=self.registry,
        )
        self.tokens = Counter(
            "parley_model_tokens",
            "Tokens of language models.",
            ["model", "what"],
            registry=self.registry,
        )
        self.cost = Counter(
            "parley_turn_cost_dollars",
            "What speech and models cost, by the price table.",
            ("speech_to_text", "text_to_speech"),
            registry=self.registry,
        )
        self.barge_ins = Counter(
            "parley_barge_ins", "Answers that callers cut in on.", registry=self.registry
        )
        self.lines = Counter(
            "parley_lines_ended", "Lines that ended, by who ended them and why.", ("by", "reason"),
            registry=self.registry,
        )  # fmt: skip
        self.calls = Counter(
            "parley_calls_ended", "Telephone calls that ended, by direction and reason.",
            ("direction", "reason"), registry=self.registry,
        )  # fmt: skip

    def requested(self, method: str, route: str, code: int, seconds: float) -> None:
        """A request was answered."""
        self.requests.labels(method, route, str(code)).observe(seconds)

    def turned(self, turn: TurnFacts) -> None:
        """A turn is over."""
        speaker = "prepared" if turn.prepared else turn.tts
        for stage, took, provider in (
            ("transcript", turn.transcript, turn.stt),
            ("decision", turn.decision, ""),
            ("audio", turn.audio, speaker),
        ):
            if took is not None:
                self.stages.labels(stage, turn.modality, provider).observe(took / 1000)
        if turn.model:
            self.tokens.labels(turn.model, "read").inc(turn.read)
            self.tokens.labels(turn.model, "written").inc(turn.written)
        if turn.cost_micros:
            self.cost.labels(turn.stt, turn.tts).inc(turn.cost_micros / 1_000_000)
        if turn.barged_in:
            self.barge_ins.inc()

    def line_ended(self, by: str, reason: str) -> None:
        """A line is over."""
        self.lines.labels(by, reason).inc()

    def call_ended(self, direction: str, reason: str) -> None:
        """A telephone call is over."""
        self.calls.labels(direction, reason).inc()

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self.registry)


class StandingCollector(Collector):
    """What is looked up when somebody asks. Counters of a worker that is gone are gone with it."""

    def __init__(self, standing: Callable[[], Standing]) -> None:
        self._standing = standing

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the server may not have begun yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        now = self._standing()
        sessions = GaugeMetricFamily("parley_sessions", "Sessions in memory.", labels=("modality",))
        for modality, count in now.sessions.items():
            sessions.add_metric((modality,), count)
        yield sessions
        yield GaugeMetricFamily("parley_sockets", "Open sockets of visitors.", now.sockets)
        yield GaugeMetricFamily("parley_lines", "Lines that are up.", now.lines)
        yield GaugeMetricFamily("parley_event_log_waiting", "Turns that wait to be written.", now.waiting)
        seats = GaugeMetricFamily("parley_worker_seats", "Lines a worker may hold.", labels=("worker",))
        taken = GaugeMetricFamily("parley_worker_seats_taken", "Lines a worker holds.", labels=("worker",))
        late = GaugeMetricFamily(
            "parley_worker_late_seconds", "How late its last beat was.", labels=("worker",)
        )
        for worker in now.workers:
            seats.add_metric((worker.name,), worker.seats)
            taken.add_metric((worker.name,), worker.taken)
            late.add_metric((worker.name,), worker.late_ms / 1000)
        yield from (seats, taken, late)
        yield from _providers([(w.name, report) for w in now.workers for report in w.providers])


def _providers(reports: list[tuple[str, ProviderReport]]) -> Iterator[Metric]:
    requests = CounterMetricFamily("parley_provider_requests", "Requests.", labels=PROVIDER)
    failures = CounterMetricFamily(
        "parley_provider_failures", "Requests that failed, by why.", labels=(*PROVIDER, "trouble")
    )
    state = GaugeMetricFamily(
        "parley_provider_circuit", "0: asked; 1: tried again; 2: not asked for now.", labels=PROVIDER
    )
    latency = HistogramMetricFamily(
        "parley_provider_latency_seconds", "From a request to its first answer.", labels=PROVIDER
    )
    heard = CounterMetricFamily("parley_provider_sound_seconds", "Sound recognised.", labels=PROVIDER)
    said = CounterMetricFamily("parley_provider_characters", "Characters synthesised.", labels=PROVIDER)
    cost = CounterMetricFamily(
        "parley_provider_cost_dollars", "Cost by the price table.", labels=PROVIDER
    )  # fmt: skip
    for worker, one in reports:
        labels = (worker, one.kind, one.provider, one.model)
        requests.add_metric(labels, one.requests)
        for trouble, count in one.failures.items():
            failures.add_metric((*labels, trouble), count)
        state.add_metric(labels, BREAKER.get(one.state, 0))
        latency.add_metric(labels, _buckets(one.latency), one.latency_total_ms / 1000)
        heard.add_metric(labels, one.sound_ms / 1000)
        said.add_metric(labels, one.characters)
        cost.add_metric(labels, one.cost_micros / 1_000_000)
    yield from (requests, failures, state, latency, heard, said, cost)


def _buckets(counts: tuple[int, ...]) -> list[tuple[str, float]]:
    """Counts for each column, as counts up to each bound."""
    columns = counts if len(counts) == len(LATENCIES) + 1 else (0,) * (len(LATENCIES) + 1)
    bounds = [*(str(bound / 1000) for bound in LATENCIES), "+Inf"]
    return [(bound, sum(columns[: n + 1])) for n, bound in enumerate(bounds)]
