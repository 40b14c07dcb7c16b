"""The process that recognises: pocketsphinx, fed over its standard input, answering on its standard output.

It is a process of its own because the recogniser holds the interpreter's lock while it works, which would make
every call of a server wait for one. Frames are a length of four bytes and MessagePack.
"""

import contextlib
import math
import os
import sys
from collections import OrderedDict
from typing import Any, BinaryIO, NamedTuple

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
SURE, SURE_WHOLE, SURE_WORST = 5.7, 0.21, 0.083
"""Belief as a logistic sum: of the score of the grammar against free phones, a frame of 10 ms, and the same for
the word that fits worst. Fitted on four espeak-ng voices at 16 and 8 kHz with the grammars of real questions:
one in nine of what was rightly heard is not believed, one in nineteen of what the grammar does not know is."""
BEAM, WORD_BEAM = 1e-80, 1e-60
"""Wider than the recogniser's own, and without its second pass: of short answers twice as many come out right."""
WORD_PENALTY = 0.2
"""Less than the recogniser's own: of two short words and a longer one it takes the longer one."""
LEAST_SURE = 500
"""Per mille under which it is not what the grammar says."""
PHONES = "free phones"
LOG_BASE = 1.0001
"""Of the recogniser's own logarithms."""


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

        self._decoder: Any = Decoder(
            samprate=RATE,
            lm=None,
            loglevel="FATAL",
            bestpath=False,
            beam=BEAM,
            wbeam=WORD_BEAM,
            wip=WORD_PENALTY,
        )
        self._decoder.add_allphone_file(PHONES, f"{get_model_path()}/en-us/en-us-phone.lm.bin")
        self._grammars: OrderedDict[str, tuple[str, tuple[str, ...]]] = OrderedDict()
        self._count = 0

    def recognise(self, request: Request) -> Reply:
        """The best path through the grammar, if phones without any grammar are not much better."""
        try:
            search, dropped = self._search(request.grammar)
        except (RuntimeError, ValueError) as error:
            return Reply(error=f"the grammar cannot be read ({error})")
        # It adapts to what it hears; somebody else's call must not change what is heard in this one.
        self._decoder.reinit_feat()
        speech = conditioned(sound.resample(request.pcm, request.rate, RATE))
        said, score = self._decode(search, speech)
        spoken = [part for part in said if not part.text.startswith(("<", "[", "("))]
        if not spoken:
            return Reply(dropped=dropped)
        free, free_score = self._decode(PHONES, speech)
        frames = 1 + max(part.last for part in (*said, *free))
        sure = belief((score - free_score) / frames, worst(spoken, said, free, frames))
        if sure < LEAST_SURE:
            return Reply(sure=sure, dropped=dropped)
        words = tuple(
            Word(part.text.split("(")[0], max(0, part.first * 10 - 300), max(0, part.last * 10 - 290))
            for part in spoken
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

    def _decode(self, search: str, speech: bytes) -> "tuple[list[Part], float]":
        """The parts, and the logarithm of the score of all."""
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.start_utt()
        decoder.process_raw(speech, False, True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None or best.best_score <= 0:
            return [], 0.0
        parts = [
            Part(part.word, part.start_frame, part.end_frame, _logarithm(part.ascore))
            for part in decoder.seg() or ()
            if part.end_frame >= part.start_frame
        ]
        return parts, _logarithm(best.best_score)


class Part(NamedTuple):
    """A stretch of what was decoded: first and last frame (10 ms), and the logarithm of its acoustic score."""

    text: str
    first: int
    last: int
    score: float


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


def belief(whole: float, weakest: float) -> int:
    """How sure, per mille: by how much the grammar explains the sound better than phones in any order would. It
    is never better by much, and worse where it has no words for what was said."""
    return round(1000 / (1 + math.exp(-(SURE + SURE_WHOLE * whole + SURE_WORST * weakest))))


def worst(spoken: list[Part], said: list[Part], free: list[Part], frames: int) -> float:
    """By how much the word that fits worst is better, a frame, than free phones are in its place."""
    better = _by_frame(said, frames) - _by_frame(free, frames)
    return min(float(better[part.first : part.last + 1].mean()) for part in spoken)


def _by_frame(parts: list[Part], frames: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    made = np.zeros(frames)
    for part in parts:
        made[part.first : part.last + 1] = part.score / (part.last - part.first + 1)
    return made


def _logarithm(score: float) -> float:
    """In the recogniser's own base; its scores are probabilities, nothing where they are too small for it."""
    return math.log(score) / math.log(LOG_BASE) if score > 0 else 0.0


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
        # The reader of grammars prints what it does not understand; our answers get a way of their own.
        answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)
