"""Speech without a vendor: espeak-ng, one short process a sentence."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator

from engine.providers import sound
from engine.providers.sentences import sentences
from engine.providers.speech import (
    ProviderError,
    Sound,
    Trouble,
    TtsAbilities,
    Voice,
    VoiceFacts,
)

NATIVE_RATE = 22050
WORDS_A_MINUTE = 165
LONGEST_TEXT = 4000
"""Characters of one utterance."""
PATIENCE = 20.0
"""Seconds for one sentence; espeak-ng needs some ten milliseconds."""
_VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+/-]{0,40}")
_NAMED = (("en-us", "American", ("en-US",)), ("en-us+f3", "American, female", ("en-US",)))
PACKAGE = "espeak-ng is not installed here. Install the package espeak-ng, or choose another voice provider."


class LocalVoice:
    """espeak-ng as a `TextToSpeech`. At most ``processes`` of it run at once; the rest waits.

    ``voice`` speaks where a `Voice` has no id and its locale is of the same language.
    """

    name = "local"
    model = "espeak-ng"
    abilities = TtsAbilities(streaming=True, word_times=False, rates=(NATIVE_RATE,))

    def __init__(self, voice: str = "en-us", program: str = "espeak-ng", processes: int = 2) -> None:
        self._voice = voice
        self._program = program
        self._turn = asyncio.Semaphore(processes)

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        """A sentence at a time."""
        async for sentence in sentences(text):
            yield Sound(await self.synthesize_batch(sentence, voice, rate))

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        """All of it, as PCM. Raises `ProviderError`."""
        text = "".join(char if char.isprintable() else " " for char in text).strip()
        if not text:
            return b""
        if len(text) > LONGEST_TEXT:
            raise ProviderError(
                self.name,
                Trouble.REJECTED,
                f"the text has {len(text)} characters; at most {LONGEST_TEXT} are spoken at once.",
            )
        said = await self._run(*self._arguments(voice), given=text)
        try:
            pcm, made = sound.read_wav(_with_length(said))
        except ValueError as error:
            raise ProviderError(self.name, Trouble.BROKEN, "espeak-ng made no sound") from error
        return sound.resample(pcm, made, rate)

    async def voices(self) -> tuple[VoiceFacts, ...]:
        """The voices of espeak-ng, best known first."""
        listed = (await self._run("--voices")).decode(errors="replace").splitlines()[1:]
        found = {name: VoiceFacts(name, title, locales) for name, title, locales in _NAMED}
        for line in listed:
            columns = line.split()
            if len(columns) >= 5 and not columns[4].startswith("mb/"):
                language = columns[1]
                found.setdefault(
                    language, VoiceFacts(language, columns[3].replace("_", " "), (locale_of(language),))
                )
        return tuple(found.values())

    async def check(self) -> None:
        """Whether espeak-ng is there and runs."""
        await self._run("--version")

    async def aclose(self) -> None:
        """Nothing stays open."""

    def _arguments(self, voice: Voice) -> tuple[str, ...]:
        name = voice.id or self._for_locale(voice.locale)
        if not _VOICE_NAME.fullmatch(name):
            raise ProviderError(
                self.name, Trouble.REJECTED, f"{name[:40]!r} is no name of a voice of espeak-ng."
            )
        speed = max(80, min(450, WORDS_A_MINUTE * voice.speed // 100))
        volume = max(0, min(200, voice.volume))
        # Without -m angle brackets are text; with -b 1 the input is UTF-8 whatever the locale of the process.
        return ("-b", "1", "-v", name, "-s", str(speed), "-a", str(volume), "--stdin", "--stdout")

    def _for_locale(self, locale: str) -> str:
        language = locale.lower() or "en-us"
        if language.split("-")[0] == self._voice.lower().split("-")[0].split("+")[0]:
            return self._voice
        return language if language.startswith(("en-", "pt-br", "fr-ch", "fr-be")) else language.split("-")[0]

    async def _run(self, *arguments: str, given: str = "") -> bytes:
        program = shutil.which(self._program)
        if program is None:
            raise ProviderError(self.name, Trouble.UNREACHABLE, PACKAGE)
        async with self._turn:
            try:
                process = await asyncio.create_subprocess_exec(
                    program,
                    *arguments,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                )
            except OSError as error:
                raise ProviderError(self.name, Trouble.UNREACHABLE, PACKAGE) from error
            try:
                async with asyncio.timeout(PATIENCE):
                    made, said = await process.communicate(given.encode())
            except TimeoutError as error:
                raise ProviderError(self.name, Trouble.TIMEOUT, "espeak-ng did not answer in time") from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode:
            detail = said.decode(errors="replace").strip()[:200] or f"it ended with {process.returncode}"
            trouble = Trouble.BROKEN if process.returncode < 0 else Trouble.UNSUPPORTED
            raise ProviderError(self.name, trouble, f"espeak-ng failed: {detail}")
        return made


def locale_of(language: str) -> str:
    """espeak-ng's ``en-us`` as a locale, ``en-US``."""
    main, _, region = language.partition("-")
    return f"{main}-{region.upper()}" if len(region) == 2 else language


def _with_length(wav: bytes) -> bytes:
    """espeak-ng writes to a pipe before it knows how long it speaks; its header gets the length here."""
    if len(wav) < 44 or not wav.startswith(b"RIFF"):
        return wav
    size = len(wav) - 44
    return wav[:4] + (size + 36).to_bytes(4, "little") + wav[8:40] + size.to_bytes(4, "little") + wav[44:]
