"""Runs the probe's worker on one adapter, ours among them: ``engine_worker.py ADAPTER SECONDS IDLE_SESSIONS``."""

import runpy
import sys
import types
from pathlib import Path

BASELINE = Path(__file__).parent / "baselines" / "engine"
OURS = {"parley": "InMemory", "parley_sqlite": "Durable"}


def main() -> None:
    """Give the worker our adapters beside its own, then run it as it is."""
    sys.path.insert(0, str(BASELINE))
    name = sys.argv[1]
    if name in OURS:
        import adapters

        from tests.bench import reservation

        module = types.ModuleType(f"adapters.{name}")
        module.Adapter = getattr(reservation, OURS[name])  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        setattr(adapters, name, module)
    sys.argv[0] = str(BASELINE / "worker.py")
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
