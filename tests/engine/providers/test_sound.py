"""Sound as bytes: what goes in comes out, at another rate, in another code, as loud as it should be."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.providers import sound
from engine.providers.local_voice import locale_of
from engine.providers.pronouncing import in_small_letters, phones_of, without, words_of
from engine.providers.sentences import cut, sentences
from tests.engine.providers.emulators.spoken import silence, tone

any_sound = st.binary(max_size=4000).map(lambda data: data[: len(data) // 2 * 2])
kept = settings(max_examples=60, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("encode", "decode"),
    [(sound.mu_law_encode, sound.mu_law_decode), (sound.a_law_encode, sound.a_law_decode)],
)
def test_g711_gives_back_what_it_was_given_within_its_step(encode: object, decode: object) -> None:
    every = sound.samples_of(b"".join(n.to_bytes(2, "little", signed=True) for n in range(-32768, 32768)))
    codes = encode(every.tobytes())  # type: ignore[operator]
    back = sound.samples_of(decode(codes)).astype(int)  # type: ignore[operator]
    assert len(codes) == 65536
    for value, found in zip(every.astype(int), back, strict=True):
        assert abs(value - found) <= max(16, abs(value) // 16)
    again = sound.samples_of(decode(encode(back.astype("<i2").tobytes())))  # type: ignore[operator]
    assert (again == back).all()


def test_g711_agrees_with_the_tables_of_the_standard() -> None:
    assert sound.mu_law_decode(bytes((0x00, 0x7F, 0x80, 0xFF))) == b"".join(
        n.to_bytes(2, "little", signed=True) for n in (-32124, 0, 32124, 0)
    )
    assert sound.a_law_decode(bytes((0x55, 0xD5, 0x2A, 0xAA))) == b"".join(
        n.to_bytes(2, "little", signed=True) for n in (-8, 8, -32256, 32256)
    )


@pytest.mark.parametrize(("source", "target"), [(8000, 16000), (24000, 8000), (22050, 16000), (16000, 16000)])
def test_resampling_keeps_length_and_loudness(source: int, target: int) -> None:
    made = sound.resample(tone(1000, source), source, target)
    assert abs(len(made) - 2 * target) <= 4
    assert abs((sound.loudness(made, target) or 0) - (sound.loudness(tone(1000, source), source) or 0)) < 0.5


def test_nothing_folds_back_when_the_rate_falls() -> None:
    high = b"".join(
        int(8000 * math.sin(2 * math.pi * 6000 * n / 16000)).to_bytes(2, "little", signed=True)
        for n in range(16000)
    )
    assert (sound.loudness(sound.resample(high, 16000, 8000)[800:-800], 8000) or -99) < -50


@kept
@given(pieces=st.lists(st.binary(max_size=400), max_size=12))
def test_a_stream_in_pieces_is_the_stream_in_one(pieces: list[bytes]) -> None:
    whole, split = sound.Resampler(8000, 16000), sound.Resampler(8000, 16000)
    at_once = whole.feed(b"".join(pieces)) + whole.flush()
    one_by_one = b"".join(split.feed(piece) for piece in pieces) + split.flush()
    assert at_once == one_by_one


@kept
@given(pcm=any_sound, rate=st.sampled_from([8000, 16000, 24000]))
def test_no_sound_breaks_it(pcm: bytes, rate: int) -> None:
    louder = sound.normalize(pcm, rate)
    assert len(louder) == len(pcm)
    assert len(sound.trim(pcm, rate)) <= len(pcm)
    assert sound.read_wav(sound.write_wav(pcm, rate)) == (pcm, rate)
    assert len(sound.resample(pcm, rate, 16000)) == len(pcm) // 2 * 16000 // rate * 2 or len(pcm) < 200


@pytest.mark.parametrize("target", [sound.PROMPT_LOUDNESS, sound.TELEPHONE_LOUDNESS])
def test_prompts_are_as_loud_as_asked(target: float) -> None:
    soft = sound.gain(silence(500, 16000) + tone(1000, 16000) + silence(500, 16000), -12)
    assert abs((sound.loudness(sound.normalize(soft, 16000, target), 16000) or 0) - target) < 0.2


def test_silence_around_speech_is_trimmed_but_for_a_margin() -> None:
    trimmed = sound.trim(silence(700, 16000) + tone(300, 16000) + silence(900, 16000), 16000, margin_ms=50)
    assert sound.duration_ms(trimmed, 16000) == 400
    assert sound.trim(silence(500, 16000), 16000) == b""


def test_what_is_no_wav_file_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="Export it as 16-bit PCM"):
        sound.read_wav(b"ID3 no wav at all")


@kept
@given(text=st.text(alphabet="abc .!?\n", max_size=200), size=st.integers(1, 20))
async def test_sentences_lose_no_word(text: str, size: int) -> None:
    async def pieces() -> object:
        for at in range(0, len(text), size):
            yield text[at : at + size]

    whole = [one async for one in sentences(text)]
    assert " ".join(whole).split() == text.split()
    assert " ".join([one async for one in sentences(pieces())]).split() == text.split()  # type: ignore[arg-type]


def test_a_short_sentence_waits_for_the_next() -> None:
    assert cut("Yes. That is fine with me. And") == ["Yes. That is fine with me.", "And"]


def test_words_of_a_grammar_are_known_from_its_signs() -> None:
    grammar = (
        "#JSGF V1.0;\ngrammar g;\npublic <a> = [please] Book <b> /2.5/ | O'Hara {tag};\n<b> = (one | two)+;"
    )
    assert words_of(grammar) == ("please", "Book", "O'Hara", "one", "two")
    assert "<a>" in in_small_letters(grammar)
    assert "o'hara" in in_small_letters(grammar)
    assert without(grammar, "two") == grammar.replace("two", "<VOID>")


def test_a_word_no_dictionary_has_is_pronounced() -> None:
    assert phones_of("Quaxel") == "K W EY K S AH L"
    assert phones_of("١٢") == phones_of("١٢")


def test_locales_of_espeak() -> None:
    assert (locale_of("en-us"), locale_of("de"), locale_of("fr-be")) == ("en-US", "de", "fr-BE")
