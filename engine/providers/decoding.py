"""The process that recognises: pocketsphinx, fed over its standard input, answering on its standard output.

It is a process of its own because the recogniser holds the interpreter's lock while it works, which would make
every call of a server wait for one. Frames are a length of four bytes and MessagePack.
"""

import contextlib
import math
import sys
from collections import OrderedDict
from typing import Any, BinaryIO

import msgspec
import numpy as np

from engine.providers import pronouncing, sound
from engine.providers.speech import Word

RATE = 16000
"""Hz of the acoustic model."""
KEPT_GRAMMARS = 64
"""Grammars a decoder keeps loaded; the one used longest ago goes first."""
LEVEL = 2500
"""Root mean square to which speech is brought."""
FLOOR = 250
"""Root mean square of the noise added under it. The model was trained on rooms; on the clean silence of
synthesis and codecs, and on the empty band above 4 kHz of a telephone, it finds consonants."""
MARGIN = RATE * 3 // 10
"""Samples of floor before and after the speech."""
SURE_MIDDLE = -32_000.0
SURE_WIDTH = 3_000.0
"""The score of the grammar against free phones, a frame, where half is believed, and how fast belief falls.
Measured on four espeak-ng voices at 16 and 8 kHz: of what was rightly heard one in twenty lies below, of
everything else seven in eight."""
LEAST_SURE = 500
"""Per mille under which it is not what the grammar says."""
PHONES = "free phones"


class Request(msgspec.Struct, frozen=True):
    """An utterance, and what may have been said."""

    grammar: str
    pcm: bytes
    rate: int


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said (nothing: not what the grammar allows), or why it cannot be told. ``dropped`` are words of
    the grammar that nobody can pronounce."""

    text: str = ""
    sure: int = 0
    words: tuple[Word, ...] = ()
    dropped: tuple[str, ...] = ()
    error: str = ""


class Recogniser:
    """A decoder with the grammars it has met."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder, get_model_path

        self._decoder: Any = Decoder(samprate=RATE, lm=None, loglevel="FATAL")
        self._decoder.add_allphone_file(PHONES, f"{get_model_path()}/en-us/en-us-phone.lm.bin")
        self._grammars: OrderedDict[str, tuple[str, tuple[str, ...]]] = OrderedDict()
        self._count = 0

    def recognise(self, request: Request) -> Reply:
        """The best path through the grammar, if phones without any grammar are not much better."""
        try:
            search, dropped = self._search(request.grammar)
        except (RuntimeError, ValueError) as error:
            return Reply(error=f"the grammar cannot be read ({error})")
        speech = conditioned(sound.resample(request.pcm, request.rate, RATE))
        said = self._decode(search, speech)
        spoken = [part for part in said if not part[0].startswith(("<", "[", "("))]
        if not spoken:
            return Reply(dropped=dropped)
        sure = belief(said, self._decode(PHONES, speech))
        if sure < LEAST_SURE:
            return Reply(sure=sure, dropped=dropped)
        words = tuple(
            Word(name.split("(")[0], max(0, a * 10 - 300), max(0, b * 10 - 290)) for name, a, b, _ in spoken
        )
        return Reply(" ".join(word.text for word in words), sure, words, dropped)

    def _search(self, grammar: str) -> tuple[str, tuple[str, ...]]:
        if grammar in self._grammars:
            self._grammars.move_to_end(grammar)
            return self._grammars[grammar]
        known, dropped = self._pronounceable(grammar)
        self._count += 1
        name = f"grammar {self._count}"
        self._decoder.add_jsgf_string(name, known)
        self._grammars[grammar] = (name, dropped)
        if len(self._grammars) > KEPT_GRAMMARS:
            _, (oldest, _) = self._grammars.popitem(last=False)
            self._decoder.remove_search(oldest)
        return self._grammars[grammar]

    def _pronounceable(self, grammar: str) -> tuple[str, tuple[str, ...]]:
        """The grammar with words in small letters, each in the dictionary; others become ``<VOID>``, which
        closes their alternative."""
        grammar = pronouncing.in_small_letters(grammar)
        dropped = []
        for word in pronouncing.words_of(grammar):
            if self._decoder.lookup_word(word) is None:
                phones = pronouncing.phones_of(word)
                if phones:
                    self._decoder.add_word(word, phones, True)
                else:
                    dropped.append(word)
        for word in dropped:
            grammar = pronouncing.without(grammar, word)
        return grammar, tuple(dropped)

    def _decode(self, search: str, speech: bytes) -> list[tuple[str, int, int, float]]:
        """Parts, each with first and last frame (10 ms) and the logarithm of its acoustic score."""
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.start_utt()
        decoder.process_raw(speech, False, True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return []
        return [
            (part.word, part.start_frame, part.end_frame, math.log(part.ascore) / math.log(1.0001))
            for part in decoder.seg() or ()
            if part.end_frame >= part.start_frame and part.ascore > 0
        ]


def conditioned(pcm: bytes) -> bytes:
    """Speech as the model knows it: of one level, over a steady floor of noise. The noise is the same each
    time, so the same sound gives the same words."""
    samples = sound.samples_of(sound.trim(pcm, RATE)).astype(np.float64)
    if not len(samples):
        samples = np.zeros(RATE // 10)
    power = float(np.sqrt(np.mean(samples**2)))
    samples = samples * (LEVEL / power if power > 1 else 1.0)
    padded = np.concatenate([np.zeros(MARGIN), samples, np.zeros(MARGIN)])
    padded += np.random.default_rng(len(padded)).normal(0, FLOOR, len(padded))
    return bytes(np.clip(padded, -32768, 32767).astype("<i2").tobytes())


def belief(said: list[tuple[str, int, int, float]], free: list[tuple[str, int, int, float]]) -> int:
    """How sure, per mille: how much worse the grammar explains the sound than any phones would. Silence counts:
    a grammar that has no words for part of the sound calls it silence."""
    length = 1 + max(last for _, _, last, _ in [*said, *free])
    score = float((_by_frame(said, length) - _by_frame(free, length)).mean())
    return round(1000 / (1 + math.exp(-(score - SURE_MIDDLE) / SURE_WIDTH)))


def _by_frame(
    parts: list[tuple[str, int, int, float]], length: int
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    made = np.zeros(length)
    for _, first, last, score in parts:
        made[first : last + 1] = score / (last - first + 1)
    return made


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until the input ends."""
    recogniser = Recogniser()
    while len(head := source.read(4)) == 4:
        request = msgspec.msgpack.decode(source.read(int.from_bytes(head, "big")), type=Request)
        try:
            reply = recogniser.recognise(request)
        except Exception as error:
            reply = Reply(error=f"recognition failed ({error!r})")
        data = msgspec.msgpack.encode(reply)
        sink.write(len(data).to_bytes(4, "big") + data)
        sink.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
