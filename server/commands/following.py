"""Following sources on the terminal until they have been read."""

import sys
import time
from collections.abc import Sequence
from typing import Any

from server.commands.reaching import Reach

LOOK = 0.3
"""Seconds between two looks."""
SETTLED = ("ready", "failed")


def follow(server: Reach, base: str, sources: Sequence[str], quiet: bool = False) -> int:
    """Wait until all are read, and say how far each is; answers how many could not be read.

    One that is to be tried again later is not waited for: what kept it is said. Raises
    `server.commands.reaching.Refused`.
    """
    failed, last = 0, ""
    for at, id in enumerate(sources, 1):
        while True:
            source: Any = server.ask("GET", f"/knowledge/sources/{id}")
            if source["state"] in SETTLED or source["next_at"]:
                break
            last = _line(source, f"{at}/{len(sources)}")
            if not quiet and sys.stdout.isatty():
                print(f"\r\x1b[K{last}", end="", flush=True)
            time.sleep(LOOK)
        failed += source["state"] != "ready"
        if not quiet:
            print(("\r\x1b[K" if last and sys.stdout.isatty() else "") + _end(source), flush=True)
    return failed


def _line(source: Any, which: str) -> str:
    return f"[{which}] {source['origin']}: {source['state']}, {source['progress'] // 10} %"


def _end(source: Any) -> str:
    if source["state"] == "ready":
        told = [
            f"{source['origin']}: ready, {source['chunks']} passages",
            *source["problems"],
            source["note"],
        ]
    elif source["state"] == "failed":
        told = [f"{source['origin']}: failed. {source['problem']}"]
    else:
        told = [f"{source['origin']}: {source['problem']} It is tried again later."]
    return "\n    ".join(text for text in told if text)
