"""TLS and SRTP in front of the telephone edge: ``python packaging/phone --certificate FILE --key FILE``.

Writes the configuration of Kamailio and rtpengine into a folder (and stops there with ``--write``), or runs both until
it is told to stop, saying ``ready`` once callers are served. Needs Debian's packages kamailio, kamailio-tls-modules
and rtpengine-daemon, and nothing of Python but its own library.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = "apt-get install kamailio kamailio-tls-modules rtpengine-daemon"
PATIENCE = 30.0


class FrontError(Exception):
    """Something is missing; the message says what to do."""


def main() -> int:
    """Write, or run."""
    given = read_arguments()
    folder = Path(given.folder).resolve()
    try:
        configure(given, folder)
        if given.write:
            print(f"written to {folder}")
            return 0
        return run(given, folder)
    except FrontError as error:
        print(error, file=sys.stderr)
        return 2


def read_arguments() -> argparse.Namespace:
    """What may be said."""
    parser = argparse.ArgumentParser(prog="packaging/phone", description=__doc__)
    parser.add_argument("--folder", default="build/phone", help="where the configuration goes")
    parser.add_argument("--host", default="127.0.0.1", help="the address callers and the edge reach this at")
    parser.add_argument("--tls-port", type=int, default=5061, help="where callers come by TLS")
    parser.add_argument("--sip-port", type=int, default=5062, help="where the edge sends its calls (UDP)")
    parser.add_argument("--ng-port", type=int, default=2223, help="where Kamailio tells rtpengine what to do")
    parser.add_argument("--edge", default="127.0.0.1:5060", help="the edge, host:port")
    parser.add_argument("--ports", default="40000-40999", help="UDP ports for sound, first-last")
    parser.add_argument("--certificate", required=True, help="PEM; the whole chain")
    parser.add_argument("--key", required=True, help="PEM")
    parser.add_argument("--verify", action="store_true", help="want certificates of the others, too")
    parser.add_argument("--requests", type=int, default=100, help="requests of one address in two seconds")
    parser.add_argument("--children", type=int, default=4, help="processes of Kamailio for UDP")
    parser.add_argument("--write", action="store_true", help="write the configuration, start nothing")
    return parser.parse_args()


def configure(given: argparse.Namespace, folder: Path) -> None:
    """Fill the templates in. Raises `FrontError`."""
    for name in (given.certificate, given.key):
        if not Path(name).is_file():
            raise FrontError(f"{name} is no file: --certificate and --key want PEM files.")
    host, _, port = given.edge.rpartition(":")
    if not host or not port.isdigit():
        raise FrontError(f"{given.edge} is no edge: write host:port.")
    words = {
        "FOLDER": folder,
        "HOST": given.host,
        "TLS_PORT": given.tls_port,
        "SIP_PORT": given.sip_port,
        "NG_PORT": given.ng_port,
        "EDGE_HOST": host,
        "EDGE_PORT": port,
        "PIKE": given.requests,
        "CHILDREN": given.children,
        "CERTIFICATE": Path(given.certificate).resolve(),
        "KEY": Path(given.key).resolve(),
        "VERIFY": "yes" if given.verify else "no",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("kamailio.cfg", "tls.cfg"):
        text = re.sub(r"@([A-Z_]+)@", lambda word: str(words[word[1]]), (HERE / name).read_text())
        (folder / name).write_text(text)


def run(given: argparse.Namespace, folder: Path) -> int:
    """Both, until one ends or we are told to stop."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    started: list[subprocess.Popen[bytes]] = []
    try:
        # Kamailio asks rtpengine once at its start, and not again for a minute.
        started.append(start(rtpengine(given, folder), folder / "rtpengine.log"))
        wait_for(lambda: pings(given.ng_port), started, folder)
        started.append(start(kamailio(folder), folder / "kamailio.log"))
        wait_for(lambda: connects(given.host, given.tls_port), started, folder)
        print("ready", flush=True)
        while not stopping:
            if any(process.poll() is not None for process in started):
                raise FrontError(f"Kamailio or rtpengine ended by itself: see {folder}/*.log")
            time.sleep(0.1)
    finally:
        for process in reversed(started):
            finish(process)
    return 0


def start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A process in a group of its own, its words in a file. Raises `FrontError`."""
    found = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise FrontError(f"{command[0]} is missing: {PACKAGES}")
    with log.open("wb") as file:
        return subprocess.Popen([found, *command[1:]], stdout=file, stderr=file, start_new_session=True)


def rtpengine(given: argparse.Namespace, folder: Path) -> list[str]:
    """Its command."""
    first, _, last = given.ports.partition("-")
    return [
        *("rtpengine", "--foreground", "--log-stderr", "--log-level=4", "--table=-1"),
        *(f"--interface={given.host}", f"--listen-ng=127.0.0.1:{given.ng_port}"),
        *(f"--port-min={first}", f"--port-max={last}", f"--pidfile={folder / 'rtpengine.pid'}"),
    ]


def kamailio(folder: Path) -> list[str]:
    """Its command."""
    return [
        *("kamailio", "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8"),
        *("-Y", str(folder), "-P", str(folder / "kamailio.pid")),
    ]


def pings(port: int) -> bool:
    """Whether rtpengine takes commands."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        try:
            asking.sendto(b"parley d7:command4:pinge", ("127.0.0.1", port))
            return b"pong" in asking.recv(500)
        except OSError:
            return False


def connects(host: str, port: int) -> bool:
    """Whether Kamailio takes callers."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) == 0


def wait_for(true: Callable[[], bool], started: list[subprocess.Popen[bytes]], folder: Path) -> None:
    """Until something is true. Raises `FrontError`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and all(process.poll() is None for process in started):
        if true():
            return
        time.sleep(0.05)
    raise FrontError(f"Kamailio or rtpengine did not start: see {folder}/*.log")


def finish(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
