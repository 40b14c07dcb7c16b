"""A LiveKit server beside ``make run``: ``python packaging/livekit [development|production|where]``.

development: run one, unless LIVEKIT_URL names one that answers; says what to set. production: print a
configuration for a public server. where: print the program's path, after building it if need be.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "setup"))

from binary import server
from cache import SetupError, say
from configuration import KEY, development, development_secret, own_address, production

PORT = 7880
PATIENCE = 30.0
"""Seconds a server gets until it answers."""
GRACE = 5.0
"""Seconds it gets to end; told a second time, it ends at once."""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; answers with the exit code."""
    parser = argparse.ArgumentParser(prog="packaging/livekit", description=__doc__)
    kinds = parser.add_subparsers(dest="kind")
    local = kinds.add_parser("development", help="run a server for this machine (the default)")
    local.add_argument("--port", type=int, default=PORT, help="and the two after it")
    local.add_argument("--lan", action="store_true", help="for this network, not this machine alone")
    public = kinds.add_parser("production", help="print the configuration of a public server")
    public.add_argument("--domain", required=True, help="wss://DOMAIN is where browsers find it")
    public.add_argument("--turn-domain", help="the name in TURN's certificate (default: the same)")
    public.add_argument("--redis", default="", help="host:port, when several servers are one")
    kinds.add_parser("where", help="print the program's path")
    given = parser.parse_args(arguments or ["development"])
    try:
        if given.kind == "production":
            print(production(given.domain, given.turn_domain or given.domain, given.redis), end="")
            return 0
        if given.kind == "where":
            # What is said on the way goes elsewhere than the answer.
            out, sys.stdout = sys.stdout, sys.stderr
            try:
                path = server()
            finally:
                sys.stdout = out
            print(path)
            return 0
        return develop(given.port, lan=given.lan)
    except SetupError as error:
        print(f"parley: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def develop(port: int, *, lan: bool) -> int:
    """Run a server until told to stop."""
    there = os.environ.get("LIVEKIT_URL", "")
    if there:
        if answers(there):
            say(f"LiveKit answers at {there}; `make run` finds it by LIVEKIT_URL, with its key and secret.")
            return 0
        raise SetupError(
            f"LIVEKIT_URL names {there}, and nobody answers there. Start it, or unset LIVEKIT_URL."
        )
    program = server()
    secret = development_secret()
    url = f"ws://{own_address() if lan else '127.0.0.1'}:{port}"
    if answers(url):
        raise SetupError(f"something serves {url} already. Stop it, or take another --port.")
    with tempfile.TemporaryDirectory(prefix="parley-livekit-") as folder:
        file = Path(folder) / "livekit.yaml"
        file.write_text(development(port, lan=lan), "utf-8")
        environment = {**os.environ, "LIVEKIT_KEYS": f"{KEY}: {secret}"}
        # Of its own group: Ctrl-C reaches this program only, which then ends it in order.
        with subprocess.Popen(
            [str(program), "--config", str(file)], env=environment, start_new_session=True
        ) as process:
            return attend(process, url, secret)


def attend(process: "subprocess.Popen[bytes]", url: str, secret: str) -> int:
    """Wait until it answers, say how to use it, and stay until it ends."""

    ends: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        ends.append(time.monotonic() + GRACE)
        process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    due = time.monotonic() + PATIENCE
    while process.poll() is None and not answers(url):
        if time.monotonic() > due:
            process.kill()
            raise SetupError(f"LiveKit's server does not answer at {url}. Is the port taken?")
        time.sleep(0.1)
    if process.poll() is None:
        print(
            f"\nLiveKit is ready at {url}. In the other terminal:\n\n"
            f"  LIVEKIT_URL={url} \\\n  LIVEKIT_API_KEY={KEY} \\\n  LIVEKIT_API_SECRET={secret} \\\n  make run\n",
            flush=True,
        )
    while process.poll() is None:
        # Told to stop in its first moments, it forgets to.
        if ends and (time.monotonic() > ends[0] or len(ends) > 1):
            process.kill()
        time.sleep(0.1)
    code = process.wait()
    return 0 if ends or code in (0, -signal.SIGTERM, -signal.SIGINT) else code


def answers(url: str) -> bool:
    """Whether a LiveKit server is at ``url``."""
    address = "http" + url.removeprefix("ws") if url.startswith("ws") else url
    if not address.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
