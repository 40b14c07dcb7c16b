"""Recordings that flows play, by their addresses: fetched under guard, decoded apart, kept by content."""

import asyncio
import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import structlog

from server.kit.http_guard import Blocked, Endpoint, GuardedClient, TooLarge
from server.speech.decoding import UNPLAYABLE, Unplayable

LARGEST = 32 * 1024 * 1024
"""Bytes of a recording."""
AT_CALL, AT_PUBLISH = 8.0, 60.0
"""Seconds to fetch one while somebody waits on a line, and when nobody does."""
FRESH = 600.0
"""Seconds for which one that no release names is not fetched again."""
MOST = 500
"""Recordings kept; of more, those that were fetched longest ago go."""
AT_ONCE = 4
ROOT = Path(__file__).parents[2]
BROKEN = "It made its decoder fail. It is damaged; save it anew, or as another format."

log = structlog.get_logger()


class Unfetchable(Exception):
    """The address gives no sound; the message says why."""


class Recordings:
    """In ``folder``: sound by its content (``<hash>.pcm``, as `server.speech.prepared`), and for each address the
    name of what was found there (``<hash>.at``)."""

    def __init__(self, folder: Path, allow: list[Endpoint]) -> None:
        self._folder = folder
        self._client = GuardedClient(allow, max_bytes=LARGEST)
        self._pinned: set[str] = set()
        self._fetching: dict[str, asyncio.Task[Path]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def keep(self, address: str) -> Path:
        """Fetch what a release plays, so that it is there when somebody calls; what is there already stays when the
        address gives nothing now. Raises `Unfetchable`."""
        self._pinned.add(_name(address))
        return await self._get(address, AT_PUBLISH, fresh=FRESH)

    async def get(self, address: str) -> Path:
        """Where the sound of an address is; raises `Unfetchable`."""
        fresh = None if _name(address) in self._pinned else FRESH
        return await self._get(address, AT_CALL, fresh)

    async def aclose(self) -> None:
        """Fetch no more."""
        for task in tuple(self._fetching.values()):
            task.cancel()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)
        await self._client.close()

    async def _get(self, address: str, within: float, fresh: float | None) -> Path:
        known, age = await asyncio.to_thread(self._known, address)
        if known is not None and (fresh is None or age < fresh):
            return known
        task = self._fetching.get(address)
        if task is None:
            task = self._fetching[address] = asyncio.create_task(self._fetch(address))
            task.add_done_callback(lambda done: self._done(address, done))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(task)
        except (TimeoutError, Unfetchable) as error:
            if known is not None:
                return known
            if isinstance(error, Unfetchable):
                raise
            raise Unfetchable(f"{address}: it did not come within {within:.0f} seconds.") from None

    def _done(self, address: str, task: "asyncio.Task[Path]") -> None:
        self._fetching.pop(address, None)
        if not task.cancelled() and task.exception() is not None:
            log.warning("recording not fetched", address=address, why=str(task.exception()))

    async def _fetch(self, address: str) -> Path:
        try:
            async with self._room:
                data = await self._download(address)
                pcm = await decoded(data)
        except Unplayable as error:
            raise Unfetchable(f"{address}: {error}") from error
        return await asyncio.to_thread(self._store, address, pcm)

    async def _download(self, address: str) -> bytes:
        headers = {"User-Agent": "Parley (recordings)", "Accept": "audio/*, application/ogg;q=0.9, */*;q=0.1"}
        try:
            answer = await self._client.request(
                "GET", address, headers=headers, content=None, timeout=AT_PUBLISH
            )
        except (Blocked, TooLarge) as error:
            raise Unplayable(str(error)) from error
        except TimeoutError as error:
            raise Unplayable(f"It did not come within {AT_PUBLISH:.0f} seconds.") from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError) as error:
            raise Unplayable("It is no address. Write it like https://sounds.example/hello.ogg.") from error
        except (httpx2.HTTPError, OSError) as error:
            raise Unplayable("It cannot be reached. Check the address.") from error
        if answer.status != 200:
            raise Unplayable(f"It answered {answer.status}. Check the address.")
        return answer.body

    # Files; on a thread.

    def _known(self, address: str) -> tuple[Path | None, float]:
        try:
            at = self._folder / f"{_name(address)}.at"
            path = self._folder / f"{at.read_text('ascii')}.pcm"
            return (path if path.is_file() else None), time.time() - at.stat().st_mtime
        except (OSError, ValueError):
            return None, 0.0

    def _store(self, address: str, pcm: bytes) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        content = hashlib.blake2b(pcm, digest_size=8).hexdigest()
        path = self._folder / f"{content}.pcm"
        if not path.is_file():
            _write(path, pcm)
        _write(self._folder / f"{_name(address)}.at", content.encode())
        self._prune()
        return path

    def _prune(self) -> None:
        known = sorted(self._folder.glob("*.at"), key=lambda at: at.stat().st_mtime)
        idle = [at for at in known if at.stem not in self._pinned]
        surplus = idle[: max(0, len(known) - MOST)]
        if not surplus:
            return
        for at in surplus:
            at.unlink(missing_ok=True)
        used = {at.read_text("ascii") for at in self._folder.glob("*.at")}
        for path in self._folder.glob("*.pcm"):
            if path.stem not in used:
                path.unlink(missing_ok=True)


async def decoded(data: bytes) -> bytes:
    """A recording of whatever format as sound, decoded by a process of its own; raises `Unplayable`."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.speech.decoding",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT, env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(AT_PUBLISH):
            answer, _ = await child.communicate(data)
    except TimeoutError:
        raise Unplayable("It took too long to decode.") from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode == UNPLAYABLE:
        raise Unplayable(answer.decode("utf-8", "replace"))
    if child.returncode != 0:
        raise Unplayable(BROKEN)
    return answer


def _name(address: str) -> str:
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """There whole or not at all."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    written.write_bytes(data)
    written.replace(path)
