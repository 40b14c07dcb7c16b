"""How the speech providers do, in words."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from server.operations.standing import WorkerStanding
from server.workers.wire import ProviderReport

WORST = ("open", "half_open", "closed")


class ProviderView(BaseModel):
    """One provider, over all workers. ``kind``: ``hearing`` or ``voice``."""

    kind: str
    provider: str
    model: str
    state: str = Field(description="`working`, `failing`, `not_asked`: for now, `unused`: not asked yet.")
    words: str
    last_error: str
    requests: int
    failures: dict[str, int]
    workers: list[str]


class ProvidersView(BaseModel):
    """All of them, in the order they are tried."""

    items: list[ProviderView]


def providers_view(orders: dict[str, Sequence[str]], workers: Sequence[WorkerStanding]) -> ProvidersView:
    """``orders`` are the names that are set, by kind: those nobody has asked yet are shown as well."""
    found: dict[tuple[str, str, str], list[tuple[str, ProviderReport]]] = {}
    for worker in workers:
        for report in worker.providers:
            found.setdefault((report.kind, report.provider, report.model), []).append((worker.name, report))
    items = [_view(*key, reports) for key, reports in found.items()]
    known = {(item.kind, item.provider) for item in items}
    for kind, names in orders.items():
        items += [_view(kind, name, "", []) for name in names if (kind, name) not in known]
    rank = {(kind, name): n for kind, names in orders.items() for n, name in enumerate(names)}
    items.sort(key=lambda item: (item.kind, rank.get((item.kind, item.provider), len(rank)), item.model))
    return ProvidersView(items=items)


def _view(kind: str, provider: str, model: str, reports: list[tuple[str, ProviderReport]]) -> ProviderView:
    failures: dict[str, int] = {}
    for _, report in reports:
        for trouble, count in report.failures.items():
            failures[trouble] = failures.get(trouble, 0) + count
    requests = sum(report.requests for _, report in reports)
    worst = min(reports, key=lambda it: (WORST.index(it[1].state), not it[1].trouble), default=None)
    error = worst[1].trouble if worst is not None else ""
    state, words = _words(worst[1].state if worst is not None else "closed", error, requests)
    return ProviderView(
        kind=kind,
        provider=provider,
        model=model,
        state=state,
        words=words,
        last_error=error,
        requests=requests,
        failures=dict(sorted(failures.items())),
        workers=[name for name, _ in reports],
    )


def _words(breaker: str, error: str, requests: int) -> tuple[str, str]:
    if breaker == "open":
        return "not_asked", f"It is not asked for now; the next in the order is. {error}"
    if breaker == "half_open":
        return "failing", f"It is tried again with the next request. {error}"
    if error:
        return "failing", f"Its last request failed. {error}"
    if not requests:
        return "unused", "It has not been asked yet."
    return "working", "It answers."
