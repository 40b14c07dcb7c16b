"""A booking by telephone keys, the service that takes it, and how an event log is judged."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EN = "en-US"
NUMBER = "4100"
GUESTS, HOUR = "4", "1930"
BOOKED = "Your table is booked. Goodbye."


def _digits(label: str, digits: int, prompt: str, save: str, then: str) -> dict[str, Any]:
    return {
        "kind": "digits",
        "label": label,
        "prompt": {EN: prompt},
        "minimum": digits,
        "maximum": digits,
        "save": save,
        "out": {"understood": then},
    }


def booking(service: str, *, slowly: int = 0) -> dict[str, Any]:
    """The flow: two questions, a request of ``service`` (``host:port``), and so many sentences more at the end."""
    nodes: dict[str, Any] = {
        "n_welcomea": {
            "kind": "say",
            "label": "Welcome",
            "text": {EN: "Welcome to the restaurant."},
            "out": {"then": "n_guestsaa"},
        },
        "n_guestsaa": _digits("Guests", 1, "How many guests?", "guests", "n_houraaaa"),
        "n_houraaaa": _digits("Hour", 4, "At which time?", "hour", "n_bookaaaa"),
        "n_bookaaaa": {
            "kind": "http",
            "label": "Book",
            "method": "POST",
            "url": f"http://{service}/bookings",
            "body": {"guests": "guests", "hour": "hour"},
            "response": [{"path": "reference", "to": "reference"}],
            "timeout": 20_000,
            "out": {"ok": "n_confirma", "error": "n_failedaa"},
        },
        "n_confirma": {
            "kind": "say",
            "label": "Confirm",
            "text": {EN: "A table for {{ guests }}." + " We are looking forward to it." * slowly},
            "out": {"then": "n_bookedaa"},
        },
        "n_bookedaa": {"kind": "end", "label": "Booked", "outcome": "booked", "text": {EN: BOOKED}},
        "n_failedaa": {"kind": "end", "label": "Failed", "outcome": "failed", "text": {EN: "Sorry."}},
    }
    return {
        "format": "parley-flow",
        "schema": 1,
        "name": "Booking",
        "start": "n_welcomea",
        "locales": [EN],
        "patience": {"voice": 60_000},
        "defaults": {"gives_up": "n_failedaa", "error": "n_failedaa", "unknown": "n_failedaa"},
        "variables": {"guests": {"type": "text"}, "hour": {"type": "text"}, "reference": {"type": "text"}},
        "nodes": nodes,
    }


class Bookings:
    """What the service was asked: how often with each idempotency key."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.address = ""
        self._lock = threading.Lock()

    def take(self, key: str) -> str:
        """A booking; the same one for the same key."""
        with self._lock:
            self.asked[key] += 1
            return f"R{list(self.asked).index(key):04d}"

    def of(self, session: str) -> list[str]:
        """The keys a session has come with."""
        with self._lock:
            return [key for key in self.asked if key.startswith(f"{session}:")]


@contextmanager
def booking_service() -> Iterator[Bookings]:
    """The service, on loopback."""
    bookings = Bookings()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = json.dumps({"reference": bookings.take(self.headers["Idempotency-Key"])}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        bookings.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield bookings
        finally:
            server.shutdown()
            thread.join()


def fault_of(log: list[dict[str, Any]]) -> str:
    """What is wrong with a booking's event log; empty when the caller keyed, booked once, and heard so."""
    events = [record["event"] for record in log]
    effects = [effect for record in log for effect in record["effects"]]
    keys = "".join(event["digit"] for event in events if event["type"] == "digit")
    asked = [effect for effect in effects if effect["type"] == "http"]
    said = [str(effect.get("text")) for effect in effects if effect["type"] == "speak"]
    results = [event for event in events if event["type"] == "result"]
    if keys != GUESTS + HOUR:
        return f"keys {keys!r}"
    if len(asked) != 1 or [result["value"]["status"] for result in results] != [201]:
        return f"{len(asked)} requests, results {results}"
    if "A table for 4." not in " ".join(said) or BOOKED not in said:
        return f"said {said}"
    if effects[-1]["type"] != "end" or effects[-1]["outcome"] != "booked":
        return f"last {effects[-1]}"
    return ""
