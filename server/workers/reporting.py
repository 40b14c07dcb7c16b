"""How the providers of this process do, as it is told to others."""

from engine.providers.registry import Health
from engine.providers.resilience.breaker import BreakerState
from engine.providers.resilience.link import Watch
from server.workers.wire import ProviderReport


def reports(health: Health) -> tuple[ProviderReport, ...]:
    """One for each provider and model that was made."""
    return tuple(_report(kind, watch) for (kind, _), watches in health.watches().items() for watch in watches)


def _report(kind: str, watch: Watch) -> ProviderReport:
    metrics, state = watch.metrics, watch.breaker.state
    return ProviderReport(
        kind,
        metrics.name,
        metrics.model,
        state.value,
        metrics.trouble if metrics.trouble or state is BreakerState.CLOSED else watch.breaker.reason,
        metrics.requests,
        dict(sorted(metrics.failures.items())),
        tuple(metrics.latency),
        metrics.latency_total_ms,
        metrics.sound_ms,
        metrics.characters,
        metrics.cost_micros,
    )
