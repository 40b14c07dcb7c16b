"""Prepared sound, fetched from the server and kept for a while."""

import math
import time
from collections import OrderedDict
from urllib.parse import quote

import httpx2

from server.channels.voice.apology import Apology
from server.workers.wire import SOUND_PATH

APOLOGY = "parley:apology"
"""The address of the recording that needs nobody."""
KEPT_BYTES = 64 * 1024 * 1024
FRESH = 600.0
"""Seconds for which a recording is not asked for again: there may be another one at its address by then."""


class Shelf:
    """`server.channels.voice.sounds.Sounds` of one voice. What is missing is asked for again by the next line."""

    def __init__(self, client: httpx2.AsyncClient, apology: Apology) -> None:
        self.apology = apology
        self._client = client
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._until: dict[str, float] = {}
        self._size = 0

    def of(self, voice_key: str, locale: str) -> "VoiceShelf":
        """The sounds of one voice; it apologises in this language."""
        return VoiceShelf(self, voice_key, locale)

    async def get(self, path: str, fresh: float | None = None) -> bytes | None:
        """The sound at a path, not older than ``fresh`` seconds where newer can be had; None when there is none."""
        known = self._kept.get(path)
        if known is not None and self._until.get(path, math.inf) > time.monotonic():
            self._kept.move_to_end(path)
            return known
        try:
            answer = await self._client.get(path)
        except httpx2.HTTPError:
            return known
        if answer.status_code != 200:
            return known
        self._keep(path, answer.content)
        if fresh is not None:
            self._until[path] = time.monotonic() + fresh
        return answer.content

    def _keep(self, path: str, sound: bytes) -> None:
        self._size += len(sound) - len(self._kept.pop(path, b""))
        self._kept[path] = sound
        while self._size > KEPT_BYTES and self._kept:
            old, gone = self._kept.popitem(last=False)
            self._until.pop(old, None)
            self._size -= len(gone)


class VoiceShelf:
    """The sounds of one voice."""

    def __init__(self, shelf: Shelf, voice_key: str, locale: str) -> None:
        self._shelf = shelf
        self._key = voice_key
        self._locale = locale
        self._absent: set[str] = set()

    async def find(self, content_hash: str) -> bytes | None:
        """The sound of a text by its content hash; one that was missing is not asked for again on this line."""
        if not self._key or not content_hash or content_hash in self._absent:
            return None
        found = await self._shelf.get(f"{SOUND_PATH}{quote(self._key, safe='')}/{content_hash}")
        if found is None:
            self._absent.add(content_hash)
        return found

    async def fetch(self, address: str) -> bytes | None:
        """A recording a flow plays, by its address."""
        if address == APOLOGY:
            return self._shelf.apology.sound(self._locale)
        return await self._shelf.get(f"{SOUND_PATH}address?of={quote(address, safe='')}", FRESH)
