"""How much the recogniser without a vendor understands: ``python -m tests.bench local_ear``.

Judged is what the conversation would make of the words, not the words: "half past seven" for "seven thirty" is right.
The voices are synthetic, so the figures say which of two recognisers is better, not how people fare.
"""

import asyncio
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.compiler.grammars import grammar_of
from engine.conversation.hearing import PHRASE
from engine.providers import sound
from engine.providers.decoding import Recogniser, Request
from engine.providers.local_voice import LocalVoice
from engine.providers.speech import Voice
from engine.understanding import Expected, match_phrases, understand
from tests.bench.figures import Figure
from tests.bench.local_ear_sayings import FOREIGN, NOW, PHRASES, QUESTIONS

VOICES = (Voice("en-us"), Voice("en-us+f3", speed=85), Voice("en-gb+m3"), Voice("en-us+m7", speed=115))
NOISE = 18.0
"""Decibels by which speech is louder than the noise, in every third utterance."""
PAUSE_MS = 250
"""What the detector of speech leaves around it."""
WIDE, TELEPHONE = 16_000, 8_000


class Utterance(NamedTuple):
    """A question, and what is said in answer: one of its answers, or something else (``foreign``)."""

    expected: Expected
    said: str
    voice: Voice
    noisy: bool
    foreign: bool


class Score(NamedTuple):
    """Of answers: understood, not understood, taken for another one. Of the rest: how many were taken for one."""

    right: int
    missed: int
    wrong: int
    answers: int
    guessed: int
    others: int


def utterances() -> list[Utterance]:
    """All, in a fixed order."""
    every: list[Utterance] = []
    for expected, answers in QUESTIONS:
        for foreign, group in ((False, answers), (True, FOREIGN)):
            for said in group:
                voices = VOICES if not foreign else VOICES[len(every) % 4 :: 4]
                every += (
                    Utterance(expected, said, v, (len(every) + i) % 3 == 0, foreign)
                    for i, v in enumerate(voices)
                )
    return every


async def spoken(utterance: Utterance, rate: int) -> bytes:
    """Its sound: a pause, speech, a pause, perhaps noise; by telephone through G.711."""
    pcm = await LocalVoice().synthesize_batch(utterance.said, utterance.voice, rate)
    pause = bytes(2 * (rate * PAUSE_MS // 1000))
    samples = sound.samples_of(pause + pcm + pause).astype(np.float64)
    if utterance.noisy:
        power = np.sqrt(np.mean(sound.samples_of(pcm).astype(np.float64) ** 2))
        samples += np.random.default_rng(len(samples)).normal(0, power / 10 ** (NOISE / 20), len(samples))
    pcm = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    return sound.mu_law_decode(sound.mu_law_encode(pcm)) if rate == TELEPHONE else pcm


@lru_cache(maxsize=4096)
def meaning(text: str, expected: Expected) -> object:
    """What a conversation makes of the words."""
    if match_phrases(text, PHRASES) >= PHRASE:
        return "a phrase", text
    return understand(text, expected, now=NOW, locale="en-US").value


def score(recogniser: Recogniser, rate: int, sounds: "list[tuple[Utterance, bytes]]") -> Score:
    """How it did with all."""
    right = missed = wrong = answers = guessed = others = 0
    for utterance, pcm in sounds:
        grammar = grammar_of((utterance.expected,), PHRASES, "en-US")
        heard = recogniser.recognise(Request(grammar, pcm, rate)).text
        got = meaning(heard, utterance.expected) if heard else None
        if utterance.foreign:
            others += 1
            guessed += got is not None
            continue
        answers += 1
        right += got is not None and got == meaning(utterance.said, utterance.expected)
        missed += got is None
        wrong += got is not None and got != meaning(utterance.said, utterance.expected)
    return Score(right, missed, wrong, answers, guessed, others)


async def sounds_at(rate: int) -> "list[tuple[Utterance, bytes]]":
    """Every utterance with its sound."""
    return [(each, await spoken(each, rate)) for each in utterances()]


def figures() -> Iterator[Figure]:
    """What is understood by telephone and by microphone."""
    for name, rate in (("8k", TELEPHONE), ("16k", WIDE)):
        done = score(Recogniser(), rate, asyncio.run(sounds_at(rate)))
        voices = f"{len(VOICES)} voices of espeak-ng, a third of it noisy"
        yield Figure(f"local_ear_{name}_right_of_{done.answers}", done.right, "answers", voices)
        yield Figure(
            f"local_ear_{name}_wrong_of_{done.answers}", done.wrong, "answers", "taken for another value"
        )
        yield Figure(
            f"local_ear_{name}_guessed_of_{done.others}", done.guessed, "sayings", "no answers, taken for one"
        )
