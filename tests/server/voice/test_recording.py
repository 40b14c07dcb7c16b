"""Calls and messages, recorded."""

import asyncio
import io
from array import array

import av
import pytest

from engine.conversation.voice import Speech
from engine.protocol import TakeMessage
from server.channels.voice.opus import OpusWriter
from server.workers.wire import Speaking
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import HummingVoice, silence, tone


def sides(data: bytes) -> tuple[list[int], list[int]]:
    """Left and right of an Ogg file, at 16 kHz."""
    left, right = array("h"), array("h")
    resampler = av.AudioResampler(format="s16p", layout="stereo", rate=16_000)
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                left.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
                right.frombytes(bytes(piece.planes[1])[: piece.samples * 2])
    return list(left), list(right)


def loud_ms(samples: list[int]) -> int:
    """How many milliseconds of it are no silence."""
    windows = (samples[i : i + 160] for i in range(0, len(samples), 160))
    return 10 * sum(max((abs(s) for s in window), default=0) > 1_000 for window in windows)


async def test_the_caller_is_on_the_left_and_the_agent_on_the_right(line: Lines) -> None:
    it = await line("hello", speaking=Speaking(recorded=True), voice=HummingVoice(ms_a_word=400))
    await it.link.speak(tone(600, 16_000))
    await it.diary.until("words")
    it.session.speak(Speech(1, 1, "Good morning"))
    await it.diary.until("finished")
    await it.session.aclose()
    left, right = sides(bytes(it.tape.files["call.ogg"]))
    assert len(left) == len(right)
    assert 500 <= loud_ms(left) <= 900
    assert 700 <= loud_ms(right) <= 1_100
    # The answer comes after the question in the recording, as it did in the call.
    first_left = next(i for i, s in enumerate(left) if abs(s) > 1_000)
    first_right = next(i for i, s in enumerate(right) if abs(s) > 1_000)
    assert first_left < first_right


async def test_a_pause_is_silence_and_keeps_its_length(line: Lines) -> None:
    it = await line(voice=HummingVoice(ms_a_word=400))
    it.session.record("on")
    it.session.record("pause")
    it.session.speak(Speech(1, 1, "card number please"))
    await it.diary.until("finished")
    it.session.record("on")
    it.session.speak(Speech(2, 2, "thanks"))
    await it.diary.until("finished", 2)
    await it.session.aclose()
    _, right = sides(bytes(it.tape.files["call.ogg"]))
    assert 300 <= loud_ms(right) <= 600
    assert len(right) >= 16 * 1_400


async def test_a_second_recording_has_another_name(line: Lines) -> None:
    it = await line()
    it.session.record("on")
    it.session.speak(Speech(1, 1, "one"))
    await it.diary.until("finished")
    it.session.record("off")
    it.session.record("on")
    it.session.speak(Speech(2, 2, "two"))
    await it.diary.until("finished", 2)
    await it.session.aclose()
    assert set(it.tape.files) == {"call.ogg", "call-2.ogg"}


async def test_a_recording_of_no_length_is_a_file_all_the_same(line: Lines) -> None:
    it = await line()
    it.session.record("on")
    it.session.record("off")
    await it.session.aclose()
    assert it.tape.files["call.ogg"].startswith(b"OggS")


@pytest.mark.parametrize("samples", [0, 1])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_closed_before_anything_sounded_is_a_file_too(samples: int, channels: int) -> None:
    writer = OpusWriter(16_000, channels)
    written = writer.encode(bytes(samples * 2 * channels)) + writer.close()
    with av.open(io.BytesIO(written)) as file:
        assert list(file.decode(audio=0))


async def test_a_message_ends_with_silence(line: Lines) -> None:
    it = await line("this is for the tape only")
    it.session.take_message(TakeMessage("1:0", "n_rec", silence=600))
    await it.link.speak(silence(200, 16_000) + tone(800, 16_000))
    (_, effect, outcome, value, _) = await it.diary.until("result")
    assert (effect, outcome) == ("1:0", "ok")
    assert value["recording"] == "message.ogg"
    assert value["ms"] >= 1_000
    assert loud_ms(sides(bytes(it.tape.files["message.ogg"]))[0]) >= 700
    assert it.diary.all("words") == []
    # The beep.
    assert it.link.loudest > 3_000


async def test_a_message_ends_with_a_key_and_an_empty_one_is_silence(line: Lines) -> None:
    it = await line()
    it.session.take_message(TakeMessage("1:0", "n_rec", beep=False))
    await it.link.speak(silence(100, 16_000))
    await until_taking(it)
    it.session.key("#")
    (_, _, outcome, value, _) = await it.diary.until("result")
    assert (outcome, value) == ("silence", None)
    assert it.diary.all("key") == []


async def test_the_end_of_a_message_is_no_answer_to_the_next_question(line: Lines) -> None:
    it = await line("the end of the message", "yes")
    it.session.take_message(TakeMessage("1:0", "n_rec", beep=False))
    await until_taking(it)
    talking = asyncio.create_task(it.link.speak(tone(900, 16_000)))
    await it.diary.until("speaking")
    it.session.key("#")
    await it.diary.until("result")
    await talking
    await it.diary.until("speaking", 2)
    await it.link.speak(tone(500, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "yes"


async def test_who_hangs_up_in_her_message_has_left_it(line: Lines) -> None:
    it = await line()
    it.session.take_message(TakeMessage("1:0", "n_rec"))
    await it.link.speak(tone(500, 16_000))
    it.link.over.set_result(("caller", "caller_hung_up"))
    await it.diary.until("gone")
    assert [e[0] for e in it.diary.entries if e[0] in ("result", "gone")] == ["result", "gone"]
    assert it.diary.all("result")[0][2] == "ok"


async def test_without_a_place_for_recordings_a_message_is_an_error(line: Lines) -> None:
    it = await line(recorder=None)
    it.session.take_message(TakeMessage("1:0", "n_rec"))
    (_, _, outcome, _, detail) = await it.diary.until("result")
    assert outcome == "error"
    assert detail


def test_what_was_written_before_a_crash_plays() -> None:
    writer = OpusWriter(16_000, 2)
    written = bytearray()
    for _ in range(6):
        second = array("h", [s for s in array("h", tone(1_000, 16_000)) for _ in range(2)])
        written += writer.encode(second.tobytes())
    left, _ = sides(bytes(written))
    assert len(left) >= 16_000 * 4


async def until_taking(it: object) -> None:
    """Until the message is being taken: its turn has come."""
    async with asyncio.timeout(30):
        while it.session._message is None:  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
